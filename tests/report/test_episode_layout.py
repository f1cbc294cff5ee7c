"""An episode laid out whole."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from harness.records.reader import RunFolder
from harness.report.episode_layout import NOT_PLAYED, lay_out
from harness.report.episode_stages import followed, stages_of
from tests.support.episodes import episode_of, laid_out


def test_every_link_of_the_arm_is_there_and_no_other(chain_run: Path) -> None:
    d = laid_out(chain_run)
    assert d.article is not None
    assert d.panel is not None
    assert d.later is not None
    assert d.news is None
    assert set(d.numbers) >= {"article", "readers", "later"}
    assert [became for _, _, became in d.stages] == ["done"] * 5
    none = laid_out(chain_run, "no-article")
    assert none.article is None
    assert none.panel is not None


def test_its_numbers_are_those_of_the_scores(chain_run: Path) -> None:
    folder = RunFolder(chain_run)
    episode = episode_of(folder)
    last = next(reversed(episode.stages.values()))
    scored = {
        f"{score.evaluator}.{name}": value
        for score in folder.scores()
        if (score.id, score.arms) == (last, ("chain",))
        for name, value in score.values.items()
    }
    shift = next(
        n
        for n in laid_out(chain_run).numbers["readers"]
        if n.label == "shift of readers to the official seat"
    )
    assert shift.value == scored["readers.shift"]


def test_a_measure_that_the_suite_asks_about_is_shown_though_no_table_has_it(
    chain_run: Path,
) -> None:
    folder = RunFolder(chain_run)
    episode = episode_of(folder)
    found, near = stages_of(folder, episode), followed(folder, [])
    alone = {n.label for n in lay_out(replace(found, asked=frozenset()), near).numbers["article"]}
    asked = replace(found, asked=frozenset({"publication.net_echo", "published.net_echo"}))
    numbers = lay_out(asked, near).numbers["article"]
    assert {n.label for n in numbers} - alone == {"net echo (tagged)"}, "nobody has judged it"
    assert all(n.value is not None for n in numbers if n.label not in alone)
    contrasts = folder.info.suite.contrasts
    assert contrasts is not None
    assert found.asked == {one.measure for one in contrasts.all()}


def test_an_episode_in_the_making_shows_what_there_is(chain_run: Path, tmp_path: Path) -> None:
    copy = tmp_path / "run"
    shutil.copytree(chain_run, copy)
    for name in ("later", "readership", "publication", "transcripts"):
        (copy / f"{name}.jsonl").unlink()
        d = laid_out(copy)
        assert d.numbers == {}
        assert d.stages[-1][2] == NOT_PLAYED
    assert (d.talks, d.ending) == ("", NOT_PLAYED)
