"""DANS step classes."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.bargaining.steps import COARSE, EXACT, Step, classify, counts, sensitivity, steps
from harness.errors import UsageError

changes = st.floats(allow_nan=False) | st.sampled_from([0.0, EXACT, -EXACT, COARSE, -COARSE])


@pytest.mark.parametrize(
    ("own", "other", "expected"),
    [
        (0.1, 0.1, Step.FORTUNATE),
        (0.1, 0.0, Step.SELFISH),
        (0.1, -0.1, Step.SELFISH),
        (0.0, 0.1, Step.NICE),
        (0.0, 0.0, Step.SILENT),
        (0.0, -0.1, Step.UNFORTUNATE),
        (-0.1, 0.1, Step.CONCESSION),
        (-0.1, 0.0, Step.CONCESSION),
        (-0.1, -0.1, Step.UNFORTUNATE),
    ],
)
def test_every_cell_of_the_definition(own: float, other: float, expected: Step) -> None:
    assert classify(own, other) is expected


@given(changes, changes, st.sampled_from([0.0, EXACT, COARSE]))
def test_the_published_conditions_partition_the_plane(own: float, other: float, eps: float) -> None:
    """Each condition as printed, with a change of at most eps counting as 0."""
    up, same, down = own > eps, abs(own) <= eps, own < -eps
    other_up, other_same, other_down = other > eps, abs(other) <= eps, other < -eps
    holds = {
        Step.FORTUNATE: up and other_up,
        Step.SELFISH: up and (other_same or other_down),
        Step.CONCESSION: down and (other_same or other_up),
        Step.UNFORTUNATE: (same or down) and other_down,
        Step.NICE: same and other_up,
        Step.SILENT: same and other_same,
    }
    assert [step for step, true in holds.items() if true] == [classify(own, other, eps)]


def test_a_change_of_exactly_eps_is_none() -> None:
    assert classify(EXACT, -EXACT) is Step.SILENT
    assert classify(-0.05, 0.06, eps=COARSE) is Step.NICE
    assert classify(-0.05, 0.06) is Step.CONCESSION


def test_other_is_the_counterparts_utility_of_the_bidders_own_offers() -> None:
    # A logroll: the bidder gives up .1 and the counterpart gains .3; then it retracts.
    assert steps([0.9, 0.8, 0.85], [0.1, 0.4, 0.2]) == [Step.CONCESSION, Step.SELFISH]


@pytest.mark.parametrize("offers", [[], [0.5]])
def test_fewer_than_two_offers_make_no_step(offers: list[float]) -> None:
    assert steps(offers, offers) == []


def test_every_class_is_counted() -> None:
    found = counts([Step.NICE, Step.NICE, Step.SELFISH])
    assert found == {**dict.fromkeys(Step, 0), Step.NICE: 2, Step.SELFISH: 1}


def test_sensitivity() -> None:
    minded = [Step.FORTUNATE, Step.NICE, Step.CONCESSION]
    ignored = [Step.SELFISH, Step.UNFORTUNATE]
    assert sensitivity(minded + ignored) == 1.5
    assert sensitivity(ignored) == 0
    assert sensitivity([Step.SILENT]) == 0


@pytest.mark.parametrize("classes", [[], [Step.CONCESSION], [Step.NICE, Step.FORTUNATE]])
def test_sensitivity_is_undefined_when_nothing_ignores_the_counterpart(classes: list[Step]) -> None:
    assert sensitivity(classes) is None


def test_bad_input_is_refused() -> None:
    with pytest.raises(UsageError, match="a step needs numbers"):
        classify(math.nan, 0)
    with pytest.raises(UsageError, match="a step needs numbers"):
        classify(0, 0, eps=-1)
    with pytest.raises(UsageError, match="2 own values for 1"):
        steps([0.1, 0.2], [0.1])
