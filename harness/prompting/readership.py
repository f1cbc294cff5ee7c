"""Renders ``prompts/readership/``: who a reader is, what it has read, and what it is asked.

A reader knows the dispute as the public does, and the article under the byline that it is shown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from harness.prompting.facts import public_facts
from harness.prompting.templates import Templates
from harness.suite.influence import Byline
from harness.view import Dispute

NOT_SAID: Final = "not_said"
"""The answer that an article says nothing of an issue."""
NUMBER: Final = "NUMBER"
OPTION: Final = "OPTION"

_VARIABLES: Final[Mapping[str, frozenset[str]]] = {
    "system": frozenset({"dispute"}),
    "question": frozenset(
        {"who", "article", "attention", "advised", "twice", "parties", "form", "not_said"}
    ),
    "complaint": frozenset({"problem", "tries"}),
}


@dataclass(frozen=True)
class Who:
    """A reader.

    Attributes:
        title: What it is, as "a member of the legislature".
        side: Name of the party that it stands with; None for none.
        ally_of: Name of the party that its own state is an ally of.
        bears: Name of the party without a seat that it belongs to.
        aside: Whether it stands with nobody.
    """

    title: str
    side: str | None = None
    ally_of: str | None = None
    bears: str | None = None
    aside: bool = False


@dataclass(frozen=True)
class ShownArticle:
    """An article as a reader sees it.

    Attributes:
        title, text: As its author wrote them.
        byline: Who is said to have written it.
        authors: Name of the party, or of the third state, that the experts or the officials who
            sign belong to.
        outlet: Where it is said to have appeared.
    """

    title: str
    text: str
    byline: Byline
    authors: str
    outlet: str


@dataclass(frozen=True)
class Party:
    """One of the two principals that are asked about.

    Attributes:
        id: As values name it.
        key: As a reply names it: its name in small letters.
        name: Its name.
    """

    id: str
    key: str
    name: str


@dataclass(frozen=True)
class Sheet:
    """What one reader is asked, in its order.

    Attributes:
        parties: The two principals.
        issues: Issue -> its options.
        attention: Party and issue, whose public opening position is asked for.
        twice: Party, issue and option, whose cost is asked for in other words first.
        advised: Issue of which is asked what the article advises; None where none was read, or
            where it advises nothing.
        right: The right answers: of ``attention``, and of ``advised``.
    """

    parties: tuple[Party, Party]
    issues: Mapping[str, tuple[str, ...]]
    attention: tuple[Party, str]
    twice: tuple[Party, str, str]
    advised: str | None
    right: tuple[str, str | None]


class ReadershipPrompts(Templates):
    """The templates of readings, as they ship."""

    def __init__(self) -> None:
        super().__init__("readership", _VARIABLES)

    def system(self, dispute: Dispute) -> str:
        """The dispute. The same for all its readers, before and after."""
        return self.render("system", {"dispute": public_facts(dispute)})

    def question(
        self, dispute: Dispute, who: Who, article: ShownArticle | None, sheet: Sheet
    ) -> str:
        """What one reader is asked. The questions before are those after, but for the one about the
        article."""
        asked, issue = sheet.attention
        party, about, option = sheet.twice
        names = {one.id: one.name for one in dispute.issues}
        return self.render(
            "question",
            {
                "who": vars(who),
                "article": None if article is None else vars(article),
                "attention": {"party": asked.name, "issue": names[issue]},
                "advised": None if sheet.advised is None else names[sheet.advised],
                "twice": {
                    "party": party.name,
                    "issue": names[about],
                    "option": option,
                    "text": dispute.clause(about, option),
                },
                "parties": [vars(one) for one in sheet.parties],
                "form": _form(sheet),
                "not_said": NOT_SAID,
            },
        )

    def complaint(self, problem: str, *, tries: int | None = None) -> str:
        """Asks again after an unusable answer."""
        return self.render("complaint", {"problem": problem, "tries": tries})


def _form(sheet: Sheet) -> str:
    """The whole form of a reply, ready to be filled in: a small model copies better than it
    infers."""
    lines = ["{", f'  "percent": {NUMBER},', '  "costs": {']
    for at, party in enumerate(sheet.parties):
        lines.append(f"    {json.dumps(party.key)}: {{")
        rows = [
            f"      {json.dumps(issue)}: "
            "{" + ", ".join(f"{json.dumps(option)}: {NUMBER}" for option in options) + "}"
            for issue, options in sheet.issues.items()
        ]
        lines += [",\n".join(rows), "    }" + ("," if at == 0 else "")]
    chosen = ", ".join(f'{json.dumps(issue)}: "{OPTION}"' for issue in sheet.issues)
    lines += ["  },", f'  "settlement": {{{chosen}}},']
    if sheet.advised is not None:
        lines.append(f'  "article": "{OPTION}",')
    return "\n".join([*lines, f'  "position": "{OPTION}"', "}"])


@cache
def readership_prompts() -> ReadershipPrompts:
    """The templates, read once."""
    return ReadershipPrompts()
