"""The evaluator interface, the registry of evaluators, and the loop that is never broken by one.

An evaluator reads one transcript and its scenario and gives a value, or None with a reason, for
each of its measures. It never plays, and never reads anything but the record.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, runtime_checkable

from pydantic_core import to_jsonable_python

from harness.errors import UsageError, suggest
from harness.records.transcript import Score, Transcript
from harness.scenario import Scenario

Value = float | bool | str | None
SEATS = ("o", "u")
"""The official seat and the other one: the two that measures compare."""
ROUNDING = 1e-9
"""Values this close are equal: utilities are sums of a few products in [0, 1]."""

_SEAT_TITLES = {"o": "official seat", "u": "other seat"}


@dataclass(frozen=True)
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
    """

    name: str
    title: str
    definition: str
    range: str
    undefined: str
    source: str
    words: bool = False


def per_seat(name: str, title: str, measure: Measure) -> tuple[Measure, Measure]:
    """``measure`` for each of the two seats: ``name_o`` and ``name_u``.

    Args:
        title: With ``{}`` where the seat stands, as in "{}'s firmness".
        measure: What both have in common; its own name and title are not used.
    """
    official, other = (
        replace(measure, name=f"{name}_{seat}", title=title.format(_SEAT_TITLES[seat]))
        for seat in SEATS
    )
    return official, other


@dataclass
class Found:
    """What an evaluator found: values, reasons for every null, and detail for readers."""

    values: dict[str, Value] = field(default_factory=dict)
    why_null: dict[str, str] = field(default_factory=dict)
    detail: dict[str, object] = field(default_factory=dict)

    def put(self, name: str, value: Value, why: str = "") -> None:
        """Enter a value; ``why`` says why it is None."""
        self.values[name] = value
        if value is None:
            self.why_null[name] = why or "undefined"


@runtime_checkable
class Evaluator(Protocol):
    """One family of measures."""

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

    def score(self, transcript: Transcript, scenario: Scenario) -> Found:
        """Measure one dialogue; ``scenario`` is the twin that was played. Measures that are left
        out count as null."""
        ...


def builtin() -> tuple[Evaluator, ...]:
    """The evaluators that ship, in the order reports show them."""
    from harness.evaluators.acceptability import Acceptability
    from harness.evaluators.concessions import Concessions
    from harness.evaluators.prediction import Prediction
    from harness.evaluators.process import Process
    from harness.evaluators.red_lines import RedLines
    from harness.evaluators.settlement import Settlement

    return (
        Settlement(),
        Concessions(),
        RedLines(),
        Acceptability(),
        Prediction(),
        Process(),
    )


def registry(names: Sequence[str] | None = None) -> tuple[Evaluator, ...]:
    """Evaluators by name, or ``path/to/file.py:Object``; all built-in and installed ones for None.
    A file that is named is executed: pass only what the user has named.

    Raises:
        UsageError: A name is unknown or given twice, or names something that is no evaluator.
    """
    from harness.evaluators.plugins import from_file, installed

    known: dict[str, Evaluator] = {e.name: e for e in builtin()}
    known.update(installed(known))
    if not names:
        return tuple(known.values())
    chosen = tuple(from_file(n, known) if ":" in n else by_name(n, known) for n in names)
    refuse_twice(chosen, names)
    return chosen


def refuse_twice(chosen: Sequence[Evaluator], names: Sequence[str]) -> None:
    """Hold that no two evaluators share a name; ``names`` are as they were asked for.

    Raises:
        UsageError: Two do.
    """
    for index, evaluator in enumerate(chosen):
        if evaluator.name in {earlier.name for earlier in chosen[:index]}:
            raise UsageError(
                f"two evaluators are called {evaluator.name!r}",
                where=names[min(index, len(names) - 1)],
                fix="name each once; their scores would be filed under the same name",
            )


def measures(evaluators: Sequence[Evaluator] | None = None) -> dict[str, Measure]:
    """Every measure by its full name, ``evaluator.measure``."""
    return {f"{e.name}.{m.name}": m for e in evaluators or registry() for m in e.measures}


def evaluate(
    transcript: Transcript, scenario: Scenario, evaluators: Sequence[Evaluator]
) -> list[Score]:
    """Score one dialogue. A void dialogue has no values, and an evaluator that fails has none: both
    are null with the reason, and never stop the others."""
    return [_score(transcript, scenario, evaluator) for evaluator in evaluators]


def _score(transcript: Transcript, scenario: Scenario, evaluator: Evaluator) -> Score:
    names = [measure.name for measure in evaluator.measures]
    try:
        return _filed(transcript, evaluator, names, evaluator.score(transcript, scenario))
    except Exception as error:  # noqa: BLE001 - a plug-in's defect is its own missing value
        why = f"the evaluator failed: {type(error).__name__}: {error}"
        nothing = Found(dict.fromkeys(names), dict.fromkeys(names, why))
        return _filed(transcript, evaluator, names, nothing)


def _filed(
    transcript: Transcript, evaluator: Evaluator, names: Sequence[str], found: Found
) -> Score:
    """The score that is written down: JSON only, and a reason for every null."""
    values: dict[str, Value] = {}
    why_null: dict[str, str] = {}
    for name in names:
        value = found.values.get(name)
        if isinstance(value, float) and not math.isfinite(value):
            # JSON has no such number: it would be read back as a null without a reason.
            value, why_null[name] = None, f"the value was {value}"
        elif value is None:
            why_null[name] = found.why_null.get(name, "the evaluator gave no value")
        values[name] = value
    return Score(
        id=transcript.id,
        evaluator=evaluator.name,
        version=evaluator.version,
        values=values,
        why_null=why_null,
        detail=to_jsonable_python(found.detail),
    )


def void(evaluator: Evaluator, transcript: Transcript) -> Found | None:
    """All-null scores of a void dialogue; None for one that was played to an end."""
    if transcript.status == "done":
        return None
    names = [measure.name for measure in evaluator.measures]
    return Found(dict.fromkeys(names), dict.fromkeys(names, why_void(transcript)))


def why_void(transcript: Transcript) -> str:
    """The reason of every null of a void dialogue: ``void: ...`` or, for a failed endpoint,
    ``failed: ...``."""
    return f"{transcript.status}: {transcript.talks.outcome.reason or 'no result'}"


def by_name(name: str, known: Mapping[str, Evaluator]) -> Evaluator:
    """The evaluator of that name.

    Raises:
        UsageError: There is none; a close match is named.
    """
    if name in known:
        return known[name]
    raise UsageError(
        f"unknown evaluator {name!r}", fix=f"{suggest(name, known)}; or file.py:Object"
    )
