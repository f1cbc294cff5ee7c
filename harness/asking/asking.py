"""Asks until an answer can be used, or gives up and says why.

No failure becomes an answer. An answer that cannot be used is asked again with the exact complaint,
a set number of times. Then asking gives up, with the reason and with every complaint that was made.
What an answer means is for the stage to say: here it is only something with a ``problem`` or none.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import Field, dataclass, field, replace
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from harness.asking.answer import AnswerT, MadeCall
from harness.asking.counts import PromptWatch, as_counted
from harness.asking.meter import Meter
from harness.asking.withholding import readable, told, without_keys
from harness.errors import LimitReachedError, ModelError
from harness.models.keys import use_keys
from harness.models.limits.deadlines import Countdown
from harness.models.usercode import secrets
from harness.records.transcript import (
    NOT_FINISHED,
    Call,
    CallTiming,
    Repair,
    VoidKind,
    VoidReason,
    changed,
)


class Part(Protocol):
    """A part of a record: a dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


PartT = TypeVar("PartT", bound=Part)
Texts = Callable[[], Mapping[str, tuple[str, str]]]
"""Gives the texts shown to models so far: hash -> (role, content)."""


class GivenUpError(Exception):
    """There is no usable answer, and asking again would not help; carries the reason."""

    def __init__(self, reason: VoidReason) -> None:
        super().__init__(reason.detail)
        self.reason = reason


@dataclass(frozen=True)
class Respondent:
    """One who is asked.

    Attributes:
        name: As records name it.
        repairs: How often it may be asked again for one answer, >= 0.
        messages: The texts shown to its models.
        own_code: Whether it is the user's own code. Then whatever it returns is searched for keys
            before anything is kept.
    """

    name: str
    repairs: int
    messages: Texts
    own_code: bool = False


def tries_left(repairs: int, answered: int) -> int | None:
    """How many more answers :meth:`Asker.ask` takes, unless a limit is reached before.

    Args:
        repairs: How often the respondent may be asked again for one answer, >= 0.
        answered: How many unusable answers it has given, >= 1.

    Returns:
        A number >= 1; None where no further answer would be taken.
    """
    left = repairs + 1 - answered
    return left if left > 0 else None


@dataclass(frozen=True, slots=True)
class Effort:
    """What it took to get a usable answer.

    Attributes:
        repairs: The unusable replies before it.
        calls: Numbers of all calls that were made for it, within the stage.
    """

    repairs: tuple[Repair, ...]
    calls: tuple[int, ...]

    def noted_in(self, part: PartT) -> PartT:
        """``part``, which has fields ``repairs`` and ``calls``, with them filled in."""
        return replace(part, repairs=self.repairs, calls=self.calls)


@dataclass(frozen=True, slots=True)
class Asked(Generic[AnswerT]):
    """A usable answer and what it took to get it."""

    answer: AnswerT
    effort: Effort


@dataclass
class Asker:
    """Asks whoever takes part in one stage, and keeps the calls that were made for it.

    Args:
        respondents: All who may be asked.
        meter: The limits of the stage.
        noun: What a respondent is called in a warning, such as "seat".
        on_call: Called after every model call (for progress).

    Attributes:
        calls: All calls so far, numbered from 0.
        timings: How long each took, in the same order.
    """

    respondents: Sequence[Respondent]
    meter: Meter
    noun: str
    on_call: Callable[[MadeCall], None] | None = None
    calls: list[Call] = field(default_factory=list, init=False)
    timings: list[CallTiming] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self._named = {one.name: one for one in self.respondents}
        self._watch = PromptWatch(self.noun)
        if any(one.own_code for one in self.respondents):
            use_keys(secrets())  # what somebody brought along reads its own

    @property
    def warnings(self) -> tuple[str, ...]:
        """What makes the answers doubtful, in words: at most one for each respondent."""
        return tuple(self._watch.warnings.values())

    def messages(self) -> dict[str, tuple[str, str]]:
        """The texts shown to the models of all respondents: hash -> (role, content)."""
        shown: dict[str, tuple[str, str]] = {}
        for one in self.respondents:
            texts = one.messages()
            shown.update(readable(texts) if one.own_code else texts)
        return shown

    async def ask(
        self,
        name: str,
        ask: Callable[[str | None], Awaitable[AnswerT]],
        problem_of: Callable[[AnswerT], str | None],
    ) -> Asked[AnswerT]:
        """Ask until the answer is usable.

        Args:
            name: The respondent's.
            ask: Asks once. It is given None at first, then why the last answer was unusable.
            problem_of: What is wrong with an answer that names no problem itself; None for nothing.

        Raises:
            GivenUpError: The attempts or the limits of the stage are used up, the run may spend no
                more, the prompt was cut, or the respondent could not be asked.
        """
        one = self._named[name]
        repairs: list[Repair] = []
        calls: list[int] = []
        complaint: str | None = None
        hint: str | None = None
        for _ in range(1 + one.repairs):
            answer = await self._once(one, ask, complaint, repairs)
            given = tuple(map(as_counted, answer.calls))
            made = self._keep(given)
            self.meter.count(given, one.messages)
            calls += made
            cut = [why for item in given if (why := self._watch.look(item)) is not None]
            if cut:
                raise _given_up("prompt", name, cut[0], repairs)
            complaint, hint = answer.problem or problem_of(answer), answer.hint
            if complaint is None:
                return Asked(answer, Effort(tuple(repairs), tuple(calls)))
            repairs.append(Repair(error=complaint, call=made[-1] if made else None))
        last = f"{complaint} - {hint}" if hint else f"{complaint}"
        detail = f"no usable reply in {len(repairs)} attempts; the last: {last}"
        raise _given_up("reply", name, detail, repairs)

    async def _once(
        self,
        one: Respondent,
        ask: Callable[[str | None], Awaitable[AnswerT]],
        complaint: str | None,
        repairs: Sequence[Repair],
    ) -> AnswerT:
        """Ask one time. What comes back holds no key; whether it is usable is not looked at."""
        passed = self.meter.passed()
        if passed is not None:
            raise _given_up("limit", None, passed, repairs)
        countdown = Countdown(self.meter.left())
        try:
            async with countdown:
                answer = await ask(complaint)
        except TimeoutError:
            if not countdown.expired:
                raise
            raise _given_up("limit", None, self.meter.ran_out(), repairs) from None
        except LimitReachedError as error:
            raise _given_up("budget", None, error.what, repairs) from None
        except ModelError as error:
            # What can be done about it is said where it will be asked again.
            detail = told(str(error) if error.account in NOT_FINISHED else error.what)
            whose = None if error.account == "limit" else error.seat or one.name
            raise _given_up(error.account, whose, detail, repairs) from None
        return without_keys(answer) if one.own_code else answer

    def _keep(self, made: Sequence[MadeCall]) -> list[int]:
        """Number the calls and put them on record."""
        kept = []
        for item in made:
            index = len(self.calls)
            self.calls.append(changed(item.call, index=index))
            timing = CallTiming(
                call=index,
                seconds=round(item.seconds, 6),
                attempts=item.attempts,
                cached_tokens=item.cached_tokens,
            )
            self.timings.append(timing)
            kept.append(index)
            if self.on_call is not None:
                self.on_call(item)
        return kept


def _given_up(
    kind: VoidKind, name: str | None, detail: str, repairs: Sequence[Repair]
) -> GivenUpError:
    return GivenUpError(VoidReason(kind=kind, seat=name, detail=detail, repairs=tuple(repairs)))
