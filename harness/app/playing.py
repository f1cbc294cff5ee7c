"""Playing a suite from Python: ``run`` and ``arun``."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Unpack

from harness.analysis.account import Account
from harness.analysis.findings import Findings
from harness.app.agentnotes import agent_notes
from harness.app.announcing import announcement
from harness.app.budgets import budget_of, refuse_reached, spending_notes
from harness.app.measuring import measure
from harness.app.options import RunOptions, backend_of, checked, command_of, wire_of
from harness.app.planning import prepare_from
from harness.app.runs import Notify, open_run, unheard
from harness.app.waiting import wait_for
from harness.errors import UsageError
from harness.models.named import load_models
from harness.orchestrator import replay
from harness.orchestrator.plan import Plan
from harness.orchestrator.replay import Recording
from harness.orchestrator.session import Session
from harness.records.folder import LOG_DIR
from harness.records.reader import RunFolder
from harness.workers.progress import Progress

PROGRESS_EVERY: Final = 0.25
"""Seconds between two looks of ``progress``."""

OnProgress = Callable[[Progress], None]
"""Shown, while a run is played, where it stands."""
Announce = Callable[[Session, Mapping[str, str]], str | None]
"""A session, and the status of what is on record -> what it may take, in words."""


@dataclass(frozen=True, repr=False)
class RunResult:
    """What one call of :func:`run` did, and where the run stands now.

    Attributes:
        folder: The run, for reading, with what earlier sessions have left.
        progress: What this session did: dialogues done, void and failed, calls, tokens, dollars.
        missing: Dialogues of the run that are still to be played; the same call resumes it.
        findings: What the run shows: the answer to its question, and all that weakens it.
        notes: What ``notify`` was told.
    """

    folder: RunFolder
    progress: Progress
    missing: int
    findings: Findings
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        played = (
            f"{self.progress.finished} of {self.progress.planned} {self.progress.noun} finished"
        )
        return f"<run {str(self.path)!r}: {played}, {self.progress.void} void>"

    @property
    def path(self) -> Path:
        """The run folder."""
        return self.folder.path

    @property
    def account(self) -> Account:
        """What became of the run's dialogues, those of earlier sessions included."""
        return self.findings.account


def run(
    suite: str | os.PathLike[str],
    *,
    notify: Notify = unheard,
    progress: OnProgress | None = None,
    **options: Unpack[RunOptions],
) -> RunResult:
    """Play a suite into a run folder and score it. The same call resumes an interrupted run, as the
    same command does, and plays no finished dialogue twice.

    Where an event loop runs already, as in a notebook, it plays in a thread of its own and waits
    for it; :func:`arun` lets the loop go on meanwhile. An interrupt keeps what is finished.

    Args:
        suite: Name of a suite, or its file.
        notify: Called with a sentence for everything that a user should know.
        progress: Called with the progress four times a second, and at the end.
        options: See :class:`~harness.app.options.RunOptions`.

    Raises:
        Track15Error: Suite, scenario, prompt or option is unusable; an endpoint does not answer;
            the run folder cannot be written; or a limit is reached before anything is played.
    """
    return wait_for(lambda: arun(suite, notify=notify, progress=progress, **options))


async def arun(
    suite: str | os.PathLike[str],
    *,
    notify: Notify = unheard,
    progress: OnProgress | None = None,
    **options: Unpack[RunOptions],
) -> RunResult:
    """As :func:`run`, in the event loop that runs. Planning and scoring hold the loop; playing does
    not. Cancelling it keeps what is finished.

    Raises:
        Track15Error: As :func:`run`.
    """
    given = checked(options, RunOptions)
    notes: list[str] = []

    def noted(text: str) -> None:
        notes.append(text)
        notify(text)

    session = session_of(suite, given, command=command_of(suite, given), notify=noted)
    await sit(session, progress=progress)
    for note in _notes_after(session):
        noted(note)
    folder = RunFolder(session.folder)
    evaluators = given.get("evaluators", ())
    found = measure(folder, evaluators=evaluators, page=False, notify=noted).findings
    missing = max(0, folder.info.dialogues - folder.finished())
    return RunResult(folder, session.progress, missing, found, tuple(notes))


def _notes_after(session: Session) -> Iterator[str]:
    """What a user should know of a run that has been played."""
    yield from refusal_notes(session.progress)
    yield from agent_notes(session.plan, session.folder)
    yield from spending_notes(session.budget, session.progress)


def session_of(
    suite: str | os.PathLike[str], options: Mapping[str, Any], *, command: str, notify: Notify
) -> Session:
    """The session that plays a suite.

    Args:
        suite: Name of a suite, or its file.
        options: As :func:`~harness.app.options.checked` gives them.
        command: What to type to resume, for the record.
        notify: Told what changes nothing, and what is not as it was asked for.

    Raises:
        Track15Error: Something in them is unusable.
    """
    backend = backend_of(options)
    known = load_models(options.get("models_file"))
    plan, prompts = prepare_from(suite, options, known, notify)
    log_dir = Path(options.get("log_dir", LOG_DIR))
    others = reused(options, log_dir)
    recording = recording_of(options.get("replay"), log_dir, notify)
    if recording is not None:
        plan = replace(plan, as_played=recording.as_played)
        recording.hold(plan)
    folder = folder_of(log_dir, plan, recording)
    wire = wire_of(options, known)
    limits = {"tokens": options.get("token_limit"), "usd": options.get("cost_limit")}
    return Session(
        plan=plan,
        folder=folder,
        command=command,
        wire=wire,
        prompts=prompts,
        budget=budget_of(plan, folder, wire, **limits),
        cache=Path(options["cache"]) if "cache" in options else None,
        recording=recording,
        reuse=others,
        backend=backend,
        retry_void=options.get("retry_void", False),
        allow_model_change=options.get("allow_model_change", False),
        notify=notify,
    )


async def sit(
    session: Session,
    *,
    progress: OnProgress | None = None,
    announce: Announce = announcement,
    around: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> None:
    """Play what is not finished yet, where no limit is reached.

    Args:
        progress: As for :func:`run`.
        announce: Says what it may take; None where nothing is asked.
        around: Makes a context manager that is active while the run is played.

    Raises:
        Track15Error: As :meth:`~harness.orchestrator.session.Session.play`.
    """
    with session.opened() as writer:
        if session.reuse is None:  # else what is left may cost nothing
            budget, plan = session.budget, session.plan
            refuse_reached(
                budget,
                plan,
                writer.played,
                retry_void=session.retry_void,
                called=session.progress.called,
            )
        if (text := announce(session, writer.played)) is not None:
            session.notify(text)
        with around():
            async with _shown(session.progress, progress):
                await session.play(writer)


@contextlib.asynccontextmanager
async def _shown(progress: Progress, show: OnProgress | None) -> AsyncIterator[None]:
    """Call ``show`` with the progress while the block runs, and at its end.

    An exception of ``show`` is raised when the block is over, so it costs no dialogue.
    """
    if show is None:
        yield
        return

    async def look() -> None:
        while True:
            show(progress)
            await asyncio.sleep(PROGRESS_EVERY)

    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.wait([looking])
    if not looking.cancelled():
        looking.result()  # it has failed
    show(progress)


def refusal_notes(progress: Progress) -> list[str]:
    """Notes on servers that could not be asked in the preferred way."""
    return [f"{at}: {why}" for at, whys in progress.refusals.items() for why in whys]


def recording_of(replayed: str | None, log_dir: Path, notify: Notify) -> Recording | None:
    """The run that is replayed; None where none is.

    Raises:
        RecordError: There is no such run, or it is damaged.
    """
    return None if replayed is None else Recording(open_run(replayed, log_dir, notify))


def reused(options: Mapping[str, Any], log_dir: Path) -> Path | None:
    """Folder of the runs that finished stages are taken from; None where none are.

    Raises:
        UsageError: A run is replayed: then all comes from that one.
    """
    if not options.get("reuse"):
        return None
    if options.get("replay") is not None:
        raise UsageError(
            "a replay takes everything from the run that it replays",
            where="--reuse",
            fix="leave out --reuse or --replay",
        )
    return log_dir


def folder_of(log_dir: Path, plan: Plan, recording: Recording | None) -> Path:
    """The folder of a run, or of its replay."""
    return log_dir / plan.name if recording is None else replay.folder_of(log_dir, plan)
