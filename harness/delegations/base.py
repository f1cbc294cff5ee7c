"""The interface of a delegation, which scripts, models and people share.

A delegation answers; it never decides what counts. The table checks every answer against the rules
and, when it is unusable, asks again with the exact complaint. A delegation that cannot produce a
move says so in ``problem``; it never substitutes one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from harness.asking.answer import MadeCall as MadeCall
from harness.records.transcript import Debrief, Move
from harness.view import View


@dataclass(frozen=True)
class Answer:
    """A delegation's answer: exactly one of ``move``, ``words``, ``debrief``, or a ``problem``.

    ``problem`` says why the reply cannot be used. ``hint`` tells the user of the run what to do
    about a problem that no model can put right.
    """

    move: Move | None = None
    words: str | None = None
    debrief: Debrief | None = None
    problem: str | None = None
    hint: str | None = None
    calls: Sequence[MadeCall] = ()


class Delegation(Protocol):
    """One delegation in one dialogue.

    ``complaint`` is None when first asked, then the exact reason why the last answer was unusable.

    Raises (all methods): :class:`harness.errors.ModelError` when an endpoint cannot be used.
    """

    async def move(self, view: View, complaint: str | None) -> Answer:
        """The delegation's next move."""
        ...

    async def caucus(self, view: View, member: str, complaint: str | None) -> Answer:
        """What a member advises in private before the lead speaks (``words``)."""
        ...

    async def debrief(self, view: View, complaint: str | None) -> Answer:
        """The private questions after the talks (claim C9)."""
        ...

    def messages(self) -> dict[str, tuple[str, str]]:
        """Texts shown to models so far: hash -> (role, content). Empty for scripts."""
        ...
