"""The boundary to kinds of stages that users bring along: what their code raises is said to be it.

A kind never raises for what a model or an endpoint does. Whatever it raises is a mistake in it, and
would be met again by every further stage: so it ends the run, as one error with file and line.
"""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any, Final

from harness.errors import Track15Error
from harness.models.usercode import is_its_own, shown
from harness.stages.base import Kind

FIX: Final = "correct it, and type the same command again: finished dialogues are kept"
_OURS: Final = __name__.partition(".")[0]


def is_own(kind: Kind[Any]) -> bool:
    """Whether a user has brought the kind along."""
    return type(kind).__module__.partition(".")[0] != _OURS


class OwnCode:
    """A context in which code of a kind is called. A kind of this package is let alone: what it
    raises is a mistake of ours.

    Args:
        kind: Whose code it is.
        doing: What it is called for, as in ``plays stage 0f3a``.

    Raises:
        Track15Error: Whatever it raised, but for errors that are in our words already, Ctrl-C and
            the cancellation of this task.
    """

    __slots__ = ("_doing", "_kind")

    def __init__(self, kind: Kind[Any], doing: str) -> None:
        self._kind = kind
        self._doing = doing

    def __enter__(self) -> None:
        """Nothing is opened."""

    def __exit__(
        self,
        _: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None or isinstance(error, Track15Error):
            return
        if not is_own(self._kind) or not is_its_own(error):
            return
        file = _passed(trace, self._kind)
        # What a kind gives back is looked at by us: there is no line of its own then.
        whose = "in its own code" if file else "over what its own code gave"
        raise Track15Error(
            f"the kind of stage {self._kind.name!r} failed {whose}: {shown(error, file=file)}",
            where=self._doing,
            fix=FIX,
        ) from error


def _passed(trace: TracebackType | None, kind: Kind[Any]) -> str | None:
    """The last file, of those that define a kind, through which an exception came."""
    modules = {base.__module__ for base in type(kind).__mro__}
    own = {
        getattr(sys.modules.get(name), "__file__", None)
        for name in modules
        if name.partition(".")[0] not in (_OURS, "typing")
    }
    last = None
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        last = file if file in own else last
        trace = trace.tb_next
    return last
