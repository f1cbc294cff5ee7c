"""Loads a user's own delegations: ``--delegation ROLE=TARGET``.

A target is ``module:object``, ``path/to/file.py:object``, or the name of an installed one (entry
point group ``track15.delegations``); how it is loaded is said in :mod:`harness.plugins`. The object
is a LangChain runnable or a function of messages, which is asked as a model would be
(:mod:`harness.models.providers.agents.runnable`). Or it is a class or function that makes one of
these, or a delegation (:mod:`harness.delegations.custom`), for each dialogue.
"""

from __future__ import annotations

import importlib.util
import inspect
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from harness import plugins
from harness.delegations.custom import lacks, try_factory
from harness.delegations.environment import noticed
from harness.errors import LoadError, MissingExtraError, Track15Error, UsageError
from harness.models import isolation, tracing
from harness.models.usercode import shown
from harness.plugins import ExtensionPoint, Loaded

FLAG: Final = "--delegation"
# "scripted" is no model at all, wherever the name of a model stands.
POINT: Final = ExtensionPoint(
    noun="delegation", group="track15.delegations", flag=FLAG, reserved=("scripted",)
)
ROLES: Final = ("official", "unofficial")
"""Roles that sit at a table."""

_EXTRA = ("langchain", "langchain_core", "langchain_openai", "langgraph")
"""Packages that the extra ``langchain`` brings."""


@dataclass(frozen=True)
class UserDelegation:
    """What plays a role in place of a model.

    Attributes:
        name: As it stands in the record: the target, without the folder of a file.
        kind: ``runnable``, or ``custom`` for one that is made anew for each dialogue.
        source: Identifies this version of the code, as in
            :class:`harness.plugins.Loaded`.
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
        found = _found(target)
        value, kind = _seated(found, where)
    # A file is loaded once a process, and what it read then still holds.
    environ = {**_READ.get(found.module, {}), **read}
    _READ[found.module] = environ
    return UserDelegation(
        name=found.name,
        kind=kind,
        source=found.source,
        target=target,
        value=value,
        file=found.file,
        environ=dict(sorted(environ.items())),
        module=found.module,
    )


def _seated(found: Loaded, where: str) -> tuple[Any, Literal["runnable", "custom"]]:
    """What sits down, and how it is asked."""
    from harness.models.providers.agents.inputs import is_text_agent, unfilled

    if is_runnable(found.value) or is_text_agent(found.value):
        if not is_runnable(found.value) and (lacking := unfilled(found.value)):
            raise UsageError(
                f"it is a function that needs arguments it is not given: {lacking}",
                where=where,
                fix="write it as agent(messages) or agent(messages, schema); give other arguments "
                "a default",
            )
        return found.value, "runnable"
    made = try_factory(found.value, where=where, file=found.file)
    if not lacks(made):
        return found.value, "custom"
    if is_runnable(made) or is_text_agent(made):
        from harness.models.providers.agents.seated import Factory

        return Factory(found.value), "runnable"
    if inspect.iscoroutine(made):
        made.close()
    raise UsageError(
        f"it makes an object of type {type(made).__name__}, which has no method "
        f"{lacks(made)[0]!r} as a delegation has, is no LangChain runnable, and is no function of "
        "messages",
        where=where,
        fix="docs/delegations.md shows what can take a seat, and adapters for other frameworks",
    )


def is_runnable(value: object) -> bool:
    """Whether ``value`` is a LangChain runnable. Where LangChain's module of them has not been
    imported, nothing can be one."""
    module = sys.modules.get("langchain_core.runnables.base")
    base = getattr(module, "Runnable", None)
    return base is not None and isinstance(value, base)


def _found(target: str) -> Loaded:
    """The object, loaded alike wherever this is called: no event loop runs around it, and no
    tracer that the environment names is on."""
    tracing.switch_off()
    try:
        return isolation.aside(lambda: plugins.load(target, POINT))
    except LoadError as failure:
        raise _cannot_load(failure) from None
    finally:
        tracing.switch_off()


def _cannot_load(failure: LoadError) -> Track15Error:
    """What to say of an exception on import: no key, and which extra brings what is missing."""
    error = failure.error
    if isinstance(error, ImportError) and error.name:
        package = error.name.partition(".")[0]
        if package in _EXTRA and not _there(package):
            return MissingExtraError(package.replace("_", "-"), "langchain")
    return failure.saying(shown(error, file=failure.file))


def _there(package: str) -> bool:
    """Whether a package is installed."""
    return importlib.util.find_spec(package) is not None
