"""Plays a plan: many dialogues at once, resumable, nothing played twice.

A fixed number of workers take dialogues from the plan in order; each finished dialogue is on disk
before its worker takes the next. Whatever stops the run - Ctrl-C, a full disk, a dead server, a
``kill -9`` - loses at most the dialogues in play.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from harness.delegations.base import Delegation, MadeCall
from harness.episode import Episode, play_episode
from harness.errors import ModelError, Track15Error
from harness.orchestrator.plan import Plan
from harness.records.spec import DialogueSpec
from harness.records.store import RunWriter
from harness.scenario import Scenario

ABORT_AFTER = 3
"""Dialogues in a row that may fail for an endpoint before the run is stopped: further ones would
only repeat the failure."""

Seating = Callable[[DialogueSpec], dict[str, Delegation]]
"""Makes fresh delegations for a dialogue."""


@dataclass
class Tally:
    """Where a run stands; read by the progress display at its own rate."""

    planned: int = 0
    resumed: int = 0
    done: int = 0
    void: int = 0
    failed: int = 0
    deals: int = 0
    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    in_play: int = 0
    void_reasons: dict[str, int] = field(default_factory=dict)

    @property
    def finished(self) -> int:
        """Dialogues that need no more playing, those of earlier sittings included."""
        return self.resumed + self.done + self.void

    def call(self, made: MadeCall) -> None:
        self.calls += 1
        self.prompt_tokens += made.call.usage.prompt or 0
        self.completion_tokens += made.call.usage.completion or 0

    def episode(self, episode: Episode) -> None:
        match episode.transcript.status:
            case "done":
                self.done += 1
                self.deals += episode.transcript.talks.outcome.kind == "deal"
            case "void":
                self.void += 1
            case "failed":
                self.failed += 1


async def play_plan(
    plan: Plan,
    writer: RunWriter,
    seating: Seating,
    tally: Tally,
    *,
    workers: int,
    retry_void: bool = False,
) -> None:
    """Play what is not yet finished of ``plan``.

    Args:
        workers: Dialogues in play at once, >= 1.
        retry_void: Also play again the dialogues that are void for what a model replied.

    Raises:
        ModelError: An endpoint failed :data:`ABORT_AFTER` dialogues in a row.
        RecordError: The run folder cannot be written.
    """
    played = dict(writer.played)
    todo = _todo(plan, played, tally, retry_void)
    twins: dict[tuple[str, str], Scenario] = {}
    failures = _Failures()

    async def work() -> None:
        for spec in todo:
            scenario = twins.get(key := (spec.scenario, spec.twin.value))
            if scenario is None:
                scenario = twins[key] = plan.scenarios[spec.scenario].twin(spec.twin)
            tally.in_play += 1
            try:
                episode = await play_episode(spec, scenario, seating(spec), tally.call)
            finally:
                tally.in_play -= 1
            writer.append(episode.transcript, episode.timing, episode.messages)
            tally.episode(episode)
            failures.note(episode)
            # A scripted dialogue never waits: let Ctrl-C and the other workers in.
            await asyncio.sleep(0)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(workers):
                group.create_task(work())
    except* Track15Error as errors:
        raise _first(errors) from None
    writer.finalise(plan.ids)


def _todo(
    plan: Plan, played: Mapping[str, str], tally: Tally, retry_void: bool
) -> Iterator[DialogueSpec]:
    """Dialogues that still need playing, in plan order; shared by all workers."""
    settled = {"done"} if retry_void else {"done", "void"}
    kept = [key for key in plan.ids if played.get(key) in settled]
    tally.planned, tally.resumed = len(plan.ids), len(kept)
    skip = set(kept)
    return (spec for spec in plan.specs() if spec.id not in skip)


class _Failures:
    """Stops the run when an endpoint fails dialogue after dialogue."""

    def __init__(self) -> None:
        self._in_row = 0

    def note(self, episode: Episode) -> None:
        if episode.transcript.status != "failed":
            self._in_row = 0
            return
        self._in_row += 1
        if self._in_row >= ABORT_AFTER:
            void = episode.transcript.talks.void
            raise ModelError(
                f"stopped: {self._in_row} dialogues in a row could not be played. "
                f"The last: {void.detail if void else 'unknown'}",
                mend="put the endpoint right and type the same command: it resumes",
            )


def _first(group: BaseExceptionGroup[Track15Error]) -> Track15Error:
    for error in group.exceptions:
        return _first(error) if isinstance(error, BaseExceptionGroup) else error
    raise AssertionError("an exception group is never empty")
