"""Delegations of a forked dialogue: they repeat the record up to a turn, then play on.

A scripted seat depends only on what was said, so repeating its recorded moves is enough. A model's
seat gets the same prompts as if it had played from the start, but with the brief of the fork. Its
recorded replies stand in its thread as its own.
"""

from __future__ import annotations

import dataclasses
import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from harness.asking.conversation import SEEDS
from harness.delegations.base import Answer, Delegation
from harness.delegations.replay import Timings, recorded_reply
from harness.errors import UsageError
from harness.models.chat import Chat, WrappedChat
from harness.models.reply import ModelReply
from harness.models.request import Request
from harness.records.transcript import Action, Call, Transcript, Turn
from harness.seeds import derive
from harness.view import View


class Prefix:
    """The turns that a fork takes from the record; shared by the seats of one dialogue.

    Args:
        transcript: The record.
        turns: How many of its turns are taken, from the first.
    """

    def __init__(self, transcript: Transcript, turns: int) -> None:
        self._calls = transcript.calls
        self._replied = {s.seat for s in transcript.spec.seats if s.kind in ("model", "runnable")}
        self.turns = transcript.body.turns[:turns]
        self._index = -1
        self._complaints = 0

    def next(self, seat: str, complaint: str | None, *, caucus: bool = False) -> Turn | None:
        """The turn of the record that ``seat`` is asked for; None where the fork has begun, and it
        is to be played.

        Args:
            seat: Who is asked.
            complaint: Why the last answer could not be used; None for a new turn.
            caucus: Whether a member is asked for advice, rather than the lead for a move.

        Raises:
            UsageError: What was said can no longer be said under the changes of the fork.
        """
        if complaint is not None:
            self._complaints += 1
            if self._index < len(self.turns):
                turn = self.turns[self._index]
                if self._complaints > len(turn.repairs):
                    raise self.lost(complaint)
                return turn
            return None
        if 0 <= self._index < len(self.turns):
            missing = len(self.turns[self._index].repairs) - self._complaints
            if missing > 0:
                raise self.lost("what was refused then is allowed now")
        self._index, self._complaints = self._index + 1, 0
        if self._index >= len(self.turns):
            return None
        turn = self.turns[self._index]
        if turn.seat != seat or (turn.kind == "caucus") != caucus:
            raise self.lost(f"it is now the turn of seat {seat}")
        return turn

    @property
    def counts(self) -> bool:
        """Whether the answer asked for now is the one that was used in the end, rather than one
        that had to be asked again. Of a turn that :meth:`next` gave."""
        return self._complaints == len(self.turns[self._index].repairs)

    def skip_repairs(self) -> None:
        """Go straight to the answer that was used in the end."""
        self._complaints = len(self.turns[self._index].repairs)

    def replies(self, turn: Turn) -> tuple[Call, ...]:
        """The replies of the model, or runnable, that played a turn, unusable ones included; none
        where anybody else played it."""
        if turn.seat not in self._replied:
            return ()
        return tuple(self._calls[index] for index in turn.calls)

    def reply(self, turn: Turn) -> Call | None:
        """Of those replies, the one asked for now; None where no model gave one."""
        calls = self.replies(turn)
        return calls[self._complaints] if self._complaints < len(calls) else None

    def lost(self, why: str) -> UsageError:
        """The error for a turn that cannot be kept."""
        return UsageError(
            f"turn {self._index} of the record cannot be kept under these changes: {why}",
            fix=f"fork at --turn {self._index}" + (" or before" if self._index else ""),
        )

    def of(self, seat: str) -> tuple[Turn, ...]:
        """The seat's own turns among them."""
        return tuple(turn for turn in self.turns if turn.seat == seat)


class ForkChat(WrappedChat):
    """Answers with recorded replies first, and asks a model from then on.

    Args:
        chat: The model.
        replies: What is answered first.
        seed: Of the fork: other draws than the record's from here on; None for the same.
    """

    def __init__(self, chat: Chat, replies: Sequence[ModelReply], seed: int | None) -> None:
        super().__init__(chat)
        self._replies = deque(replies)
        self._seed = seed
        self.live = False
        """Whether the model may be asked yet."""

    async def complete(self, request: Request) -> ModelReply:
        """See :meth:`harness.models.chat.Chat.complete`."""
        if not self.live:
            return self._replies.popleft()
        if request.seed is not None and self._seed is not None:
            seed = derive(self._seed, "fork", request.seed) % SEEDS
            request = dataclasses.replace(request, seed=seed)
        return await self._chat.complete(request)

    async def aclose(self) -> None:
        """The model's chat is closed by whoever opened it."""


def prefix_replies(prefix: Prefix, seat: str, timings: Timings) -> list[ModelReply]:
    """What a model in ``seat`` reads as its own replies of the turns that are kept: the recorded
    ones; where a script played, its moves in the form of replies.

    Args:
        timings: Of the record's calls, where they are known.
    """
    replies = []
    for turn in prefix.of(seat):
        calls = prefix.replies(turn)
        replies += [recorded_reply(call, timings.get(call.index)) for call in calls]
        if not calls:
            replies.append(ModelReply(text=as_reply(turn), finish_reason="stop", attempts=0))
    return replies


def as_reply(turn: Turn) -> str:
    """The reply with which a model would have made a scripted turn."""
    if turn.move is None:
        return json.dumps({"advice": turn.words}, ensure_ascii=False)
    move = turn.move
    parts: dict[str, object] = {"action": move.action.value}
    if move.action in (Action.PROPOSE, Action.CONSULT):
        parts["package"] = move.package
    if move.action in (Action.ACCEPT, Action.REJECT):
        parts["offer"] = move.offer
    if move.action in (Action.REJECT, Action.PASS):
        parts["position"] = move.position
    if move.action in (Action.PROPOSE, Action.ACCEPT):
        parts["commitment"] = move.word.value
    extras = {"or_package": move.or_package, "side_terms": move.side_terms, "agreed": move.agreed}
    parts |= {name: value for name, value in extras.items() if value is not None}
    said = {"private_thoughts": move.thoughts, "move": parts, "public_words": move.words}
    return json.dumps(said, ensure_ascii=False)


@dataclass
class ForkSeat:
    """One seat of a forked dialogue. Implements :class:`~harness.delegations.base.Delegation`.

    Args:
        seat: The seat.
        inner: Who plays on.
        prefix: Shared by the seats of the dialogue.
        chat: Of ``inner`` where a model plays; None for a script.
        seed: Of the fork; None to draw as the record did.
    """

    seat: str
    inner: Delegation
    prefix: Prefix
    chat: ForkChat | None = None
    seed: int | None = None

    async def move(self, view: View, complaint: str | None) -> Answer:
        """The recorded move before the turn of the fork, the delegation's own from there."""
        turn = self.prefix.next(self.seat, complaint)
        if turn is None:
            return await self.inner.move(self._now(view), complaint)
        if self.chat is None:
            self.prefix.skip_repairs()
            return Answer(move=turn.move)
        return self._kept(turn, await self.inner.move(view, complaint))

    async def caucus(self, view: View, member: str, complaint: str | None) -> Answer:
        """The recorded advice before the turn of the fork, the delegation's own from there."""
        turn = self.prefix.next(self.seat, complaint, caucus=True)
        if turn is None:
            return await self.inner.caucus(self._now(view), member, complaint)
        if turn.member != member:
            raise self.prefix.lost(f"it is now {member} who is heard")
        if self.chat is None:
            self.prefix.skip_repairs()
            return Answer(words=turn.words)
        return self._kept(turn, await self.inner.caucus(view, member, complaint))

    async def debrief(self, view: View, complaint: str | None) -> Answer:
        """Always the delegation's own."""
        if self.prefix.next(self.seat, complaint) is not None:
            raise self.prefix.lost("the talks are over before it")
        return await self.inner.debrief(self._now(view), complaint)

    def messages(self) -> dict[str, tuple[str, str]]:
        """Every text that a model was shown, or would have been."""
        return self.inner.messages()

    def _now(self, view: View) -> View:
        """From here on it is played; a script draws by the seed of the fork."""
        if self.chat is not None:
            self.chat.live = True
            return view
        return view if self.seed is None else dataclasses.replace(view, seed=self.seed)

    def _kept(self, turn: Turn, answer: Answer) -> Answer:
        """What the inner delegation made of a recorded reply, as the record has it."""
        call = self.prefix.reply(turn)
        if call is None:  # a script had played; its move may say more than a model's reply can
            self.prefix.skip_repairs()
            return Answer(move=turn.move, words=_advice(turn))
        if self.prefix.counts:
            if answer.problem is not None:
                raise self.prefix.lost(answer.problem)
            if answer.move != turn.move or answer.words != _advice(turn):
                raise self.prefix.lost("its reply is read as another move")
        # A call of the record keeps the model that it was made to.
        made = (
            dataclasses.replace(one, call=dataclasses.replace(one.call, model=call.model))
            for one in answer.calls
        )
        return dataclasses.replace(answer, calls=tuple(made))


def _advice(turn: Turn) -> str | None:
    return turn.words if turn.move is None else None
