"""Delegations that a user brings along: ``--delegation ROLE=TARGET``.

A target is ``module:object``, ``path/to/file.py:object``, or the name of an installed one (entry
point group ``track15.delegations``). The object is a LangChain runnable, which is asked as a model
would be (:mod:`harness.models.runnable`), or a class or function that makes a delegation of its
own for each dialogue (:mod:`harness.delegations.custom`).
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from harness.errors import MissingExtraError, Track15Error, UsageError
from harness.models.usercode import shown

GROUP: Final = "track15.delegations"
"""Entry point group of installed delegations."""
FLAG: Final = "--delegation"
ROLES: Final = ("official", "unofficial")
"""Roles that sit at a table."""

_EXTRA = ("langchain", "langchain_core", "langchain_openai", "langgraph")
"""Packages that the extra ``langchain`` brings."""
_FORM = "write it as module:object or path/to/file.py:object"


@dataclass(frozen=True)
class UserDelegation:
    """What plays a role in place of a model.

    Attributes:
        name: As it stands in the record: the target, without the folder of a file.
        kind: ``runnable``, or ``custom`` for one that is made anew for each dialogue.
        source: SHA-256 of the file that the object was loaded from; None where it has none.
        target: As given.
        value: The runnable, or what makes the delegations.
        file: Path of that file on this machine, for error messages; never recorded.
    """

    name: str
    kind: Literal["runnable", "custom"]
    source: str | None
    target: str
    value: Any = field(repr=False, compare=False)
    file: str | None = field(repr=False, compare=False)


@dataclass(frozen=True)
class _Found:
    name: str
    value: Any
    file: str | None


def parse_targets(texts: Iterable[str]) -> dict[str, str]:
    """Role -> target of repeated ``ROLE=TARGET``.

    Raises:
        UsageError: One has no known role or no target, or a role is given twice.
    """
    targets: dict[str, str] = {}
    for text in texts:
        role, equals, target = (part.strip() for part in text.partition("="))
        if not equals or role not in ROLES or not target:
            raise UsageError(
                f"{text!r} is not ROLE=TARGET with the role {' or '.join(ROLES)}",
                where=FLAG,
                fix=f"for example {FLAG} unofficial=my_agent.py:agent",
            )
        if role in targets:
            raise UsageError(f"{role} given twice", where=FLAG)
        targets[role] = target
    return targets


def load(target: str) -> UserDelegation:
    """The delegation that ``target`` names. This runs the user's code.

    Raises:
        MissingExtraError: It needs LangChain or LangGraph, which is not installed.
        UsageError: There is no such file, module, object or name; it cannot be loaded; or it is
            neither a runnable nor makes delegations.
    """
    found = _find(target)
    where = f"{FLAG} {target}"
    if is_runnable(found.value):
        from harness.models.runnable import input_fields

        try:
            input_fields(found.value)
        except UsageError as error:
            raise UsageError(error.what, where=where, fix=error.fix) from None
        kind: Literal["runnable", "custom"] = "runnable"
    else:
        from harness.delegations.custom import try_factory

        try_factory(found.value, where=where, file=found.file)
        kind = "custom"
    return UserDelegation(
        name=found.name,
        kind=kind,
        source=_digest(found.file),
        target=target,
        value=found.value,
        file=found.file,
    )


def is_runnable(value: object) -> bool:
    """Whether ``value`` is a LangChain runnable. Where LangChain's module of them has not been
    imported, nothing can be one."""
    module = sys.modules.get("langchain_core.runnables.base")
    base = getattr(module, "Runnable", None)
    return base is not None and isinstance(value, base)


def _find(target: str) -> _Found:
    place, colon, attribute = target.rpartition(":")
    if not colon:
        return _installed(target)
    where = f"{FLAG} {target}"
    if not place or not attribute:
        raise UsageError("a part is missing", where=where, fix=_FORM)
    if place.endswith(".py") or "/" in place or "\\" in place:
        path = Path(place)
        module = _from_file(path, where)
        return _Found(f"{path.name}:{attribute}", _attribute(module, attribute, where), str(path))
    module = _imported(place, where)
    return _Found(target, _attribute(module, attribute, where), getattr(module, "__file__", None))


def _from_file(path: Path, where: str) -> Any:
    if not path.is_file():
        raise UsageError("no such file", where=where, fix=_FORM)
    if path.suffix != ".py":
        raise UsageError("not a Python file", where=where, fix="its name must end in .py")
    digest = _digest(str(path)) or ""
    # Another file of the same name, or another state of this one, is another module.
    name = f"track15_delegation_{path.stem}_{digest[:12]}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up there
    _reach(path.resolve().parent)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the user's code raises
        del sys.modules[name]
        raise _cannot_load(error, where, str(path)) from None
    return module


def _imported(name: str, where: str) -> Any:
    _reach(Path.cwd())
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if missing and (name == missing or name.startswith(f"{missing}.")):
            raise UsageError(
                f"there is no module {missing!r}",
                where=where,
                fix=f"type the command in the folder of {missing}.py, or install its package, or "
                "name a file: path/to/file.py:object",
            ) from None
        raise _cannot_load(error, where, None) from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the user's code raises
        raise _cannot_load(error, where, None) from None


def _installed(name: str) -> _Found:
    from importlib.metadata import entry_points

    where = f"{FLAG} {name}"
    # "scripted" is no model at all, wherever the name of a model stands.
    found = [point for point in entry_points(group=GROUP) if point.name != "scripted"]
    points = [point for point in found if point.name == name]
    if not points:
        known = sorted({point.name for point in found})
        raise UsageError(
            f"no installed delegation is called {name!r}",
            where=where,
            fix=f"installed: {', '.join(known)}" if known else _FORM,
        )
    if len(points) > 1:
        raise UsageError(
            f"{len(points)} installed packages have a delegation {name!r}",
            where=where,
            fix=f"name one: {' or '.join(point.value for point in points)}",
        )
    try:
        value = points[0].load()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the user's code raises
        raise _cannot_load(error, where, None) from None
    module = sys.modules.get(points[0].value.partition(":")[0])
    return _Found(name, value, getattr(module, "__file__", None))


def _attribute(module: Any, path: str, where: str) -> Any:
    value = module
    for name in path.split("."):
        try:
            value = getattr(value, name)
        except AttributeError:
            raise UsageError(f"it has no {name!r}", where=where, fix=_like(value, name)) from None
    return value


def _like(value: object, name: str) -> str | None:
    import difflib

    close = difflib.get_close_matches(name, dir(value), n=1)
    return f"did you mean {close[0]!r}?" if close else None


def _cannot_load(error: BaseException, where: str, file: str | None) -> Track15Error:
    """What to say of an exception on import; the name of a missing package is in its message."""
    if isinstance(error, ImportError) and error.name:
        package = error.name.partition(".")[0]
        if package in _EXTRA and not _there(package):
            return MissingExtraError(package.replace("_", "-"), "langchain")
    return UsageError(f"it cannot be loaded: {shown(error, file=file)}", where=where)


def _there(package: str) -> bool:
    """Whether a package is installed."""
    return importlib.util.find_spec(package) is not None


def _reach(folder: Path) -> None:
    """Let the user's code import what lies in ``folder``, after everything that is installed."""
    if str(folder) not in sys.path:
        sys.path.append(str(folder))


def _digest(file: str | None) -> str | None:
    if file is None or not file.endswith(".py"):
        return None
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()
