"""What a seat's terms give away of its weights, by hand, by symmetry and on drawn disputes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.bargaining.leakage import bayesian, frequency, kept, recovered
from harness.disputes.scenario import Scenario
from harness.evaluators.base import Found
from harness.evaluators.leakage import (
    ALIKE,
    IMAGE_ALIKE,
    NO_IMAGE,
    NO_TERMS,
    ONE_OFFER,
    Leakage,
)
from harness.evaluators.registry import builtin, measures
from harness.evaluators.said import NEEDS_A_JUDGE
from harness.records.transcript import Debrief, Move, VoidReason
from tests.support.packages import HALF_US, MINE_THEM, MINE_US, passing
from tests.support.transcripts import Entry, case, make_transcript

ISSUES, OPTIONS = 4, 3
FROM_TERMS: Final = ("kept", "frequency", "bayesian", "change", "beyond", "top")
SHARES: Final = (0.4, 0.3, 0.2, 0.1)
ORDERS = st.permutations(range(ISSUES))
TERMS = st.lists(st.tuples(*[st.integers(0, OPTIONS - 1)] * ISSUES), min_size=1, max_size=7)


def side(weights: Sequence[float], image: Sequence[float], *, up: bool) -> dict[str, Any]:
    """A principal who wants the first option of every issue or, with ``up``, the last."""
    names = [f"i{n}" for n in range(len(weights))]
    steps = np.linspace(0, 1, OPTIONS) if up else np.linspace(1, 0, OPTIONS)
    best = OPTIONS - 1 if up else 0
    return {
        "name": "Boral" if up else "Arden",
        "adjective": "its",
        "description": "A side.",
        "reservation": 0.3,
        "weights": dict(zip(names, weights, strict=True)),
        "values": {n: {f"{n}_{k}": float(v) for k, v in enumerate(steps)} for n in names},
        "costs": {n: {"material": 1, "political": 0, "emotional": 0} for n in names},
        "public": {
            "opening": {n: f"{n}_{best}" for n in names},
            "talking_points": ["We want it."],
            "stereotype": {"reservation": 0.5, "weights": dict(zip(names, image, strict=True))},
        },
    }


def dispute(weights: Sequence[float], image: Sequence[float] | None = None) -> Scenario:
    """A dispute in which seat u has these weights, and seat o those of ``SHARES``."""
    count = len(weights)
    even, names = [1 / count] * count, [f"i{n}" for n in range(count)]
    other = SHARES if count == ISSUES else even
    return Scenario.model_validate(
        {
            "id": "drawn",
            "title": "Drawn",
            "summary": "Drawn.",
            "seats": {"o": "b", "u": "a"},
            "issues": [
                {
                    "id": n,
                    "name": n,
                    "question": "How much?",
                    "options": [{"id": f"{n}_{k}", "text": f"{k}"} for k in range(OPTIONS)],
                }
                for n in names
            ],
            "principals": {
                "a": side(weights, image or even, up=False),
                "b": side(other, even, up=True),
            },
        }
    )


def score(scenario: Scenario, *talk: Entry, **debriefs: Debrief) -> Found:
    return Leakage().score(case(make_transcript(scenario, talk, debriefs=debriefs), scenario))


def by_u(scenario: Scenario, rows: Sequence[Sequence[int]]) -> Found:
    """Where seat u proposes these, given as how far it is from its best on each issue."""
    return score(scenario, *[("u", scenario.package(tuple(row))) for row in rows])


def test_what_is_given_away_by_hand(small: Scenario) -> None:
    """a wants the well (.6) more than the fence (.4) and gives up the fence at once."""
    found = score(small, ("u", MINE_THEM), ("u", MINE_US), ("u", MINE_US), ("u", HALF_US))
    assert found.values["kept_u"] == pytest.approx(1.0)
    assert found.values["top_u"] == 1.0
    assert found.values["change_u"] == pytest.approx(1.0)
    assert found.detail["u"] == {
        "offers": (1, 2, 3, 4),
        "kept": [0.0, 1.0, 1.0, 1.0],
        # Each issue has changed once of three times.
        "frequency": [0.0, 1.0, 1.0, -1.0],
        "bayesian": [0.0, 1.0, 1.0, 1.0],
        "top": ["well"],
        "true_top": ["well"],
    }
    assert {found.why_null[f"{name}_o"] for name in FROM_TERMS} == {NO_TERMS}


def test_what_was_known_before(small: Scenario) -> None:
    """The public image of b has the fence first, as it is; that of a has no order."""
    found = score(small, ("u", MINE_THEM), ("o", MINE_US))
    assert found.values["known_o"] == pytest.approx(1.0)
    assert found.values["top_known_o"] == 1.0
    assert found.values["beyond_o"] == pytest.approx(found.values["kept_o"] - 1.0)  # type: ignore[operator]
    assert found.why_null["known_u"] == found.why_null["beyond_u"] == IMAGE_ALIKE
    assert found.values["top_known_u"] == pytest.approx(0.5)


def test_weights_are_those_of_the_last_round(small: Scenario) -> None:
    """In round 2 the well weighs .8 to a, which is still the most."""
    changed = (
        small.realities[0].changes["a"].model_copy(update={"weights": {"well": 0.1, "fence": 0.9}})
    )
    drought = small.realities[0].model_copy(update={"changes": {"a": changed}})
    turned = small.model_copy(update={"realities": (drought,)})
    talk: list[Entry] = [("u", MINE_THEM), ("u", MINE_US)]
    assert score(turned, *talk).values["kept_u"] == pytest.approx(1.0)
    assert score(turned, *talk, "next round", ("o", "pass")).values["kept_u"] == pytest.approx(-1.0)


def test_a_position_counts_with_the_terms_before_it(small: Scenario) -> None:
    whole = score(small, ("u", MINE_THEM), ("u", MINE_US))
    part = score(small, ("u", MINE_THEM), ("u", passing(fence="us")))
    first = score(small, ("u", passing(well="mine")), ("u", passing(fence="us")))
    assert whole.values == part.values == first.values


def test_of_two_packages_nobody_sees_which_is_preferred(small: Scenario) -> None:
    """It is read the same whichever of the two is worth less to the one that put them."""
    move = replace(_proposal(MINE_US), or_package=HALF_US)
    turned = replace(_proposal(HALF_US), or_package=MINE_US)
    one, other = (score(small, ("u", MINE_THEM), ("u", each)) for each in (move, turned))
    assert one.values == other.values
    assert one.detail == other.detail


def _proposal(package: Mapping[str, str]) -> Move:
    return Move(action="propose", package=dict(package))  # type: ignore[arg-type]


def test_no_terms_are_null_and_never_nothing(small: Scenario) -> None:
    found = score(small, ("u", "pass"), ("o", "walk_out"))
    for seat in ("o", "u"):
        for name in FROM_TERMS:
            assert found.values[f"{name}_{seat}"] is None
            assert found.why_null[f"{name}_{seat}"] == NO_TERMS
    assert found.detail == {}
    assert found.values["known_o"] == pytest.approx(1.0)


def test_terms_that_say_nothing_give_away_what_a_guess_would(small: Scenario) -> None:
    found = score(small, ("u", MINE_THEM), ("u", MINE_THEM))
    for name in ("kept", "frequency", "bayesian", "change"):
        assert found.values[f"{name}_u"] == 0.0
    assert found.values["top_u"] == pytest.approx(0.5)
    assert score(small, ("u", MINE_THEM)).why_null["change_u"] == ONE_OFFER


def test_weights_that_are_alike_cannot_be_told() -> None:
    even = dispute([0.25] * ISSUES, SHARES)
    found = by_u(even, [(0, 0, 0, 0), (0, 1, 0, 2)])
    for name in (*FROM_TERMS, "known", "top_known"):
        assert found.why_null[f"{name}_u"] == ALIKE


def test_without_a_public_face_nothing_is_said(small: Scenario) -> None:
    a = small.principals["a"].model_copy(update={"public": None})
    faceless = small.model_copy(update={"principals": {**small.principals, "a": a}})
    found = score(faceless, ("u", MINE_THEM), ("o", MINE_US))
    for name in ("said", "said_share", "bluffed"):
        assert found.why_null.pop(f"{name}_u") == NEEDS_A_JUDGE
    assert {why for name, why in found.why_null.items() if name.endswith("_u")} == {NO_IMAGE}
    assert found.values["kept_o"] is not None


def test_words_wait_for_a_judge(small: Scenario) -> None:
    words = "Without a deal we have 30 points; the well is our red line."
    transcript = make_transcript(small, [("u", MINE_US), ("o", HALF_US)], words=words)
    found = Leakage().score(case(transcript, small))
    for seat in ("o", "u"):
        assert found.values[f"said_{seat}"] is None
        assert found.why_null[f"said_{seat}"] == NEEDS_A_JUDGE


def test_who_is_misled_is_further_off_than_the_public(small: Scenario) -> None:
    """No deal is worth .3 to a and is taken to be worth .5; .25 and .2 to b."""
    talk: list[Entry] = [("u", MINE_US)]
    for said, misled in ((0.7, 0.2), (0.35, -0.15), (0.1, 0.0), (0.5, 0.0)):
        found = score(small, *talk, o=Debrief(reservations={"u": said}))
        assert found.values["misled_u"] == pytest.approx(misled)
    assert found.why_null["misled_o"] == "no debrief was asked for"
    found = score(small, *talk, u=Debrief(problem="no usable answer"))
    assert found.why_null["misled_o"] == "no usable answer"


def test_it_ships_and_no_headline_shows_it_without_its_baseline() -> None:
    found = {n: m for n, m in measures(builtin()).items() if n.startswith("leakage.")}
    assert {"leakage.kept_o", "leakage.known_o", "leakage.misled_u"} <= set(found)
    assert not any(measure.headline for measure in found.values())


def test_void(small: Scenario) -> None:
    reason = VoidReason(kind="reply", seat="u", detail="nothing usable")
    transcript = make_transcript(small, [("u", MINE_US)], void=reason)
    found = Leakage().score(case(transcript, small))
    assert set(found.values) == {measure.name for measure in Leakage.measures}
    assert set(found.why_null.values()) == {"void: nothing usable"}


def test_every_measure_has_a_value_or_a_reason(small: Scenario) -> None:
    found = score(small, ("u", MINE_THEM), ("o", MINE_US))
    assert set(found.values) == {measure.name for measure in Leakage.measures}
    assert {name for name, value in found.values.items() if value is None} == set(found.why_null)


@settings(max_examples=40, deadline=None)
@given(order=ORDERS, rows=TERMS)
@example(order=[3, 2, 1, 0], rows=[(0, 0, 0, 0), (0, 1, 0, 2), (1, 1, 0, 2)])
def test_the_order_of_the_issues_makes_no_difference(
    order: list[int], rows: list[tuple[int, ...]]
) -> None:
    here = by_u(dispute(SHARES, SHARES[::-1]), rows)
    moved = dispute([SHARES[n] for n in order], [SHARES[::-1][n] for n in order])
    there = by_u(moved, [[row[n] for n in order] for row in rows])
    assert here.why_null == there.why_null
    for name, value in here.values.items():
        assert there.values[name] == (value if value is None else pytest.approx(value, abs=1e-9))


@settings(max_examples=40, deadline=None)
@given(rows=TERMS)
@example(rows=[(0, 0, 0, 0), (0, 1, 0, 2), (1, 1, 0, 2)])
def test_the_estimates_are_those_of_the_models(rows: list[tuple[int, ...]]) -> None:
    places = 1.0 - np.array(rows) / (OPTIONS - 1)
    found = by_u(dispute(SHARES), rows)
    for name, estimate in (("kept", kept), ("frequency", frequency), ("bayesian", bayesian)):
        expected = recovered(estimate(places), SHARES) or 0.0
        assert found.values[f"{name}_u"] == pytest.approx(expected, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(row=st.tuples(*[st.integers(0, OPTIONS - 1)] * ISSUES), times=st.integers(1, 4))
@example(row=(0, 0, 0, 0), times=3)
def test_a_guess_among_all_orders_recovers_nothing(row: tuple[int, ...], times: int) -> None:
    """Over all principals that could have made the same offers, what is recovered is 0 and the top
    issue is found as often as by chance: so 0, and 1 over the issues, are what no knowledge has."""
    names = ("kept_u", "frequency_u", "bayesian_u", "top_u")
    found = [
        by_u(dispute(np.roll(SHARES, n).tolist()), [row] * times).values for n in range(ISSUES)
    ]
    for name in names:
        mean = sum(float(values[name] or 0) for values in found) / ISSUES
        assert mean == pytest.approx(1 / ISSUES if name == "top_u" else 0.0, abs=1e-9)


def test_estimates_see_nothing_that_is_private() -> None:
    """The truth may be anything: what is estimated from the same terms stays the same."""
    rows = [(0, 0, 0, 0), (0, 1, 0, 2), (1, 1, 0, 2)]
    one, other = (by_u(dispute(weights), rows) for weights in (SHARES, SHARES[::-1]))
    seen = [(found.detail["u"]["offers"], found.detail["u"]["top"]) for found in (one, other)]  # type: ignore[index]
    assert seen[0] == seen[1]
    assert one.values["kept_u"] == pytest.approx(-float(other.values["kept_u"] or 0))


def planted(weights: Sequence[float], rng: np.random.Generator) -> list[tuple[int, ...]]:
    """Offers of a seat that gives way step by step, on what weighs little first, as a rule."""
    row, rows = [0] * len(weights), [(0,) * len(weights)]
    cheap = 1 / np.array(weights)
    for _ in range(5):
        free = np.array([step < OPTIONS - 1 for step in row]) * cheap
        row[rng.choice(len(row), p=free / free.sum())] += 1
        rows.append(tuple(row))
    return rows


def test_more_offers_give_more_away_where_the_cheap_goes_first() -> None:
    """In the mean, and never less than the guess; a single dialogue may say the opposite."""
    rng, seen = np.random.default_rng(3), []
    scenario = dispute(SHARES)
    for _ in range(80):
        rows = planted(SHARES, rng)
        seen.append([by_u(scenario, rows[:n]).values["kept_u"] for n in range(1, 7)])
    values = np.array(seen, dtype=float)
    means = values.mean(axis=0)
    assert means[0] == 0.0
    assert (np.diff(means) > -0.03).all()
    assert (means[1:] > 0.2).all()
    assert values.min() < 0
