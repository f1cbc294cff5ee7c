"""The delegations in doctor's dialogues: the model under test, and passive counterparts."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any, Final

from harness.delegations.base import Answer, Delegation
from harness.models.chat import Chat, WrappedChat
from harness.models.reply import ModelReply
from harness.models.request import Request
from harness.records.transcript import Action, Commitment, Debrief, Move
from harness.view import View

TURNS: Final = 2
"""Turns that a model plays: the second shows that a prompt may grow."""
ENDLESS: Final = 10**9

_SENTENCES: Final = (
    "The delegations met again in the morning and went through the text line by line. ",
    "Neither side was ready to move before the other had said what it could accept. ",
    "We have studied the last proposal and asked ourselves what our people would say of it. ",
    "What was agreed in earlier years was not always kept, and everybody in the room knows it. ",
    "If the first step is verified by both sides, a second one becomes easier to defend. ",
)


def filler(length: int) -> str:
    """Plain prose of ``length`` characters; none where that is 0 or less."""
    whole = "".join(_SENTENCES)
    return (whole * (length // len(whole) + 1))[:length]


@dataclass
class Course:
    """How far the talks have come.

    Attributes:
        most: Turns that the delegation under test may take.
        begun: Turns that it was asked for.
        hint: What a user can do about its last answer that could not be used, where that is known.
    """

    most: int = TURNS
    begun: int = 0
    hint: str | None = None

    def heard(self, answer: Answer) -> Answer:
        """``answer`` without what is for the user, which is kept here."""
        self.hint = getattr(answer, "hint", None)
        if self.hint is None:
            return answer
        without: dict[str, Any] = {"hint": None}
        return replace(answer, **without)


class Guest:
    """The delegation under test. It plays as many turns as :class:`Course` allows, then leaves.

    Args:
        delegation: What really plays.
    """

    def __init__(self, delegation: Delegation, course: Course) -> None:
        self._delegation = delegation
        self._course = course

    async def move(self, view: View, complaint: str | None) -> Answer:
        """See :class:`~harness.delegations.base.Delegation`."""
        if complaint is None:
            self._course.begun += 1
        if self._course.begun > self._course.most:
            return Answer(move=Move(action=Action.WALK_OUT, words="We leave it at that."))
        return self._course.heard(await self._delegation.move(view, complaint))

    async def caucus(self, view: View, member: str, complaint: str | None) -> Answer:
        """See :class:`~harness.delegations.base.Delegation`."""
        if self._course.begun >= self._course.most:
            return Answer(words="There is nothing to add.")
        return self._course.heard(await self._delegation.caucus(view, member, complaint))

    async def debrief(self, view: View, complaint: str | None) -> Answer:
        """See :class:`~harness.delegations.base.Delegation`."""
        return self._course.heard(await self._delegation.debrief(view, complaint))

    def messages(self) -> dict[str, tuple[str, str]]:
        """See :class:`~harness.delegations.base.Delegation`."""
        return self._delegation.messages()


class Host:
    """Another seat: listens, puts its public opening on the table once the guest has spoken, and
    leaves when the guest has had its turns. It accepts nothing, so that no deal cuts them short.

    Args:
        course: Shared with the guest.
        words: What it says while it listens.
    """

    def __init__(self, course: Course, words: str = "We should like to hear you first.") -> None:
        self._course = course
        self._words = words

    async def move(self, view: View, complaint: str | None) -> Answer:
        """See :class:`~harness.delegations.base.Delegation`."""
        if self._course.begun >= self._course.most:
            return Answer(move=Move(action=Action.WALK_OUT, words="That is all for today."))
        if self._course.begun == 0 or self._course.most == ENDLESS:
            return Answer(move=Move(action=Action.PASS, words=self._words))
        opening = view.dispute.principals[view.brief.principal].opening
        assert opening is not None, "a principal that has a seat has a public opening"
        return Answer(
            move=Move(
                action=Action.PROPOSE,
                package=opening,
                commitment=Commitment.HYPOTHETICAL,
                words="This is where we stand.",
            )
        )

    async def caucus(self, view: View, member: str, complaint: str | None) -> Answer:
        """See :class:`~harness.delegations.base.Delegation`."""
        return Answer(words="Let us hear them first.")

    async def debrief(self, view: View, complaint: str | None) -> Answer:
        """See :class:`~harness.delegations.base.Delegation`."""
        return Answer(debrief=Debrief(problem="not asked"))

    def messages(self) -> dict[str, tuple[str, str]]:
        """It is shown no text."""
        return {}


class MeasuredError(Exception):
    """Carries the length of the longest prompt, in characters, instead of sending it."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class RehearsedChat(WrappedChat):
    """A chat that answers by itself until the last question of a dialogue, and sends only that.

    So the code of a real run builds a thread of full length, and only the longest prompt is sent.

    Args:
        chat: Is asked the last question.
        moves: Moves that come before the last question.
        padding: Characters that each rehearsed reply is filled up with.
        measuring: Raise :class:`MeasuredError` instead of asking.

    Attributes:
        given: Replies that were rehearsed.
    """

    def __init__(self, chat: Chat, *, moves: int, padding: int, measuring: bool) -> None:
        super().__init__(chat)
        self._moves = moves
        self._padding = padding
        self._measuring = measuring
        self.given = 0

    async def complete(self, request: Request) -> ModelReply:
        """See :meth:`harness.models.chat.Chat.complete`."""
        name = request.schema_name
        if name == "caucus":
            return ModelReply(text=json.dumps({"advice": "Hold to what we said."}), attempts=0)
        if name == "move" and self.given < self._moves:
            self.given += 1
            return ModelReply(text=self._move(), finish_reason="stop", attempts=0)
        if self._measuring:
            raise MeasuredError(request.size)
        return await self._chat.complete(request)

    def _move(self) -> str:
        half = self._padding // 2
        return json.dumps(
            {
                "private_thoughts": f"We wait. {filler(half)}",
                "move": {"action": "pass", "position": None},
                "public_words": f"We have nothing to add. {filler(self._padding - half)}",
            }
        )
