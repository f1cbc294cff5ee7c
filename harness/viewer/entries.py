"""What the index keeps of a line of a run's files: the fields of a dialogue, and its texts.

Lines are read as plain JSON: making records of a hundred thousand dialogues would take a minute. So
nothing of a line is taken for granted. One that is no dialogue is counted as damaged, by whoever
reads on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic_core import from_json

from harness.records.episodes import Episode
from harness.records.placement import PERSON, SCRIPTED
from harness.records.transcript import SCHEMA_VERSION
from harness.records.version1 import read_old
from harness.report.rows import SEEN
from harness.visible import writable

MOST_TEXTS: Final = 1 << 16
"""Texts of one dialogue that can be told apart; no table sits long enough to say more."""


class DamagedError(ValueError):
    """A line is no dialogue."""


@dataclass(frozen=True)
class Text:
    """One text of a dialogue.

    Attributes:
        turn: Index of the turn; None of an answer afterwards, and of a reply that led to no turn.
        seat: Whose it is.
        kind: ``words``, ``thoughts``, ``caucus``, ``consultation``, ``debrief``, ``reply`` or
            ``reasoning``.
        text: What was written.
        call: Number of the call that it came with, of ``reasoning``; None of all else.
    """

    turn: int | None
    seat: str
    kind: str
    text: str
    call: int | None = None

    @property
    def private(self) -> bool:
        """Whether the other side was not to see it."""
        return self.kind != "words"


FIELDS: Final = {
    "id": "TEXT",
    "status": "TEXT",
    "ending": "TEXT",
    "scenario": "TEXT",
    "twin": "TEXT",
    "epoch": "INTEGER",
    "model_o": "TEXT",
    "model_u": "TEXT",
    "round": "INTEGER",
    "turns": "INTEGER",
    "commitment": "TEXT",
    "void_kind": "TEXT",
    "void_seat": "TEXT",
    "void_reason": "TEXT",
    "repairs": "INTEGER",
    "calls": "INTEGER",
    "prompt_tokens": "INTEGER",
    "completion_tokens": "INTEGER",
}
"""Fields of a dialogue that stand in its own line -> their types in SQLite."""


def document_of(line: bytes) -> tuple[dict[str, Any], Episode | None]:
    """The record in a line of ``transcripts.jsonl``, as plain values in the shape of today; and
    where it stands in its run, which a record of version 1 says itself.

    Raises:
        DamagedError: It is none, or of a newer version.
    """
    episode: Episode | None = None
    try:
        document = from_json(line)
        if document["schema_version"] < SCHEMA_VERSION:
            old = read_old(line)
            document, episode = old.document, old.episode
        newer = document["schema_version"] > SCHEMA_VERSION
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DamagedError from None
    if newer or not isinstance(document.get("id"), str):
        raise DamagedError
    return document, episode


def fields_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """What :data:`FIELDS` names. Fields that the plan knows better are overwritten by it.

    Raises:
        DamagedError: The record is of another shape.
    """
    try:
        return {name: _plain(value) for name, value in _fields_of(document).items()}
    except (KeyError, TypeError, AttributeError, ValueError):
        raise DamagedError from None


def _fields_of(document: Mapping[str, Any]) -> dict[str, Any]:
    body, spec, void = document["body"], document["spec"], document.get("void") or {}
    outcome, turns, calls = body["outcome"], body["turns"], document.get("calls") or ()
    status = document["status"]
    seats = {seat["seat"]: _player(seat) for seat in spec["seats"]}
    asked = {call.get("seat") for call in calls}
    whole = all(seat.get("kind") in SEEN or seat["seat"] in asked for seat in spec["seats"])
    usages = [call.get("usage") or {} for call in calls]
    repairs = sum(len(turn.get("repairs") or ()) for turn in turns)
    repairs += sum(len(said.get("repairs") or ()) for said in body.get("debriefs", {}).values())
    return {
        "id": document["id"],
        "status": status,
        "ending": outcome["kind"] if status == "done" else status,
        "scenario": spec["scenario"],
        "twin": spec.get("twin"),
        "epoch": spec.get("epoch"),
        "model_o": seats.get("o"),
        "model_u": seats.get("u"),
        "round": outcome.get("round"),
        "turns": sum(turn["kind"] == "statement" for turn in turns),
        "commitment": outcome.get("commitment"),
        "void_kind": void.get("kind"),
        "void_seat": void.get("seat"),
        "void_reason": void.get("detail"),
        "repairs": repairs + len(void.get("repairs") or ()),
        "calls": len(calls),
        "prompt_tokens": _sum(usage.get("prompt") for usage in usages) if whole else None,
        "completion_tokens": _sum(usage.get("completion") for usage in usages) if whole else None,
    }


def _player(seat: Mapping[str, Any]) -> str | None:
    """Address of the model of a seat; ``scripted`` or ``person``; None where it is not told."""
    kind = seat.get("kind")
    return seat.get("model") or (kind if kind in (SCRIPTED, PERSON) else None)


def _sum(counts: Iterator[int | None]) -> int | None:
    """None where a server did not tell one: that is missing, not zero."""
    told = list(counts)
    known = [count for count in told if count is not None]
    return sum(known) if len(known) == len(told) else None


def _plain(value: object) -> str | int | float | None:
    """A value that SQLite takes.

    Raises:
        TypeError: It is no plain value, or a number too large for a column.
    """
    if isinstance(value, str):
        return writable(value)
    if value is None or isinstance(value, float):
        return value
    if isinstance(value, int) and abs(value) < 2**63:
        return int(value)
    raise TypeError


def texts_of(document: Mapping[str, Any]) -> Iterator[Text]:
    """Every text of a dialogue, in an order that depends on its record alone: what was said, side
    terms, what was thought, what was answered afterwards, the replies that made it void, and what
    models thought before they replied.

    Raises:
        DamagedError: The record is of another shape.
    """
    try:
        for text in _texts_of(document):
            if not (isinstance(text.text, str) and isinstance(text.seat, str)):
                raise TypeError
            if any(n is not None and type(n) is not int for n in (text.turn, text.call)):
                raise TypeError
            if text.text:
                yield text
    except (KeyError, TypeError, AttributeError, ValueError):
        raise DamagedError from None


def _texts_of(document: Mapping[str, Any]) -> Iterator[Text]:
    body = document["body"]
    for turn in body["turns"]:
        kind = "words" if turn["kind"] == "statement" else turn["kind"]
        yield Text(turn["index"], turn["seat"], kind, turn.get("words") or "")
        side_terms = (turn.get("move") or {}).get("side_terms")
        yield Text(turn["index"], turn["seat"], kind, side_terms or "")
        yield Text(turn["index"], turn["seat"], "thoughts", turn.get("thoughts") or "")
    for seat, said in body.get("debriefs", {}).items():
        yield Text(None, seat, "debrief", said.get("words") or "")
        for learned in (said.get("learned") or {}).values():
            yield Text(None, seat, "debrief", learned)
    void = document.get("void") or {}
    asked = {repair.get("call") for repair in void.get("repairs") or ()}
    for call in document.get("calls") or ():
        if call["index"] in asked:
            yield Text(None, call["seat"], "reply", call["reply"])
        thought = call.get("reasoning") or ""
        yield Text(None, call["seat"], "reasoning", thought, call["index"])
