"""Evaluators from outside: entry points of installed packages, and objects in a user's file."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Container
from pathlib import Path

from harness.errors import UsageError
from harness.evaluators.base import Evaluator, Measure

GROUP = "track15.evaluators"
"""Entry point group of installed evaluators."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def installed(taken: Container[str]) -> dict[str, Evaluator]:
    """Evaluators of installed packages, by name; ``taken`` names are not theirs to use.

    Raises:
        UsageError: One cannot be loaded, is unsound, or takes a name that is in use.
    """
    from importlib.metadata import entry_points

    found: dict[str, Evaluator] = {}
    for point in entry_points(group=GROUP):
        try:
            value = point.load()
        except Exception as error:  # noqa: BLE001 - whatever the package raises on import
            raise UsageError(
                f"the installed evaluator {point.name!r} cannot be loaded: "
                f"{type(error).__name__}: {error}",
                where=point.value,
                fix="fix or uninstall its package",
            ) from None
        evaluator = _made(value, point.value)
        if evaluator.name in taken or evaluator.name in found:
            raise UsageError(
                f"an installed evaluator takes the name {evaluator.name!r}, which is in use",
                where=point.value,
                fix="rename it",
            )
        found[evaluator.name] = evaluator
    return found


def from_file(name: str) -> Evaluator:
    """The evaluator ``Object`` (an instance, or a class made without arguments) of
    ``path/to/file.py:Object``.

    Raises:
        UsageError: There is no such file or object, it cannot be loaded, or it is unsound.
    """
    path_text, _, attribute = name.rpartition(":")
    path = Path(path_text)
    if not path.is_file():
        raise UsageError("no such file", where=path_text, fix="write it as path/to/file.py:Object")
    spec = importlib.util.spec_from_file_location(f"track15_evaluator_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise UsageError("not a Python file", where=path_text, fix="its name must end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up there
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # noqa: BLE001 - whatever the user's file raises
        del sys.modules[spec.name]
        raise UsageError(
            f"the file cannot be loaded: {type(error).__name__}: {error}", where=path_text
        ) from None
    if not hasattr(module, attribute):
        raise UsageError(f"the file has no {attribute!r}", where=path_text)
    return _made(getattr(module, attribute), name)


def _made(value: object, where: str) -> Evaluator:
    """``value``, or an instance of it where it is a class, once it is known to be sound."""
    try:
        made = value() if isinstance(value, type) else value
        problem = _problem(made)
    except Exception as error:  # noqa: BLE001 - whatever the user's class raises
        raise UsageError(
            f"the evaluator cannot be made: {type(error).__name__}: {error}", where=where
        ) from None
    if problem is not None or not isinstance(made, Evaluator):
        raise UsageError(
            f"not an evaluator: {problem}",
            where=where,
            fix="it needs name, version, measures and score(transcript, scenario)",
        )
    return made


def _problem(made: object) -> str | None:
    """What keeps an object from being an evaluator."""
    if not isinstance(made, Evaluator):
        return "an attribute is missing"
    if not _is_name(made.name):
        return f"its name {made.name!r} is not lower-case letters, digits and underscores"
    if not all(isinstance(measure, Measure) for measure in made.measures):
        return "its measures are not of harness.evaluators.base.Measure"
    names = [measure.name for measure in made.measures]
    wrong = [name for name in names if not _is_name(name) or names.count(name) > 1]
    return f"the name of its measure {wrong[0]!r} is unsound or used twice" if wrong else None


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None
