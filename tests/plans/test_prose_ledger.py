"""What a judge is asked about the words of talks."""

from __future__ import annotations

from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario, Twin
from harness.plans.prose_ledger import event_of, item_of, prose_ledger_rubric


def test_every_issue_and_option_can_be_listed_of_either_side(small: Scenario) -> None:
    rubric = prose_ledger_rubric(small)
    assert [item.id for item in rubric.items] == [
        "concedes.well",
        "takes_back.well",
        "final.well",
        "concedes.fence",
        "takes_back.fence",
        "final.fence",
        "threat",
    ]
    assert [one.id for one in rubric.items[0].answers] == ["mine", "half", "yours", "unnamed"]
    assert {one.said_by for one in rubric.items} == {None}
    by, was, *_, authorised = rubric.fields
    assert [(one.id, one.text) for one in by.answers] == [("b", "Boral"), ("a", "Arden")]
    assert was.allowed(rubric.items[3]) == ("them", "us", "unnamed", "unsaid")
    assert authorised.allowed(rubric.items[0]) == ("claimed", "denied", "unsaid")
    assert "delegations for Boral and Arden" in rubric.about


def test_names_follow_the_twin_and_ids_do_not(small: Scenario) -> None:
    named = prose_ledger_rubric(small.twin(Twin.NAMES))
    assert [(one.id, one.text) for one in named.fields[0].answers] == [
        ("b", "Arden"),
        ("a", "Boral"),
    ]
    seated = prose_ledger_rubric(small.twin(Twin.SEATS))
    assert [one.id for one in seated.fields[0].answers] == ["a", "b"]


def test_nothing_tells_the_judge_what_is_true(small: Scenario) -> None:
    """A dispute with other values, red lines and public positions is read in the same words."""
    a = small.principals["a"]
    assert a.public is not None
    other = a.model_copy(
        update={
            "reservation": 0.9,
            "weights": {"well": 0.1, "fence": 0.9},
            "values": {"well": {"mine": 0, "half": 0.1, "yours": 1}, "fence": {"them": 0, "us": 1}},
            "red_lines": (),
            "public": a.public.model_copy(update={"talking_points": ("We want all of it.",)}),
        }
    )
    changed = small.model_copy(update={"principals": {**small.principals, "a": other}})
    assert prose_ledger_rubric(changed) == prose_ledger_rubric(small)


def test_an_item_says_what_it_is_of() -> None:
    assert event_of(item_of("final", "force_cap")) == ("final", "force_cap")
    assert event_of("threat") == ("threat", None)


def test_every_shipped_dispute_fits() -> None:
    for scenario in load_scenarios("ceasefire"):
        rubric = prose_ledger_rubric(scenario)
        assert len(rubric.items) == 3 * len(scenario.issues) + 1
