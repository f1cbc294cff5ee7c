"""Evaluators from outside: entry points of installed packages, and objects in a user's file.

Installed ones are trusted: somebody installed them. A file is executed only where the user names it
on the command line (see :mod:`harness.evaluators.choosing`).
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import sys
from collections.abc import Container
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness.evaluators.base import Evaluator, Measure
from harness.evaluators.guard import Guarded, told, users_code, whole

GROUP = "track15.evaluators"
"""Entry point group of installed evaluators."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NEEDS = "it needs name, version, measures and score(transcript, scenario)"


def installed(taken: Container[str]) -> dict[str, Evaluator]:
    """Evaluators of installed packages, by name; ``taken`` names are not theirs to use.

    Raises:
        UsageError: One cannot be loaded, is unsound, or takes a name that is in use.
    """
    from importlib.metadata import entry_points

    found: dict[str, Evaluator] = {}
    for point in entry_points(group=GROUP):
        try:
            with users_code():
                value = point.load()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the package raises
            raise UsageError(
                f"the installed evaluator {point.name!r} cannot be loaded: {told(error)}",
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


def from_file(name: str, taken: Container[str] = ()) -> Evaluator:
    """The evaluator ``Object`` (an instance, or a class made without arguments) of
    ``path/to/file.py:Object``. This runs the user's code.

    Args:
        name: As above.
        taken: Names that are not its to use.

    Raises:
        UsageError: There is no such file or object, it cannot be loaded, it is unsound, or takes a
            name that is in use.
    """
    path_text, _, attribute = name.rpartition(":")
    module = _module(Path(path_text), path_text)
    if not hasattr(module, attribute):
        raise UsageError(f"the file has no {attribute!r}", where=path_text)
    evaluator = _made(getattr(module, attribute), name)
    if evaluator.name in taken:
        raise UsageError(
            f"an evaluator of a file takes the name {evaluator.name!r}, which is in use",
            where=name,
            fix="rename it: its scores would be filed as those of the other",
        )
    return evaluator


def _module(path: Path, shown: str) -> Any:
    if not path.is_file():
        raise UsageError("no such file", where=shown, fix="write it as path/to/file.py:Object")
    if path.suffix != ".py":
        raise UsageError("not a Python file", where=shown, fix="its name must end in .py")
    # Another file of the same name, or another state of this one, is another module.
    digest = hashlib.sha256(str(path.resolve()).encode(errors="replace") + path.read_bytes())
    name = f"track15_evaluator_{path.stem}_{digest.hexdigest()[:12]}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up there
    try:
        with users_code():
            spec.loader.exec_module(module)
    except BaseException as error:  # Ctrl-C too: a module that is half there must not stay
        del sys.modules[name]
        if not isinstance(error, (Exception, SystemExit)):
            raise
        raise UsageError(f"the file cannot be loaded: {told(error)}", where=shown) from None
    return module


def _made(value: object, where: str) -> Evaluator:
    """``value``, or an instance of it where it is a class, once it is known to be sound; behind the
    boundary."""
    if isinstance(value, Guarded):
        return value
    try:
        with users_code():
            made: Any = value() if isinstance(value, type) else value
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the user's class raises
        fix = None
        if isinstance(error, TypeError) and isinstance(value, type):
            fix = "a class is made without arguments: give them defaults, or name an object of it"
        raise UsageError(
            f"the evaluator cannot be made: {told(error)}", where=where, fix=fix
        ) from None
    try:
        with users_code():
            lacks = not isinstance(made, Evaluator)
            problem = "an attribute is missing" if lacks else _problem(made)
            if problem is None:
                return Guarded(made, made.name, made.version, tuple(made.measures), where)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a property of the user's may raise
        problem = told(error)
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
    names = [measure.name for measure in made.measures]
    for name in names:
        if not _is_name(name):
            return f"its measure {name!a} is not lower-case letters, digits and underscores"
        if names.count(name) > 1:
            return f"two of its measures are called {name!a}"
    for measure in made.measures:
        for said in (measure.title, measure.definition, measure.range, measure.undefined):
            if not isinstance(said, str) or whole(said) != said:
                return f"a text of its measure {measure.name!r} is no text: {said!a}"
    return None


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None
