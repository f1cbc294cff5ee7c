"""Episodes as what is compared: the chain's signs, and nothing where nothing moves it."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.analysis.chain_cells import MEASURE
from harness.analysis.chains import read_episodes, same_talks
from harness.analysis.findings import find
from harness.analysis.run_values import read_values
from harness.analysis.values import Values
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
