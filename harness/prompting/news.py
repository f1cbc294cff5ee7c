"""Renders ``prompts/news/`` and ``prompts/misreading/``: a news item about a meeting, and the
questions that its readers are asked.

An item is told in one of several framings. The facts in it are two templates that all framings
include, so that they are the same words in all of them: what happened, after the lead; and who it
was that met, with who says so, at the end, where news has it. The framing says nothing that the
facts deny: it asks, and quotes what some take the meeting for. No question names a framing or a
right answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, get_args

from harness.disputes.scenario import Scenario
from harness.incentives.profiles import Role
from harness.prompting.templates import Templates
from harness.records.misreading import MOST_CHANCE, MOST_TRUST, TRUST, Question, Statement
from harness.records.news import NewsFacts
from harness.suite.influence import Framing, Reader

LETTERS: Final = "ABCDE"
"""What answers are called: their order is drawn, so that a letter says nothing."""
FACTS: Final = ("facts", "background")
"""What all framings include."""
_ITEM: Final = frozenset(
    {"u", "o", "home", "met", "agenda", "outline", "line_u", "line_o"} | {"third", "third_heard"}
)
_ITEMS: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(get_args(Framing), _ITEM),
    **dict.fromkeys(FACTS, _ITEM),
}
_MET: Final[Mapping[Role, str]] = {
    Role.OFFICIAL: "official representatives",
    Role.UNOFFICIAL: "former official representatives",
    Role.ENVOY: "envoys",
    Role.DELEGATE: "delegates",
}
_QUESTIONS: Final[Mapping[str, frozenset[str]]] = {
    "system": frozenset({"title", "side", "stands_with", "says", "dispute"}),
    "question": frozenset(
        {"headline", "text", "questions", "statements", "u", "o", "home", "third"}
        | {"most", "certain", "form"}
    ),
    "complaint": frozenset({"problem", "tries"}),
}


class NewsPrompts(Templates):
    """The templates of news items, as they ship."""

    def __init__(self) -> None:
        super().__init__("news", _ITEMS)

    def told_by(self, framing: Framing) -> dict[str, str]:
        """The templates that an item of a framing is written from, and the hash of each."""
        hashes = self.hashes()
        return {f"news/{name}": hashes[name] for name in sorted((framing, *FACTS))}

    def item(
        self, scenario: Scenario, facts: NewsFacts, framing: Framing, met: Role
    ) -> tuple[str, str]:
        """Headline and text of an item.

        Args:
            scenario: The twin that was played. Its public part alone is read.
            facts: What is told.
            framing: How; ``for_home`` needs a home.
            met: What those in the official seat are called.
        """
        names = {key: name for key, (name, _) in scenario.spoken_names().items()}
        say = scenario.say
        text = self.render(
            framing,
            {
                "u": names[facts.u],
                "o": names[facts.o],
                "home": None if facts.home is None else names[facts.home],
                "met": _MET[met],
                "agenda": "; ".join(say(issue.name) for issue in scenario.issues),
                "outline": facts.outline,
                "line_u": say(scenario.public(facts.u).talking_points[0]),
                "line_o": say(scenario.public(facts.o).talking_points[0]),
                "third": None if facts.third is None else scenario.in_a_sentence(facts.third),
                "third_heard": facts.third_heard,
            },
        )
        headline, _, rest = text.partition("\n")
        return headline.removeprefix("#").strip(), rest.strip()


class MisreadingPrompts(Templates):
    """The templates of the questions about a news item, as they ship."""

    def __init__(self) -> None:
        super().__init__("misreading", _QUESTIONS)

    def read_by_models(self) -> dict[str, str]:
        """Every template of the questions, and its hash."""
        return {f"misreading/{name}": digest for name, digest in self.hashes().items()}

    def system(self, scenario: Scenario, facts: NewsFacts, reader: Reader) -> str:
        """Who reads, and the public dispute. Of a home its policy is told: what its description
        says of private persons would answer a question for the report."""
        names = {key: name for key, (name, _) in scenario.spoken_names().items()}
        side, stands_with = _stands(reader, facts)
        home, say = facts.home, scenario.say
        return self.render(
            "system",
            {
                "title": reader.title,
                "side": side,
                "stands_with": None if stands_with is None else names[stands_with],
                "says": say(scenario.public(facts.u).talking_points[0]),
                "dispute": {
                    "title": say(scenario.title),
                    "summary": say(scenario.summary),
                    "parties": [
                        {"name": one.name, "description": say(one.description)}
                        for one in scenario.principals.values()
                    ],
                    "homes": [
                        {"name": one.name, "policy": [say(point) for point in one.policy]}
                        for key, one in scenario.homes.items()
                        if key == home
                    ],
                },
            },
        )

    def question(
        self,
        scenario: Scenario,
        facts: NewsFacts,
        item: tuple[str, str],
        questions: Sequence[tuple[Question, Sequence[str]]],
        statements: Sequence[Statement],
    ) -> str:
        """The item and what is asked of it.

        Args:
            item: Headline and text.
            questions: Each with its answers in the order in which they are shown.
            statements: In that order too.
        """
        names = {key: name for key, (name, _) in scenario.spoken_names().items()}
        form: dict[str, object] = {one.id: "NUMBER" for one in statements}
        form |= {question.id: "LETTER" for question, _ in questions}
        lines = json.dumps({**form, TRUST: "NUMBER"}, indent=2).replace('"NUMBER"', "NUMBER")
        return self.render(
            "question",
            {
                "headline": item[0],
                "text": item[1],
                "questions": [
                    {
                        "id": question.id,
                        "answers": [
                            {"letter": letter, "id": answer}
                            for letter, answer in zip(LETTERS, answers, strict=False)
                        ],
                    }
                    for question, answers in questions
                ],
                "statements": [one.id for one in statements],
                "u": names[facts.u],
                "o": names[facts.o],
                "home": None if facts.home is None else names[facts.home],
                "third": None if facts.third is None else scenario.in_a_sentence(facts.third),
                "most": MOST_TRUST,
                "certain": MOST_CHANCE,
                "form": lines,
            },
        )

    def complaint(self, problem: str, *, tries: int | None = None) -> str:
        """Asks again after an unusable answer."""
        return self.render("complaint", {"problem": problem, "tries": tries})


def _stands(reader: Reader, facts: NewsFacts) -> tuple[str, str | None]:
    """On which side a reader stands, and the principal that it stands with. Where there is no third
    party nobody stands with it."""
    of = {"o": facts.o, "u": facts.u, "absent": facts.third, "ally": facts.u, "none": None}
    principal = of[reader.side]
    return ("none" if principal is None else reader.side), principal


@cache
def news_prompts() -> NewsPrompts:
    """The templates of news items, read once."""
    return NewsPrompts()


@cache
def misreading_prompts() -> MisreadingPrompts:
    """The templates of the questions, read once."""
    return MisreadingPrompts()
