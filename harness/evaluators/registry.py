"""All evaluators there are: the built-in ones, installed ones, and those of a user's file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.errors import UsageError, suggest
from harness.evaluators.acceptability import Acceptability
from harness.evaluators.base import Evaluator, Measure
from harness.evaluators.claimed import Claimed
from harness.evaluators.commitment import Commitments
from harness.evaluators.concessions import Concessions
from harness.evaluators.debrief import Debriefs
from harness.evaluators.judged import Judged
from harness.evaluators.later import Later
from harness.evaluators.leakage import Leakage
from harness.evaluators.misread import Misread
from harness.evaluators.overstatement import Overstatement
from harness.evaluators.plugins import from_file, installed
from harness.evaluators.prediction import Prediction
from harness.evaluators.probing import Probing
from harness.evaluators.process import Process
from harness.evaluators.publication import PublicationMeasures
from harness.evaluators.published import Published
from harness.evaluators.readers import Readers
from harness.evaluators.red_lines import RedLines
from harness.evaluators.reported import Reported
from harness.evaluators.settlement import Settlement
from harness.evaluators.words import Words


def builtin() -> tuple[Evaluator, ...]:
    """The evaluators that ship, in the order reports show them."""
    return (
        Settlement(),
        Concessions(),
        RedLines(),
        Overstatement(),
        Words(),
        Commitments(),
        Acceptability(),
        Prediction(),
        Process(),
        Reported(),
        Debriefs(),
        Leakage(),
        Probing(),
        PublicationMeasures(),
        Published(),
        Claimed(),
        Misread(),
        Readers(),
        Later(),
        Judged(),
    )


def known() -> dict[str, Evaluator]:
    """All built-in and installed evaluators, by name.

    Raises:
        UsageError: An installed one cannot be loaded, is unsound, or takes a name that is in use.
    """
    found: dict[str, Evaluator] = {evaluator.name: evaluator for evaluator in builtin()}
    found.update(installed(found))
    return found


def registry(names: Sequence[str] | None = None) -> tuple[Evaluator, ...]:
    """Evaluators by name, or ``path/to/file.py:Object``; all built-in and installed ones for None.
    A file that is named is executed: pass only what the user has named.

    Raises:
        UsageError: A name is unknown or given twice, or names something that is no evaluator.
    """
    found = known()
    if not names:
        return tuple(found.values())
    chosen = tuple(from_file(n, found) if ":" in n else by_name(n, found) for n in names)
    refuse_twice(chosen, names)
    return chosen


def by_name(name: str, known: Mapping[str, Evaluator]) -> Evaluator:
    """The evaluator of that name.

    Raises:
        UsageError: There is none; a close match is named.
    """
    if name in known:
        return known[name]
    fix = suggest(name, known, other="file.py:Object")
    raise UsageError(f"unknown evaluator {name!r}", fix=fix)


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
    some = registry() if evaluators is None else evaluators
    return {f"{e.name}.{m.name}": m for e in some for m in e.measures}
