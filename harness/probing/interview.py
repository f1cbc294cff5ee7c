"""One question of a probe put to a model: the briefing of the table, then one package, or what the
other sides need.

Every package is asked about in a conversation of its own. Answers in one conversation would depend
on each other: a model that sees nine packages at once ranks them, and signs the better half of any
nine. The briefing is the same in all of them, so a server that keeps what it has read reads it
once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from harness.asking.answer import MadeCall
from harness.asking.conversation import AskedModel
from harness.asking.faults import Faults
from harness.asking.form import Form
from harness.asking.jsonreply import UnreadableError, only_object
from harness.disputes.scenario import Package
from harness.prompting.probe import others_prompts, probe_prompts
from harness.prompting.talks import Prompts
from harness.records.probe import PROBE
from harness.seeds import derive
from harness.view import View

SIGN: Final = "sign"
LEAVE: Final = "leave"
MAX_WHY: Final = 6000
"""Longest reasons, in characters."""
OTHERS: Final = "estimates"
"""What the question about the other sides is called."""
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


@dataclass(frozen=True)
class Guess:
    """What a delegate takes the others to need; an answer as
    :class:`~harness.asking.answer.AnyAnswer` says.

    Attributes:
        reservations: Seat -> value of no deal, 0-1.
        top_issues: Seat -> issue.
    """

    reservations: Mapping[str, float] = field(default_factory=dict)
    top_issues: Mapping[str, str] = field(default_factory=dict)
    words: str = ""
    problem: str | None = None
    hint: str | None = None
    calls: Sequence[MadeCall] = ()


class OthersQuestion:
    """A conversation about what the other sides need, on the briefing alone.

    Args:
        view: What the delegate sees as the talks begin.
        prompts: What is read at the table.
        asked: The model.
    """

    def __init__(self, view: View, prompts: Prompts, asked: AskedModel) -> None:
        words, issues = others_prompts(), [issue.id for issue in view.dispute.issues]
        seats = [chair.seat for chair in view.others()]
        seed, repairs = derive(view.seed, PROBE, view.seat, OTHERS), view.protocol.repairs
        self._form = Form(
            asked,
            OTHERS,
            others_schema(seats, issues),
            words,
            seed,
            repairs,
            lambda text: read_others(text, seats, issues),
        )
        self.thread = self._form.thread
        self.thread.add("system", prompts.system(view))
        self.thread.add("user", f"{prompts.opening(view)}\n\n{words.question(view)}")

    async def ask(self, complaint: str | None) -> Guess:
        """Ask once; as :meth:`Question.ask`.

        Raises:
            ModelError: The model could not be asked.
        """
        got = await self._form.ask(complaint)
        return Guess(**got.unusable) if got.value is None else replace(got.value, calls=got.calls)


def others_schema(seats: Sequence[str], issues: Sequence[str]) -> dict[str, Any]:
    """The JSON schema of an answer about the other seats."""
    # Numbers are listed, as after the talks: without a bound, a small model writes digits without
    # end, and most servers accept no bounds.
    estimate = {
        "no_deal": {"type": "integer", "enum": list(range(101))},
        "top_issue": {"type": "string", "enum": list(issues)},
    }
    others = _object({seat: _object(estimate) for seat in seats})
    return _object({"others": others, "words": {"type": "string"}})


def read_others(text: str, seats: Sequence[str], issues: Sequence[str]) -> Guess:
    """What a reply takes the other seats to need. Strict: nothing is guessed, and a seat without an
    answer makes the whole unusable.

    Raises:
        UnreadableError: It does not have the form that was asked for; says what to return.
    """
    fields, faults = only_object(text), Faults()
    faults.exactly(fields, ("others", "words"), "The answer")
    words, others = (
        faults.text(fields, "words", MAX_WHY, plain=False),
        faults.object(fields, "others"),
    )
    limits, tops = dict[str, float](), dict[str, str]()
    if others is not None:
        faults.exactly(others, seats, "'others'")
    for seat in seats:
        estimate = None if others is None else faults.object(others, seat, path="others.")
        if estimate is None:
            continue
        path = f"others.{seat}."
        faults.exactly(estimate, ("no_deal", "top_issue"), f"'others.{seat}'")
        limit = faults.number(estimate, "no_deal", 100, path)
        top = faults.choice(estimate, "top_issue", issues, path)
        if limit is not None and top is not None:
            limits[seat], tops[seat] = limit / 100, top
    if complaint := faults.in_words():
        raise UnreadableError(complaint)
    return Guess(limits, tops, words or "")


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
