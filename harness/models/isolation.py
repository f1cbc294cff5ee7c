"""Runs a user's own code in separate threads, so that it cannot hold up the run.

Coroutines run in one event loop, in a thread of its own. Each call of a plain function runs in a
further thread. The code may block its loop, swallow its cancellation or never end: the run's own
loop goes on, so time-outs and Ctrl-C still work. A call that does not end is abandoned. The process
does not wait for these threads when it ends.

What the code prints goes to stderr: stdout is for results.
"""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import io
import queue
import sys
import sysconfig
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import PurePath
from types import FrameType
from typing import Any, Final, TypeVar

T = TypeVar("T")

LIBRARIES: Final = (
    *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
    str(PurePath(__file__).parents[1]),
    "<",
)
"""Folders that hold no code of the user's."""
GRACE: Final = 1.0
"""Seconds in which a loop that is not blocked answers."""


class TooLongError(Exception):
    """A call took longer than it may, and was abandoned.

    Attributes:
        blocked: ``name.py:LINE`` of what kept the event loop busy; empty where nothing did.
    """

    def __init__(self, blocked: str) -> None:
        super().__init__(blocked)
        self.blocked = blocked


class _Threads(ThreadPoolExecutor):
    """As many threads as are needed; a call never waits for another. Nobody waits for them."""

    def __init__(self) -> None:
        super().__init__(max_workers=1)
        self._jobs: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = queue.SimpleQueue()
        self._free = 0
        self._changing = threading.Lock()

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """See :class:`concurrent.futures.Executor`."""
        future: Future[T] = Future()
        with self._changing:
            self._jobs.put((future, partial(fn, *args, **kwargs)))
            if self._free:
                self._free -= 1
            else:
                threading.Thread(target=self._serve, name="track15-call", daemon=True).start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Nothing: the threads end with the process."""

    def _serve(self) -> None:
        while True:
            future, job = self._jobs.get()
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(job())
                except BaseException as error:  # noqa: BLE001 - it is the caller's to judge
                    future.set_exception(error)
            del future, job
            with self._changing:
                self._free += 1


class _Loop:
    """The thread and its event loop."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.loop.set_default_executor(_Threads())
        self.thread = threading.Thread(target=self._serve, name="track15-agents", daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        asyncio.set_event_loop(self.loop)
        while True:
            try:
                self.loop.run_forever()
            except (SystemExit, KeyboardInterrupt):
                # Raised in a task of the user's: it has reached whoever waits for that task.
                continue
            return

    def place(self) -> str:
        """``name.py:LINE`` of the user's that the loop is at now; empty where it is at none."""
        frame: FrameType | None = sys._current_frames().get(self.thread.ident or 0)
        while frame is not None:  # from the inside out
            path = frame.f_code.co_filename
            if not path.startswith(LIBRARIES):
                return f"{PurePath(path).name}:{frame.f_lineno}"
            frame = frame.f_back
        return ""


class _Work:
    """One call, from the run's loop to the other and back."""

    def __init__(self, place: _Loop, job: Callable[[], Any]) -> None:
        self.done: Future[Any] = Future()
        self._place = place
        self._job = job
        self._task: asyncio.Task[None] | None = None
        self._unwanted = False
        _UNDER_WAY.add(self)
        place.loop.call_soon_threadsafe(self._begin, context=contextvars.copy_context())

    def leave(self) -> None:
        """Cancel it, and care no more for what becomes of it."""
        self._unwanted = True
        self._place.loop.call_soon_threadsafe(self._cancel)

    def _begin(self) -> None:
        if self._unwanted:
            _UNDER_WAY.discard(self)
            return
        self._task = asyncio.get_running_loop().create_task(self._do())

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _do(self) -> None:
        try:
            given = self._job()
            if inspect.isawaitable(given):
                given = await given
        except BaseException as error:  # noqa: BLE001 - it is the caller's to judge
            self._end(None, error)
        else:
            self._end(given, None)

    def _end(self, given: Any, error: BaseException | None) -> None:
        _UNDER_WAY.discard(self)
        if self._unwanted or not self.done.set_running_or_notify_cancel():
            return
        if error is None:
            self.done.set_result(given)
        else:
            self.done.set_exception(error)


_UNDER_WAY: Final[set[_Work]] = set()
_current: _Loop | None = None


async def call(job: Callable[[], Any], *, seconds: float) -> Any:
    """Call ``job`` in the user code's loop, await its result there if need be, and return it.

    Args:
        seconds: It may take.

    Raises:
        TooLongError: It took longer.
        BaseException: Whatever it raised.
    """
    place = _place()
    work = _Work(place, job)
    waiting = asyncio.wrap_future(work.done)
    try:
        done, _ = await asyncio.wait({waiting}, timeout=seconds)
    except BaseException:
        _leave(work, waiting)
        raise
    if not done:
        _leave(work, waiting)
        raise TooLongError(await _blocked(place))
    return waiting.result()


def _leave(work: _Work, waiting: asyncio.Future[Any]) -> None:
    """Care no more for a call. What it raised in this very moment is taken from it all the same:
    else asyncio would print it, with whatever private words the user's code put into it."""
    work.leave()
    if not waiting.cancel() and not waiting.cancelled():
        waiting.exception()


async def in_thread(function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Any:
    """Call a plain function in a thread of its own; if its result is awaitable, await it here.

    To be called in the loop of :func:`call`.
    """
    loop = asyncio.get_running_loop()
    context = contextvars.copy_context()
    given = await loop.run_in_executor(None, lambda: context.run(_kept, function, arguments, named))
    value, error = given
    if error is not None:
        raise error
    return await value if inspect.isawaitable(value) else value


async def asked(function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Any:
    """Call a function in a thread, or a coroutine function in this loop, and return its result."""
    if inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, "__call__", None)  # noqa: B004 - an object with an async __call__
    ):
        return await function(*arguments, **named)
    return await in_thread(function, *arguments, **named)


def aside(function: Callable[[], T]) -> T:
    """Call ``function`` in a thread without an event loop, and wait for its result.

    So code behaves alike wherever it is loaded.

    Raises:
        BaseException: Whatever it raised.
    """
    _divide_stdout()
    done: Future[T] = Future()

    def work() -> None:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)  # some libraries ask for one when they are imported
        try:
            done.set_result(function())
        except BaseException as error:  # noqa: BLE001 - it is the caller's to judge
            done.set_exception(error)
        finally:
            loop.close()

    threading.Thread(target=work, name="track15-load", daemon=True).start()
    return done.result()


async def beat() -> None:
    """Return when the user code's loop has responded."""
    answered: Future[None] = Future()
    _place().loop.call_soon_threadsafe(_answer, answered)
    await asyncio.wrap_future(answered)


def left_behind() -> bool:
    """Whether an abandoned call still runs. A process that is to end must not wait for it."""
    return bool(_UNDER_WAY)


def place_of_block() -> str:
    """``name.py:LINE`` of the user's that the loop is at now; empty where it is at none."""
    return "" if _current is None else _current.place()


def _place() -> _Loop:
    global _current
    _divide_stdout()
    if _current is None:
        _current = _Loop()
    return _current


async def _blocked(place: _Loop) -> str:
    """What blocks the loop, if it is blocked: then the next call gets another loop."""
    global _current
    before = place.place()
    answered: Future[None] = Future()
    place.loop.call_soon_threadsafe(_answer, answered)
    done, _ = await asyncio.wait({asyncio.wrap_future(answered)}, timeout=GRACE)
    if done:
        return ""
    if place is _current:
        _current = None
    return place.place() or before


def _answer(asked: Future[None]) -> None:
    if asked.set_running_or_notify_cancel():
        asked.set_result(None)


def _kept(
    function: Callable[..., Any], arguments: tuple[Any, ...], named: dict[str, Any]
) -> tuple[Any, BaseException | None]:
    """A future takes no StopIteration, and an executor's thread must not end by SystemExit."""
    try:
        return function(*arguments, **named), None
    except BaseException as error:  # noqa: BLE001 - it is the caller's to judge
        return None, error


class _Divided(io.TextIOBase):
    """stdout for the main thread, which alone writes results; stderr for all others."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def _to(self) -> Any:
        here = threading.current_thread() is threading.main_thread()
        return self.stream if here else sys.stderr

    @property
    def inner(self) -> Any:
        """The stream past its guard, for a console that filters text itself and adds colours."""
        stream = self._to()
        return getattr(stream, "inner", stream)

    def write(self, text: str) -> int:
        return int(self._to().write(text) or 0)

    def flush(self) -> None:
        self._to().flush()

    def isatty(self) -> bool:
        return bool(self._to().isatty())

    def fileno(self) -> int:
        return int(self._to().fileno())

    def writable(self) -> bool:
        return True

    def close(self) -> None:
        """Never by this."""

    @property
    def encoding(self) -> Any:  # type: ignore[override]
        return self._to().encoding

    @property
    def errors(self) -> Any:  # type: ignore[override]
        return self._to().errors

    @property
    def buffer(self) -> Any:
        return self._to().buffer

    def reconfigure(self, **changes: Any) -> None:
        self.stream.reconfigure(**changes)


def _divide_stdout() -> None:
    if sys.stdout is not None and not isinstance(sys.stdout, _Divided):
        sys.stdout = _Divided(sys.stdout)
