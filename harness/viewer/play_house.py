"""What the pages of sittings are told, and what they may ask for: whoever plays implements it.

The viewer imports nothing that plays. It is handed a :class:`House`, and shows what that says.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from harness.errors import Track15Error
from harness.records.transcript import Move

if TYPE_CHECKING:
    from harness.report.reading import Reading

State = Literal["waiting", "move", "advise", "debrief", "over", "failed"]
"""``waiting``: for the other side, or for the scores. ``move``, ``advise``, ``debrief``: for the
person. ``over``: the truth is known. ``failed``: nothing can be shown but why."""
ASKING: Final = frozenset({"move", "advise", "debrief"})


@dataclass(frozen=True)
class Start:
    """What a person sits down to, by the names that the house offers."""

    scenario: str
    seat: str
    opponent: str
    track: str
    brief: str
    rounds: int | None = None
    turns: int | None = None


@dataclass(frozen=True)
class Choices:
    """What can be sat down to.

    Attributes:
        scenarios: Name -> title. A name means what the house says: it is no path.
        opponents: Who may sit opposite: names alone, the first by default.
        seats, tracks, briefs: Value -> what it means, in words.
        first: What is chosen at first.
    """

    scenarios: Mapping[str, str]
    opponents: tuple[str, ...]
    seats: Mapping[str, str]
    tracks: Mapping[str, str]
    briefs: Mapping[str, str]
    first: Start


@dataclass(frozen=True)
class Truth:
    """What a sitting was.

    Attributes:
        reading: The dialogue with nothing left out.
        seat: The person's.
        untold: What the person was told beside what was so, and what the other side kept to
            itself, in a sentence each.
        done: Whether the talks came to their end.
        left: Whether the person ended the sitting before.
        run: Name of its run.
    """

    reading: Reading
    seat: str
    untold: tuple[str, ...]
    done: bool
    left: bool
    run: str


@dataclass(frozen=True)
class Now:
    """Where a sitting stands.

    Attributes:
        state: What is waited for.
        number: Of the question that is asked, or was asked last: a form answers one question, and
            no other.
        form: Of that question; None before the first.
        briefing: What is read once, as Markdown.
        title: Of the member who advises; else empty.
        sent: The move that was sent last, while it is with the table; else None.
        filled: What was filled in, where the table could not use it, or the leadership alone was
            asked; else empty.
        truth: What the sitting was, once it is over.
        problem: Why it failed, where it did.
    """

    state: State
    number: int = 0
    form: Any = None
    briefing: tuple[str, ...] = ()
    title: str = ""
    sent: Move | None = None
    filled: Mapping[str, str] = field(default_factory=dict)
    truth: Truth | None = None
    problem: Track15Error | None = None


class Sitting(Protocol):
    """A sitting that is held, or was held while this server runs."""

    @property
    def name(self) -> str:
        """Its name in addresses, which cannot be guessed."""

    @property
    def title(self) -> str:
        """Of the dispute."""

    def now(self) -> Now:
        """Where it stands."""

    def answer(self, number: int, answer: Any, filled: Mapping[str, str]) -> bool:
        """Answer a question.

        Args:
            number: Of the question.
            answer: A move, advice or a debrief, as the question asks for.
            filled: The form that it was read from.

        Returns:
            Whether it counts: False where that question is not open, and nothing is done then.
        """

    def leave(self) -> None:
        """End the sitting. What was played is kept; it is no walk-out."""


class House(Protocol):
    """Where people sit down."""

    def choices(self) -> Choices:
        """What can be sat down to."""

    def sit(self, start: Start) -> Sitting:
        """Begin a sitting.

        Raises:
            Track15Error: It cannot be begun.
        """

    def sitting(self, name: str) -> Sitting | None:
        """A sitting by its name."""

    def sittings(self) -> Sequence[Sitting]:
        """All, in the order in which they were begun."""


def new_token() -> str:
    """What every form of a server holds, and no other page can know."""
    return secrets.token_urlsafe(24)
