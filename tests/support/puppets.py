"""Delegations whose answers a test decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.delegations.base import Answer
from harness.disputes.scenario import Scenario
from harness.records.transcript import Action, Debrief, Move
from harness.view import View

Answering = Callable[[View, str | None], Answer]


class Puppet:
    """Answers what ``answering`` says; remembers every complaint and view it was shown."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering
        self.complaints: list[str] = []
        self.views: list[View] = []

    async def move(self, view: View, complaint: str | None) -> Answer:
        self._note(view, complaint)
        return self._answering(view, complaint)

    async def caucus(self, view: View, member: str, complaint: str | None) -> Answer:
        self._note(view, complaint)
        return Answer(words=f"advice of {member}")

    async def debrief(self, view: View, complaint: str | None) -> Answer:
        self._note(view, complaint)
        return Answer(debrief=Debrief(gave_more="equal", margin=0.0))

    def messages(self) -> dict[str, tuple[str, str]]:
        return {}

    def _note(self, view: View, complaint: str | None) -> None:
        self.views.append(view)
        if complaint is not None:
            self.complaints.append(complaint)


def scripted(moves: Sequence[Move | Answer]) -> Puppet:
    """A puppet that makes these moves in turn, then passes."""
    left = list(moves)

    def answer(view: View, complaint: str | None) -> Answer:
        if not left:
            return Answer(move=passing())
        following = left.pop(0)
        return following if isinstance(following, Answer) else Answer(move=following)

    return Puppet(answer)


def passing(words: str = "Nothing to add.") -> Move:
    return Move(action=Action.PASS, words=words)


def proposing(scenario: Scenario, indices: tuple[int, ...], words: str = "We propose.") -> Move:
    return Move(action=Action.PROPOSE, package=scenario.package(indices), words=words)


def accepting(offer: str, words: str = "Agreed.") -> Move:
    return Move(action=Action.ACCEPT, offer=offer, words=words)
