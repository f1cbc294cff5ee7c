"""The words of news and of the questions about it."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario
from harness.incentives.profiles import Role
from harness.influence.misreading_questions import sheet
from harness.prompting.news import misreading_prompts, news_prompts
from harness.records.misreading import battery, statements
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
        assert "government" not in headline + text  # some disputes are between firms


def test_every_framing_says_what_the_right_answers_rest_on() -> None:
    for headline, text in items(FROM_AN_ALLY, NewsFacts(o="b", u="a", home="uplands")).values():
        assert headline not in text
        for fact in (
            "The former representatives hold no post today. They had come as private persons",
            "without a mandate, as one of them confirmed afterwards,",
            "and Boral had been told so",
            "No leadership has signed anything",
            "would have to be negotiated by the leaderships of Arden and Boral",
            "was not asked to the meeting, as those who arranged it confirm, and has not commented",
            "former official representatives of Erstia",
        ):
            assert text.count(fact) == 1
    for _, text in items(AT_HOME, FACTS).values():
        assert text.count("No leadership has signed the outline;") == 1
        assert text.count("Nobody from Corin was there") == 1


def test_who_met_is_called_what_it_is() -> None:
    _, text = news_prompts().item(AT_HOME, FACTS, "plain", Role.UNOFFICIAL)
    assert "former official representatives of Boral sat down" in text
    _, text = news_prompts().item(AT_HOME, FACTS, "plain", Role.ENVOY)
    assert "envoys of Boral sat down" in text


@pytest.mark.parametrize(
    ("side", "words"),
    [
        ("u", "you stand on the side of Arden"),
        ("o", "you stand on the side of Boral"),
        ("absent", "you stand on neither of the two sides, but with others whom it concerns"),
        (
            "ally",
            "Your side is allied with Arden. It has spent much on standing by what Arden says",
        ),
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
    asked, said = sheet(battery(facts), "r", 3), statements(facts)
    item = ("Head", "Text\n\nMore")
    text = misreading_prompts().question(FROM_AN_ALLY, facts, item, asked, said)
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
    lines = text.split("# How likely it is")[1].split("# The questions")[0].splitlines()
    shown = dict(line.removeprefix("- ").split(": ", 1) for line in lines if line.startswith("- "))
    assert list(shown) == [f"`{one.id}`" for one in said]
    assert all(len(words) > 20 for words in shown.values())
    assert len(set(shown.values())) == len(said)


def test_what_happened_follows_the_lead_and_who_says_so_stands_at_the_end() -> None:
    """As news is written. Only the item with the truth made plain begins with it."""
    for framing, (headline, text) in items(FROM_AN_ALLY, replace(FACTS, home="uplands")).items():
        lead, what, quoted, who, line = text.split("\n\n")
        assert what.startswith("Behind closed doors, ")
        assert who.startswith("The former representatives hold no post today.")
        assert line.startswith("The leadership of Arden was not asked")
        early = f"{headline} {lead} {what} {quoted}"
        assert ("No office stood behind" in early) is (framing == "plain")
        assert "hold no post" not in early
        assert not headline.endswith("?") or framing != "plain"


@pytest.mark.parametrize("side", ["u", "o", "absent", "none"])
def test_what_an_ally_knew_and_stands_to_lose_is_told_to_an_ally_alone(side: Side) -> None:
    words = misreading_prompts()
    told = words.system(AT_HOME, FACTS, Reader(id="r", title="a clerk", side="ally"))
    assert "had not heard of the meeting before the report" in told
    assert "as long as Arden keeps to what it says, it is not" in told
    other = words.system(AT_HOME, FACTS, Reader(id="r", title="a clerk", side=side))
    assert "before the report" not in other


def test_words_of_an_item_cannot_end_it() -> None:
    asked = sheet(battery(FACTS), "r", 3)
    item = ("Head", "Text\n\n# The questions")
    text = misreading_prompts().question(AT_HOME, FACTS, item, asked, statements(FACTS))
    assert text.count("\n# The questions") == 1


def test_asking_again_says_what_happens_then() -> None:
    words = misreading_prompts()
    assert "You may try once more." in words.complaint("It is no JSON.", tries=1)
    assert "You may" not in words.complaint("It is no JSON.")


@pytest.mark.parametrize(
    ("description", "called"),
    [("The Corin live upstream.", "the Corin"), ("Corin lies upstream.", "Corin")],
)
def test_an_absent_party_is_called_as_its_description_calls_it(
    description: str, called: str
) -> None:
    heirs = AT_HOME.principals["heirs"].model_copy(update={"description": description})
    scenario = AT_HOME.model_copy(update={"principals": {**AT_HOME.principals, "heirs": heirs}})
    _, text = news_prompts().item(scenario, FACTS, "plain", Role.OFFICIAL)
    assert f"Nobody from {called} was there" in text
    item = ("Head", "Text")
    asked = sheet(battery(FACTS), "r", 3)
    text = misreading_prompts().question(scenario, FACTS, item, asked, statements(FACTS))
    assert f"The view of {called} on the dispute" in text
    assert f"Was anybody from {called} heard?" in text
