"""The account of a judge, of lists and of answers alike."""

from __future__ import annotations

import pytest

from benchmarks.simulated_judges import readings
from harness.app.accounts import NOT_READ, account_of_answers, account_of_list
from harness.plans.prose_ledger import PROSE_LEDGER
from harness.planted.sets import RUBRICS, planted
from harness.records.judgement import JudgedItem
from tests.support.planted_answers import Given, judged, pressed
from tests.support.planted_judge import named, told

PRESSED = pressed("dev", ("as_written", "order"))


def test_of_a_list_it_has_events_and_no_items() -> None:
    transcripts = told("dev")
    found = {(key, False): one for key, one in readings(named("lazy"), transcripts).items()}
    good = account_of_list(transcripts, found)
    assert good.events["precision"].value == 1.0
    assert good.items == {}
    assert good.verdicts["answers"].usable == "yes"
    assert good.erred


def test_of_answers_it_has_the_items_that_are_known_and_no_events() -> None:
    good = account_of_answers(PRESSED, judged(PRESSED))
    assert good.events == {}
    assert good.items.keys() == {"threat", "instructs"}
    assert good.items["threat"]["right"].value == 1.0
    assert good.verdicts["threat"].usable == "yes"
    assert "not planted" in good.verdicts["hurry"].why
    assert list(good.erred) == []


@pytest.mark.parametrize("rubric", [one for one in RUBRICS if one != PROSE_LEDGER])
def test_a_judge_that_says_what_is_so_errs_by_no_rubric(rubric: str) -> None:
    """Also: every right answer is one of the rubric's, and its words count as a quote."""
    transcripts = tuple(planted("dev", ("as_written", "label"), limit=12, rubric=rubric))
    good = account_of_answers(transcripts, judged(transcripts))
    assert list(good.erred) == []
    known = [own for own in good.items.values() if own["right"].n]
    assert len(known) > 1
    assert {own["right"].value for own in known} == {1.0}
    assert {own["missing"].value for own in known} == {0.0}


def test_of_answers_it_has_the_transcripts_on_which_the_judge_errs() -> None:
    def deaf(item: JudgedItem, given: Given, _: bool) -> Given:
        return ("none", ()) if item.id.startswith("threat") else given

    good = account_of_answers(PRESSED, judged(PRESSED, deaf))
    assert {one.said for one in good.erred} <= {"1 too low", "2 too low"}
    planted = {one.record.id for one in PRESSED if any(own.quotes for own in one.truth)}
    assert {one.record for one in good.erred} == planted


def test_questions_that_nobody_answered_have_a_verdict_too() -> None:
    def refuses(_: JudgedItem, __: Given, ___: bool) -> Given | None:
        return None

    good = account_of_answers(PRESSED, judged(PRESSED, refuses))
    assert list(good.verdicts)[:4] == ["threat", "hurry", "belittling", "instructs"]
    assert {good.verdicts[name].why for name in list(good.verdicts)[:4]} == {NOT_READ}
    assert good.verdicts["answers"].usable == "no"
