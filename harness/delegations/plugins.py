"""Delegations that a user brings along: ``--delegation ROLE=TARGET``.

A target is ``module:object``, ``path/to/file.py:object``, or the name of an installed one (entry
point group ``track15.delegations``). The object is a LangChain runnable or a function of messages,
which is asked as a model would be (:mod:`harness.models.runnable`); or a class or function that
makes one of these, or a delegation (:mod:`harness.delegations.custom`), for each dialogue.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from harness.delegations.environment import noticed
from harness.errors import MissingExtraError, Track15Error, UsageError
from harness.models import apart, tracing
from harness.models.usercode import shown

T = TypeVar("T")

GROUP: Final = "track15.delegations"
"""Entry point group of installed delegations."""
FLAG: Final = "--delegation"
VERSION: Final = "TRACK15_VERSION"
"""What a module may state, so that a changed file counts as the same delegation."""
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
        source: SHA-256 of the file that the object was loaded from, or ``version`` and what its
            module states as :data:`VERSION`; None where it has neither.
        target: As given.
        value: The runnable, or what makes the delegations.
        file: Path of that file on this machine, for error messages; never recorded.
        environ: Variable -> value of what the code read from the environment while it was loaded.
        module: Name of the module it is in.
    """

    name: str
    kind: Literal["runnable", "custom"]
    source: str | None
    target: str
    value: Any = field(repr=False, compare=False)
    file: str | None = field(repr=False, compare=False)
    environ: Mapping[str, str] = field(default_factory=dict, compare=False)
    module: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True)
class _Found:
    name: str
    value: Any
    file: str | None
    module: str


_READ: Final[dict[str, dict[str, str]]] = {}
"""Module -> what it has read from the environment."""


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
            neither a runnable, nor a function of messages, nor makes any of them or delegations.
    """
    where = f"{FLAG} {target}"
    with noticed() as read:
        found = _find(target)
        value, kind = _seated(found, where)
    # A file is loaded once a process, and what it read then still holds.
    environ = {**_READ.get(found.module, {}), **read}
    _READ[found.module] = environ
    return UserDelegation(
        name=found.name,
        kind=kind,
        source=_source(found),
        target=target,
        value=value,
        file=found.file,
        environ=dict(sorted(environ.items())),
        module=found.module.partition(":")[0],
    )


def _seated(found: _Found, where: str) -> tuple[Any, Literal["runnable", "custom"]]:
    """What sits down, and how it is asked."""
    from harness.models.agentinput import is_text_agent, unfilled

    if is_runnable(found.value) or is_text_agent(found.value):
        if not is_runnable(found.value) and (lacking := unfilled(found.value)):
            raise UsageError(
                f"it is a function with other arguments than it is given: {lacking}",
                where=where,
                fix="write it as agent(messages) or agent(messages, schema); give other arguments "
                "a default",
            )
        return found.value, "runnable"
    from harness.delegations.custom import lacks, try_factory

    made = try_factory(found.value, where=where, file=found.file)
    if not lacks(made):
        return found.value, "custom"
    if is_runnable(made) or is_text_agent(made):
        from harness.models.seated import Factory

        return Factory(found.value), "runnable"
    if inspect.iscoroutine(made):
        made.close()
    raise UsageError(
        f"it makes an object of type {type(made).__name__}, which has no method "
        f"{lacks(made)[0]!r} as a delegation has, is no LangChain runnable, and is no function of "
        "messages",
        where=where,
        fix="docs/delegations.md shows what can sit down, and adapters for other frameworks",
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
        value = _attribute(module, attribute, where)
        return _Found(f"{path.name}:{attribute}", value, str(path), module.__name__)
    module = _imported(place, where)
    file = getattr(module, "__file__", None)
    return _Found(target, _attribute(module, attribute, where), file, place)


def _from_file(path: Path, where: str) -> Any:
    if not path.is_file():
        raise UsageError(
            "no such file",
            where=where,
            fix="check the path, which starts from the folder you are in; or name a module: "
            "module:object",
        )
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
    loader = spec.loader
    try:
        _loaded(lambda: loader.exec_module(module))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the user's code raises
        del sys.modules[name]
        raise _cannot_load(error, where, str(path)) from None
    return module


def _imported(name: str, where: str) -> Any:
    _reach(Path.cwd())
    try:
        return _loaded(lambda: importlib.import_module(name))
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
        value = _loaded(points[0].load)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the user's code raises
        raise _cannot_load(error, where, None) from None
    module = sys.modules.get(points[0].value.partition(":")[0])
    return _Found(name, value, getattr(module, "__file__", None), points[0].value)


def _loaded(load: Callable[[], T]) -> T:
    """What ``load`` gives, alike wherever it is called: no event loop runs around it, what it
    prints goes to stderr, and no tracer that the environment names is on."""
    tracing.switch_off()
    try:
        return apart.aside(load)
    finally:
        tracing.switch_off()


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


def _source(found: _Found) -> str | None:
    """What tells this state of the code from others: the version that its module states, else the
    digest of its file."""
    stated = getattr(sys.modules.get(found.module.partition(":")[0]), VERSION, None)
    if isinstance(stated, str | int) and 0 < len(str(stated)) <= 64:
        return f"version {stated}"
    return _digest(found.file)


def _digest(file: str | None) -> str | None:
    if file is None or not file.endswith(".py"):
        return None
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()
