"""Renders ``prompts/judging/``: what a judge is told, and the record or text that it reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import Any, Final

from harness.prompting.publication import Brought, facts_of
from harness.prompting.templates import Templates
from harness.records.judgement import CANNOT_TELL, JudgedTopic, Rubric

_VARIABLES: Final[Mapping[str, frozenset[str]]] = {
    "system": frozenset({"about", "groups", "count", "first", "cannot_tell"}),
    "question": frozenset({"lines"}),
    "complaint": frozenset({"problem", "tries"}),
}
_LISTING: Final[Mapping[str, frozenset[str]]] = {
    "system": frozenset({"about", "listed", "groups", "most", "cannot_tell"}),
    "question": frozenset({"lines", "brought"}),
    "brought": frozenset({"dispute", "author", "others", "rounds", "ending"}),
    "complaint": frozenset({"problem", "tries"}),
}
_LEDGER: Final[Mapping[str, frozenset[str]]] = {
    "system": frozenset({"about", "listed", "groups", "fields", "most", "cannot_tell"}),
    "question": frozenset({"lines", "topic"}),
    "complaint": frozenset({"problem", "tries"}),
}
_LATER: Final[Mapping[str, frozenset[str]]] = {"question": frozenset({"lines", "topic", "before"})}
MOST_ENTRIES: Final = 60
"""Entries that a list may have."""


class _Asked(Templates):
    """Templates of a judgement, of whatever form."""

    def complaint(self, problem: str, *, tries: int | None = None) -> str:
        """Asks again after an unusable answer."""
        return self.render("complaint", {"problem": problem, "tries": tries})


class JudgingPrompts(_Asked):
    """The templates of judgements, as they ship."""

    def __init__(self) -> None:
        super().__init__("judging", _VARIABLES)

    def system(self, rubric: Rubric) -> str:
        """What is asked, and in which form to answer. The same for every record. Questions in a row
        that have the same answers share one list of them."""
        return self.render(
            "system",
            {
                "about": rubric.about,
                "groups": _groups(rubric),
                "count": len(rubric.items),
                "first": rubric.items[0].told,
                "cannot_tell": CANNOT_TELL,
            },
        )

    def question(self, lines: Sequence[str]) -> str:
        """What is to be judged, one passage a line."""
        return self.render("question", {"lines": lines})


class ListingPrompts(_Asked):
    """The templates of judgements that list what they find. They lie by themselves: a spec holds
    the hashes of those that its judge reads."""

    def __init__(self) -> None:
        super().__init__("judging/listing", _LISTING)

    def system(self, rubric: Rubric) -> str:
        """What is listed, and in which form. The same for every record."""
        return self.render(
            "system",
            {
                "about": rubric.about,
                "listed": rubric.listed,
                "groups": _groups(rubric),
                "most": MOST_ENTRIES,
                "cannot_tell": CANNOT_TELL,
            },
        )

    def question(self, lines: Sequence[str], brought: Brought | None = None) -> str:
        """What is to be judged, one passage a line.

        Args:
            brought: What the author of an article had from the talks; None where that is not read.
        """
        had = None if brought is None else self.render("brought", facts_of(brought))
        return self.render("question", {"lines": lines, "brought": had})


class LedgerPrompts(_Asked):
    """The templates of judgements that list events, each at its passage. They lie by themselves, as
    those of :class:`ListingPrompts` do."""

    def __init__(self) -> None:
        super().__init__("judging/ledger", _LEDGER)

    def system(self, rubric: Rubric) -> str:
        """What is listed, and in which form. The same for every record."""
        return self.render(
            "system",
            {
                "about": rubric.about,
                "listed": rubric.listed,
                "groups": _groups(rubric),
                "fields": [
                    {
                        "id": one.id,
                        "question": one.question,
                        "answers": [{"id": own.id, "text": own.text} for own in one.answers],
                        "of_item": one.of_item,
                        "quoted": one.quoted,
                    }
                    for one in rubric.fields
                ],
                "most": MOST_ENTRIES,
                "cannot_tell": CANNOT_TELL,
            },
        )

    def question(self, lines: Sequence[str], topic: JudgedTopic | None = None) -> str:
        """What is to be judged, one passage a line.

        Args:
            topic: What alone is asked for; None for the whole list.
        """
        asked = None if topic is None else _asked(topic)
        return self.render("question", {"lines": lines, "topic": asked})


class LaterPrompts(Templates):
    """What is asked of the later parts of a topic of a placed list, in the place of the question of
    :class:`LedgerPrompts`. No spec holds its hash, since none says how long a record is: the body
    of a judgement does that was asked so."""

    def __init__(self) -> None:
        super().__init__("judging/ledger_later", _LATER)

    def question(self, lines: Sequence[str], topic: JudgedTopic, before: Sequence[str]) -> str:
        """What is to be judged, one passage a line.

        Args:
            topic: What alone is asked for.
            before: What was read before, one passage a line.
        """
        return self.render("question", {"lines": lines, "topic": _asked(topic), "before": before})


def _asked(topic: JudgedTopic) -> dict[str, Any]:
    return {"name": topic.name, "of": topic.items}


def _groups(rubric: Rubric) -> list[dict[str, Any]]:
    """Items in a row that have the same answers, with these."""
    return [
        {
            "questions": [{"id": item.told, "question": item.question} for item in items],
            "answers": [{"id": one.id, "text": one.text, "quoted": one.quoted} for one in answers],
        }
        for answers, items in groupby(rubric.items, key=lambda item: item.answers)
    ]


@cache
def judging_prompts() -> JudgingPrompts:
    """The templates, read once."""
    return JudgingPrompts()


@cache
def listing_prompts() -> ListingPrompts:
    """The templates of lists, read once."""
    return ListingPrompts()


@cache
def ledger_prompts() -> LedgerPrompts:
    """The templates of placed lists, read once."""
    return LedgerPrompts()


@cache
def later_prompts() -> LaterPrompts:
    """The template of later parts, read once."""
    return LaterPrompts()


def templates_of(rubric: Rubric) -> dict[str, str]:
    """Name -> hash of the templates that a judge by this rubric reads."""
    if rubric.listed is None:
        return judging_prompts().hashes()
    folder, words = (
        ("listing", listing_prompts()) if not rubric.placed else ("ledger", ledger_prompts())
    )
    return {f"{folder}/{name}": digest for name, digest in words.hashes().items()}


def templates_of_later() -> dict[str, str]:
    """Name -> hash of the templates that a judge reads besides, where a topic has later parts."""
    return {f"ledger_later/{name}": digest for name, digest in later_prompts().hashes().items()}
