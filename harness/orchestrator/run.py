"""Plays a plan: many dialogues at once, resumable, nothing played twice.

As many dialogues as the executor has slots are in play, taken from the plan in order; each finished
one is on disk before its slot takes the next. Those that finish in one moment go to disk together.
Whatever stops the run - Ctrl-C, a full disk, a dead server, a ``kill -9`` - loses at most the
dialogues in play.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from harness.errors import Account, ModelError, Track15Error
from harness.kinds import kind_of
from harness.orchestrator.commits import Commits
from harness.orchestrator.graph import Node
from harness.orchestrator.lineup import taking_turns
from harness.orchestrator.model_order import needs_of
from harness.orchestrator.plan import Plan
from harness.orchestrator.rationing import Rationing
from harness.orchestrator.ready import BREATH, NOTHING, Ready, ReadyStage
from harness.records.finished import Finished
from harness.records.placement import SCRIPTED
from harness.records.spec import TALKS, TalksSpec
from harness.records.transcript import Status, VoidReason
from harness.records.writer import RunWriter
from harness.stages.base import unplayed
from harness.stages.own_code import OwnCode
from harness.workers.executor import Executor
from harness.workers.progress import Progress

if TYPE_CHECKING:
    from harness.orchestrator.reuse import Reuse

ABORT_AFTER = 3
"""Dialogues in a row that may fail before the run is stopped: further ones would only repeat the
failure."""
_RESUMES: Final[dict[Account, str]] = {
    "endpoint": "the same command resumes",
    "delegation": "the same command resumes, but a changed file is another delegation "
    "(docs/delegations.md)",
}


async def play_plan(
    plan: Plan,
    writer: RunWriter,
    executor: Executor,
    progress: Progress,
    *,
    retry_void: bool = False,
    rationing: Rationing | None = None,
    by_model: bool = True,
    reuse: Reuse | None = None,
    on_record: Iterable[str] = (),
) -> None:
    """Play what is not yet finished of ``plan``.

    Args:
        executor: Plays; it stays open.
        progress: Kept up to date; the executor counts calls in the same one.
        retry_void: Also play again the dialogues that are void for what a model replied.
        rationing: Lets dialogues begin, where the run has a limit; None where it has none.
        by_model: Play all stages of one model before those of another on the same server. Not under
            a limit: a run that may end early finishes what it begins.
        reuse: What other runs have of the plan; None to play all of it.
        on_record: Finished stages of the run that the plan reads and does not have.

    Raises:
        ModelError: :data:`ABORT_AFTER` dialogues in a row failed; on the account of the last.
        RecordError: The run folder cannot be written.
        Track15Error: As :meth:`~harness.workers.executor.Executor.play`; or a kind of stage that a
            user brought along failed in its own code.
    """
    progress.planned, progress.stages = plan.stage_count, bool(plan.later_kinds)
    progress.by_model = dict.fromkeys(sorted(taking_turns(plan.lineups)), 0)
    fresh = {key for key, status in writer.played.items() if status == "void" and retry_void}

    def settled(node: Node) -> Status | None:
        if (known := _settled(node, writer, fresh)) is not None:
            _count(node, progress)
        return known

    ready = Ready(
        plan.ways(),
        settled,
        lambda way: writer.plan(way.episode),
        needs_of(plan) if by_model and rationing is None else lambda _: NOTHING,
        ahead=min(executor.slots, BREATH),  # their lines of the plan go to disk together
        on_record=on_record,
    )
    failures, commits = _Failures(), Commits(writer)

    async def work() -> None:
        while (stage := await ready.next()) is not None:
            node, spec = stage.node, stage.node.spec
            progress.resumed = ready.passed
            taken = None if reuse is None else _take(stage, writer, reuse)
            if taken is not None:
                await commits.write(taken, progress.take)
                _count(node, progress)
                ready.over(node, taken.status)
                await asyncio.sleep(0)
                continue
            if rationing is not None and progress.stopped is None:
                await rationing.begin(spec)
            if progress.stopped is not None:
                ready.close()
                return
            finished = await _play(stage, writer, executor, progress)
            if finished is not None:
                if finished.calls or not finished.broken_off:
                    await commits.write(finished, progress.dialogue)
                else:
                    progress.dialogue(finished)
                failures.note(finished)
            status: Status = "failed" if finished is None else finished.status
            if status != "failed":
                _count(node, progress)
            ready.over(node, status)  # before others may begin: what follows comes first
            if rationing is not None:
                await rationing.end(spec, finished=status != "failed")
            del finished  # it is on disk, and thousands may wait here for their turn
            # A scripted dialogue never waits: let Ctrl-C and the others in.
            await asyncio.sleep(0)

    try:
        with commits:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(executor.slots, progress.planned)):
                    group.create_task(work())
    except BaseExceptionGroup as found:
        # Not "except*": before Python 3.11.4 what is raised in it is wrapped in a group again.
        errors, others = found.split(Track15Error)
        if errors is None or others is not None:
            raise
        raise _first(errors) from None
    progress.resumed = ready.passed
    if progress.stopped is None:
        writer.finalise()


def _count(node: Node, progress: Progress) -> None:
    """Count talks for the models that play them, where several take turns."""
    if progress.by_model and isinstance(node.spec, TalksSpec):
        progress.count_talks({seat.model or SCRIPTED for seat in node.spec.seats})


def _take(stage: ReadyStage, writer: RunWriter, reuse: Reuse) -> Finished | None:
    """A stage that another run has played; None where none has."""
    if stage.node.id not in reuse:
        return None
    return reuse.take(stage.node.id, _inputs(stage, writer))


def _inputs(stage: ReadyStage, writer: RunWriter) -> dict[str, bytes]:
    """Name -> what a stage reads, as far as that has a result."""
    there = stage.node.inputs.items()
    return {name: writer.kept.line(key) for name, key in there if name not in stage.missing}


async def _play(
    stage: ReadyStage, writer: RunWriter, executor: Executor, progress: Progress
) -> Finished | None:
    """Play a stage. One that reads what is void is void for that; None where it reads what failed,
    and may have a result when the run goes on."""
    spec = stage.node.spec
    kind = kind_of(spec.kind)
    boundary = OwnCode(kind, f"stage {stage.node.id}")
    if stage.missing:
        with boundary:
            enough = kind.can_play(spec, stage.missing)
        if not enough:
            if any(writer.played.get(spec.inputs[name]) != "void" for name in stage.missing):
                return None
            detail = f"it reads {' and '.join(stage.missing)}, which has no result"
            why = VoidReason(kind="input", seat=None, detail=detail)
            with boundary:
                return Finished.of(unplayed(kind, spec, why))
    inputs = _inputs(stage, writer)
    progress.in_play += 1
    try:
        with boundary:
            return await executor.play(spec, inputs)
    finally:
        progress.in_play -= 1


def _settled(node: Node, writer: RunWriter, fresh: set[str]) -> Status | None:
    """The status of a stage that needs no playing: it has a result, or is void for what a model
    replied, and what it has read is what stands there still."""
    status = writer.played.get(node.id)
    if status not in ("done", "void") or node.id in fresh:
        return None
    if node.inputs:
        inputs = {n: k for n, k in node.inputs.items() if writer.played.get(k) == "done"}
        if writer.kept.is_stale(node.id, inputs):
            return None
    return status


class _Failures:
    """Stops the run when dialogue after dialogue fails, be it for an endpoint or for code of the
    user's."""

    def __init__(self) -> None:
        self._rows: Counter[str] = Counter()

    def note(self, finished: Finished) -> None:
        if finished.broken_off or finished.void == "input":
            return
        # Of each kind by itself: talks that go well say nothing of a judge whose server is down.
        if finished.status != "failed":
            self._rows[finished.kind] = 0
            return
        self._rows[finished.kind] += 1
        if self._rows[finished.kind] >= ABORT_AFTER:
            noun = "dialogues" if finished.kind == TALKS else f"stages of kind {finished.kind}"
            what, _, fix = finished.detail.partition("\n  fix: ")
            account: Account = "delegation" if finished.void == "delegation" else "endpoint"
            if "resumes" not in fix and "same command" not in fix:
                fix = f"{fix or 'fix what failed'}; {_RESUMES[account]}"
            stopped = ModelError(
                f"stopped: {self._rows[finished.kind]} {noun} in a row could not be played. "
                f"The last: {what or 'unknown'}",
                fix=fix,
            )
            stopped.account = account
            raise stopped


def _first(group: BaseExceptionGroup[Track15Error]) -> Track15Error:
    for error in group.exceptions:
        return _first(error) if isinstance(error, BaseExceptionGroup) else error
    raise AssertionError("an exception group is never empty")
