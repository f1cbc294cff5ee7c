"""Where the offers of a dialogue lay, as pictures: the way that the two sides took towards each
other, and what each side's offers left to its own principal, turn by turn.

Only the geometry is worked out here; a template draws it. The first picture is the one that Raiffa
(1982, The Art and Science of Negotiation) calls the negotiation dance. Values are u_P in [0, 1];
places are in the units of the picture, which are about pixels, from its upper left corner.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from harness.evaluators.base import ROUNDING
from harness.report.reading import Point, Reading
from harness.report.wording import plain
from harness.viewer.labels import Frame, Link, Mark, labelled
from harness.visible import shortened

SEATS: Final = ("o", "u")
SCALE: Final = ((0.0, "0"), (0.25, ".25"), (0.5, ".5"), (0.75, ".75"), (1.0, "1"))
"""Values that are named beside an axis, and at one of which an axis begins."""
NAME: Final = 34
"""Characters of a principal's name beside an axis, at most."""


@dataclass(frozen=True)
class Track:
    """A dialogue in a picture.

    Attributes:
        reading: The dialogue.
        mark: What its turns are called by before their number, such as ``A``; empty where it is
            alone in the picture.
        anchor: Id of the place of a turn on the page, up to the number.
    """

    reading: Reading
    mark: str = ""
    anchor: str = "turn-"


@dataclass(frozen=True)
class Path:
    """The moves of a seat in their order, as the ``d`` of an SVG path."""

    d: str
    seat: str
    track: int


@dataclass(frozen=True)
class Limit:
    """Where no agreement lies for the principal of a seat.

    Attributes:
        d: The line, as the ``d`` of an SVG path.
        seat: Whose principal it is.
        title: Such as ``No deal is worth 0.60 to Selmar``.
        former: Whether it held in an earlier round only.
    """

    d: str
    seat: str
    title: str
    former: bool


@dataclass(frozen=True)
class Picture:
    """What a template draws.

    Attributes:
        frame: Its size, and the place of its values.
        title: What it shows, for readers who do not see it.
        across: What is measured from left to right; ``up`` likewise from the bottom up.
        ticks: Places and labels from left to right; ``rungs`` likewise, from the bottom up.
        zone: Corner (x, y, width, height) of the terms that both principals prefer to no deal; None
            where the picture has no such place.
        limits: Lines of no deal.
        paths: Lines between moves.
        marks: The moves.
    """

    frame: Frame
    title: str
    across: str
    up: str
    ticks: tuple[tuple[float, str], ...]
    rungs: tuple[tuple[float, str], ...]
    zone: tuple[float, float, float, float] | None
    limits: tuple[Limit, ...]
    paths: tuple[Path, ...]
    marks: tuple[Mark, ...]


DANCE: Final = Frame(340, 330, 40, 10, 330, 290)
COURSE: Final = Frame(340, 210, 40, 10, 330, 172)
"""Of the two pictures."""


def dance(tracks: Sequence[Track]) -> Picture | None:
    """The offers of one dialogue or several in the plane of both principals' values.

    Args:
        tracks: The dialogues; the first names the principals.

    Returns:
        None where no terms were named.
    """
    moves = list(_moves(tracks))
    if not moves:
        return None
    names, frame = _names(tracks[0].reading), _fitted(DANCE, moves)
    short = {seat: shortened(name, NAME) for seat, name in names.items()}
    placed = [(move, frame.x(move.value("u")), frame.y(move.value("o"))) for move in moves]
    x, y = frame.x(moves[-1].no_deal("u")), frame.y(moves[-1].no_deal("o"))
    return Picture(
        frame=frame,
        title="Where each offer lay between the two sides: the further to the right, the better "
        f"for {short['u']}; the higher, the better for {short['o']}.",
        across=f"worth to {short['u']}",
        up=f"worth to {short['o']}",
        ticks=tuple((frame.x(value), text) for value, text in SCALE if value >= frame.low),
        rungs=_rungs(frame),
        zone=(x, frame.top, frame.right - x, y - frame.top),
        limits=tuple(_limits(moves, names, frame)),
        paths=tuple(_paths(placed)),
        marks=labelled(_merged(placed), frame),
    )


def course(tracks: Sequence[Track]) -> Picture | None:
    """What the offers of each side left to its own principal, turn by turn.

    Args:
        tracks: As for :func:`dance`.

    Returns:
        None where no terms were named.
    """
    moves = list(_moves(tracks))
    if not moves:
        return None
    names, frame = _names(tracks[0].reading), _fitted(COURSE, moves)
    short = {seat: shortened(name, NAME) for seat, name in names.items()}
    most = max(1, *(move.point.turn for move in moves))
    placed = [
        (move, _at(frame, move.point.turn, most), frame.y(move.value(move.seat))) for move in moves
    ]
    return Picture(
        frame=frame,
        title=f"What the offers of {short['o']} and of {short['u']} left to themselves, turn by "
        "turn.",
        across="turn",
        up="worth to the one who offers",
        ticks=tuple(
            (_at(frame, turn, most), str(turn)) for turn in range(0, most + 1, -(-most // 8))
        ),
        rungs=_rungs(frame),
        zone=None,
        limits=tuple(_steps(moves, names, frame, most)),
        paths=tuple(_paths(placed)),
        marks=labelled(_merged(placed), frame),
    )


def _fitted(frame: Frame, moves: Sequence[_Move]) -> Frame:
    """``frame`` from the greatest value named in :data:`SCALE` below which nothing lies."""
    least = min(value for move in moves for _, value in (*move.point.values, *move.point.no_deal))
    return replace(frame, low=max(value for value, _ in SCALE[:-1] if value <= max(least, 0.0)))


def _rungs(frame: Frame) -> tuple[tuple[float, str], ...]:
    return tuple((frame.y(value), text) for value, text in SCALE if value >= frame.low)


def _at(frame: Frame, turn: int, most: int) -> float:
    """The place of a turn from left to right."""
    return frame.left + turn / most * (frame.right - frame.left)


@dataclass(frozen=True)
class _Move:
    """A move of a track; ``number`` is that of the track."""

    track: Track
    number: int
    point: Point

    @property
    def seat(self) -> str:
        return self.point.seat

    def value(self, seat: str) -> float:
        return dict(self.point.values)[seat]

    def no_deal(self, seat: str) -> float:
        return dict(self.point.no_deal)[seat]

    @property
    def below(self) -> bool:
        return self.value(self.seat) < self.no_deal(self.seat) - ROUNDING

    @property
    def fell(self) -> bool:
        lines = self.track.reading.ledger
        return any(line.fell and line.turn == self.point.turn for line in lines)

    def link(self) -> Link:
        """Its label, which has no place yet."""
        reading, turn, names = self.track.reading, self.point.turn, _names(self.track.reading)
        entries = (entry for round_ in reading.rounds for entry in round_.entries)
        entry = next((one for one in entries if one.turn == turn), None)
        did = entry.what if entry is not None else self.point.kind
        worths = ", ".join(
            f"{plain(self.value(seat))} to {names[seat]} (no deal {plain(self.no_deal(seat))})"
            for seat in SEATS
        )
        called = f"{self.track.mark}, turn" if self.track.mark else "Turn"
        title = f"{called} {turn}: {names[self.seat]} {did}; worth {worths}"
        if self.fell:
            title += f"; {names[self.seat]} falls below no deal here"
        elif self.below:
            title += f"; below no deal for {names[self.seat]}"
        # The acceptance of a deal may stand in no turn, as in a log from elsewhere.
        place = str(turn) if entry is not None else "end"
        return Link(f"{self.track.mark}{turn}", f"#{self.track.anchor}{place}", title)


_Placed = tuple[_Move, float, float]
"""A move and where it lies."""


def _moves(tracks: Sequence[Track]) -> Iterator[_Move]:
    for number, track in enumerate(tracks):
        for point in track.reading.trajectory:
            yield _Move(track, number, point)


def _names(reading: Reading) -> dict[str, str]:
    """Seat -> its principal."""
    return {seat: seat for seat in SEATS} | {who.seat: who.name for who in reading.delegations}


def _paths(placed: Sequence[_Placed]) -> Iterator[Path]:
    """A line a track and seat; none of a single move."""
    ways: dict[tuple[int, str], list[str]] = {}
    for move, x, y in placed:
        ways.setdefault((move.number, move.seat), []).append(f"{x:.1f} {y:.1f}")
    for (number, seat), way in ways.items():
        if len(way) > 1:
            yield Path(f"M{' L'.join(way)}", seat, number)


def _merged(placed: Sequence[_Placed]) -> list[Mark]:
    """A mark a place, seat and track: a seat that repeats its terms has one for all of them. An
    acceptance has a mark of its own, since it lies where the offer lies that it takes."""
    found: dict[tuple[object, ...], list[_Placed]] = {}
    for move, x, y in placed:
        taken = move.point.kind == "acceptance"
        key = (move.number, move.seat, taken, round(x, 1), round(y, 1))
        found.setdefault(key, []).append((move, x, y))
    marks = []
    for group in found.values():
        move, x, y = group[0]
        marks.append(
            Mark(
                x=round(x, 1),
                y=round(y, 1),
                seat=move.seat,
                track=move.number,
                kind=move.point.kind,
                below=any(one.below for one, _, _ in group),
                fell=any(one.fell for one, _, _ in group),
                links=tuple(one.link() for one, _, _ in group),
            )
        )
    return marks


def _limits(moves: Sequence[_Move], names: dict[str, str], frame: Frame) -> Iterator[Limit]:
    """No deal in the plane: a line for each value that it had, the last of a dialogue in force."""
    last = {move.number: move for move in moves}
    for seat in SEATS:
        in_force = {move.no_deal(seat) for move in last.values()}
        for value in dict.fromkeys(move.no_deal(seat) for move in moves):
            x, y = frame.x(value), frame.y(value)
            across = f"M{frame.left:g} {y:.1f} H{frame.right:g}"
            line = across if seat == "o" else f"M{x:.1f} {frame.top:g} V{frame.bottom:g}"
            former = value not in in_force
            title = f"No deal is worth {plain(value)} to {names[seat]}"
            yield Limit(line, seat, title + (", in an earlier round" if former else ""), former)


def _steps(
    moves: Sequence[_Move], names: dict[str, str], frame: Frame, most: int
) -> Iterator[Limit]:
    """No deal over the turns: a step where what had happened changed it. Dialogues in which it
    took the same course share a line."""
    tracks = dict.fromkeys(move.number for move in moves)
    seen = set[str]()
    for seat in SEATS:
        for number in tracks:
            own = [move for move in moves if move.number == number]
            line, value = f"M{frame.left:g} {frame.y(own[0].no_deal(seat)):.1f}", None
            for move in own:
                if value is not None and move.no_deal(seat) != value:
                    x, y = _at(frame, move.point.turn, most), frame.y(move.no_deal(seat))
                    line += f" H{x:.1f} V{y:.1f}"
                value = move.no_deal(seat)
            line += f" H{frame.right:g}"
            if line in seen:
                continue
            seen.add(line)
            title = f"No deal is worth {plain(value)} to {names[seat]} at the end"
            yield Limit(line, seat, title, former=False)
