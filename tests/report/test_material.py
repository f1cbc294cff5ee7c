"""What the page draws from transcripts: settlements, proposals over the talks, examples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.analysis.findings import find
from harness.disputes.scenario import Scenario, Twin
from harness.records.reader import RunFolder
from harness.records.transcript import VoidReason
from harness.report.material import Chairs, Material, Settlement, gather, read_examples
from harness.report.truth import TrueValues
from tests.support.disputes import small
from tests.support.run_folders import (
    LEANING,
    LOPSIDED,
    MIDDLE,
    deal,
    dialogue,
    make_run,
    make_suite,
)


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def gathered(run: RunFolder) -> Material:
    return gather(run, find(run), TrueValues(run.info))


def test_settlements_stand_at_true_values_and_no_deal_at_its_own(
    tmp_path: Path, scenario: Scenario
) -> None:
    played = [
        deal(scenario, "lean", LOPSIDED),
        deal(scenario, "lean", LOPSIDED, epoch=2),
        dialogue(scenario, "lean", [("o", MIDDLE), "next round", ("u", "walk_out")], epoch=3),
        deal(scenario, "plain", MIDDLE, twin=Twin.SEATS),
    ]
    spaces = gathered(make_run(tmp_path / "run", make_suite(), {"small": scenario}, played)).spaces
    assert set(spaces) == {Chairs("small", exchanged=False), Chairs("small", exchanged=True)}
    ends = spaces[Chairs("small", exchanged=False)].settlements["lean"]
    assert ends[Settlement(1.0, 0.0, agreed=True, round=1)] == [played[0].id, played[1].id]
    assert ends[Settlement(0.25, 0.2, agreed=False, round=2)] == [played[2].id]
    swapped = spaces[Chairs("small", exchanged=True)].settlements["plain"]
    assert list(swapped) == [Settlement(0.6, 0.7, agreed=True, round=1)]


def test_a_seat_stands_by_its_last_proposal(tmp_path: Path, scenario: Scenario) -> None:
    played = [
        dialogue(
            scenario, "lean", [("o", LOPSIDED), ("u", MIDDLE), ("o", LEANING), ("u", "accept")]
        ),
        dialogue(scenario, "lean", [("u", MIDDLE), ("o", "accept")], epoch=2),
    ]
    found = gathered(make_run(tmp_path / "run", make_suite(), {"small": scenario}, played)).curves
    official, other = found["lean", "o"], found["lean", "u"]
    assert official.mean(3) == pytest.approx([1.0, 0.85, 0.85])  # the second talk: no proposal
    assert other.mean(3) == pytest.approx([0.6, 0.6, 0.6])
    assert (official.reached, other.reached) == (2, 1)
    assert official.reservation == pytest.approx(0.25)


def test_turns_before_the_first_proposal_have_no_value(tmp_path: Path, scenario: Scenario) -> None:
    entries = [("o", "pass"), ("o", LEANING), ("u", "accept")]
    played = [dialogue(scenario, "lean", entries)]  # type: ignore[arg-type]
    run = make_run(tmp_path / "run", make_suite(), {"small": scenario}, played)
    mean = gathered(run).curves["lean", "o"].mean(2)
    assert np.isnan(mean[0])
    assert mean[1] == pytest.approx(0.85)


def test_examples_are_the_extreme_the_median_and_a_void(tmp_path: Path, scenario: Scenario) -> None:
    void = VoidReason(kind="reply", seat="o", detail="no usable reply")
    packages = [MIDDLE, LEANING, LOPSIDED]
    played = [deal(scenario, "lean", p, epoch=i) for i, p in enumerate(packages, start=1)]
    played.append(dialogue(scenario, "lean", [], epoch=4, void=void))
    played.append(deal(scenario, "plain", MIDDLE))
    run = make_run(tmp_path / "run", make_suite(), {"small": scenario}, played)
    material = gathered(run)
    chosen = [example.dialogue for example in material.examples]
    assert chosen == [played[4].id, played[2].id, played[1].id, played[3].id]
    assert [t.id for t in read_examples(run, material.examples)] == chosen
