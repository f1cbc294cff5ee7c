"""The evaluator interface: measures, what was found, and who finds it.

An evaluator reads one :class:`~harness.evaluators.case.Case` and gives a value, or None with a
reason, for each of its measures. It never plays, and never reads anything but the case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Protocol, runtime_checkable

from harness.evaluators.case import ALL_THAT_IS_TOLD, Case, Lacking
from harness.memo import once_per_object
from harness.records.spec import TALKS
from harness.records.transcript import StageRecord, Transcript

Value = float | bool | str | None
SEATS = ("o", "u")
"""The official seat and the other one: the two that measures compare."""
ROUNDING = 1e-9
"""Values this close are equal: utilities are sums of a few products in [0, 1]."""

TOGETHER = "its principal values some issues only together, so no issue weighs anything by itself"
"""Why measures of single issues are null where a principal has joint values."""

_SEAT_TITLES = {"o": "official seat", "u": "other seat"}


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What a number means.

    Attributes:
        name: Within its evaluator; scores are filed under ``evaluator.name``.
        title: What tables and sentences call it.
        definition: How it is computed.
        range: Its values; ``+`` and ``-`` say which seat they favour where that is meant.
        undefined: When it is null.
        source: Paper or claim.
        words: Its values are words: they have no mean, and nothing can be compared by them.
        headline: Tables show it. Every other measure is in the list of all measures.
        needs: What it is null without, where talks were held elsewhere: what terms are worth, and
            how the talks ended. Nothing for a measure of the words, or of who spoke.
    """

    name: str
    title: str
    definition: str
    range: str
    undefined: str
    source: str = ""
    words: bool = False
    headline: bool = False
    needs: tuple[Lacking, ...] = ALL_THAT_IS_TOLD


def per_seat(measure: Measure) -> tuple[Measure, Measure]:
    """A measure for each of the two seats: ``NAME_o`` and ``NAME_u``. Its title has ``{}`` where
    the seat stands, as in "{}'s firmness"."""
    official, other = (
        replace(
            measure,
            name=f"{measure.name}_{seat}",
            title=measure.title.format(_SEAT_TITLES[seat]),
        )
        for seat in SEATS
    )
    return official, other


@dataclass(slots=True)
class Found:
    """What an evaluator found: values, reasons for every null, and detail for readers."""

    values: dict[str, Value] = field(default_factory=dict)
    why_null: dict[str, str] = field(default_factory=dict)
    detail: dict[str, object] = field(default_factory=dict)

    @classmethod
    def of(cls, measures: tuple[Measure, ...]) -> Found:
        """Before anything is entered: every measure is null, for want of a value. A dictionary that
        has all its keys need not grow, nor be brought into order afterwards."""
        return cls(_blank(measures).copy())

    def put(self, name: str, value: Value, why: str = "") -> None:
        """Enter a value; ``why`` says why it is None."""
        self.values[name] = value
        if value is None:
            self.why_null[name] = why or "undefined"

    def enter(self, names: Sequence[str], entries: Sequence[tuple[Value, str]]) -> None:
        """:meth:`put` several values, each with why it is None: in half the time."""
        values, reasons = self.values, self.why_null
        for name, (value, why) in zip(names, entries, strict=True):
            values[name] = value
            if value is None:
                reasons[name] = why or "undefined"


def of_seats(*names: str) -> dict[str, tuple[str, ...]]:
    """Seat -> the names of its measures, as :func:`per_seat` makes them: to be made once, not in
    every dialogue."""
    return {seat: tuple(f"{name}_{seat}" for name in names) for seat in SEATS}


@lru_cache(maxsize=1 << 14, typed=True)
def rounded(value: float) -> float:
    """To six digits, as details have numbers. What packages are worth recurs, and looking up is
    faster than rounding."""
    return round(value, 6)


@runtime_checkable
class Evaluator(Protocol):
    """One family of measures.

    It may have an attribute ``kind``, the kind of record that it reads (:func:`kind_of`), an
    attribute ``record``, the class that such a record is read as (:func:`record_of`), and an
    attribute ``fooled_by``, what makes its measures say what is not so (:func:`fooled_by_of`).
    """

    @property
    def name(self) -> str:
        """What scores are filed under."""
        ...

    @property
    def version(self) -> int:
        """Raised when a measure changes meaning."""
        ...

    @property
    def measures(self) -> tuple[Measure, ...]:
        """What :meth:`score` gives a value for."""
        ...

    def score(self, case: Case) -> Found:
        """Measure one record. Measures that are left out count as null."""
        ...


@runtime_checkable
class OfAll(Evaluator, Protocol):
    """An evaluator that scores many records in less time than one after the other."""

    def score_all(self, cases: Sequence[Case]) -> list[Found]:
        """:meth:`~Evaluator.score` of each, which is the same whatever the others are."""
        ...


def kind_of(evaluator: Evaluator) -> str:
    """The kind of record that an evaluator reads: its ``kind``, ``talks`` where it has none."""
    return getattr(evaluator, "kind", TALKS)


def record_of(evaluator: Evaluator) -> type[StageRecord]:
    """What records of a kind other than talks are read as: an evaluator's ``record``, where it has
    one. Else spec and body are plain values."""
    return getattr(evaluator, "record", StageRecord)


def fooled_by_of(evaluator: Evaluator) -> tuple[str, ...]:
    """What makes the measures of an evaluator say what is not so: its ``fooled_by``, a sentence or
    two each, with measures in backticks. Empty where it has none."""
    return tuple(getattr(evaluator, "fooled_by", ()))


def rubric_of(evaluator: Evaluator) -> str | None:
    """The rubric without a judgement by which an evaluator has no value at all: its ``rubric``;
    None for one that has values without a judge."""
    rubric: str | None = getattr(evaluator, "rubric", None)
    return rubric


@once_per_object
def names_of(measures: tuple[Measure, ...]) -> tuple[str, ...]:
    """Their names, in order."""
    return tuple(measure.name for measure in measures)


@once_per_object
def _blank(measures: tuple[Measure, ...]) -> dict[str, Value]:
    return dict.fromkeys(names_of(measures))


def nothing(measures: Sequence[Measure], why: str) -> Found:
    """Every measure null, for one reason."""
    names = [measure.name for measure in measures]
    return Found(dict.fromkeys(names), dict.fromkeys(names, why))


def told(evaluator: Evaluator, case: Case, found: Found) -> Found:
    """What was found, without what cannot be known of talks that were held elsewhere: every measure
    that needs what nobody told is null, whatever the evaluator made of the placeholders. What a
    judge found in the words stays as it is: it rests on none of them."""
    lacking = case.lacking
    if not lacking:
        return found
    kept = Found.of(evaluator.measures)
    for measure in evaluator.measures:
        why = next((lacking[need] for need in measure.needs if need in lacking), None)
        if why is None:
            value = found.values.get(measure.name)
            kept.put(measure.name, value, found.why_null.get(measure.name, ""))
        else:
            kept.put(measure.name, None, why)
    if hasattr(evaluator, "rubric"):
        kept.detail.update(found.detail)
    return kept


def void(evaluator: Evaluator, case: Case) -> Found | None:
    """All-null scores of a stage without a result, such as void talks; None for one that was played
    to an end."""
    if case.record.status == "done":
        return None
    return nothing(evaluator.measures, why_void(case))


def why_void(case: Case) -> str:
    """The reason of every null of a void dialogue: ``void: ...`` or, for a failed endpoint,
    ``failed: ...``."""
    record = case.record
    if isinstance(record, Transcript):
        reason = record.body.outcome.reason
    else:
        reason = "" if record.void is None else record.void.detail
    return f"{record.status}: {reason or 'no result'}"
