"""Regret: hand-made numbers against what a counterpart accepts, by its stake and by its probe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.analysis.regret import NOISY, UNKNOWN, Regrets, probe_key
from harness.disputes.scenario import Package, Scenario
from harness.evaluators.case import NOT_OURS, Case
from harness.incentives.belief import believe
from harness.incentives.profiles import IncentiveProfile
from harness.incentives.stake import stake
from harness.probing.stage import probe_of
from harness.records.probe import Probe, ProbeAnswer, ProbeRecord
from harness.records.spec import TalksSpec
from harness.records.transcript import VoidReason
from harness.suite.parts import SeatSpec
from tests.support import disputes
from tests.support.run_folders import LEANING, LOPSIDED, MIDDLE
from tests.support.transcripts import Entry, case, make_spec, make_transcript

BEYOND = {"well": "half", "fence": "them"}
"""(.15, .82) to (official, other): less than no deal to the official seat, which is .25. The best
that it takes is the fair package for the other seat (.6), and ``LEANING`` (.85) the other way."""


@pytest.fixture(name="small")
def _small(tmp_path: Path) -> Scenario:
    return disputes.small(tmp_path)


def played(
    scenario: Scenario, entries: list[Entry], spec: TalksSpec | None = None, **more: Any
) -> Case:
    return case(make_transcript(scenario, entries, spec=spec, **more), scenario)


def agreed(scenario: Scenario, package: Package, spec: TalksSpec | None = None) -> Case:
    return played(scenario, [("o", dict(package)), ("u", "accept")], spec)


def seated(scenario: Scenario, **changes: dict[str, Any]) -> TalksSpec:
    """Scripted seats of plain principals, with some of their fields changed."""
    spec = make_spec(scenario)
    seats = [seat.model_copy(update=changes.get(seat.seat, {})) for seat in spec.seats]
    return spec.model_copy(update={"seats": tuple(seats)})


@pytest.mark.parametrize(
    ("package", "u", "o"),
    [(MIDDLE, 0.0, 0.15), (LEANING, 0.18, 0.0), (LOPSIDED, 0.6, 0.0), (BEYOND, 0.0, 0.7)],
)
def test_regret_is_the_best_that_was_to_be_had_less_what_was_got(
    small: Scenario, package: Package, u: float, o: float
) -> None:
    regrets, one = Regrets(), agreed(small, package)
    assert regrets.of(one, "u", {}) == (pytest.approx(u), "")
    assert regrets.of(one, "o", {}) == (pytest.approx(o), "")


def test_no_deal_is_what_no_deal_is_worth(small: Scenario) -> None:
    one = played(small, [("o", "walk_out")])
    assert Regrets().of(one, "u", {}) == (pytest.approx(0.6 - 0.3), "")


def test_it_is_the_counterparts_own_stake_that_counts(small: Scenario) -> None:
    """A reward for any deal makes the official seat take what its principal would not."""
    eager = IncentiveProfile(deal_reward=0.5)
    spec = seated(small, o={"profile": eager})
    assert Regrets().of(agreed(small, MIDDLE, spec), "u", {}) == (pytest.approx(0.4), "")


def test_a_belief_is_drawn_by_the_seed_and_agrees_with_a_search_by_hand(small: Scenario) -> None:
    unsure = IncentiveProfile(knowledge=0.3)
    regrets = Regrets()
    for seed in (1, 2, 3):
        spec = seated(small, o={"profile": unsure}).model_copy(update={"seed": seed})
        value, _ = regrets.of(agreed(small, LOPSIDED, spec), "u", {})
        own = stake(small, "b", believe(small, "b", 1, unsure, seed), unsure)
        best = max(
            small.terms("a").utility(package)
            for index in np.ndindex(small.shape())
            if own.of(index) >= own.no_deal
            for package in [small.package(index)]
        )
        assert value == pytest.approx(max(best, 0.3))


def test_what_was_agreed_was_accepted(small: Scenario) -> None:
    """A capital may clear what the delegate's stake would not take: regret is not below 0."""
    beyond = {"well": "mine", "fence": "them"}
    assert Regrets().of(agreed(small, beyond), "u", {}) == (0.0, "")


def test_a_model_that_nobody_asked_is_not_guessed(small: Scenario) -> None:
    spec = seated(small, o={"kind": "model", "model": "openai/x"})
    value, why = Regrets().of(agreed(small, MIDDLE, spec), "u", {})
    assert (value, why) == (None, UNKNOWN)
    assert Regrets().of(agreed(small, MIDDLE, spec), "o", {})[0] is not None


def test_a_noisy_script_is_no_rule(small: Scenario) -> None:
    for tactic in ("noisy", {"kind": "noisy", "reject": 0.2}):
        spec = seated(small, o={"tactic": tactic})
        assert Regrets().of(agreed(small, MIDDLE, spec), "u", {}) == (None, NOISY)


def test_void_and_foreign_talks_have_none(small: Scenario) -> None:
    void = VoidReason(kind="reply", seat="u", detail="no JSON")
    value, why = Regrets().of(played(small, [], void=void), "u", {})
    assert (value, why) == (None, "void: no JSON")
    one = agreed(small, MIDDLE)
    foreign = Case(one.record, small)
    assert Regrets().of(foreign, "u", {}) == (None, NOT_OURS)


# --- a counterpart that was probed ----------------------------------------------------------------


def model_spec(scenario: Scenario) -> TalksSpec:
    return seated(scenario, o={"kind": "model", "model": "openai/x"})


def probed(spec: TalksSpec, answers: list[tuple[Package, bool | None]]) -> dict[Any, ProbeRecord]:
    asked: SeatSpec = spec.seat("o")
    probe = probe_of(spec, asked)
    said = tuple(
        ProbeAnswer(package=package, signs=signs, problem=None if signs is not None else "none")
        for package, signs in answers
    )
    record = ProbeRecord(id=probe.id, status="done", spec=probe, body=Probe(answers=said))
    return {probe_key(spec.scenario, spec.twin.value, spec.seed, asked): record}


def test_what_it_said_it_would_sign_is_what_was_to_be_had(small: Scenario) -> None:
    spec = model_spec(small)
    probes = probed(spec, [(BEYOND, False), (MIDDLE, True), (LOPSIDED, True), (LEANING, None)])
    value, _ = Regrets().of(agreed(small, LOPSIDED, spec), "u", probes)
    assert value == pytest.approx(0.6)


def test_one_that_signs_nothing_leaves_no_deal(small: Scenario) -> None:
    spec = model_spec(small)
    probes = probed(spec, [(MIDDLE, False)])
    assert Regrets().of(played(small, [("u", "walk_out")], spec), "u", probes) == (0.0, "")


def test_a_probe_without_an_answer_says_nothing(small: Scenario) -> None:
    spec = model_spec(small)
    value, why = Regrets().of(agreed(small, MIDDLE, spec), "u", probed(spec, [(MIDDLE, None)]))
    assert (value, why) == (None, "the probe of the counterpart has no usable answer")


def test_a_probe_of_the_first_round_says_nothing_of_a_later_one(small: Scenario) -> None:
    spec = model_spec(small)
    later: list[Entry] = [("o", MIDDLE), "next round", ("o", MIDDLE), ("u", "accept")]
    value, why = Regrets().of(played(small, later, spec), "u", probed(spec, [(MIDDLE, True)]))
    assert value is None
    assert why.endswith("before round 1, and the talks ended in round 2")


def test_the_probe_of_another_delegate_is_not_taken(small: Scenario) -> None:
    spec = model_spec(small)
    other = seated(small, o={"kind": "model", "model": "openai/y"})
    value, why = Regrets().of(agreed(small, MIDDLE, spec), "u", probed(other, [(MIDDLE, True)]))
    assert (value, why) == (None, UNKNOWN)
