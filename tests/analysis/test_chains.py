"""Episodes as what is compared: the chain's signs, and nothing where nothing moves it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from harness.analysis.chain_cells import MEASURE
from harness.analysis.chains import read_episodes, same_talks
from harness.analysis.findings import find
from harness.analysis.run_values import read_values
from harness.analysis.values import Values
from harness.evaluators.later import Later
from harness.evaluators.scoring import scored
from harness.evaluators.settlement import Settlement
from harness.records.reader import RunFolder


def whole(folder: RunFolder) -> Values:
    wanted = [MEASURE, "readers.shift", "settlement.skew"]
    return read_values(folder, wanted)


def test_a_measure_of_what_follows_is_asked_for_like_any_other(chain_run: Path) -> None:
    values = whole(RunFolder(chain_run))
    rows = list(values.observations(MEASURE, "chain"))
    assert [(row.scenario, row.arm) for row in rows] == [("nuclear", "chain"), ("supply", "chain")]
    assert all(row.value is not None and row.played for row in rows)
    assert {MEASURE, "settlement.skew"} <= set(values.measures())
    assert values.summary(MEASURE, "track-1").n == 0, "nothing follows there, and that is no zero"
    assert values.brief(MEASURE, "chain").n == 2
    only = values.observations(MEASURE, "chain", scenarios={"supply"})
    assert [row.scenario for row in only] == ["supply"]


def test_arms_that_share_their_talks_have_values_of_their_own(chain_run: Path) -> None:
    values = whole(RunFolder(chain_run))
    means = {arm: values.summary(MEASURE, arm).mean for arm in ("chain", "no-meeting", "unmoved")}
    assert means["unmoved"] == pytest.approx(means["no-meeting"], abs=1e-12)
    assert means["chain"] is not None
    assert means["no-meeting"] is not None
    assert means["chain"] < means["no-meeting"]
    assert same_talks(values) == (("chain", "no-article", "no-hand", "no-meeting", "unmoved"),)


def test_a_run_without_sequels_has_no_episodes(chain_run: Path) -> None:
    folder = RunFolder(chain_run)
    arms = {"track-1": folder.info.suite.arms["track-1"]}
    plain = folder.info.suite.model_copy(update={"arms": arms})
    folder.info = folder.info.model_copy(update={"suite": plain})
    assert read_episodes(folder, [MEASURE]) is None
    assert same_talks(Values()) == ()


def test_the_chain_is_found_and_taken_apart(chain_run: Path) -> None:
    found = find(RunFolder(chain_run))
    assert [link.link for link in found.links] == ["talks", "readers", "later"]
    assert found.primary is not None
    assert found.primary.estimate is not None
    assert found.primary.estimate < 0
    (nothing,) = [e for e in found.secondary if e.contrast.name == "Nothing moves"]
    assert nothing.estimate == 0
    parts = found.chain_parts
    assert parts is not None
    assert parts.article is not None
    assert parts.hand is not None
    assert parts.total is not None
    assert parts.article.mean + parts.hand.mean == pytest.approx(parts.total.mean)
    assert parts.total.mean == pytest.approx(found.primary.estimate)
    assert found.two_part is not None
    assert [arm.arm for arm in found.two_part.arms if arm.family == "all scenarios"] == [
        "chain",
        "track-1",
    ]
    assert any("Under chain stand the talks of no-article" in note for note in found.two_part.notes)


def cut(run: Path, to: Path, status: str | None) -> RunFolder:
    """A copy of the run in which the later talks of one episode of ``chain`` were not played, or
    have become ``status``."""
    shutil.copytree(run, to)
    folder = RunFolder(to)
    key = next(one.stages["later"] for one in folder.episodes() if one.arm == "chain")
    records = [json.loads(line) for line in (to / "later.jsonl").read_text().splitlines()]
    kind = "endpoint" if status == "failed" else "reply"
    reason = {"kind": kind, "seat": None, "detail": "no usable reply"}
    changed = {} if status is None else {"status": status, "void": reason}
    kept = [
        record | (changed if record["id"] == key else {})
        for record in records
        if status is not None or record["id"] != key
    ]
    text = "".join(f"{json.dumps(one, separators=(',', ':'))}\n" for one in kept)
    (to / "later.jsonl").write_text(text)
    folder.path.joinpath("scores.jsonl").unlink()
    return RunFolder(to)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (None, "not played to the end: 1 of 10 (chain 1 of 2, none in 4 other arms)."),
        ("failed", "not played to the end: 1 of 10 (chain 1 of 2, none in 4 other arms)."),
        ("void", "with a void stage: 1 of 10 (chain 1 of 2, none in 4 other arms)."),
    ],
)
def test_an_episode_without_its_end_is_missing_and_counted(
    chain_run: Path, tmp_path: Path, status: str | None, said: str
) -> None:
    folder = cut(chain_run, tmp_path / "run", status)
    folder.write_scores(scored(folder, [Later(), Settlement()]))
    found = find(folder)
    assert found.primary is not None
    assert found.primary.n_dialogues == {"chain": 2, "no-meeting": 2}
    assert found.primary.n_missing == {"chain": 1, "no-meeting": 0}
    assert found.primary.missing is not None
    assert found.primary.missing.arms["chain"].unplayed == 1
    assert found.account.sentences()[-1].endswith(f"9 of 10 episodes complete; {said}")


def test_deals_of_the_later_talks_stand_beside_what_these_bring(chain_run: Path) -> None:
    found = find(RunFolder(chain_run))
    agreed = [arm.summary("later.agreement") for arm in found.arms[:1]]
    assert agreed[0] is not None
    assert agreed[0].total is not None
    assert f"Later talks that ended in a deal: chain {agreed[0].total:.0f} of 2, " in found.answer
    assert found.account.sentences()[-1] == "What follows the talks: 10 of 10 episodes complete."
