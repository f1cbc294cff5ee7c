"""Plays a dialogue again from its record: no model is asked, no code of the user's runs.

Scripted seats play themselves. A model's seat is a delegation like any other whose chat answers
with the recorded replies, each held against the recorded prompt, so that a replay also shows
whether the code and the templates still say what they said. A seat that the user's own delegation
played says again what it said.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from harness.asking.conversation import message_hash
from harness.delegations.base import Answer, Delegation, MadeCall
from harness.delegations.seating import seat_delegations
from harness.errors import (
    LimitReachedError,
    ModelError,
    PersonLeftError,
    RecordError,
    Track15Error,
)
from harness.models.address import ModelAddress
from harness.models.reply import ModelReply
from harness.models.request import Request
from harness.models.usage import Usage
from harness.records.spec import TalksSpec
from harness.records.transcript import (
    Call,
    CallTiming,
    Repair,
    StageRecord,
    Transcript,
    Turn,
)
from harness.view import View

if TYPE_CHECKING:
    from harness.prompting.talks import Prompts

SHOWN: Final = 60
"""Characters of a message that an error shows, from a little before the first difference."""

Texts = Callable[[Iterable[str]], Mapping[str, tuple[str, str]]]
"""Hashes of messages -> those texts that are known: hash -> (role, content)."""
Timings = Mapping[int, CallTiming]
"""Index of a call -> how long it took."""

_RECORD: Final = ModelAddress(provider="scripted")
"""A record is nowhere: its chat has no address to speak to."""


def recorded_reply(call: Call, timing: CallTiming | None) -> ModelReply:
    """The reply of a recorded call. Its attempts are 0: nothing is sent for it now."""
    usage = call.usage
    return ModelReply.model_validate(
        {
            "text": call.reply,
            "finish_reason": call.finish_reason,
            "refusal": call.refusal,
            "thinking": call.thinking,
            "reasoning": call.reasoning,
            "reasoning_cut": call.reasoning_cut,
            "inside": call.inside,
            "how": call.how or "text",
            "usage": Usage(
                prompt=usage.prompt,
                completion=usage.completion,
                reasoning=usage.reasoning,
                cached=None if timing is None else timing.cached_tokens,
            ),
            "attempts": 0,
            "seconds": 0.0 if timing is None else timing.seconds,
        }
    )


def recorded_failure(record: StageRecord, who: str | None, *, debrief: bool) -> Track15Error | None:
    """What ended a stage, or a seat's debrief, after the last call, if anything did.

    Args:
        who: A seat, or None for whoever was asked.
    """
    if debrief and isinstance(record, Transcript) and who is not None:
        said = record.body.debriefs.get(who)
        if said is not None:
            return None if said.problem is None else ModelError(said.problem)
    void = record.void
    if void is not None and void.kind == "person":  # whoever was asked when the person left
        return PersonLeftError(void.seat)
    if void is None or (who is not None and void.seat not in (who, None)):
        return None
    match void.kind:
        case "budget":
            return LimitReachedError(void.detail)
        case "endpoint" | "delegation" | "prompt" | "limit":
            failure = ModelError(void.detail)
            failure.account = void.kind
            return failure
    return None


class ReplayChat:
    """A chat that answers from the record of a stage instead of asking a model.

    Args:
        record: Of the stage.
        who: Whose calls it answers: a seat, or None for all of them.
        timings: Of the record's calls, where they are known.
        texts: Where the recorded messages are, for the error that shows a difference.
        where: The run, for errors.
    """

    address = _RECORD

    def __init__(
        self,
        record: StageRecord,
        who: str | None,
        *,
        timings: Timings | None = None,
        texts: Texts | None = None,
        where: str | None = None,
    ) -> None:
        self._record = record
        self._who = who
        self._left = deque(call for call in record.calls if who in (None, call.seat))
        self._timings = timings or {}
        self._texts = texts or (lambda _: {})
        self._where = where

    async def complete(self, request: Request) -> ModelReply:
        """The next recorded reply; or the failure that was recorded in its place.

        Raises:
            ModelError, LimitReachedError: As recorded.
            RecordError: The prompt is not the recorded one, or the record has no more calls.
        """
        if not self._left:
            debrief = request.schema_name == "debrief"
            failure = recorded_failure(self._record, self._who, debrief=debrief)
            if failure is not None:
                raise failure
            made = sum(self._who in (None, call.seat) for call in self._record.calls)
            asks = "it" if self._who is None else f"seat {self._who}"
            raise self._differs(
                f"{asks} asks for a {request.schema_name} after its {made} recorded calls"
            )
        call = self._left.popleft()
        self._hold(call, request)
        return recorded_reply(call, self._timings.get(call.index))

    async def check(self) -> None:
        """There is nothing to reach."""

    async def aclose(self) -> None:
        """Nothing is open."""

    def _hold(self, call: Call, request: Request) -> None:
        """Hold that the prompt is what the recorded call was asked."""
        name = f"call {call.index} (seat {call.seat}, {call.purpose})"
        messages, purpose = request.messages, request.schema_name
        if purpose != call.purpose:
            raise self._differs(f"{name} is now for a {purpose}")
        now = [message_hash(message["role"], message["content"]) for message in messages]
        if tuple(now) == call.prompt:
            return
        for number, (old, new) in enumerate(zip(call.prompt, now, strict=False)):
            if old != new:
                said = messages[number]
                recorded = self._texts([old]).get(old)
                shown = _difference(recorded[1] if recorded else None, said["content"])
                raise self._differs(
                    f"{name}: message {number + 1} of its prompt ({said['role']}) differs: {shown}"
                )
        raise self._differs(
            f"{name}: its prompt has {len(now)} messages, the recorded one {len(call.prompt)}"
        )

    def _differs(self, what: str) -> RecordError:
        noun = "dialogue" if isinstance(self._record, Transcript) else "stage"
        return RecordError(
            f"{noun} {self._record.id} cannot be replayed: {what}",
            where=self._where,
            fix="replay with the version, the prompts and the suite that made the record; to "
            "ask the model again, leave out --replay",
        )


def _difference(old: str | None, new: str) -> str:
    """Two texts around the first character in which they differ."""
    if old is None:
        return f"now {new[:SHOWN]!r}, and the recorded one is not in the record"
    same = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), None)
    at = max(0, (min(len(old), len(new)) if same is None else same) - SHOWN // 4)
    return f"recorded {old[at : at + SHOWN]!r}, now {new[at : at + SHOWN]!r}"


@dataclass(frozen=True)
class _Said:
    """What a seat answered to one question: the answers that had to be asked again, then the one
    that counted, if one did."""

    repairs: tuple[Repair, ...]
    calls: tuple[int, ...]
    answer: Answer | None


@dataclass
class RecordedSeat:
    """Says again what a seat said. Implements :class:`~harness.delegations.base.Delegation`.

    Args:
        transcript: The record.
        seat: The seat.
        timings: Of the record's calls, where they are known.
        texts: Messages that were shown, of this seat's calls.
    """

    transcript: Transcript
    seat: str
    timings: Timings = field(default_factory=dict)
    texts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    _turns: deque[Turn] = field(init=False)
    _asks: deque[Answer] = field(init=False, default_factory=deque)

    def __post_init__(self) -> None:
        turns = self.transcript.body.turns
        self._turns = deque(turn for turn in turns if turn.seat == self.seat)

    async def move(self, view: View, complaint: str | None) -> Answer:
        """The recorded move, after the recorded unusable answers."""
        if complaint is None:
            self._asks = self._answers(self._next_turn())
        return self._pop(debrief=False)

    async def caucus(self, view: View, member: str, complaint: str | None) -> Answer:
        """The recorded advice, after the recorded unusable answers."""
        if complaint is None:
            self._asks = self._answers(self._next_turn())
        return self._pop(debrief=False)

    async def debrief(self, view: View, complaint: str | None) -> Answer:
        """The recorded debrief, after the recorded unusable answers."""
        if complaint is None:
            said = self.transcript.body.debriefs.get(self.seat)
            if said is None or said.problem is not None:
                self._asks = self._answers(self._unanswered(said.repairs if said else ()))
            else:
                plain = replace(said, repairs=(), calls=())
                answer = Answer(debrief=plain)
                self._asks = self._answers(_Said(said.repairs, said.calls, answer))
        return self._pop(debrief=True)

    def messages(self) -> dict[str, tuple[str, str]]:
        """Texts that the seat's models were shown."""
        return dict(self.texts)

    def _next_turn(self) -> _Said:
        if self._turns:
            turn = self._turns.popleft()
            answer = Answer(words=turn.words) if turn.move is None else Answer(move=turn.move)
            return _Said(turn.repairs, turn.calls, answer)
        void = self.transcript.void
        repairs = void.repairs if void is not None and void.seat == self.seat else ()
        return self._unanswered(repairs)

    def _unanswered(self, repairs: tuple[Repair, ...]) -> _Said:
        """A question that never got a usable answer: its calls are those that belong to no turn."""
        talks = self.transcript.body
        usable = {index for turn in talks.turns for index in turn.calls}
        usable |= {index for debrief in talks.debriefs.values() for index in debrief.calls}
        own = (call.index for call in self.transcript.calls if call.seat == self.seat)
        return _Said(repairs, tuple(index for index in own if index not in usable), None)

    def _answers(self, said: _Said) -> deque[Answer]:
        answers: deque[Answer] = deque()
        calls = deque(said.calls)
        for repair in said.repairs:
            made = []
            while repair.call is not None and calls and calls[0] <= repair.call:
                made.append(self._made(calls.popleft()))
            hint = self._hint(repair.error)
            answers.append(Answer(problem=repair.error, hint=hint, calls=made))
        if said.answer is not None:
            answer, made = said.answer, [self._made(index) for index in calls]
            answers.append(
                Answer(move=answer.move, words=answer.words, debrief=answer.debrief, calls=made)
            )
        return answers

    def _hint(self, error: str) -> str | None:
        """What the record tells the user beside the last complaint, where it gave up with one."""
        void = self.transcript.void
        ends = [debrief.problem for debrief in self.transcript.body.debriefs.values()]
        ends.append(void.detail if void is not None else None)
        told = ((end or "").partition(f"; the last: {error} - ")[2] for end in ends)
        return next(filter(None, told), None)

    def _made(self, index: int) -> MadeCall:
        call, timing = self.transcript.calls[index], self.timings.get(index)
        return MadeCall(
            call=call,
            seconds=0.0 if timing is None else timing.seconds,
            attempts=0,
            cached_tokens=None if timing is None else timing.cached_tokens,
        )

    def _pop(self, *, debrief: bool) -> Answer:
        if self._asks:
            return self._asks.popleft()
        failure = recorded_failure(self.transcript, self.seat, debrief=debrief)
        raise failure or RecordError(
            f"dialogue {self.transcript.id} cannot be replayed: seat {self.seat} is asked for more "
            "than the record holds"
        )


def replayed_seats(
    spec: TalksSpec,
    transcript: Transcript,
    prompts: Prompts | None,
    *,
    timings: Timings | None = None,
    texts: Texts | None = None,
    where: str | None = None,
) -> dict[str, Delegation]:
    """Delegations that play ``transcript`` again, by seat.

    Args:
        spec: Of the dialogue.
        transcript: Its record.
        prompts: What models read; may be None when no model and no runnable played.
        timings, texts, where: As for :class:`ReplayChat`.
    """
    seated: dict[str, Delegation] = {}
    for seat in spec.seats:
        if seat.kind in ("custom", "person"):
            mine = {key for c in transcript.calls if c.seat == seat.seat for key in c.prompt}
            shown = dict(texts(mine)) if texts is not None and mine else {}
            seated[seat.seat] = RecordedSeat(transcript, seat.seat, timings or {}, shown)
            continue
        chat = ReplayChat(transcript, seat.seat, timings=timings, texts=texts, where=where)
        alone = spec.model_copy(update={"seats": (seat,)})
        seated |= seat_delegations(alone, lambda _, chat=chat: chat, prompts)  # type: ignore[misc]
    return seated
