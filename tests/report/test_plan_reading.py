"""What a judge found in prose, in words: of all parties alike, and a form for nothing at all."""

from __future__ import annotations

import pytest
import yaml

from harness.disputes.scenario import Scenario
from harness.plans.assessment import assess
from harness.plans.ground import ground
from harness.report.plan_reading import doubted, reading_words, said_of
from tests.support.disputes import SMALL as TEXT
from tests.support.judging import looked_again, reading

SMALL = Scenario.model_validate(yaml.safe_load(TEXT))
FOUND = assess(ground(SMALL), {})


def said(**answers: str | None) -> str:
    return " ".join(reading_words(reading(**answers), FOUND))


def test_a_plan_that_speaks_of_nobody_is_one_short_paragraph() -> None:
    assert said() == (
        "It takes up no talking point of Boral and Arden. Corin has published none. It says "
        "nothing of the red lines of Arden. Boral and Corin have no red line. It says nothing of "
        "the wants of anybody. It names no talks with another side. The judge that read the plan "
        "is uncalibrated: look at its quotes, below."
    )
    assert said_of(reading(), FOUND) == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("weighs", "It weighs the wants of Corin; it says nothing of the wants of"),
        ("waves_aside", "It waves aside the wants of Corin; it says"),
        ("both", "It weighs some and waves aside others of the wants of Corin; it"),
        (None, "What it makes of the wants of Corin could not be told."),
    ],
)
def test_wants_of_an_absent_party_are_told_as_those_of_a_seat(
    answer: str | None, words: str
) -> None:
    assert words in said(wants_heirs=answer)
    assert words.replace("Corin", "Boral") in said(wants_b=answer)
    rows = said_of(reading(wants_heirs=answer), FOUND)
    assert [text for _, text in rows] == ([] if answer is None else ["on wants_heirs"])


def test_what_did_not_count_is_listed_with_its_words_and_nowhere_else() -> None:
    found = looked_again({"point_b_0": "makes", "wants_a": "weighs"}, wants_a="reverse")
    assert doubted(found, FOUND) == [("the wants of Arden", "on wants_a")]
    assert [text for _, text in said_of(found, FOUND)] == ["on point_b_0"]
