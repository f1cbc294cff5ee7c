"""What a sample of Inspect is made of, and how its parts are worded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from harness.evaluators.case import Case
from harness.exchange.inspect_types import Inspect
from harness.records.score import Score
from harness.records.transcript import Timing, Usage
from harness.report.reading import Entry, Reading, Term
from harness.report.rows import Row

ROLES: Final = {"o": "official", "u": "unofficial"}
"""Seat -> the role under which its model is named on the command line."""
Texts = Mapping[str, tuple[str, str]]
"""Hash of a message -> role and content."""


@dataclass(frozen=True)
class Material:
    """What a sample is made of.

    Attributes:
        case: The dialogue.
        row: Its fields.
        reading: The same laid out.
        scores: Evaluator -> what it found.
        texts: What models were shown.
        timing: When and how long; None where that is not recorded.
        created: When the run was made, ISO 8601.
        public: Leave out what was private: calls, and why a dialogue is void in words. ``row``,
            ``reading`` and ``scores`` hold nothing private then.
        negotiation: The same in the neutral form, by which it can be imported again.
    """

    case: Case
    row: Row
    reading: Reading
    scores: Mapping[str, Score]
    texts: Texts
    timing: Timing | None
    created: str
    public: bool = False
    negotiation: Mapping[str, Any] = field(default_factory=dict)


def scores_in(made_of: Material, inspect: Inspect) -> dict[str, Any]:
    """Evaluator -> its measures as one score, with why any of them is missing. The ending in words
    is the answer, which Inspect lists beside the scores."""
    found = {}
    for name, score in made_of.scores.items():
        why = [f"{measure} is missing: {reason}" for measure, reason in score.why_null.items()]
        found[name] = inspect.scorer.Score(
            value=dict(score.values),
            answer=made_of.reading.ending,
            explanation="; ".join(why) or None,
            metadata={
                "version": score.version,
                "why_null": score.why_null,
                "detail": score.detail,
            },
        )
    return found


def error_of(made_of: Material, inspect: Inspect) -> Any:
    """Why a dialogue has no result; None where it has one."""
    transcript = made_of.case.transcript
    void = transcript.void
    if void is None:
        return None
    seat = f", seat {void.seat}" if void.seat else ""
    message = f"{transcript.status} ({void.kind}{seat})"
    if not made_of.public:
        message += f": {void.detail}"
    return inspect.log.EvalError(message=message, traceback="", traceback_ansi="")


def content(reading: Reading, entry: Entry, inspect: Inspect) -> Any:
    """What was said, after what was thought."""
    text = said(reading, entry)
    if not entry.thoughts:
        return text
    model = inspect.model
    return [model.ContentReasoning(reasoning=entry.thoughts), model.ContentText(text=text)]


def said(reading: Reading, entry: Entry) -> str:
    """A turn in words: who did what, what was said, and its terms."""
    role = next((one.role for one in reading.delegations if one.seat == entry.seat), entry.seat)
    heard = ", in private" if entry.private else ""
    parts = [f"{entry.who} ({role}), turn {entry.turn}{heard}: {entry.what}", entry.words]
    if entry.terms:
        parts.append(terms(entry.terms))
    return paragraphs(*parts, entry.besides, entry.capital)


def terms(named: Sequence[Term]) -> str:
    """Terms, a line each."""
    return "\n".join(
        f"- {term.issue}: {term.text}" + (f" (before: {term.was})" if term.was else "")
        for term in named
    )


def paragraphs(*parts: str) -> str:
    """Those of the parts that say something, an empty line between them."""
    return "\n\n".join(part for part in parts if part)


def usage_of(usage: Usage, inspect: Inspect) -> Any:
    """Tokens of a call; None where the server did not count both."""
    if usage.prompt is None or usage.completion is None:
        return None
    return inspect.model.ModelUsage(
        input_tokens=usage.prompt,
        output_tokens=usage.completion,
        total_tokens=usage.prompt + usage.completion,
        reasoning_tokens=usage.reasoning,
    )
