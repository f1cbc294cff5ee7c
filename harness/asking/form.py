"""A form that a model fills in, in a conversation of its own; asked for again while it is unusable.

What is asked, and how an answer is read, is whoever's who asks. How often, with which seed, and
what counts as no answer at all stands here once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from harness.asking.answer import MadeCall
from harness.asking.asking import tries_left
from harness.asking.conversation import SEEDS, AskedModel, Thread
from harness.asking.jsonreply import UnreadableError
from harness.asking.usable import hint, unfinished
from harness.seeds import derive

T = TypeVar("T")


class Words(Protocol):
    """What asks again."""

    def complaint(self, problem: str, *, tries: int | None = None) -> str:
        """Says why an answer could not be used."""
        ...


@dataclass(frozen=True)
class Filled(Generic[T]):
    """What came back.

    Attributes:
        value: What was read of it; None where there is a problem.
        problem, hint, calls: As of :class:`~harness.asking.answer.AnyAnswer`.
    """

    value: T | None
    problem: str | None
    hint: str | None
    calls: tuple[MadeCall, ...]

    @property
    def unusable(self) -> dict[str, Any]:
        """The problem, as fields of an answer of any kind."""
        return {"problem": self.problem, "hint": self.hint, "calls": self.calls}


class Form(Generic[T]):
    """A conversation in which one form is asked for.

    Args:
        asked: Who fills it in.
        purpose: What is asked for, which is also what the schema is called.
        schema: Of an answer.
        words: What asks again.
        seed: Of the sampling; every attempt has its own.
        repairs: How often it may be asked for again.
        read: Reads a reply; raises :class:`~harness.asking.jsonreply.UnreadableError`.
    """

    def __init__(
        self,
        asked: AskedModel,
        purpose: str,
        schema: dict[str, Any],
        words: Words,
        seed: int | Callable[[int], int],
        repairs: int,
        read: Callable[[str], T],
    ) -> None:
        self._asked, self._purpose, self._schema, self._words = asked, purpose, schema, words
        self._seed, self._repairs, self._read = seed, repairs, read
        self._attempts = 0
        self.thread = Thread()

    async def ask(self, complaint: str | None) -> Filled[T]:
        """Ask once.

        Args:
            complaint: Why the last answer was unusable; None at first.

        Raises:
            ModelError: The model could not be asked.
        """
        if complaint is not None:
            tries = tries_left(self._repairs, self._attempts)
            self.thread.add("user", self._words.complaint(complaint, tries=tries))
        attempt, self._attempts = self._attempts, self._attempts + 1
        seed = self._seed(attempt) if callable(self._seed) else derive(self._seed, attempt)
        made, reply = await self.thread.ask(
            self._asked, purpose=self._purpose, schema=self._schema, seed=seed % SEEDS
        )
        if (problem := unfinished(reply)) is not None:
            return Filled(None, problem, hint(reply), (made,))
        try:
            return Filled(self._read(reply.text), None, None, (made,))
        except UnreadableError as error:
            return Filled(None, str(error), None, (made,))
