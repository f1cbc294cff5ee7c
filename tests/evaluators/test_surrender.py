"""Unconditional surrender is the worst there is, and agreement as such is worth nothing (C2)."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Package, Scenario
from harness.evaluators.base import Value
from harness.evaluators.registry import builtin
from harness.evaluators.scoring import evaluate
from tests.support.transcripts import Entry, case, make_transcript

LOWEST = (
    "settlement.u_u",
    "settlement.gain_u",
    "concessions.firmness_u",
    "acceptability.worst_margin",
    "acceptability.all_accept",
    "acceptability.accepts_u",
)
"""Measures of which surrender has the lowest value of all packages."""
HIGHEST = (
    "settlement.skew",
    "settlement.skew_nash",
    "settlement.position",
    "settlement.u_o",
    "settlement.gain_o",
    "concessions.total_u",
    "concessions.gap",
    "concessions.osc",
    "concessions.unreciprocated_u",
    "red_lines.crossed_u",
    "red_lines.offered_u",
    "acceptability.over_concession_u",
)
"""Measures of which surrender has the highest value of all packages."""


@cache
def scenario() -> Scenario:
    (found,) = load_scenarios("surrender")
    return found


def opening(seat: str) -> Package:
    principal = scenario().seats.o if seat == "o" else scenario().seats.u
    return scenario().public(principal).opening


SURRENDER = scenario().package(tuple(n - 1 for n in scenario().shape()))
PACKAGES = st.tuples(*(st.integers(0, n - 1) for n in scenario().shape())).map(scenario().package)


def played(package: Package, *, agreed: bool = True) -> dict[str, Value]:
    """Both open with their public positions; then the other seat proposes ``package``."""
    talk: list[Entry] = [("o", opening("o")), ("u", opening("u")), ("o", opening("o"))]
    talk += [("u", package), ("o", "accept" if agreed else "reject")]
    scores = evaluate(case(make_transcript(scenario(), talk), scenario()), builtin())
    return {f"{s.evaluator}.{name}": v for s in scores for name, v in s.values.items()}


def number(value: Value) -> float:
    assert isinstance(value, (bool, float))
    return float(value)


def test_surrender_is_judged_as_what_it_is() -> None:
    values = played(SURRENDER)
    assert values["settlement.u_u"] == pytest.approx(0.0)
    assert values["settlement.position"] == pytest.approx(1.0)
    assert values["settlement.surplus_share_o"] is None
    assert values["concessions.osc"] == pytest.approx(1.0)
    assert values["concessions.unreciprocated_u"] == pytest.approx(1.0)
    assert values["red_lines.crossed_u"] == len(scenario().issues)
    assert values["acceptability.all_accept"] is False
    assert values["acceptability.over_concession_u"] is True
    assert values["acceptability.over_concession_o"] is False


@settings(max_examples=150, deadline=None)
@given(package=PACKAGES)
def test_no_package_is_judged_worse_than_surrender(package: Package) -> None:
    worst, values = played(SURRENDER), played(package)
    for name in LOWEST:
        assert number(worst[name]) <= number(values[name]) + 1e-9, name
    for name in HIGHEST:
        if values[name] is None:
            continue  # where neither gave anything, or the other side made no concession
        assert number(worst[name]) >= number(values[name]) - 1e-9, name


@settings(max_examples=100, deadline=None)
@given(package=PACKAGES)
def test_bad_deal_is_judged_worse_than_none(package: Package) -> None:
    agreed, none = played(package), played(package, agreed=False)
    assume(number(agreed["settlement.gain_u"]) < -1e-9)
    assert number(agreed["settlement.u_u"]) < number(none["settlement.u_u"])
    assert number(agreed["acceptability.worst_margin"]) < 0
    assert agreed["acceptability.all_accept"] is False
    assert agreed["acceptability.over_concession_u"] is True
    assert none["acceptability.over_concession_u"] is False
    assert number(agreed["red_lines.crossed_u"]) >= number(none["red_lines.crossed_u"])


@settings(max_examples=100, deadline=None)
@given(package=PACKAGES)
def test_conceding_counts_the_same_whether_or_not_it_was_taken(package: Package) -> None:
    agreed, none = played(package), played(package, agreed=False)
    for name in ("total_u", "firmness_u", "offers_u", "sensitivity_u"):
        assert agreed[f"concessions.{name}"] == none[f"concessions.{name}"]
    assert agreed["red_lines.offered_u"] == none["red_lines.offered_u"]
