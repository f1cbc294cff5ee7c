"""Plays a plan: many dialogues at once, resumable, nothing played twice.

As many dialogues as the executor has slots are in play, taken from the plan in order; each finished
one is on disk before its slot takes the next. Whatever stops the run - Ctrl-C, a full disk, a dead
server, a ``kill -9`` - loses at most the dialogues in play.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping

from harness.errors import ModelError, Track15Error
from harness.orchestrator.collecting import rare_collections
from harness.orchestrator.executor import Executor
from harness.orchestrator.plan import Plan
from harness.orchestrator.rationing import Rationing
from harness.orchestrator.tally import Tally
from harness.records.finished import Finished
from harness.records.spec import DialogueSpec
from harness.records.store import RunWriter

ABORT_AFTER = 3
"""Dialogues in a row that may fail for an endpoint before the run is stopped: further ones would
only repeat the failure."""


async def play_plan(
    plan: Plan,
    writer: RunWriter,
    executor: Executor,
    tally: Tally,
    *,
    retry_void: bool = False,
    rationing: Rationing | None = None,
) -> None:
    """Play what is not yet finished of ``plan``.

    Args:
        executor: Plays; it stays open.
        tally: Kept up to date; the executor counts calls in the same one.
        retry_void: Also play again the dialogues that are void for what a model replied.
        rationing: Lets dialogues begin, where the run has a limit; None where it has none.

    Raises:
        ModelError: An endpoint failed :data:`ABORT_AFTER` dialogues in a row.
        RecordError: The run folder cannot be written.
        Track15Error: As :meth:`~harness.orchestrator.executor.Executor.play`.
    """
    played = dict(writer.played)
    todo = _todo(plan, played, tally, retry_void)
    failures = _Failures()

    async def work() -> None:
        for spec in todo:
            if rationing is not None and tally.stopped is None:
                await rationing.begin(spec)
            if tally.stopped is not None:
                return
            tally.in_play += 1
            try:
                finished = await executor.play(spec)
            finally:
                tally.in_play -= 1
            if finished.calls or not finished.broken_off:
                writer.append(finished)
            tally.dialogue(finished)
            failures.note(finished)
            if rationing is not None:
                await rationing.end(spec, finished=finished.status != "failed")
            del finished  # it is on disk, and thousands may wait here for their turn
            # A scripted dialogue never waits: let Ctrl-C and the others in.
            await asyncio.sleep(0)

    try:
        with rare_collections():
            async with asyncio.TaskGroup() as group:
                for _ in range(min(executor.slots, tally.planned - tally.resumed)):
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
    return (spec for key, spec in zip(plan.ids, plan.specs(), strict=True) if key not in skip)


class _Failures:
    """Stops the run when an endpoint fails dialogue after dialogue."""

    def __init__(self) -> None:
        self._in_row = 0

    def note(self, finished: Finished) -> None:
        if finished.broken_off:
            return
        if finished.status != "failed":
            self._in_row = 0
            return
        self._in_row += 1
        if self._in_row >= ABORT_AFTER:
            what, _, fix = finished.detail.partition("\n  fix: ")
            if "resume" not in fix:
                fix = f"{fix or 'put right what failed'}; the same command resumes"
            raise ModelError(
                f"stopped: {self._in_row} dialogues in a row could not be played. "
                f"The last: {what or 'unknown'}",
                fix=fix,
            )


def _first(group: BaseExceptionGroup[Track15Error]) -> Track15Error:
    for error in group.exceptions:
        return _first(error) if isinstance(error, BaseExceptionGroup) else error
    raise AssertionError("an exception group is never empty")
