"""Episodes found, listed and read from Python."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness.analysis.chain_finding import ChainOf, links_of
from harness.analysis.values import Values
from harness.app.episodes import (
    COLUMNS,
    episodes,
    other_arms,
    reading_of_episode,
    reading_of_later,
    records_of,
    sorted_by,
    stage_named,
    through,
    titles_of,
    worst_of,
)
from harness.errors import RecordError, UsageError
from harness.evaluators.chain import of_chains
from harness.evaluators.registry import builtin
from harness.records.later import LaterRecord
from harness.records.reader import RunFolder
from tests.support.episodes import episode_of
from tests.support.findings import effect


@pytest.fixture(scope="module")
def folder(chain_run: Path) -> RunFolder:
    return RunFolder(chain_run)


def test_a_list_has_the_values_that_the_run_was_scored_with(folder: RunFolder) -> None:
    rows = episodes(folder, arm="chain")
    assert [row.episode.scenario for row in rows] == ["nuclear", "supply"]
    assert {row.played for row in rows} == {5}
    assert rows[0].id == episode_of(folder).stages["later"]
    assert set(rows[0].values) <= {name for name, _ in COLUMNS}
    assert rows[0].values["later.gain_u"] is not None
    assert rows[0].values["misread.error"] is None, "nothing was told, which is no zero"
    assert episodes(folder, scenario="supply", arm="unmoved")[0].values["readers.shift"] is not None


def test_a_list_is_sorted_by_a_measure_and_what_has_none_stands_last(folder: RunFolder) -> None:
    rows = episodes(folder, sort="later.gain_u")
    gains = [row.values["later.gain_u"] or 0.0 for row in rows]
    assert gains == sorted(gains)
    down = episodes(folder, sort="-readers.shift")
    shifts = [row.values.get("readers.shift") for row in down]
    known = [shift for shift in shifts if shift is not None]
    assert known == sorted(known, reverse=True)
    assert shifts == known + [None] * (len(shifts) - len(known))
    assert len(known) < len(shifts), "nobody reads in no-meeting"
    other = episodes(folder, arm="chain", sort="later.gain_share_u")
    assert all("later.gain_share_u" in row.values for row in other)


def test_a_chain_says_how_its_episodes_are_listed() -> None:
    up = effect("readers", 0.1, measure="readers.shift")
    down = effect("later", -0.1, measure="later.gain_u")
    chain = ChainOf(label="", links=links_of([up, down], Values()))
    assert worst_of(chain) == "--chain --arm lean --sort later.gain_u"
    first = chain.model_copy(update={"links": chain.links[:1]})
    assert worst_of(first) == "--chain --arm lean --sort -readers.shift"
    assert titles_of(["later.gain_u", "strange.one"]) == {
        "later.gain_u": "later talks: gain of the other seat's principal"
    }


def test_a_measure_is_named_in_full_or_by_its_last_part() -> None:
    assert sorted_by("-later.gain_u") == sorted_by("later.gain_u") == "later.gain_u"
    assert sorted_by("gain_u") == "later.gain_u"
    with pytest.raises(UsageError, match=r"is called .settlement\.skew."):
        sorted_by("settlement.skew")
    with pytest.raises(UsageError, match="several measures of episodes end in 'net_echo'"):
        sorted_by("net_echo")


def test_what_there_is_to_sort_by_is_named_in_one_order() -> None:
    with pytest.raises(UsageError) as caught:
        sorted_by("zzz")
    listed = (caught.value.fix or "").removeprefix("known: ").split(", ")
    order = [f"{one.name}.{m.name}" for one in of_chains(builtin()) for m in one.measures]
    assert listed[:5] == order[:5]


@pytest.mark.parametrize("what", ["arm", "scenario"])
def test_a_name_that_is_none_is_told(folder: RunFolder, what: str) -> None:
    with pytest.raises(UsageError, match=f"no episode of the {what} 'chian'"):
        episodes(folder, **{what: "chian"})


def test_an_unscored_run_lists_its_episodes_without_values(chain_run: Path, tmp_path: Path) -> None:
    copy = tmp_path / "run"
    shutil.copytree(chain_run, copy)
    (copy / "scores.jsonl").unlink()
    rows = episodes(RunFolder(copy))
    assert len(rows) == 10
    assert not any(row.values for row in rows)


def test_a_stage_leads_to_its_episodes(folder: RunFolder) -> None:
    stages = episode_of(folder).stages
    found = through(folder, stages["article"])
    assert [one.arm for one in found] == ["chain", "no-hand", "unmoved"]
    assert other_arms(found[0], found) == ["no-hand", "unmoved"]
    (own,) = through(folder, stages["article"], "unmoved")
    assert own.arm == "unmoved"
    with pytest.raises(UsageError, match="leads through"):
        through(folder, stages["article"], "no-article")
    track_1 = episode_of(folder, "track-1").stages["talks"]
    with pytest.raises(RecordError, match="nothing follows"):
        through(folder, track_1)


def test_a_stage_is_named_by_the_start_of_its_id(folder: RunFolder) -> None:
    key = episode_of(folder).stages["article"]
    found = stage_named(folder, key[:12])
    assert found is not None
    assert (found.id, found.kind) == (key, "publication")
    assert stage_named(folder, "nothing") is None
    with pytest.raises(RecordError, match="stages with an id"):
        stage_named(folder, "")


def test_an_episode_is_read_with_and_without_what_was_private(folder: RunFolder) -> None:
    episode = episode_of(folder)
    private, public = (reading_of_episode(folder, episode, private=p) for p in (True, False))
    assert private.later is not None
    assert public.later is not None
    assert private.later.learned
    assert public.later.learned == ()
    records = dict(records_of(folder, episode))
    assert list(records) == list(episode.stages)
    later = records["later"]
    assert isinstance(later, LaterRecord)
    assert reading_of_later(folder, later).arms == ("chain",)
