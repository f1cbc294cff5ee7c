"""A conversation with a model that writes an article, and how its answer is read.

Nothing is completed or cut: an article that is much too short or too long, or a plan that names no
option of the dispute, is asked for again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from harness.asking.answer import MadeCall
from harness.asking.conversation import AskedModel
from harness.asking.faults import Faults, listed, shown
from harness.asking.form import Form
from harness.asking.jsonreply import UnreadableError, only_object
from harness.prompting.publication import Brought, publication_prompts
from harness.records.publication import (
    PUBLICATION,
    PublicationSpec,
    paragraphs_of,
    words_in,
)
from harness.view import Dispute

LENGTH_FACTOR: Final = 1.5
"""How many times longer or shorter than asked for an article may be."""
LONGEST_TITLE: Final = 300
"""Characters of a title."""
LONGEST_TEXT: Final = 60_000
"""Characters of an article."""


@dataclass(frozen=True)
class Written:
    """What came back; an answer as :class:`~harness.asking.answer.AnyAnswer` says."""

    title: str = ""
    text: str = ""
    plan: Mapping[str, str | None] = field(default_factory=dict)
    problem: str | None = None
    hint: str | None = None
    calls: Sequence[MadeCall] = ()


class Commission:
    """A conversation with an author about one article.

    Args:
        spec: What is asked for.
        brought: What the author has brought home.
        asked: The author.
    """

    def __init__(self, spec: PublicationSpec, brought: Brought, asked: AskedModel) -> None:
        words = publication_prompts()
        self._form = Form(
            asked,
            PUBLICATION,
            schema(brought.dispute),
            words,
            spec.seed,
            spec.repairs,
            lambda text: read(text, brought.dispute, spec.words),
        )
        self.thread = self._form.thread
        # What is the same for all kinds of articles stands first, so that a server which keeps what
        # it has read reads it once.
        self.thread.add("system", words.system(brought, any_signature=bool(spec.any_signature)))
        self.thread.add("user", words.question(brought, spec))

    async def ask(self, complaint: str | None) -> Written:
        """Ask once.

        Args:
            complaint: Why the last answer was unusable; None at first.

        Raises:
            ModelError: The author could not be asked.
        """
        got = await self._form.ask(complaint)
        if got.value is None:
            return Written(**got.unusable)
        return Written(*got.value, calls=got.calls)


def schema(dispute: Dispute) -> dict[str, Any]:
    """The JSON schema of an answer."""
    plan = {
        issue.id: {
            "anyOf": [{"type": "string", "enum": list(issue.option_ids())}, {"type": "null"}]
        }
        for issue in dispute.issues
    }
    return _object({"title": {"type": "string"}, "text": {"type": "string"}, "plan": _object(plan)})


def length_allowed(words: int) -> tuple[int, int]:
    """The fewest and the most words of an article of which ``words`` were asked for."""
    return round(words / LENGTH_FACTOR), round(words * LENGTH_FACTOR)


def read(text: str, dispute: Dispute, words: int) -> tuple[str, str, dict[str, str | None]]:
    """The title, the text and the plan of a reply. Nothing is guessed.

    Args:
        words: Length that was asked for.

    Raises:
        UnreadableError: It does not have the form that was asked for; says what to return.
    """
    fields, faults = only_object(text), Faults()
    faults.exactly(fields, ("title", "text", "plan"), "The answer")
    title = faults.text(fields, "title", LONGEST_TITLE)
    article = faults.text(fields, "text", LONGEST_TEXT)
    if title == "":
        faults.add("'title' is empty.")
    if article is not None:
        least, most = length_allowed(words)
        if not least <= (length := words_in(article)) <= most:
            faults.add(f"'text' has {length} words. Write {least} to {most}.")
    given = faults.object(fields, "plan", "an object with an option or null for each issue")
    plan: dict[str, str | None] = {}
    if given is not None:
        faults.exactly(given, [issue.id for issue in dispute.issues], "'plan'")
        for issue in dispute.issues:
            option, options = given.get(issue.id), issue.option_ids()
            if option is None or option in options:
                plan[issue.id] = option
            else:
                allowed = f"one of {listed(options)}, or null"
                faults.add(f"'plan.{issue.id}' must be {allowed}, not {shown(option)}.")
    if complaint := faults.in_words():
        raise UnreadableError(complaint)
    assert title is not None
    assert article is not None
    return " ".join(title.split()), "\n\n".join(paragraphs_of(article)), plan


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
