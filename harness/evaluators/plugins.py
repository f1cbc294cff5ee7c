"""Loads evaluators that are not built in: of installed packages, and objects that a user names.

:mod:`harness.plugins` does the loading; this module checks what was loaded. Installed evaluators
are trusted, because somebody installed them. Any other is executed only where the user names it on
the command line (see :mod:`harness.evaluators.choosing`).
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Container
from typing import Any, Final

from harness import plugins
from harness.errors import UsageError, told
from harness.evaluators.base import Evaluator, Measure, fooled_by_of, kind_of, record_of
from harness.evaluators.guard import Guarded
from harness.plugins import ExtensionPoint, Loaded, users_code
from harness.records.transcript import StageRecord
from harness.visible import writable

POINT: Final = ExtensionPoint(noun="evaluator", group="track15.evaluators", flag="--evaluator")

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NEEDS = (
    "it needs name, version, measures and score(self, case), where case.record is the transcript "
    "and case.scenario the scenario"
)


def installed(taken: Container[str]) -> dict[str, Evaluator]:
    """Evaluators of installed packages, by name; ``taken`` names are not theirs to use.

    Raises:
        UsageError: One cannot be loaded, is unsound, or takes a name that is in use.
    """
    found: dict[str, Evaluator] = {}
    for entry in plugins.installed(POINT):
        evaluator = _made(plugins.load_installed(entry, POINT), entry.value)
        if evaluator.name in taken or evaluator.name in found:
            raise UsageError(
                f"an installed evaluator takes the name {evaluator.name!r}, which is in use",
                where=entry.value,
                fix="rename it",
            )
        found[evaluator.name] = evaluator
    return found


def from_file(name: str, taken: Container[str] = ()) -> Evaluator:
    """The evaluator ``Object`` (an instance, or a class made without arguments) of
    ``path/to/file.py:Object`` or ``module:Object``. This runs the user's code.

    Args:
        name: As above.
        taken: Names that are not its to use.

    Raises:
        UsageError: There is no such file or object, it cannot be loaded, it is unsound, or takes a
            name that is in use.
    """
    where = f"{POINT.flag} {name}"
    evaluator = _made(plugins.load(name, POINT), where)
    if evaluator.name in taken:
        raise UsageError(
            f"an evaluator of a file takes the name {evaluator.name!r}, which is in use",
            where=where,
            fix="rename it: its scores would be filed as those of the other",
        )
    return evaluator


def _made(loaded: Loaded, where: str) -> Evaluator:
    """The object, or an instance of it where it is a class, once it is known to be sound; behind
    the boundary."""
    value = loaded.value
    if isinstance(value, Guarded):
        return value
    try:
        with users_code():
            made: Any = value() if isinstance(value, type) else value
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever the user's class raises
        fix = None
        if isinstance(error, TypeError) and isinstance(value, type):
            fix = "a class is made without arguments: give them defaults, or name an object of it"
        raise UsageError(
            f"the evaluator cannot be made: {told(error, file=loaded.file)}", where=where, fix=fix
        ) from None
    try:
        with users_code():
            lacks = not isinstance(made, Evaluator)
            problem = "an attribute is missing" if lacks else _problem(made)
            if problem is None:
                measures = tuple(made.measures)
                kind, record = kind_of(made), record_of(made)
                fooled = fooled_by_of(made)
                return Guarded(made, made.name, made.version, measures, where, kind, record, fooled)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - a property of the user's may raise
        problem = told(error, file=loaded.file)
    raise UsageError(f"not an evaluator: {problem}", where=where, fix=_NEEDS)


def _problem(made: Any) -> str | None:
    """What keeps an object from being an evaluator."""
    if not _is_name(made.name):
        return f"its name {made.name!a} is not lower-case letters, digits and underscores"
    if isinstance(made.version, bool) or not isinstance(made.version, int):
        return f"its version {made.version!a} is not a whole number"
    if not isinstance(made.measures, (tuple, list)) or not all(
        isinstance(measure, Measure) for measure in made.measures
    ):
        return "its measures are not of harness.evaluators.base.Measure"
    if not callable(made.score):
        return "its score is not a function"
    if (problem := _signature_problem(made.score)) is not None:
        return problem
    if not _is_name(kind_of(made)):
        return f"its kind {kind_of(made)!a} is not lower-case letters, digits and underscores"
    if not (isinstance(record_of(made), type) and issubclass(record_of(made), StageRecord)):
        return "its record is no class of records"
    said = getattr(made, "fooled_by", ())
    if not isinstance(said, (tuple, list)) or not all(
        isinstance(text, str) and writable(text) == text for text in said
    ):
        return f"its fooled_by {said!a} is no tuple of sentences"
    names = [measure.name for measure in made.measures]
    for name in names:
        if not _is_name(name):
            return f"its measure {name!a} is not lower-case letters, digits and underscores"
        if names.count(name) > 1:
            return f"two of its measures are called {name!a}"
    for measure in made.measures:
        for said in (measure.title, measure.definition, measure.range, measure.undefined):
            if not isinstance(said, str) or writable(said) != said:
                return f"a text of its measure {measure.name!r} is no text: {said!a}"
    return None


def _signature_problem(score: Callable[..., object]) -> str | None:
    """That ``score`` does not take one case, as evaluators of earlier versions, which were given a
    transcript and its scenario."""
    try:
        signature = inspect.signature(score)
    except ValueError:  # some functions that are not written in Python have none
        return None
    try:
        signature.bind(None)
    except TypeError:
        names = ", ".join(signature.parameters)
        return f"its score({names}) is given one thing, a case"
    return None


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None
