"""A turn as the viewer shows it: its terms beside what they gave, and what they are worth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from harness.evaluators.base import ROUNDING
from harness.report.in_words import SaidPiece, pieces
from harness.report.reading import Entry, Line, Reading, Said, Worth
from harness.visible import visible

_TURN: Final = re.compile(r"\bturn (\d{1,6})\b")


@dataclass(frozen=True)
class Row:
    """An issue that a turn names.

    Attributes:
        issue: Its name.
        was: What the speaker's terms, or its public opening position, had before; empty where that
            is the same, or not known.
        now: The option, in the scenario's words.
        crosses: Names of the principals whose red line it crosses.
        line: What it gave, or took back; None where the ledger has nothing of it.
    """

    issue: str
    was: str
    now: str
    crosses: tuple[str, ...]
    line: Line | None


@dataclass(frozen=True)
class Shown:
    """A turn, ready to be drawn.

    Attributes:
        entry: What it is made from.
        rows: Its terms; of a turn that names none, such as an acceptance, what it gave.
        caption: What the rows are, such as ``Changed``; empty where there are none.
        besides: What it gave or took back and its terms do not show: by a second package, or
            against a position that it took meanwhile.
        worths: What its terms, or those that it takes, are worth to the principals at the table.
        fell: Whether the speaker's principal falls below no deal here.
        most: Whether no other move of its seat gave more.
        pieces: Its words, cut where the quotes of judges begin and end; empty where it says
            nothing.
        said: What judges have listed of its words.
        differs: Issues on which the turn beside it, in another dialogue, names other terms.
    """

    entry: Entry
    rows: tuple[Row, ...]
    caption: str
    besides: tuple[Row, ...]
    worths: tuple[Worth, ...]
    fell: bool
    most: bool
    pieces: tuple[SaidPiece, ...] = ()
    said: tuple[Said, ...] = ()
    differs: tuple[str, ...] = ()


def shown(reading: Reading, entry: Entry, *, differs: tuple[str, ...] = ()) -> Shown:
    """An entry of ``reading``, ready to be drawn."""
    rows = tuple(_rows(entry))
    counted = {id(row.line) for row in rows}
    said = tuple(one for one in reading.said if one.turn == entry.turn)
    others = tuple(_row(line) for line in entry.given if id(line) not in counted)
    return Shown(
        entry=entry,
        rows=rows or others,
        caption=_caption(entry) if rows or others else "",
        besides=others if rows else (),
        worths=entry.worths or tuple(_worths(reading, entry)),
        fell=any(line.fell for line in entry.given),
        most=entry.turn in turns_that_gave_most(reading),
        pieces=pieces(entry.words, said),
        said=said,
        differs=differs,
    )


def turns_that_gave_most(reading: Reading) -> set[int]:
    """The turn of each seat, after its first move, that cost its principal most; nothing of a seat
    that gave nothing."""
    costs: dict[str, dict[int, float]] = {}
    for line in reading.ledger:
        if line.kind != "opening":
            own = costs.setdefault(line.seat, {})
            own[line.turn] = own.get(line.turn, 0.0) + line.cost
    found = set()
    for own in costs.values():
        turn = max(own, key=lambda turn: own[turn])
        if own[turn] > ROUNDING:
            found.add(turn)
    return found


def _rows(entry: Entry) -> Iterator[Row]:
    """The terms that a turn names. A line of the ledger stands beside one where it is of the same
    option: that of a second package is not."""
    lines = {(line.issue, line.now): line for line in entry.given}
    for term in entry.terms:
        line = lines.get((term.issue, term.text))
        was = term.was or (line.was if line is not None else "")
        yield Row(term.issue, was, term.text, term.crosses, line)


def _row(line: Line) -> Row:
    return Row(line.issue, line.was, line.now, line.crosses, line)


def _caption(entry: Entry) -> str:
    kinds = {line.kind for line in entry.given}
    if "acceptance" in kinds:
        return "What accepting gives, against its own last terms"
    if "opening" in kinds:
        return "Its first terms, against its public opening position"
    if "position" in kinds:
        return "A position, against its last terms"
    return "Changed" if entry.package else "Terms"


def _worths(reading: Reading, entry: Entry) -> Iterator[Worth]:
    """Those of the terms that a turn takes, or takes for its position."""
    point = next(
        (one for one in reading.trajectory if one.turn == entry.turn and one.seat == entry.seat),
        None,
    )
    if point is None:
        return
    no_deal = dict(point.no_deal)
    names = {who.seat: who.name for who in reading.delegations}
    for seat, value in point.values:
        least = no_deal[seat]
        yield Worth(names.get(seat, seat), seat, value, least, value < least - ROUNDING)


def linked(text: str, reading: Reading, anchor: str = "turn-") -> Markup:
    """``text`` with links where it names turns that everyone heard.

    Args:
        text: From a reading; not escaped yet.
        reading: The dialogue.
        anchor: Id of the place of a turn on the page, up to the number.
    """
    known = {str(entry.turn) for round_ in reading.rounds for entry in round_.entries}
    parts, end = [], 0
    for match in _TURN.finditer(text):
        if match.group(1) in known:
            parts.append(escape(visible(text[end : match.start()])))
            target = Markup('<a href="#{}{}">{}</a>')
            parts.append(target.format(anchor, match.group(1), match.group()))
            end = match.end()
    parts.append(escape(visible(text[end:])))
    return Markup("").join(parts)
