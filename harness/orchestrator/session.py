"""Plays a plan into a run folder: the same for a run, a fork, a replay, and from Python.

Nothing here prints, and nothing here asks how it was called.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import harness
from harness.errors import RecordError
from harness.kinds import hold_loadable
from harness.models.settings import PoolSettings
from harness.orchestrator.rationing import Rationing, bound_of
from harness.orchestrator.replay import ReplayWriter
from harness.orchestrator.reuse import Reuse
from harness.orchestrator.run import play_plan
from harness.orchestrator.setup import setup_of
from harness.records.run import RunInfo
from harness.records.served import joined, with_replies
from harness.records.spec import TALKS
from harness.records.writer import RunWriter
from harness.stages.base import Bench, ChatOf, twins_of
from harness.workers.backend import Backend, open_backend
from harness.workers.executor import LocalExecutor
from harness.workers.progress import Progress
from harness.workers.replies import KeepingWriter, ReplyFiles
from harness.workers.resources import Resources
from harness.workers.spending import Spending

if TYPE_CHECKING:
    from harness.delegations.base import Delegation
    from harness.models.limits.budget import Budget
    from harness.orchestrator.plan import Plan
    from harness.orchestrator.replay import Recording
    from harness.prompting.talks import Prompts
    from harness.records.spec import TalksSpec
    from harness.workers.resources import Setup

Seats = Callable[["TalksSpec", ChatOf], "Mapping[str, Delegation]"]
"""Fresh delegations for a dialogue, with the models that they may ask."""


@dataclass
class Session:
    """One session at a run. The same session again resumes what the last one left.

    Args:
        plan: What is played.
        folder: The run folder; made if it is not there.
        command: What to type to resume, for the record.
        wire: How hard endpoints are driven.
        prompts: What models read; None where none plays.
        budget: What the run may spend; None for no limit.
        cache: File of replies that other runs use too; None for none.
        recording: A run that is replayed: no model is asked anything.
        reuse: Folder of runs whose finished stages are taken, where the plan has them too; None
            for none. The folder has to be the user's own.
        backend: Where it is played.
        retry_void: Also play again what is void for what a model replied.
        seats: Makes the delegations, where they are not those of the plan.
        allow_model_change: Go on with a run though its server serves another model by now.
        by_model: Play all stages of one model before those of another on the same server, where
            the run has no limit; else the stages of one episode come together.
        on_record: Finished stages of the folder that the plan reads and does not have.
        notify: Told, in words, what a user should know.
    """

    plan: Plan
    folder: Path
    command: str = ""
    wire: PoolSettings = field(default_factory=PoolSettings)
    prompts: Prompts | None = None
    budget: Budget | None = None
    cache: Path | None = None
    recording: Recording | None = None
    reuse: Path | None = None
    backend: Backend = field(default_factory=Backend)
    retry_void: bool = False
    seats: Seats | None = None
    allow_model_change: bool = False
    by_model: bool = True
    on_record: Collection[str] = ()
    notify: Callable[[str], None] = lambda _: None
    progress: Progress = field(init=False)

    def __post_init__(self) -> None:
        self.progress = Progress(spending=Spending(self.wire.endpoints))

    @property
    def info(self) -> RunInfo:
        """What ``run.json`` will say."""
        plan, now = self.plan, datetime.now(UTC).isoformat(timespec="seconds")
        return RunInfo(
            version=harness.__version__,
            created=now,
            command=self.command,
            plan=plan.digest,
            root=plan.root,
            dialogues=plan.dialogues,
            suite=plan.suite,
            scenarios=plan.scenarios,
            models=plan.models,
            lineups=tuple(lineup.seated for lineup in plan.lineups),
            templates=plan.templates,
            served={} if self.recording is None else self.recording.folder.info.served,
            declarations=() if self.recording is None else self.recording.declared(plan.suite, now),
            reused=self.recording is not None and self.recording.folder.info.reused,
            later_kinds=plan.later_kinds,
            limited=plan.cut > 0,
            cut=plan.cut,
            cut_scenarios=plan.cut_scenarios,
        )

    @contextlib.contextmanager
    def opened(self) -> Iterator[RunWriter]:
        """The run folder, held against a second writer for as long as the block lasts.

        Raises:
            RecordError: As :class:`~harness.records.writer.RunWriter`.
        """
        with self._writer() as writer:
            yield writer

    async def play(self, writer: RunWriter) -> Progress:
        """Play what is not finished yet.

        Args:
            writer: Of :meth:`opened`.

        Raises:
            Track15Error: As :func:`~harness.orchestrator.run.play_plan`; or an endpoint does not
                answer, or does not take its key; or workers cannot load a kind of stage.
        """
        if self.recording is not None:
            await self._replay(writer, self.recording)
        else:
            await self._play(writer)
        return self.progress

    def _writer(self) -> RunWriter:
        if self.recording is not None:
            return ReplayWriter(self.folder, self.info, self.recording)
        if self.plan.plays_models:
            return KeepingWriter(self.folder, self.info, retry_void=self.retry_void)
        return RunWriter(self.folder, self.info)

    async def _replay(self, writer: RunWriter, recording: Recording) -> None:
        bench = Bench(
            scenario=twins_of(self.plan.scenarios),
            seats=lambda spec: recording.seats(spec, self.prompts),
            chats=recording.chats,
            on_call=self.progress.call,
            prompts=self.prompts,
        )
        executor = LocalExecutor(bench, self.progress, slots=self.wire.max_connections)
        await play_plan(self.plan, writer, executor, self.progress, retry_void=self.retry_void)

    async def _play(self, writer: RunWriter) -> None:

        plan, budget, progress = self.plan, self.budget, self.progress
        if not self.backend.here:
            hold_loadable((TALKS, *plan.later_kinds))
        setup = self._setup(writer)
        async with Resources(
            setup,
            budget=budget,
            prompts=self.prompts,
            brought=plan.brought,
            notice=progress.wait,
            seats=self.seats,
        ) as resources:
            await self._check(resources, writer)
            rationing = None
            if budget is not None:
                rationing = Rationing(budget, bound_of(plan, self.prompts, self.wire.endpoints))
            reuse = None if self.reuse is None else await self._look(writer, self.reuse)
            try:
                async with open_backend(
                    self.backend, setup, resources, progress, budget, self.notify
                ) as executor:
                    await play_plan(
                        plan,
                        writer,
                        executor,
                        progress,
                        retry_void=self.retry_void,
                        rationing=rationing,
                        by_model=self.by_model,
                        reuse=reuse,
                        on_record=self.on_record,
                    )
            finally:
                progress.refused(resources.notes())
                progress.said(resources.said())
                with contextlib.suppress(RecordError):  # on a full disk, there is another error
                    writer.serve(with_replies(writer.info.served, progress.replies))
                for line in () if reuse is None else reuse.words():
                    self.notify(line)

    async def _check(self, resources: Resources, writer: RunWriter) -> None:
        """Find out whether the endpoints answer, and what they serve, unless nothing is left to
        ask them.

        Raises:
            ModelError: One does not answer.
            RecordError: One serves another model than before.
        """
        if not self._is_something_left(writer):
            return
        await resources.check()
        now = datetime.now(UTC).isoformat(timespec="seconds")
        found = await resources.identities()
        served = joined(
            writer.info.served, found, now, run=writer.path, allow=self.allow_model_change
        )
        writer.serve(served)

    def _is_something_left(self, writer: RunWriter) -> bool:
        """Whether a stage of the plan may be to be played. Fewer finished ones than the plan has
        say so by their number: a plan may be a million stages long, and is gone through only where
        they may be all there."""
        finished = sum(status in ("done", "void") for status in writer.played.values())
        if self.retry_void or finished < self.plan.stage_count:
            return True
        return not all(writer.finished(node.id) for node in self.plan.stages())

    async def _look(self, writer: RunWriter, log_dir: Path) -> Reuse:
        """Look through other runs for what is not played yet. What this run has begun and paid for
        it goes on with itself."""
        begun = writer.begun()
        settled = ("done",) if self.retry_void else ("done", "void")
        reuse = Reuse(
            log_dir, writer.path, writer.info, self.plan.addresses, retry_void=self.retry_void
        )
        missing = (node for node in self.plan.stages() if writer.played.get(node.id) not in settled)
        self.progress.wait("looking through other runs")
        for _ in reuse.look(node for node in missing if node.id not in begun):
            await asyncio.sleep(0)
        self.progress.wait("")
        if reuse.has_some:
            writer.reuse()
        return reuse

    def _setup(self, writer: RunWriter) -> Setup:
        return setup_of(
            self.plan,
            self.wire,
            prompts=None if self.prompts is None else self.prompts.root,
            keeping=self._keeping(writer),
            budgeted=self.budget is not None,
        )

    def _keeping(self, writer: RunWriter) -> ReplyFiles:
        void = (key for key, status in writer.played.items() if status == "void")
        return ReplyFiles(
            run=writer.path,
            cache=self.cache,
            fresh=frozenset(void) if self.retry_void else frozenset(),
            uncached=frozenset(self.plan.brought),
        )
