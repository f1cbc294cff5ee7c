"""What is kept of some consecutive dialogues, packed: what many have in common stands once.

A part of a large run goes from the process that has read it to the one that adds up, and to the
digest. To write it and to read it again must cost less than to read the dialogues.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_json

from harness.analysis.columns import Column
from harness.analysis.proceedings import Dialogue, Went
from harness.disputes.scenario import Twin
from harness.evaluators.course import Asked
from harness.evaluators.course import Course as Replies
from harness.records.transcript import Status
from harness.report.material import Chairs, Course, Put, Settled, Settlement

Number = Annotated[int, Field(ge=0)]
"""Place in a list, from 0."""
KeyT = TypeVar("KeyT")


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


class Table(NamedTuple):
    """Where dialogues were held; ``seated``: seat, its turns at most, its value of no deal."""

    chairs: Chairs
    seats: tuple[tuple[str, str], ...]
    twin: Twin
    seated: tuple[tuple[str, int, float], ...]


class Talk(NamedTuple):
    """A dialogue: its id, what it has in common with its counterparts, the number of its way, and
    the bytes that its scores take."""

    id: str
    pair: str
    way: Number
    scores: Number


class Drawn(NamedTuple):
    """The course of a dialogue that came to its end: the number of its table, its settlement, and
    for each of those seated the values that it put."""

    table: Number
    u_o: float
    u_u: float
    agreed: bool
    round: int
    values: tuple[tuple[tuple[int, float], ...], ...]


class Answered(NamedTuple):
    """The course of a dialogue reply by reply; ``asked`` is the number of when they were due."""

    asked: Number
    worth: tuple[float, ...]
    broke_off: bool


class Part(BaseModel):
    """Some consecutive dialogues; one line of the digest.

    Attributes:
        ways, tables, asked: What they have in common, by number.
        talks: The dialogues.
        courses: Their courses, as figures draw them; None of those that did not come to their end.
        replies: Likewise, reply by reply; empty where no dialogue of the run is void.
        columns: ``evaluator.measure`` -> the values.
    """

    model_config = ConfigDict(frozen=True, val_json_bytes="base64")

    ways: list[Way]
    tables: list[Table]
    asked: list[tuple[Asked, ...]]
    talks: list[Talk]
    courses: list[Drawn | None]
    replies: list[Answered]
    columns: dict[str, Column]

    def fits(self) -> bool:
        """Whether its parts are of the same dialogues."""
        n = len(self.talks)
        lengths = {len(column.values) for column in self.columns.values()} - {0}
        return len(self.courses) == n and len(self.replies) in (0, n) and lengths <= {8 * n}

    def went(self) -> Iterator[Went]:
        """How each went.

        Raises:
            LookupError: A number is of nothing; so for those below.
        """
        for name, pair, number, _ in self.talks:
            way = self.ways[number]
            yield Went(
                name,
                Dialogue(way.arms, way.scenario, pair, way.played, way.deal, way.lineup),
                way.status,
                way.ending,
                way.void,
                way.warnings,
                way.repairs,
                way.unanswered,
                way.players,
            )

    def drawn(self) -> Iterator[Course]:
        """Their courses, as figures draw them."""
        seats = [dict(table.seats) for table in self.tables]
        for talk, course in zip(self.talks, self.courses, strict=True):
            arms = self.ways[talk.way].arms
            if course is None:
                yield Course(talk.id, arms, None, ())
                continue
            table = self.tables[course.table]
            settlement = Settlement(course.u_o, course.u_u, course.agreed, course.round)
            put = tuple(
                Put(seat, length, values, reservation)
                for (seat, length, reservation), values in zip(
                    table.seated, course.values, strict=True
                )
            )
            settled = Settled(table.chairs, seats[course.table], table.twin, settlement)
            yield Course(talk.id, arms, settled, put)

    def answered(self) -> Iterator[Replies]:
        """Their courses reply by reply, where they are known."""
        for number, worth, broke_off in self.replies:
            yield Replies(self.asked[number], worth, broke_off)


class _Numbers(dict[KeyT, int]):
    """Different things, each with its number in the order of their first."""

    def of(self, key: KeyT) -> int:
        return self.setdefault(key, len(self))


class Packing:
    """A part under way."""

    def __init__(self) -> None:
        self._ways, self._tables = _Numbers[Any](), _Numbers[Any]()
        self._asked = _Numbers[tuple[Asked, ...]]()
        self._talks = list[Talk]()
        self._courses = list[Drawn | None]()
        self._replies = list[Answered]()

    def add(self, went: Went, course: Course, replies: Replies | None, scores: int) -> None:
        """Add the next dialogue.

        Args:
            went: How it went.
            course: Its course.
            replies: The same reply by reply, where that is kept; of all dialogues or of none.
            scores: Bytes of the lines of its scores.
        """
        one = went.dialogue
        way = Way(
            one.arms,
            one.scenario,
            one.played,
            one.deal,
            one.lineup,
            went.status,
            went.ending,
            went.void,
            went.warnings,
            went.repairs,
            went.unanswered,
            went.players,
        )
        self._talks.append(Talk(went.id, one.pair, self._ways.of(way), scores))
        self._courses.append(
            None if course.settled is None else self._drawn(course.settled, course)
        )
        if replies is not None:
            asked = self._asked.of(replies.asked)
            self._replies.append(Answered(asked, replies.worth, replies.broke_off))

    def _drawn(self, settled: Settled, course: Course) -> Drawn:
        chairs, seats, twin, end = settled
        seated = tuple((put.seat, put.length, put.reservation) for put in course.put)
        table = self._tables.of((chairs, tuple(seats.items()), twin, seated))
        values = tuple(put.values for put in course.put)
        return Drawn(table, end.u_o, end.u_u, end.agreed, end.round, values)

    def line(self, columns: Mapping[str, Column]) -> bytes:
        """The part as JSON, without a newline, which :class:`Part` reads.

        Args:
            columns: ``evaluator.measure`` -> the values.
        """
        return to_json(
            {
                "ways": list(self._ways),
                "tables": list(self._tables),
                "asked": list(self._asked),
                "talks": self._talks,
                "courses": self._courses,
                "replies": self._replies,
                "columns": columns,
            },
            bytes_mode="base64",
        )
