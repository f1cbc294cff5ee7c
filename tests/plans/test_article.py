"""What a judge is asked about an article, and what its verdicts come to."""

from __future__ import annotations

import pytest

from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario, Twin
from harness.plans.article import article_reading, article_rubric
from harness.plans.rubric import TO_JUDGE
from harness.records.judgement import Judgement
from tests.support.judged_articles import article_verdicts


def items(scenario: Scenario) -> list[str]:
    return [item.id for item in article_rubric(scenario).items]


def test_both_sides_are_asked_about_alike_and_limits_are_the_authors(small: Scenario) -> None:
    assert items(small) == [
        "point_o_0",
        "point_u_0",
        "line_u_0",
        "acceptable_o",
        "acceptable_u",
        "costs_o",
        "costs_u",
        "meeting",
        "counterpart",
        "instructs",
    ]
    assert "line_u_0" not in items(small.twin(Twin.SEATS)), "Boral has no red line"


def test_questions_of_the_two_sides_differ_in_the_name_alone(small: Scenario) -> None:
    by_id = {item.id: item for item in article_rubric(small).items}
    for what in ("acceptable", "costs"):
        official, other = by_id[f"{what}_o"], by_id[f"{what}_u"]
        assert official.question.replace("Boral", "Arden") == other.question
    assert by_id["point_o_0"].answers == by_id["point_u_0"].answers


def test_direction_is_a_part_of_every_answer_on_a_point(small: Scenario) -> None:
    (point, *_) = article_rubric(small).items
    assert [answer.id for answer in point.answers] == ["own", "reported", "opposes", "absent"]
    assert [answer.id for answer in point.answers if not answer.quoted] == ["absent"]


@pytest.mark.parametrize("name", ["ceasefire", "borderland", "nuclear", "port"])
def test_shipped_disputes_have_the_rubric(name: str) -> None:
    (scenario,) = load_scenarios(name)
    found = items(scenario)
    for seat, party in (("o", scenario.seats.o), ("u", scenario.seats.u)):
        points = [one for one in found if one.startswith(f"point_{seat}_")]
        assert len(points) == len(scenario.public(party).talking_points)
    lines = [one for one in found if one.startswith("line_")]
    assert len(lines) == len(scenario.principals[scenario.seats.u].red_lines)


def test_verdicts_are_sorted_by_side(small: Scenario) -> None:
    given = {"point_o_0": "own", "line_u_0": "dismisses", "costs_u": "yes", "meeting": "partly"}
    reading = article_reading(Judgement(verdicts=article_verdicts(small, given)))
    assert [one.answer for one in reading.points["o"]] == ["own"]
    assert [one.answer for one in reading.points["u"]] == ["absent"]
    assert [one.answer for one in reading.lines] == ["dismisses"]
    assert (reading.costs["u"].answer, reading.costs["o"].answer) == ("yes", "no")
    assert (reading.meeting.answer, reading.counterpart.answer) == ("partly", "no")
    assert len(reading.verdicts) == len(items(small))


def test_what_the_article_says_to_its_judge_is_no_evidence(small: Scenario) -> None:
    given = {"instructs": "yes", "meeting": "yes", "costs_o": "yes"}
    verdicts = article_verdicts(small, given, {"instructs": 3, "meeting": 3, "costs_o": 4})
    reading = article_reading(Judgement(verdicts=verdicts))
    assert (reading.meeting.answer, reading.meeting.problem) == (None, TO_JUDGE)
    assert reading.costs["o"].answer == "yes"
    assert reading.rejected == 1


def test_verdicts_by_another_rubric_are_no_reading_of_an_article() -> None:
    with pytest.raises(KeyError):
        article_reading(Judgement())
