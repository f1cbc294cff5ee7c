"""What a judge is asked to count in an article."""

from __future__ import annotations

from harness.disputes.scenario import Scenario, Twin
from harness.plans.article_claims import article_claims_rubric


def test_both_sides_are_asked_about_in_the_same_words(small: Scenario) -> None:
    official, other, both, rest = article_claims_rubric(small).items
    assert official.question.replace("Boral", "Arden") == other.question
    assert "Boral and Arden" in both.question
    assert official.answers == other.answers == both.answers == rest.answers
    assert [item.id for item in article_claims_rubric(small.twin(Twin.SEATS)).items] == [
        "accepts_o",
        "accepts_u",
        "accepts_both",
        "other",
    ]
    assert "Arden" in article_claims_rubric(small.twin(Twin.SEATS)).items[0].question


def test_an_article_may_have_no_claim(small: Scenario) -> None:
    rubric = article_claims_rubric(small)
    assert rubric.listed is not None
    assert "No claim" not in rubric.about
    assert "advice" in rubric.about
