"""One question of a probe put to a model: the briefing of the table, then one package.

Every package is asked about in a conversation of its own. Answers in one conversation would depend
on each other: a model that sees nine packages at once ranks them, and signs the better half of any
nine. The briefing is the same in all of them, so a server that keeps what it has read reads it
once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from harness.asking.answer import MadeCall
from harness.asking.conversation import AskedModel
from harness.asking.faults import Faults
from harness.asking.form import Form
from harness.asking.jsonreply import UnreadableError, only_object
from harness.disputes.scenario import Package
from harness.prompting.probe import probe_prompts
from harness.prompting.talks import Prompts
from harness.records.probe import PROBE
from harness.seeds import derive
from harness.view import View

SIGN: Final = "sign"
LEAVE: Final = "leave"
MAX_WHY: Final = 6000
"""Longest reasons, in characters."""
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "why": {"type": "string"},
        "decision": {"type": "string", "enum": [SIGN, LEAVE]},
    },
    "required": ["why", "decision"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class Decision:
    """What came back; an answer as :class:`~harness.asking.answer.AnyAnswer` says."""

    signs: bool | None = None
    why: str = ""
    problem: str | None = None
    hint: str | None = None
    calls: Sequence[MadeCall] = ()


class Question:
    """A conversation about one package.

    Args:
        view: What the delegate sees as the talks begin.
        package: What it is asked about.
        number: Of the question in its probe, from 0.
        prompts: What is read at the table.
        asked: The model.
    """

    def __init__(
        self, view: View, package: Package, number: int, prompts: Prompts, asked: AskedModel
    ) -> None:
        words = probe_prompts()
        seed, repairs = derive(view.seed, PROBE, view.seat, number), view.protocol.repairs
        self._form = Form(asked, PROBE, SCHEMA, words, seed, repairs, read)
        self.thread = self._form.thread
        self.thread.add("system", prompts.system(view))
        question = words.question(view.dispute, package)
        self.thread.add("user", f"{prompts.opening(view)}\n\n{question}")

    async def ask(self, complaint: str | None) -> Decision:
        """Ask once.

        Args:
            complaint: Why the last answer was unusable; None at first.

        Raises:
            ModelError: The model could not be asked.
        """
        got = await self._form.ask(complaint)
        if got.value is None:
            return Decision(**got.unusable)
        return Decision(*got.value, calls=got.calls)


def read(text: str) -> tuple[bool, str]:
    """Whether a reply signs, and why. Strict: nothing is guessed.

    Raises:
        UnreadableError: It does not have the form that was asked for; says what to return.
    """
    fields, faults = only_object(text), Faults()
    faults.exactly(fields, ("why", "decision"), "The answer")
    why = faults.text(fields, "why", MAX_WHY, plain=False)
    decision = faults.choice(fields, "decision", (SIGN, LEAVE))
    if complaint := faults.in_words():
        raise UnreadableError(complaint)
    return decision == SIGN, why or ""
