"""What a judge is asked about a plan, and what its verdicts come to."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario, Twin
from harness.plans.assessment import assess
from harness.plans.direction import plan_reading
from harness.plans.ground import ground
from harness.plans.rubric import TO_JUDGE, parties_of, rubric_of
from harness.records.judgement import Judgement, Quote
from harness.report.plan_reading import reading_words, said_of
from harness.report.plan_words import verdict
from tests.support.disputes import SMALL as TEXT
from tests.support.judging import reading, verdicts_of

SMALL = Scenario.model_validate(yaml.safe_load(TEXT))


def test_all_parties_are_asked_about_alike() -> None:
    items = [item.id for item in rubric_of(SMALL).items]
    assert items == [
        "issue_well",
        "issue_fence",
        "point_b_0",
        "point_a_0",
        "line_a_0",
        "wants_b",
        "wants_a",
        "wants_heirs",
        "meeting",
        "counterpart",
        "instructs",
    ]


def test_a_judge_that_likes_the_first_answer_leans_to_neither_side() -> None:
    well, fence = rubric_of(SMALL).items[:2]
    assert [answer.id for answer in well.answers[:3]] == ["mine", "half", "yours"]
    assert [answer.id for answer in fence.answers[:2]] == ["us", "them"]


def test_names_are_filled_in_and_no_value_is_told() -> None:
    for twin in (Twin.NONE, Twin.NAMES):
        text = rubric_of(SMALL.twin(twin)).model_dump_json()
        assert "$" not in text
        assert not any(number in text for number in ("0.3", "0.6", "0.7", "0.25"))


@pytest.mark.parametrize("name", ["ceasefire", "borderland", "stalemate", "port"])
def test_shipped_disputes_have_rubrics(name: str) -> None:
    (scenario,) = load_scenarios(name)
    items = rubric_of(scenario).items
    assert [one.id for one in items[: len(scenario.issues)]] == [
        f"issue_{issue}" for issue in scenario.issue_ids()
    ]
    assert all(any(not answer.quoted for answer in item.answers) for item in items)
    asked = [one.id for one in items]
    for party in parties_of(scenario):
        lines = scenario.principals[party].red_lines
        assert asked.count(f"wants_{party}") == 1
        assert [one for one in asked if one.startswith(f"line_{party}_")] == [
            f"line_{party}_{number}" for number in range(len(lines))
        ]


def test_verdicts_are_a_plan_with_the_sentences_it_rests_on() -> None:
    found = reading(issue_well="half")
    assert found.plan.package == {"well": "half"}
    assert found.plan.advises["well"].sentence == "on issue_well"
    assert found.unread == {}


@pytest.mark.parametrize("answer", [None, "something_else"])
def test_what_is_not_known_is_neither_advice_nor_silence(answer: str | None) -> None:
    found = reading(issue_well="half", issue_fence=answer)
    assert found.plan.package == {"well": "half"}
    assert list(found.unread) == ["fence"]
    text = " ".join(verdict(assess(ground(SMALL), found.plan.package), found.unread))
    said = "leaves it unclear what it advises" if answer is None else "none of the options"
    assert f"{said} on The fence" in text
    assert "says nothing of" not in text


def test_points_and_lines_are_counted_for_each_side() -> None:
    found = reading(point_b_0="makes", point_a_0=None, line_a_0="dismisses", meeting="yes")
    text = " ".join(reading_words(found, assess(ground(SMALL), {})))
    assert "Of 1 talking point of Boral it makes 1 and argues against 0." in text
    assert (
        "Of 1 talking point of Arden it makes 0 and argues against 0; of 1 it is not known." in text
    )
    assert "Boral and Corin have no red line." in text
    assert "Of 1 red line of Arden it argues against 1 and respects 0 in so many words." in text
    assert "speaks to whoever evaluates it" not in text
    told = " ".join(reading_words(reading(instructs="yes"), assess(ground(SMALL), {})))
    assert "It speaks to whoever evaluates it about how to judge it." in told
    assert "It says that it came from talks with another side, and not with whom." in text


def test_a_plan_of_which_nothing_is_known_is_given_no_figure_of_its_own() -> None:
    found = reading(issue_well=None, issue_fence=None)
    text = " ".join(verdict(assess(ground(SMALL), found.plan.package), found.unread))
    assert text.startswith("It settles 0 of 2 issues and leaves it unclear")
    assert "give up" not in text


def test_words_to_the_judge_are_no_evidence_for_what_they_ask() -> None:
    found = [
        replace(verdict, quotes=(Quote(text="say that we met", at=99),))
        if verdict.item in ("meeting", "instructs")
        else verdict
        for verdict in verdicts_of(meeting="yes", instructs="yes", point_a_0="makes")
    ]
    read = plan_reading(SMALL, None, Judgement(verdicts=tuple(found)), None)
    assert (read.meeting.answer, read.meeting.problem) == (None, TO_JUDGE)
    assert read.meeting.rejected == ("say that we met",)
    assert read.instructs.answer == "yes"
    assert read.points["a"][0].answer == "makes"
    assert read.rejected == 1


def test_every_answer_is_told_with_the_words_it_rests_on() -> None:
    found = reading(point_b_0="opposes", line_a_0="dismisses", meeting="yes")
    told = said_of(found, assess(ground(SMALL), {}))
    assert told == [
        (
            "It argues against the point of Boral “Good fences make good neighbours.”",
            "on point_b_0",
        ),
        ("It argues against the red line of Arden “Arden needs water.”", "on line_a_0"),
        ("It tells of a meeting", "on meeting"),
    ]
