"""What a judge is asked about talks."""

from __future__ import annotations

from harness.disputes.scenario import Scenario, Twin
from harness.plans.claims import claims_rubric


def test_both_delegations_are_asked_about_in_the_same_words(small: Scenario) -> None:
    items = claims_rubric(small).items
    assert [item.id for item in items] == [
        f"{what}_{seat}" for what in ("mandate", "leaving", "final") for seat in "ou"
    ]
    for official, other in zip(items[::2], items[1::2], strict=True):
        assert official.question.replace("Boral", "Arden") == other.question
        assert official.answers == other.answers


def test_questions_follow_who_sits_where(small: Scenario) -> None:
    swapped = claims_rubric(small.twin(Twin.SEATS)).items
    assert "sits there for Arden" in swapped[0].question
    assert "sits there for Arden" in claims_rubric(small.twin(Twin.NAMES)).items[0].question


def test_a_null_needs_no_quote(small: Scenario) -> None:
    assert all(not item.answer("no").quoted for item in claims_rubric(small).items)
