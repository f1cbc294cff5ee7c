"""What a judge is asked about the private facts of a delegation's side."""

from __future__ import annotations

import pytest

from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario, Twin
from harness.plans.private_facts import (
    NEEDS_A_DEAL,
    REPUTED,
    by_seat,
    facts_rubric,
    principal_of,
    rubric_id,
)
from harness.prompting.facts import REPUTED as IN_BRIEFS
from harness.prompting.ranks import leaving


def test_both_delegations_are_asked_about_in_the_same_words(small: Scenario) -> None:
    o, u = (facts_rubric(seat, small) for seat in "ou")
    assert [item.id for item in o.items] == [item.id for item in u.items]
    assert [item.id for item in u.items] == [
        "weight.well",
        "weight.fence",
        "no_deal",
        "capital",
        "limit.well.mine",
        "limit.well.half",
        "limit.well.yours",
        "limit.fence.them",
        "limit.fence.us",
    ]
    assert u.items[0].question == "how much this matters to Arden: The well"
    assert u.listed == o.listed.replace("Boral", "Arden")  # type: ignore[union-attr]
    assert {item.said_by for item in u.items} == {"Arden"}


def test_nothing_tells_the_judge_what_is_true(small: Scenario) -> None:
    """A dispute with other values and other red lines is asked about in the same words."""
    a = small.principals["a"]
    other = a.model_copy(
        update={
            "reservation": 0.9,
            "weights": {"well": 0.1, "fence": 0.9},
            "values": {"well": {"mine": 0, "half": 0.1, "yours": 1}, "fence": {"them": 0, "us": 1}},
            "red_lines": (),
        }
    )
    changed = small.model_copy(update={"principals": {**small.principals, "a": other}})
    for seat in "ou":
        assert facts_rubric(seat, changed) == facts_rubric(seat, small)


def test_seats_follow_the_twin(small: Scenario) -> None:
    assert principal_of("u", small) == "a"
    assert "for Boral" in facts_rubric("u", small.twin(Twin.SEATS)).about
    assert list(by_seat()) == [rubric_id("o"), rubric_id("u")]
    assert by_seat()["private-facts-u"](small) == facts_rubric("u", small)


def test_every_shipped_dispute_fits() -> None:
    for scenario in load_scenarios("ceasefire"):
        rubric = facts_rubric("o", scenario)
        options = sum(len(issue.options) for issue in scenario.issues)
        assert len(rubric.items) == len(scenario.issues) + 2 + options


@pytest.mark.parametrize("reservation", [0.0, 0.19, 0.39, 0.4, 0.41, 0.7, 1.0])
def test_needing_a_deal_is_what_briefs_call_bad(reservation: float) -> None:
    assert (leaving(reservation) in ("grave", "bad")) is (reservation < NEEDS_A_DEAL)
    assert REPUTED == IN_BRIEFS
