"""Describes exceptions of a user's own code in words that may be shown and recorded.

A traceback names folders of the machine, and a message may repeat a key or a prompt. Neither
belongs in a record. What helps is the kind of the error, the file and line it was raised at, and
its message where that gives nothing away.
"""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from harness.errors import Account, ModelError, told
from harness.models.credentials import showable

FIX: Final = (
    "correct it, and type the same command again. A changed file is another delegation, whose "
    "dialogues are all played again; TRACK15_VERSION in the file keeps those that are finished "
    "(docs/delegations.md)"
)
BLAME: Final[Account] = "delegation"
"""The account of a failure of the user's own code."""
_SECRET_NAMES: Final = ("KEY", "TOKEN", "SECRET", "PASSWORD", "CREDENTIAL")
_SHORTEST_SECRET: Final = 8
"""A shorter value is no key, and would blot out words that only happen to hold it."""


def secrets(environ: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Values of the environment's variables whose names say that they are keys."""
    found = os.environ if environ is None else environ
    return tuple(
        value
        for name, value in found.items()
        if len(value) >= _SHORTEST_SECRET and is_secret_name(name)
    )


def is_secret_name(name: str) -> bool:
    """Whether a variable's name says that it holds a key."""
    return any(part in name.upper() for part in _SECRET_NAMES)


def shown(error: BaseException, *, file: str | None = None, prompt: Iterable[str] = ()) -> str:
    """An exception in one line: ``ValueError at agent.py:12: no such option``.

    The message is left out where it repeats a key of the environment or a stretch of ``prompt``.
    """
    return told(
        error, file=file, said=lambda message: showable(message, keys=secrets(), prompt=prompt)
    )


def is_its_own(error: BaseException) -> bool:
    """Whether an exception is a failure of the user's code, rather than the end of the run.

    Ctrl-C and the cancellation of this task are not. A cancellation that nobody asked for is: taken
    for ours, it would end a worker without a word. So is ``sys.exit`` in the middle of a run.
    """
    if isinstance(error, asyncio.CancelledError):
        task = asyncio.current_task()
        return task is not None and not task.cancelling()
    return isinstance(error, Exception | SystemExit)


def taken(function: Callable[..., Any], offered: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of ``offered`` that ``function`` takes by name. All of them, if it takes
    ``**kwargs`` or its signature is not known."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # a class of C code does not say
        return dict(offered)
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return dict(offered)
    names = {p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
    return {name: value for name, value in offered.items() if name in names}


def booked(failure: ModelError, account: Account = BLAME) -> ModelError:
    """``failure`` with its ``account`` set: the user's code, an endpoint, or a prompt."""
    failure.account = account
    return failure


def too_long(what: str, seconds: float, blocked: str) -> tuple[str, str]:
    """The message about a call that took longer than it may, and the fix.

    Args:
        blocked: The line that blocked the event loop, if one did.
    """
    said = f"{what} gave no answer in {seconds:g} s"
    if not blocked:
        return said, "raise --timeout"
    return (
        f"{said}: {blocked} blocks the event loop of all delegations",
        "wait with await there, or make it a plain function: those have threads of their own",
    )
