"""What judges have listed of the words of a dialogue, for those who show it beside its ledger.

It is taken from the detail of the evaluator ``words``, which stands in a file of the run. So
nothing of it is taken for granted: what is not of a turn, an issue and a seat of the dialogue is
left out.
Several judges stand beside one another, and nothing is made of them together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from harness.plans.prose_ledger import (
    BINDING,
    CLAIMED,
    CONCEDES,
    CONDITIONAL,
    DENIED,
    FINAL,
    HYPOTHETICAL,
    PERSONAL,
    SOMETHING_ELSE,
    TAKES_BACK,
    THREAT,
    WORSE,
)
from harness.records.score import Score
from harness.report.episode_marks import span
from harness.report.reading import Said
from harness.report.writer import Writer

WORDS: Final = "words"
"""The evaluator whose detail is read."""
UNCALIBRATED: Final = "judge {}, uncalibrated"
UNCORRECTED: Final = "judge {}, uncorrected"
"""Where a calibration fits the judge: what it lists is its own reading all the same."""
ONLY: Final = "in words only"
_DOES: Final = {
    CONCEDES: "gives way in words",
    TAKES_BACK: "takes back in words",
    FINAL: "calls its last word",
    THREAT: "threatens",
}
_HOW: Final = {
    BINDING: "",
    CONDITIONAL: "on a condition",
    HYPOTHETICAL: "as a thought",
    PERSONAL: "for itself alone",
}
_MANDATE: Final = {
    CLAIMED: "says that its leadership lets it",
    DENIED: "says that its leadership has not agreed",
}


def said_in(
    writer: Writer, scores: Mapping[str, Score], calibrated: Collection[str] = ()
) -> tuple[Said, ...]:
    """What every judge has listed, turn by turn.

    Args:
        scores: Evaluator -> its score of the dialogue.
        calibrated: Judges to which a calibration fits.
    """
    score = scores.get(WORDS)
    judges = [] if score is None else score.detail.get("judges", [])
    found = []
    for judge in judges if isinstance(judges, list) else []:
        if isinstance(judge, dict) and isinstance(judge.get("events"), list):
            name = str(judge.get("judge", ""))
            by = (UNCORRECTED if name in calibrated else UNCALIBRATED).format(name)
            found += [
                said
                for event in judge["events"]
                if isinstance(event, dict) and (said := _said(writer, event, by)) is not None
            ]
    return tuple(sorted(found, key=lambda said: said.turn))


def _said(writer: Writer, event: Mapping[str, Any], by: str) -> Said | None:
    """One event as it is shown; None where it is of nothing in the dialogue."""
    turn, what, quote = event.get("turn"), str(event.get("what")), event.get("quote")
    issues = {one.id: one for one in writer.scenario.issues}
    issue = issues.get(str(event.get("issue")))
    spoken = {one.index: one.seat for one in writer.case.talks.turns if one.kind == "statement"}
    seat = event.get("seat")
    if type(turn) is not int or seat is None or spoken.get(turn) != seat:
        return None
    if what not in _DOES or not isinstance(quote, str) or (issue is None) is (what != THREAT):
        return None
    was, to = (
        writer.option(issue.id, name) if issue and isinstance(name, str) else ""
        for name in (event.get("was"), event.get("to"))
    )
    if what == THREAT:
        to = "with another harm" if event.get("to") == WORSE else "to leave"
    return Said(
        turn=turn,
        seat=seat,
        who=writer.name(seat),
        what=what,
        does=_DOES[what],
        issue="" if issue is None else writer.scenario.say(issue.name),
        was=was if what in (CONCEDES, TAKES_BACK) else "",
        now=to,
        cost=_cost(event),
        how=_how(writer, event),
        standing=_standing(event),
        only=what == CONCEDES and event.get("carried") is False,
        quote=quote,
        by=by,
    )


def _cost(event: Mapping[str, Any]) -> float | None:
    value = event.get("value")
    if event.get("what") not in (CONCEDES, TAKES_BACK) or not isinstance(value, float | int):
        return None
    return float(value) if -1 <= value <= 1 else None


def _how(writer: Writer, event: Mapping[str, Any]) -> str:
    """How far it commits, what it depends on, what for, and on whose word."""
    parts = [_HOW.get(str(event.get("commitment")), "")]
    if isinstance(event.get("condition"), str) and event["condition"]:
        parts.append(f"depends on: “{event['condition']}”")
    wanted = str(event.get("in_return"))
    names = {one.id: writer.scenario.say(one.name) for one in writer.scenario.issues}
    if wanted in names:
        parts.append(f"in return for {names[wanted]}")
    elif wanted == SOMETHING_ELSE:
        parts.append("in return for something else")
    parts.append(_MANDATE.get(str(event.get("authorised")), ""))
    return "; ".join(filter(None, parts))


def _standing(event: Mapping[str, Any]) -> str:
    """How it stands beside the terms, and beside what was done."""
    yes, no, held = {
        CONCEDES: ("its terms bear it out", ONLY, event.get("carried")),
        FINAL: ("its own terms go beyond it", "its terms keep to it", event.get("contradicted")),
        THREAT: ("it left", "it stayed", event.get("done")),
    }.get(str(event.get("what")), ("", "", None))
    return yes if held is True else no if held is False else ""


@dataclass(frozen=True)
class SaidPiece:
    """Some words of a turn.

    Attributes:
        text: The words.
        quoted: What judges have listed with these words as their quote.
    """

    text: str
    quoted: tuple[Said, ...]


def pieces(words: str, said: Sequence[Said]) -> tuple[SaidPiece, ...]:
    """The words of a turn, cut where quotes begin and end; together they are the words.

    Args:
        said: Of that turn.
    """
    return tuple(_cut(words, [(found, one) for one in said if (found := span(one.quote, words))]))


def _cut(words: str, spans: Sequence[tuple[tuple[int, int], Said]]) -> Iterator[SaidPiece]:
    edges = sorted({0, len(words), *(end for where, _ in spans for end in where)})
    for start, end in pairwise(edges):
        own = tuple(said for (low, high), said in spans if low <= start and end <= high)
        yield SaidPiece(words[start:end], own)
