"""Whether a null could be found: by arm, in numbers and in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.app import feasibility as room
from harness.app.feasibility import PlanFeasibility, plan_feasibility, preset_feasibility
from harness.disputes.loading import load_scenarios
from harness.incentives.tracks import TRACKS
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import make_plan
from harness.suite.suite import Suite
from tests.support.disputes import SMALL, write
from tests.support.inprocess import typed

EAGER = {"deal_reward": 1.0, "internalised": {"material": 0, "political": 0, "emotional": 0}}


def of(arms: dict[str, Any], scenarios: list[str], **more: Any) -> PlanFeasibility:
    suite = Suite.model_validate(
        {
            "schema": "track15/suite/1",
            "id": "mine",
            "title": "Mine",
            "question": "Does it lean?",
            "scenarios": scenarios,
            "arms": arms,
            **more,
        }
    )
    return plan_feasibility(make_plan(suite, Overrides()))


@pytest.fixture(scope="module")
def presets() -> PlanFeasibility:
    return preset_feasibility()


@pytest.mark.parametrize("track", TRACKS)
def test_the_presets_leave_a_null_possible(presets: PlanFeasibility, track: str) -> None:
    """On nearly every shipped scenario, from both chairs, in two rounds: some package satisfies
    both delegates and both principals, and nobody would sign anything. On average at least half of
    what both delegates accept could be signed."""
    (arm,) = [one for one in presets.arms if one.arm == f"track-{track}"]
    assert len(arm.cells) >= 60
    assert arm.controls > 0
    assert len(arm.infeasible) <= 0.05 * len(arm.cells)
    assert arm.eager == ()
    assert arm.share is not None
    assert arm.share >= 0.5
    assert arm.fair


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_so_they_do_whatever_the_unofficials_believe(seed: int) -> None:
    shipped = ["ceasefire", "opening", "nuclear", "armistice", "neutral", "neutral-narrow"]
    arms = {"half": {"track": "1.5"}, "two": {"track": "2"}}
    found = of(arms, shipped, twins=["none", "seats"], seed=seed)
    for arm in found.arms:
        assert len(arm.infeasible) <= 0.05 * len(arm.cells)
        assert arm.eager == ()
        assert arm.share is not None
        assert arm.share >= 0.5


def test_when_all_is_well_one_sentence_says_so() -> None:
    found = of({"one": {"track": "1"}, "half": {"track": "1.5"}}, ["neutral-01"])
    (said,) = found.sentences()
    assert said.startswith("Feasibility: in every cell")
    assert " to 100 %, by arm" in said
    assert all(arm.fair for arm in found.arms)


def test_cells_that_leave_no_fair_choice_are_named() -> None:
    arms = {
        "greedy": {"track": "1", "o": {"deal_reward": 1.0}, "u": EAGER},
        "one": {"track": "1"},
    }
    found = of(arms, ["neutral-01", "neutral-02"], twins=["none", "seats"])
    greedy, one = found.arms
    assert not greedy.fair
    assert one.fair
    said = found.sentences()
    assert said[0].startswith("Feasibility: in some cells")
    assert said[1:3] == [
        f"Arm greedy: in 4 of 4 cells the delegate in seat {seat} would rather sign the worst "
        "package than leave: neutral-01, round 1; neutral-01, chairs exchanged, round 1; "
        "neutral-02, round 1; neutral-02, chairs exchanged, round 1."
        for seat in "ou"
    ]
    assert said[3].startswith("Arm greedy: of the packages that both delegates' stakes accept")
    assert len(said) == 4
    assert one.as_json()["signs_anything"] == []
    assert greedy.as_json()["signs_anything"][0] == {
        "cell": "neutral-01, round 1",
        "seats": ["o", "u"],
    }


def thought_soft(folder: Path, number: int) -> str:
    """A narrow dispute in which the public thinks that both sides would sign almost anything."""
    (scenario,) = load_scenarios(f"neutral-narrow-{number:02d}")
    principals = {}
    for pid, principal in scenario.principals.items():
        face = scenario.public(pid)
        image = face.stereotype.model_copy(update={"reservation": 0.0})
        face = face.model_copy(update={"stereotype": image})
        principals[pid] = principal.model_copy(update={"public": face})
    soft = scenario.model_copy(update={"id": f"soft-{number}", "principals": principals})
    path = folder / f"soft-{number}.yaml"
    path.write_text(soft.model_dump_json(by_alias=True, exclude_none=True))
    return str(path)


def test_two_who_lose_nothing_by_failure_and_think_each_other_soft_have_no_package_left(
    tmp_path: Path,
) -> None:
    hard = {"free_hardball": 1.0}
    names = [thought_soft(tmp_path, number) for number in (1, 2, 3, 4)]
    found = of({"hard": {"track": "1", "o": hard, "u": hard}}, names, twins=["none", "seats"])
    (arm,) = found.arms
    assert len(arm.infeasible) == 8
    assert arm.share is None
    (said,) = [s for s in found.sentences() if "no package satisfies both" in s]
    assert said.startswith("Arm hard: in 8 of 8 cells no package satisfies")
    assert "soft-1, round 1; soft-1, chairs exchanged, round 1; soft-2" in said
    assert said.endswith("; and 2 more.")
    assert arm.as_json()["feasible"] == 0


def test_controls_and_disputes_without_a_zone_are_counted_apart() -> None:
    found = of({"one": {"track": "1"}}, ["surrender", "symmetric"], twins=["none", "seats"])
    (arm,) = found.arms
    assert arm.cells == ()
    assert arm.controls == 6, "two chairs in one round of the first and in two of the second"
    assert arm.share is None
    assert found.sentences() == []


def test_where_the_principals_have_no_zone_nothing_is_asked(tmp_path: Path) -> None:
    text = SMALL.replace("reservation: 0.3\n", "reservation: 0.95\n").replace(
        "reservation: 0.25\n", "reservation: 0.95\n"
    )
    found = of(
        {"one": {"track": "1"}}, [str(write(tmp_path, text))], protocol={"rounds": 1, "turns": 2}
    )
    (arm,) = found.arms
    assert (arm.cells, arm.controls, arm.without_zone) == ((), 0, 1)
    assert found.sentences() == []


def test_name_twins_have_the_same_payoffs_and_count_once() -> None:
    found = of({"one": {"track": "1"}}, ["neutral-01"], twins=["none", "names", "seats", "both"])
    assert found.disputes == found.looked_at == 2
    assert len(found.arms[0].cells) == 2


def test_arms_that_differ_in_words_alone_are_the_same() -> None:
    arms = {
        "half": {"track": "1.5"},
        "silent": {"track": "1.5", "without": ["intelligence", "publication", "access"]},
    }
    half, silent = of(arms, ["neutral-01", "ceasefire"], twins=["none", "seats"]).arms
    assert half.cells == silent.cells


def test_a_large_plan_is_sampled_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_PACKAGES", 4 * 4096 * 3)
    found = of({"one": {"track": "1"}}, ["neutral"])
    assert (found.looked_at, found.disputes) == (3, 8)
    assert found.sentences()[-1].startswith("Feasibility was examined in 3 of 8 disputes")


def test_plan_tells_of_feasibility(tmp_path: Path) -> None:
    shown = typed("plan", "quickstart", cwd=tmp_path)
    assert "Feasibility: in every cell" in shown.out
    read = json.loads(typed("plan", "quickstart", "--json", cwd=tmp_path).out)["feasibility"]
    assert read["disputes"] == read["looked_at"] == 22
    for arm in read["arms"]:
        assert arm["cells"] == arm["feasible"] > 22
        assert arm["infeasible"] == arm["signs_anything"] == []
        assert 0.5 <= arm["signable_share"] <= 1
