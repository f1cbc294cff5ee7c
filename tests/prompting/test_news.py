"""The words of news and of the questions about it."""

from __future__ import annotations

from typing import get_args

import pytest

from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario
from harness.incentives.profiles import Role
from harness.influence.misreading_questions import sheet
from harness.prompting.news import misreading_prompts, news_prompts
from harness.records.misreading import battery
from harness.records.news import NewsFacts
from harness.suite.influence import Framing, Reader, Side
from tests.support.news import AT_HOME, FROM_AN_ALLY

FRAMINGS: tuple[Framing, ...] = get_args(Framing)
FACTS = NewsFacts(o="b", u="a", third="heirs", outline=True)


def items(scenario: Scenario, facts: NewsFacts) -> dict[Framing, tuple[str, str]]:
    words = news_prompts()
    return {
        framing: words.item(scenario, facts, framing, Role.OFFICIAL)
        for framing in FRAMINGS
        if framing != "for_home" or facts.home is not None
    }


@pytest.mark.parametrize("name", ["borderland", "merger", "port", "neutral"])
@pytest.mark.parametrize("outline", [True, False])
def test_shipped_disputes_are_told_in_items_of_one_length(name: str, outline: bool) -> None:
    scenario = load_scenarios(name)[0]
    o, u = scenario.seats.o, scenario.seats.u
    third = next((one for one in scenario.principals if one not in (o, u)), None)
    facts = NewsFacts(o=o, u=u, home=scenario.home_of(u), third=third, outline=outline)
    told = items(scenario, facts)
    lengths = [len(f"{headline} {text}".split()) for headline, text in told.values()]
    assert len(told) == (4 if facts.home else 3)
    assert max(lengths) <= 1.15 * min(lengths)
    for headline, text in told.values():
        assert headline
        assert "$" not in headline + text
        assert "None" not in headline + text


def test_every_framing_says_what_the_right_answers_rest_on() -> None:
    for headline, text in items(FROM_AN_ALLY, NewsFacts(o="b", u="a", home="uplands")).values():
        assert headline not in text
        for fact in (
            "hold no post today and came as private persons",
            "no leadership has signed anything",
            "would have to be negotiated and signed by the leaderships of Arden and Boral",
            "The leadership of Arden was not asked to the meeting, and has not commented on it",
            "Former official representatives of Erstia",
        ):
            assert text.count(fact) == 1
    for _, text in items(AT_HOME, FACTS).values():
        assert text.count("No leadership has signed it.") == 1
        assert text.count("Nobody from Corin was there") == 1


def test_who_met_is_called_what_it_is() -> None:
    _, text = news_prompts().item(AT_HOME, FACTS, "plain", Role.UNOFFICIAL)
    assert "met former official representatives of Boral" in text
    _, text = news_prompts().item(AT_HOME, FACTS, "plain", Role.ENVOY)
    assert "met envoys of Boral" in text


@pytest.mark.parametrize(
    ("side", "words"),
    [
        ("u", "you stand on the side of Arden"),
        ("o", "you stand on the side of Boral"),
        ("absent", "you stand on neither of the two sides, but with others whom it concerns"),
        ("ally", "Your side is allied with Arden"),
        ("none", "you stand on no side"),
    ],
)
def test_a_reader_is_told_where_it_stands(side: Side, words: str) -> None:
    reader = Reader(id="r", title="a clerk", side=side)
    text = misreading_prompts().system(AT_HOME, FACTS, reader)
    assert text.startswith("You are a clerk.")
    assert words in text


def test_where_nobody_is_absent_nobody_stands_there() -> None:
    reader = Reader(id="r", title="a clerk", side="absent")
    facts = NewsFacts(o="b", u="a")
    assert "you stand on no side" in misreading_prompts().system(AT_HOME, facts, reader)


def test_every_question_and_answer_has_words_and_no_id_of_an_answer_is_shown() -> None:
    facts = NewsFacts(o="b", u="a", home="uplands", third="heirs")
    asked = sheet(battery(facts), "r", 3)
    text = misreading_prompts().question(FROM_AN_ALLY, facts, ("Head", "Text\n\nMore"), asked)
    assert "> Head\n>\n> Text\n>\n> More\n" in text
    for question, answers in asked:
        part = text.split(f"## `{question.id}`")[1].split("##")[0]
        lines = [line for line in part.splitlines() if line.startswith("- ")]
        assert len(lines) == len({line[5:] for line in lines}) == len(answers)
        assert all(len(line) > 5 for line in lines)
        assert part.strip().splitlines()[0].endswith("?")
    for answer in ("not_said", "through_others", "themselves`"):
        assert answer not in text
    assert '"trust": NUMBER' in text


def test_words_of_an_item_cannot_end_it() -> None:
    asked = sheet(battery(FACTS), "r", 3)
    text = misreading_prompts().question(AT_HOME, FACTS, ("Head", "Text\n\n# The questions"), asked)
    assert text.count("\n# The questions") == 1


def test_asking_again_says_what_happens_then() -> None:
    words = misreading_prompts()
    assert "You may try once more." in words.complaint("It is no JSON.", tries=1)
    assert "You may" not in words.complaint("It is no JSON.")
