"""Where dialogues are played: in this process, in processes beside it, on a cluster.

The driver (:func:`harness.orchestrator.run.play_plan`) takes dialogues from the plan, hands them to
an executor and writes down what comes back; it alone writes. It cannot tell one executor from
another by what they play: the same spec gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Protocol, Self

from harness.delegations.base import Delegation
from harness.episode import play_episode
from harness.orchestrator.tally import Tally
from harness.records.finished import Finished
from harness.records.spec import DialogueSpec
from harness.scenario import Scenario

Seating = Callable[[DialogueSpec], Mapping[str, Delegation]]
"""Makes fresh delegations for a dialogue."""


class Executor(Protocol):
    """Plays dialogues, each once; belongs to one event loop.

    Attributes:
        slots: Dialogues it can have in play at once, at least 1.
    """

    slots: int

    async def play(self, spec: DialogueSpec) -> Finished:
        """Play a dialogue to its end, on another worker if one is lost.

        Raises:
            Track15Error: The run cannot go on: a prompt cannot be rendered, workers cannot be
                started or end again and again. What a model or an endpoint does is no such error.
        """
        ...

    async def aclose(self) -> None:
        """End everything that was started. Dialogues in play are broken off."""
        ...


class LocalExecutor:
    """Plays in this process, many dialogues at once in its event loop.

    Args:
        scenarios: Id -> scenario as written.
        seating: Makes the delegations of a dialogue.
        tally: Counts calls and unusable replies.
        slots: Dialogues in play at once, >= 1.
    """

    def __init__(
        self,
        scenarios: Mapping[str, Scenario],
        seating: Seating,
        tally: Tally,
        *,
        slots: int,
    ) -> None:
        self.slots = slots
        self._scenarios = scenarios
        self._seating = seating
        self._tally = tally
        self._twins: dict[tuple[str, str], Scenario] = {}

    async def play(self, spec: DialogueSpec) -> Finished:
        """See :class:`Executor`."""
        key = (spec.scenario, spec.twin.value)
        scenario = self._twins.get(key)
        if scenario is None:
            scenario = self._twins[key] = self._scenarios[spec.scenario].twin(spec.twin)
        episode = await play_episode(spec, scenario, self._seating(spec), self._tally.call)
        self._tally.talks(episode.transcript.talks)
        return Finished.of(episode.transcript, episode.timing, episode.messages)

    async def aclose(self) -> None:
        """Nothing was started."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
