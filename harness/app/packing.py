"""What is kept of some consecutive dialogues, packed: what many have in common stands once, and
what each has for itself stands in columns.

A part of a large run goes from the process that has read it to the one that joins the parts; what
they come to is the digest. To write it and to read it again must cost less than to read the
dialogues.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, NamedTuple, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from harness.analysis.columns import Column, packed, unpacked
from harness.analysis.proceedings import Dialogue, Went
from harness.disputes.scenario import Twin
from harness.evaluators.course import Asked
from harness.evaluators.course import Course as Replies
from harness.records.transcript import Status
from harness.report.curves import Ints, Puts
from harness.report.material import Chairs, Course, Settled, Settlement

KeyT = TypeVar("KeyT")
_PACKED: Final = np.dtype("<i8")
"""The same on every machine."""
_FAR: Final = 1 << 50
"""Bytes that no file has."""
_NONE: Final = -1
"""In place of a number, where there is nothing."""


class Way(NamedTuple):
    """How dialogues went: :class:`~harness.analysis.proceedings.Went` without what is of each."""

    arms: tuple[str, ...]
    scenario: str
    played: bool
    deal: bool | None
    lineup: str
    status: Status
    ending: str
    void: tuple[str, str | None, str] | None
    warnings: tuple[str, ...]
    repairs: tuple[tuple[str, int], ...]
    unanswered: tuple[str, ...]
    players: tuple[str, ...]

    def went(self) -> Went:
        """The same, of no dialogue in particular."""
        one = Dialogue(self.arms, self.scenario, "", self.played, self.deal, self.lineup)
        return Went("", one, *self[5:])


class Table(NamedTuple):
    """Where dialogues were held; ``seated``: seat, its turns at most, its value of no deal."""

    chairs: Chairs
    seats: tuple[tuple[str, str], ...]
    twin: Twin
    seated: tuple[tuple[str, Annotated[int, Field(le=1 << 20)], float], ...]


class End(NamedTuple):
    """Where talks ended: a :class:`~harness.report.material.Settlement`."""

    u_o: float
    u_u: float
    agreed: bool
    round: int


class Part(BaseModel):
    """Some consecutive dialogues, or all of a run. Numbers are packed, one a dialogue where nothing
    else is said.

    Attributes:
        ways, tables, ends, asked: What dialogues have in common, in the order of their first.
        ids, pairs: Of each, and what it has in common with its counterparts.
        way: Number of its way.
        scores: Bytes that its scores take.
        table, end: Number of its table, and of where it ended; -1 where it did not come to its end.
        puts: How many proposals each of those seated made; only of those that came to their end.
        turns, put: Of each proposal the turn of the delegation, from 0, and its own value.
        due: Number of when replies were due; empty where no dialogue of the run is void. So are
            the next two.
        worth: What was on the table, for each of these replies.
        broke_off: Whether the last of them could not be had, as 1.
        starts: Byte at which its line begins in the transcripts; empty where nobody looked.
        columns: ``evaluator.measure`` -> the values.
    """

    model_config = ConfigDict(frozen=True, val_json_bytes="base64", ser_json_bytes="base64")

    ways: list[Way]
    tables: list[Table]
    ends: list[End]
    asked: list[tuple[Asked, ...]]
    ids: list[str]
    pairs: list[str]
    way: bytes
    scores: bytes
    table: bytes
    end: bytes
    puts: bytes
    turns: bytes
    put: bytes
    due: bytes
    worth: bytes
    broke_off: bytes
    starts: bytes = b""
    columns: dict[str, Column] = Field(default_factory=dict)

    def fits(self) -> bool:
        """Whether all of it is of the same dialogues, and no number is of nothing.

        Raises:
            ValueError: Something packed is no number.
        """
        n = len(self.ids)
        own = {len(ints(one)) for one in (self.way, self.scores, self.table, self.end)}
        replies = {len(ints(one)) for one in (self.due, self.broke_off)}
        if own | {len(self.pairs)} != {n} or replies not in ({0}, {n}):
            return False
        starts = ints(self.starts)
        if len(starts) not in (0, n) or not all(
            _within(one, 0, _FAR) for one in (ints(self.scores), starts)
        ):
            return False
        numbered = (
            (self.way, self.ways, 0),
            (self.table, self.tables, _NONE),
            (self.end, self.ends, _NONE),
            (self.due, self.asked, 0),
        )
        if not all(_within(ints(one), least, len(things)) for one, things, least in numbered):
            return False
        puts, turns = ints(self.puts), ints(self.turns)
        ended = ints(self.table) > _NONE
        return (
            bool((ended == (ints(self.end) > _NONE)).all())
            and len(puts) == self._seated().sum()
            and _within(puts, 0, len(turns) + 1)
            and _within(turns, 0, 1 << 20)
            and puts.sum() == len(turns) == len(unpacked(self.put))
            and _sizes(self.asked)[ints(self.due)].sum() == len(unpacked(self.worth))
            and {len(column.values) for column in self.columns.values()} <= {0, 8 * n}
        )

    def _seated(self) -> Ints:
        """How many proposed at the table of each dialogue; 0 where it did not come to its end."""
        return _sizes([*(one.seated for one in self.tables), ()])[ints(self.table)]

    def courses(self) -> tuple[list[Course], Ints]:
        """The courses that differ by more than the dialogue and what was put, in the order of their
        first; and the number of that of each dialogue."""
        alike = Numbers[tuple[int, int, int]]()
        numbers = map(_listed, (self.way, self.table, self.end))
        of_each = [alike.of(key) for key in zip(*numbers, strict=True)]
        courses = []
        for way, table, end in alike:
            settled = None
            if table != _NONE:
                at, seats = self.tables[table], dict(self.tables[table].seats)
                settled = Settled(at.chairs, seats, at.twin, Settlement(*self.ends[end]))
            courses.append(Course("", self.ways[way].arms, settled, ()))
        return courses, np.array(of_each, dtype=np.int64)

    def proposals(self) -> Puts:
        """What was put at each table, in the order of the dialogues."""
        table, seated = ints(self.table), self._seated()
        firsts = np.cumsum(seated) - seated
        dialogue = np.repeat(np.arange(len(table)), seated)
        seats = [own for one in self.tables for own in one.seated]
        before = np.cumsum([0, *(len(one.seated) for one in self.tables)])
        seat = before[table][dialogue] + np.arange(len(dialogue)) - firsts[dialogue]
        return Puts(seats, dialogue, seat, ints(self.puts), ints(self.turns), unpacked(self.put))

    def went(self) -> tuple[list[Went], Iterator[tuple[str, str, int]]]:
        """How dialogues went; and id, pair and number of that of each."""
        ways = [way.went() for way in self.ways]
        return ways, zip(self.ids, self.pairs, _listed(self.way), strict=True)

    def scored(self) -> dict[str, tuple[int, int]]:
        """Dialogue -> where its scores begin, in bytes, and how many they take."""
        sizes = ints(self.scores)
        begin = (np.cumsum(sizes) - sizes).tolist()
        return dict(zip(self.ids, zip(begin, sizes.tolist(), strict=True), strict=True))

    def index(self) -> dict[str, tuple[int, Status]]:
        """Dialogue -> where its line begins in the transcripts, and its status; empty where nobody
        looked."""
        starts, of_each = _listed(self.starts), _listed(self.way)
        return {
            name: (start, self.ways[way].status)
            for name, start, way in zip(self.ids, starts, of_each, strict=False)
        }

    def replies(self) -> dict[tuple[str, str, str], Replies]:
        """(scenario, pair, arm) -> the course of a dialogue reply by reply, where that is kept."""
        worth, first = unpacked(self.worth).tolist(), 0
        found = dict[tuple[str, str, str], Replies]()
        due, broke_off = _listed(self.due), _listed(self.broke_off)
        for pair, number, when, broken in zip(
            self.pairs, _listed(self.way), due, broke_off, strict=False
        ):
            way, asked = self.ways[number], self.asked[when]
            last = first + len(asked)
            course = Replies(asked, tuple(worth[first:last]), bool(broken))
            first = last
            for arm in way.arms:
                found[way.scenario, pair, arm] = course
        return found


def ints(numbers: bytes) -> Ints:
    """Whole numbers that were packed.

    Raises:
        ValueError: They are none.
    """
    return np.frombuffer(numbers, dtype=_PACKED).astype(np.int64, copy=False)


def _listed(numbers: bytes) -> list[int]:
    listed: list[int] = ints(numbers).tolist()
    return listed


def pack_ints(numbers: Sequence[int] | Ints) -> bytes:
    """Whole numbers as 8 bytes each, which :func:`ints` reads."""
    return np.array(numbers, dtype=_PACKED).tobytes()


def _within(numbers: Ints, least: int, end: int) -> bool:
    return not len(numbers) or bool(numbers.min() >= least and numbers.max() < end)


def _sizes(things: Sequence[Sequence[object]]) -> Ints:
    return np.array([len(one) for one in things], dtype=np.int64)


class Numbers(dict[KeyT, int]):
    """Different things, each with its number in the order of their first."""

    def of(self, key: KeyT) -> int:
        return self.setdefault(key, len(self))


class Packing:
    """A part under way."""

    def __init__(self) -> None:
        self._ways, self._tables, self._ends = (Numbers[Any]() for _ in range(3))
        self._asked = Numbers[tuple[Asked, ...]]()
        self._ids, self._pairs = list[str](), list[str]()
        self._way, self._scores, self._table, self._end = (list[int]() for _ in range(4))
        self._puts, self._turns, self._put = list[int](), list[int](), list[float]()
        self._due, self._broke_off, self._worth = list[int](), list[int](), list[float]()

    def add(self, went: Went, course: Course, replies: Replies | None, scores: int) -> None:
        """Add the next dialogue.

        Args:
            went: How it went.
            course: Its course.
            replies: The same reply by reply, where that is kept; of all dialogues or of none.
            scores: Bytes of the lines of its scores.
        """
        one = went.dialogue
        way = (one.arms, one.scenario, one.played, one.deal, one.lineup, *went[2:])
        self._ids.append(went.id)
        self._pairs.append(one.pair)
        self._way.append(self._ways.of(way))
        self._scores.append(scores)
        self._settle(course)
        if replies is not None:
            self._due.append(self._asked.of(replies.asked))
            self._broke_off.append(int(replies.broke_off))
            self._worth += replies.worth

    def _settle(self, course: Course) -> None:
        if course.settled is None:
            self._table.append(_NONE)
            self._end.append(_NONE)
            return
        chairs, seats, twin, end = course.settled
        seated = tuple([(put.seat, put.length, put.reservation) for put in course.put])
        self._table.append(self._tables.of((chairs, tuple(seats.items()), twin, seated)))
        self._end.append(self._ends.of((end.u_o, end.u_u, end.agreed, end.round)))
        for put in course.put:
            self._puts.append(len(put.values))
            for turn, value in put.values:
                self._turns.append(turn)
                self._put.append(value)

    def closed(self, columns: Mapping[str, Column]) -> Part:
        """The part.

        Args:
            columns: ``evaluator.measure`` -> the values.
        """
        return Part.model_construct(
            ways=[Way(*way) for way in self._ways],
            tables=[Table(*table) for table in self._tables],
            ends=[End(*end) for end in self._ends],
            asked=list(self._asked),
            ids=self._ids,
            pairs=self._pairs,
            way=pack_ints(self._way),
            scores=pack_ints(self._scores),
            table=pack_ints(self._table),
            end=pack_ints(self._end),
            puts=pack_ints(self._puts),
            turns=pack_ints(self._turns),
            put=packed(self._put),
            due=pack_ints(self._due),
            worth=packed(self._worth),
            broke_off=pack_ints(self._broke_off),
            columns=dict(columns),
        )
