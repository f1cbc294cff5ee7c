"""A person who reads and answers on a page: what is asked waits here until somebody answers it.

The talks run in a thread of their own, pages in others. A question has a number, and an answer
counts once, and only where it names the question that is open.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from harness.delegations.person import DebriefForm, Form, MoveForm
from harness.errors import PersonLeftError, Track15Error
from harness.records.transcript import Action, Debrief, Move
from harness.viewer.play_house import Now, State, Truth


class WebPerson:
    """Implements :class:`harness.delegations.person.Person`.

    Args:
        leave: Called where the person leaves while the other side is waited for.
    """

    def __init__(self, leave: Callable[[], None]) -> None:
        self._leave = leave
        self._lock = threading.Lock()
        self._now = Now("waiting")
        self._open: tuple[asyncio.AbstractEventLoop, asyncio.Future[Any]] | None = None
        self._left = False
        self._filled: Mapping[str, str] = {}
        self._consulted = False

    # --- for the talks -----------------------------------------------------------------------

    async def move(self, form: MoveForm) -> Move:
        """A move, with what is said at the table."""
        answer: Move = await self._ask("move", form)
        return answer

    async def advise(self, form: MoveForm, title: str) -> str:
        """What a member of the delegation advises."""
        answer: str = await self._ask("advise", form, title)
        return answer

    async def debrief(self, form: DebriefForm) -> Debrief:
        """The answers after the talks."""
        answer: Debrief = await self._ask("debrief", form)
        return answer

    async def _ask(self, state: State, form: Form, title: str = "") -> Any:
        """What is answered.

        Raises:
            PersonLeftError: The person ends the sitting.
        """
        loop = asyncio.get_running_loop()
        reply: asyncio.Future[Any] = loop.create_future()
        with self._lock:
            if self._left:
                raise PersonLeftError
            self._now = Now(
                state,
                number=self._now.number + 1,
                form=form,
                briefing=form.briefing or self._now.briefing,
                title=title,
                # Whoever asked at home goes on with what was written for the same turn.
                filled=self._filled if form.complaint is not None or self._consulted else {},
            )
            self._open = loop, reply
        try:
            return await reply
        finally:
            with self._lock:  # whoever has stopped waiting can be answered no more
                if self._open is not None and self._open[1] is reply:
                    self._open = None
                    self._now = replace(self._now, state="waiting")

    # --- for the pages -----------------------------------------------------------------------

    def now(self) -> Now:
        """Where the sitting stands."""
        with self._lock:
            return self._now

    def answer(self, number: int, answer: Any, filled: Mapping[str, str]) -> bool:
        """As :meth:`harness.viewer.play_house.Sitting.answer`."""
        with self._lock:
            if self._open is None or number != self._now.number:
                return False
            loop, reply = self._open
            self._open, self._filled = None, dict(filled)
            sent = answer if isinstance(answer, Move) else None
            self._consulted = sent is not None and sent.action is Action.CONSULT
            self._now = replace(self._now, state="waiting", sent=sent, filled={})
        loop.call_soon_threadsafe(_settle, reply, answer)
        return True

    def leave(self) -> None:
        """End the sitting, whoever is waited for. A sitting that is over stays as it is."""
        with self._lock:
            self._left, opened, self._open = True, self._open, None
            if opened is not None:
                self._now = replace(self._now, state="waiting", filled={})
        if opened is None:
            self._leave()
        else:
            loop, reply = opened
            loop.call_soon_threadsafe(_settle, reply, PersonLeftError())

    def finish(self, truth: Truth) -> None:
        """Let the pages show what the sitting was."""
        self._end(Now("over", truth=truth))

    def fail(self, problem: Track15Error) -> None:
        """Let the pages say why nothing can be shown."""
        self._end(Now("failed", problem=problem))

    def _end(self, now: Now) -> None:
        with self._lock:
            self._now = replace(now, number=self._now.number + 1)


def _settle(reply: asyncio.Future[Any], answer: Any) -> None:
    """Hand an answer to who waits for it, where somebody still does."""
    if reply.done():
        return
    if isinstance(answer, Exception):
        reply.set_exception(answer)
    else:
        reply.set_result(answer)
