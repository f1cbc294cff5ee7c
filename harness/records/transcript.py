"""What a stage leaves: an envelope that is the same for every kind, and a body of its own.

A transcript is the record of a dialogue, the one schema that evaluators, viewers and exports read.
What was said is kept here; when, how long and after how many attempts is kept apart (see
:mod:`harness.records.reader`), so that the same spec gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from types import NoneType
from typing import Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic.dataclasses import dataclass

from harness.disputes.scenario import Package
from harness.models.reply import AgentUse
from harness.records.moves import PART as PART
from harness.records.moves import Action as Action
from harness.records.moves import CapitalAnswer as CapitalAnswer
from harness.records.moves import Commitment as Commitment
from harness.records.moves import Move as Move
from harness.records.moves import left_out
from harness.records.spec import DialogueSpec, RecordedSpec
from harness.suite.parts import later_field

SCHEMA_VERSION: Final = 2
"""Raised when a field changes meaning or disappears; new optional fields do not raise it. Version 1
is read as :mod:`harness.records.version1` says."""


class Record(BaseModel):
    """Base of what is one line of a file, and of its body. Unknown fields of a newer minor version
    are ignored on reading."""

    model_config = ConfigDict(frozen=True, extra="ignore")


@dataclass(frozen=True, slots=True, kw_only=True, config=PART)
class Repair:
    """An unusable reply that was asked again: what was wrong, and the call that gave it."""

    error: str
    call: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=PART)
class Turn:
    """One entry of the protocol.

    ``statement`` is public; ``caucus`` and ``consultation`` are private to the seat.
    """

    index: int
    round: int
    step: int = Field(description="Turn of this delegation in this round, from 1.")
    seat: str
    kind: Literal["statement", "caucus", "consultation"]
    member: str | None = None
    move: Move | None = None
    words: str = ""
    thoughts: str = ""
    offer: str | None = Field(default=None, description="Id of the offer this turn put.")
    capital: CapitalAnswer | None = None
    explored: bool = Field(
        default=False,
        exclude_if=lambda explored: not explored,
        description="Whether with this acceptance all had agreed to the offer, somebody for "
        "discussion only: a sketch, which ends nothing.",
    )
    repairs: tuple[Repair, ...] = ()
    calls: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, config=PART)
class Debrief:
    """What a delegation says in private afterwards (claim C9).

    ``gave_more`` names a seat or ``equal``; ``margin`` is how much more, 0 (equal) to 10 (that side
    gave everything, the others nothing); ``reservations`` estimates each other seat's value of no
    deal (0-1 of what it could get at best); ``top_issues`` what it thinks the other side cares
    about most; ``favours`` whom the agreed terms favour beside no deal, a seat or ``equal``;
    ``own_could_sign`` whether its own leadership could sign them; ``learned`` what it has learned
    of each other seat's limits (claim C8). Null answers with a ``problem`` are missing, not zero;
    the last three came later, and are left out where they are not answered.
    """

    gave_more: str | None = None
    margin: float | None = None
    reservations: dict[str, float] = Field(default_factory=dict)
    top_issues: dict[str, str] = Field(default_factory=dict)
    favours: str | None = later_field()
    own_could_sign: bool | None = later_field()
    learned: dict[str, str] = Field(default_factory=dict, exclude_if=lambda learned: not learned)
    words: str = ""
    problem: str | None = None
    repairs: tuple[Repair, ...] = ()
    calls: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, config=PART)
class Outcome:
    """How the talks ended.

    ``round`` tells which realities were in force. ``turn`` is the one that made the deal; None
    where no turn did. ``commitment`` is the weakest of those that made the deal. ``explored`` are
    the sketches on the table when it ended; the last three are left out where there are none.
    ``unknown`` are talks that were held elsewhere, of which nobody says how they ended: that is no
    lack of agreement.
    """

    kind: Literal["deal", "no_deal", "walk_out", "void", "unknown"]
    package: Package | None = None
    offer: str | None = None
    proposer: str | None = None
    round: int
    turn: int | None = None
    by: str | None = Field(default=None, description="Seat that walked out, or failed.")
    commitment: Commitment | None = None
    reason: str = ""
    side_terms: str | None = left_out(description="Side terms of the deal, as they were put.")
    explored: tuple[str, ...] | None = left_out(
        description="Ids of the sketches that all could discuss and not all took home."
    )
    ratification: dict[str, CapitalAnswer] | None = left_out(
        description="Of a deal that is subject to approval at home: seat -> whether its leadership "
        "truly signs. No seat is told, and nothing else depends on it.",
    )

    @property
    def agreed(self) -> bool | None:
        """Whether it is a deal; None where there is no end, or nobody tells it."""
        return None if self.kind in ("void", "unknown") else self.kind == "deal"


VoidKind = Literal[
    "reply", "prompt", "limit", "endpoint", "delegation", "budget", "input", "person"
]
"""Why a stage has no result; :class:`VoidReason` says what each means."""


@dataclass(frozen=True, slots=True, kw_only=True, config=PART)
class VoidReason:
    """Why a stage has no result.

    ``reply``: a model gave no usable reply in the allowed attempts; a finished result, counted.
    ``prompt``: the server takes no such prompt (too long, or refused by its filter); likewise.
    ``limit``: the dialogue took more tokens or time than its protocol gives it; likewise.
    ``endpoint``: a server could not be reached or refused; played again when the run is resumed.
    ``delegation``: the code of a delegation of the user's own failed; likewise.
    ``budget``: the run had spent what it may; likewise.
    ``input``: a stage that it reads is void; a finished result for as long as that is so. It is
    played once that has a result.
    ``person``: the person in a seat ended the sitting; a finished result, and never a walk-out.

    docs/record.md has the table of how each failure is recorded.
    """

    kind: VoidKind
    seat: str | None
    detail: str
    repairs: tuple[Repair, ...] = Field(
        default=(), description="The unusable replies of the turn that could not be made."
    )


@dataclass(frozen=True, slots=True, kw_only=True, config=PART)
class Usage:
    """Tokens of one call as the server reported them; null where it did not."""

    prompt: int | None = None
    completion: int | None = None
    reasoning: int | None = Field(
        default=None,
        exclude_if=lambda count: count is None,
        description="Of ``completion``, tokens of hidden thinking; left out where it is not told.",
    )


@dataclass(frozen=True, slots=True, kw_only=True, config=PART)
class Call:
    """One reply of a model: which prompt (message hashes, see the run's ``messages.jsonl``), what
    came back, untouched. ``index`` counts the calls of its stage; ``seat`` is who was asked."""

    index: int
    seat: str
    member: str | None = None
    purpose: str
    model: str
    prompt: tuple[str, ...]
    reply: str
    finish_reason: str | None = None
    refusal: str | None = None
    how: str | None = None
    usage: Usage = Usage()
    thinking: Literal["holds the answer", "is all there is"] | None = Field(
        default=None,
        exclude_if=lambda seen: seen is None,
        description="Where the reply is empty: what its thinking was seen to be; else left out.",
    )
    # Left out where there is none, so that the records of all other dialogues stay what they were.
    reasoning: str | None = left_out(
        description="What the model thought before it replied, where its server gave it: in a "
        "field of its own, or in the reply before the answer. Private: no prompt holds it, and no "
        "move is read from it.",
    )
    reasoning_cut: int | None = left_out(
        description="Characters left out of the middle of ``reasoning``; left out where it is "
        "whole.",
    )
    inside: AgentUse | None = Field(
        default=None,
        exclude_if=lambda use: use is None,
        description="What an agent of the user's own did for the reply: its calls and models.",
    )


class Talks(Record):
    """The talks themselves: the body of a transcript."""

    order: tuple[str, ...] = Field(description="Speaking order of the first round.")
    turns: tuple[Turn, ...] = ()
    debriefs: dict[str, Debrief] = Field(default_factory=dict)
    outcome: Outcome
    warnings: tuple[str, ...] = Field(
        default=(),
        exclude_if=lambda warnings: not warnings,
        description="What makes the talks doubtful, in words; left out where nothing does.",
    )


Status = Literal["done", "void", "failed"]
"""``void``: a model gave no usable reply, a finished result. ``failed``: an endpoint or the code of
a delegation broke down, or the run had spent what it may; a resumed run plays the stage again."""

NOT_FINISHED: Final = frozenset({"endpoint", "delegation", "budget"})
"""Kinds of :class:`VoidReason` that leave a stage to be played again."""


def status_of(void: VoidReason | None) -> Status:
    """The status of a stage that ended with this reason, or with a result where it is None."""
    if void is None:
        return "done"
    return "failed" if void.kind in NOT_FINISHED else "void"


@dataclass(frozen=True, slots=True, kw_only=True, config=PART)
class InputRead:
    """What a stage has read: the id of another one, and the hash of its record as it then was."""

    id: str
    hash: str


class StageRecord(Record):
    """The envelope: what every finished stage says, of whatever kind.

    ``id`` and ``status`` stand first, so that a run can be indexed without reading the rest.
    ``spec`` and ``body`` are what the kind makes of them; of a kind that is not known here they are
    plain values.
    """

    id: str
    schema_version: int = SCHEMA_VERSION
    status: Status
    kind: str
    spec: Any
    inputs: dict[str, InputRead] = Field(
        default_factory=dict,
        exclude_if=lambda inputs: not inputs,
        description="Name of an input -> what was read; left out where nothing was.",
    )
    void: VoidReason | None = None
    calls: tuple[Call, ...] = ()
    body: Any

    def repairs(self) -> Iterator[Repair]:
        """Every reply that could not be used, in whatever part of the record it stands."""
        yield from _repairs_in(self.body)
        if self.void is not None:
            yield from self.void.repairs

    def unusable_calls(self) -> Iterator[int]:
        """Calls whose replies could not be used."""
        return (repair.call for repair in self.repairs() if repair.call is not None)

    def unlike_spec(self) -> str | None:
        """What its body says that cannot be of what was asked, in words; None where all can. A line
        of a file is held against it: it may have been edited, or come from somebody else."""
        return None


_PLAIN: Final = (str, int, float, NoneType)


def _repairs_in(part: object) -> Iterator[Repair]:
    for name in _names_in(part):
        value = getattr(part, name)
        if isinstance(value, _PLAIN):  # nearly all are
            continue
        if isinstance(value, Mapping):
            value = tuple(value.values())
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, Repair):
                yield inner
            else:
                yield from _repairs_in(inner)


PartT = TypeVar("PartT")


def changed(part: PartT, **values: object) -> PartT:
    """A copy of a part with other values in some of its fields. Nothing of it is checked: it is for
    values that were checked where they were made, since checking them all again costs more than
    making the copy.

    Raises:
        TypeError: It has no such field.
    """
    names = _names_in(part)
    if not values.keys() <= set(names):
        raise TypeError(f"{type(part).__name__} has no {sorted(values.keys() - set(names))}")
    copy = object.__new__(type(part))
    for name in names:
        object.__setattr__(copy, name, values[name] if name in values else getattr(part, name))
    return copy


_NAMES: Final[dict[type, tuple[str, ...]]] = {}
"""Type -> its fields, of those that were asked for."""


def _names_in(part: object) -> tuple[str, ...]:
    """The fields of a record or of a part of one; of anything else, nothing."""
    kind = type(part)
    names = _NAMES.get(kind)
    if names is None:
        if issubclass(kind, Record):
            names = tuple(kind.model_fields)
        else:
            names = tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
        _NAMES[kind] = names
    return names


class Transcript(StageRecord):
    """One finished dialogue."""

    kind: Literal["talks", "recorded"] = "talks"
    spec: DialogueSpec
    body: Talks

    @property
    def valued(self) -> bool:
        """Whether anybody told what terms are worth; False of some talks held elsewhere."""
        return not (isinstance(self.spec, RecordedSpec) and self.spec.unvalued)

    def repairs_of(self, seat: str) -> int:
        """How often a seat gave an unusable reply, in the turn that voided the talks included."""
        own = [turn.repairs for turn in self.body.turns if turn.repairs and turn.seat == seat]
        made = sum(map(len, own))
        debrief = self.body.debriefs.get(seat)
        last = self.void.repairs if self.void is not None and self.void.seat == seat else ()
        return made + (len(debrief.repairs) if debrief else 0) + len(last)


@dataclass(frozen=True, slots=True, kw_only=True, config=PART)
class CallTiming:
    """When and how long: what differs between two runs of the same spec."""

    call: int
    seconds: float
    attempts: int
    cached_tokens: int | None = None


class Timing(Record):
    """Timings of one stage, one line of ``timings.jsonl``; ``id`` is the stage's, and its calls are
    numbered as in its record.

    A stage that was taken from another run has the times of that one, and 0 attempts at each call:
    nothing was sent for it here.
    """

    id: str
    started: str = Field(description="UTC, ISO 8601.")
    seconds: float
    calls: tuple[CallTiming, ...] = ()
    taken_from: str | None = Field(
        default=None,
        exclude_if=lambda name: name is None,
        description="Folder name of the run that it was taken from; left out where it was played.",
    )
