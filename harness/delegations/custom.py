"""Runs a delegation that a user wrote: a mistake in it fails a dialogue, never the run.

An exception, or a value that is no answer, ends the dialogue as failed. The reason names the kind
of the exception and the line it came from. A mistake never becomes a move, or a traceback in the
middle of a run. This guards against mistakes, not against malice: the code runs in the same
process.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from harness.delegations.base import Answer, MadeCall
from harness.delegations.own import OwnViews
from harness.errors import Account, ModelError, UsageError, raised_at
from harness.models import isolation, tracing
from harness.models.credentials import showable
from harness.models.usercode import (
    BLAME,
    FIX,
    booked,
    is_its_own,
    secrets,
    shown,
    taken,
    too_long,
)
from harness.records.transcript import Call, CallTiming, Debrief, Move
from harness.seeds import derive
from harness.suite.parts import ModelSettings
from harness.view import View

METHODS: Final = ("move", "caucus", "debrief", "messages")
"""What a delegation must have (:class:`harness.delegations.base.Delegation`)."""


class _NoAnswerError(Exception):
    """What came back is no answer; the message says why."""


def make(
    factory: Callable[..., Any], *, seat: str, seed: int, settings: ModelSettings, thread_id: str
) -> Any:
    """Call ``factory`` with those of the four arguments that its signature takes."""
    offered = {"seat": seat, "seed": seed, "settings": settings, "thread_id": thread_id}
    return factory(**taken(factory, offered))


def try_factory(value: Any, *, where: str, file: str | None) -> Any:
    """Call the factory ``value`` once before anything is played, and return what it makes.

    Raises:
        UsageError: It cannot be called, or it raises.
    """
    if not callable(value):
        fix = (
            "name a runnable, a function of messages, or something that makes one of these or a "
            "delegation (docs/delegations.md)"
        )
        if lacks(value) == ():
            fix = "each dialogue needs its own delegation: name its class"
        elif callable(getattr(value, "compile", None)):
            fix = "a graph takes a seat when it is compiled: graph = builder.compile()"
        raise UsageError(
            f"an object of type {type(value).__name__} is neither a LangChain runnable nor makes "
            "delegations",
            where=where,
            fix=fix,
        )
    try:
        made = isolation.aside(
            lambda: make(value, seat="u", seed=0, settings=ModelSettings(), thread_id="trial")
        )
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the user's code raises
        raise UsageError(
            f"the delegation cannot be made: {shown(error, file=file)}", where=where
        ) from None
    return made


def lacks(value: object) -> tuple[str, ...]:
    """Methods of a delegation that ``value`` does not have."""
    return tuple(name for name in METHODS if not callable(getattr(value, name, None)))


class CustomDelegation:
    """Plays one seat of one dialogue by asking what the user's factory makes. Implements
    :class:`~harness.delegations.base.Delegation`.

    The delegation is made when it is first asked, so that a factory that raises fails its dialogue
    like any other mistake. Its seed, and the views it is shown, belong to its seat alone: the
    dialogue's own seed would tell it what chance gave to the others. It runs apart
    (:mod:`harness.models.isolation`), its plain methods in threads.

    Args:
        factory: See :func:`make`.
        seat: The seat it plays.
        seed: Of the dialogue.
        settings: How its models should be sampled, if it has any.
        name: As it stands in the record.
        file: Source file of the user's, to name the line at which it failed.
        timeout: Seconds one answer may take.
        thread_id: Opaque id of this seat in this dialogue.
    """

    def __init__(
        self,
        factory: Callable[..., Any],
        *,
        seat: str,
        seed: int,
        settings: ModelSettings,
        name: str,
        file: str | None = None,
        timeout: float = 120.0,
        thread_id: str = "",
    ) -> None:
        self._factory = factory
        self._seat = seat
        self._seed = derive(seed, "delegation", seat)
        self._settings = settings
        self._name = name
        self._file = file
        self._timeout = timeout
        self._thread_id = thread_id
        self._own = OwnViews()
        self._inner: Any = None
        self._messages: dict[str, tuple[str, str]] = {}

    async def move(self, view: View, complaint: str | None) -> Answer:
        """See :class:`~harness.delegations.base.Delegation`."""
        return await self._ask("move", view, complaint)

    async def caucus(self, view: View, member: str, complaint: str | None) -> Answer:
        """See :class:`~harness.delegations.base.Delegation`."""
        return await self._ask("caucus", view, member, complaint)

    async def debrief(self, view: View, complaint: str | None) -> Answer:
        """See :class:`~harness.delegations.base.Delegation`."""
        return await self._ask("debrief", view, complaint)

    def messages(self) -> dict[str, tuple[str, str]]:
        """The texts it had shown to models when it gave its last answer."""
        return self._messages

    async def _ask(self, method: str, view: View, *arguments: Any) -> Answer:
        own_view = self._own(dataclasses.replace(view, seed=self._seed))

        async def job() -> tuple[Answer, dict[str, tuple[str, str]]]:
            if self._inner is None:
                self._inner = await isolation.in_thread(self._make)
            given = await isolation.asked(getattr(self._inner, method), own_view, *arguments)
            return self._checked(given), _texts(self._inner.messages())

        account: Account = BLAME
        try:
            with tracing.untraced():
                given = await isolation.call(job, seconds=self._timeout)
        except BaseException as error:
            if not is_its_own(error):
                raise
            if isinstance(error, ModelError):  # it says itself that its endpoint is broken
                said = showable(error.what, keys=secrets(), prompt=()) or "its endpoint failed"
                fix = error.fix
                account = error.account
            elif isinstance(error, isolation.TooLongError):
                said, fix = too_long(method, self._timeout, error.blocked)
            elif isinstance(error, _NoAnswerError):
                said, fix = f"{method} {error}", "see docs/delegations.md"
            else:
                at = raised_at(error, self._file)
                said = f"{method} raised {type(error).__name__}" + (f" at {at}" if at else "")
                fix = FIX
        else:
            answer: Answer
            answer, self._messages = given
            return answer
        # Raised outside the handler, so that its chain holds no private text and no key.
        failure = ModelError(said, where=f"delegation {self._name}", fix=fix)
        raise booked(failure, account)

    def _make(self) -> Any:
        # A copy: the settings belong to the record.
        settings = self._settings.model_copy(deep=True)
        return make(
            self._factory,
            seat=self._seat,
            seed=self._seed,
            settings=settings,
            thread_id=self._thread_id,
        )

    def _checked(self, given: object) -> Answer:
        """The answer with every part of it known to be what it says it is."""
        if not isinstance(given, Answer):
            raise _NoAnswerError(
                f"gave a {type(given).__name__}, not a harness.delegations.base.Answer"
            )
        for part in ("words", "problem"):
            text = getattr(given, part)
            if text is not None:
                _hold_text(text, part)
        return Answer(
            move=_sound(Move, given.move, "move"),
            words=given.words,
            debrief=_sound(Debrief, given.debrief, "debrief"),
            problem=given.problem,
            calls=tuple(map(self._call, given.calls)),
        )

    def _call(self, made: object) -> MadeCall:
        if not isinstance(made, MadeCall):
            raise _NoAnswerError(f"gave a call of type {type(made).__name__}, not a MadeCall")
        call = _sound(Call, made.call, "call")
        if call is None:
            raise _NoAnswerError("gave a call that is None")
        timing = {"seconds": made.seconds, "attempts": made.attempts}
        _read(CallTiming, {"call": 0, "cached_tokens": made.cached_tokens, **timing}, "call")
        return dataclasses.replace(made, call=dataclasses.replace(call, seat=self._seat))


def _sound(kind: Any, value: Any, what: str) -> Any:
    """``value`` checked again: a record that was built around its checks, or holds what UTF-8
    cannot, would break the run when it is written down."""
    if value is None:
        return None
    if not isinstance(value, kind):
        raise _NoAnswerError(f"gave a {what} of type {type(value).__name__}, not a {kind.__name__}")
    return _read(kind, value, what)


def _read(kind: Any, given: Any, what: str) -> Any:
    """What is given, a record or the fields of one, as a record that was checked."""
    part = TypeAdapter(kind)
    try:
        sound = part.validate_python(part.dump_python(given, warnings="none"))
        part.dump_json(sound)
    except AttributeError as error:
        raise _NoAnswerError(f"gave a {what} without {error.name!r}") from None
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise _NoAnswerError(f"gave a {what} whose {field!r} is unsound") from None
    except ValueError:
        raise _NoAnswerError(f"gave a {what} that cannot be written down") from None
    return sound


def _hold_text(value: object, what: str) -> None:
    if not isinstance(value, str):
        raise _NoAnswerError(f"gave {what} of type {type(value).__name__}, not text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _NoAnswerError(f"gave {what} with half a character") from None


def _texts(messages: object) -> dict[str, tuple[str, str]]:
    """A copy of the texts shown to models."""
    if not isinstance(messages, Mapping):
        raise _NoAnswerError(f"has messages of type {type(messages).__name__}, not a dict")
    texts = {}
    for key, pair in messages.items():
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise _NoAnswerError("has messages that are not hash: (role, content)")
        for text in (key, *pair):
            _hold_text(text, "messages")
        texts[key] = (pair[0], pair[1])
    return texts
