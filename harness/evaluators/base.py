"""The evaluator interface, the registry of evaluators, and the loop that is never broken by one.

An evaluator reads one transcript and its scenario and gives a value, or None with a reason, for
each of its measures. It never plays, and never reads anything but the record.
"""

from __future__ import annotations

import difflib
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from harness.errors import UsageError
from harness.records.transcript import Score, Transcript
from harness.scenario import Scenario

Value = float | bool | str | None
GROUP = "track15.evaluators"
"""Entry point group of installed evaluators."""


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
    """

    name: str
    title: str
    definition: str
    range: str
    undefined: str
    source: str


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
    from harness.evaluators.process import Process
    from harness.evaluators.red_lines import RedLines
    from harness.evaluators.settlement import Settlement

    return (Settlement(), Concessions(), RedLines(), Acceptability(), Process())


def registry(names: Sequence[str] | None = None) -> tuple[Evaluator, ...]:
    """Evaluators by name, or ``path/to/file.py:Object``; all built-in and installed ones for None.

    Raises:
        UsageError: A name is unknown, or names something that is no evaluator.
    """
    known: dict[str, Evaluator] = {e.name: e for e in builtin()}
    known.update(_installed(known))
    if not names:
        return tuple(known.values())
    return tuple(_from_file(name) if ":" in name else _by_name(name, known) for name in names)


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
        found = evaluator.score(transcript, scenario)
    except Exception as error:  # noqa: BLE001 - a plug-in's defect is its own missing value
        why = f"the evaluator failed: {type(error).__name__}: {error}"
        found = Found(dict.fromkeys(names), dict.fromkeys(names, why))
    values = {name: found.values.get(name) for name in names}
    why_null = {
        name: found.why_null.get(name, "the evaluator gave no value")
        for name, value in values.items()
        if value is None
    }
    return Score(
        id=transcript.id,
        evaluator=evaluator.name,
        version=evaluator.version,
        values=values,
        why_null=why_null,
        detail=found.detail,
    )


def void(evaluator: Evaluator, transcript: Transcript) -> Found | None:
    """All-null scores of a void dialogue; None for one that was played to an end."""
    if transcript.status == "done":
        return None
    reason = transcript.talks.outcome.reason or "no result"
    names = [measure.name for measure in evaluator.measures]
    return Found(dict.fromkeys(names), dict.fromkeys(names, f"{transcript.status}: {reason}"))


def _by_name(name: str, known: Mapping[str, Evaluator]) -> Evaluator:
    if name in known:
        return known[name]
    close = difflib.get_close_matches(name, known, n=1)
    mend = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}"
    raise UsageError(f"unknown evaluator {name!r}", mend=f"{mend}; or file.py:Object")


def _installed(known: Mapping[str, Evaluator]) -> dict[str, Evaluator]:
    from importlib.metadata import entry_points

    found: dict[str, Evaluator] = {}
    for point in entry_points(group=GROUP):
        if point.name in known:
            raise UsageError(
                f"the installed evaluator {point.name!r} has the name of a built-in one",
                where=str(point.value),
                mend="rename its entry point",
            )
        found[point.name] = _made(point.load(), point.value)
    return found


def _from_file(name: str) -> Evaluator:
    """The evaluator ``Object`` of ``path/to/file.py:Object``."""
    path_text, _, attribute = name.rpartition(":")
    path = Path(path_text)
    if not path.is_file():
        raise UsageError("no such file", where=path_text, mend="write it as path/to/file.py:Object")
    spec = importlib.util.spec_from_file_location(f"track15_evaluator_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise UsageError("not a Python file", where=path_text)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up there
    try:
        spec.loader.exec_module(module)
        value = getattr(module, attribute)
    except AttributeError:
        raise UsageError(f"the file has no {attribute!r}", where=path_text) from None
    except Exception as error:  # noqa: BLE001 - whatever the user's file raises
        raise UsageError(
            f"the file cannot be loaded: {type(error).__name__}: {error}", where=path_text
        ) from None
    return _made(value, name)


def _made(value: object, where: str) -> Evaluator:
    made = value() if isinstance(value, type) else value
    if not isinstance(made, Evaluator):
        raise UsageError(
            "not an evaluator",
            where=where,
            mend="it needs name, version, measures and score(transcript, scenario)",
        )
    return made
