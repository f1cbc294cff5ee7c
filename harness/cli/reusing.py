"""The flags that spare paid calls: ``--cache`` and ``--replay``; and what else keeps replies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from harness.cli.options import UserPath

if TYPE_CHECKING:
    from harness.orchestrator.keeping import Keeping
    from harness.orchestrator.plan import Plan
    from harness.orchestrator.replay import Recording
    from harness.records.run import RunInfo
    from harness.records.store import RunWriter

F = TypeVar("F", bound=Callable[..., Any])


def reuse_options(function: F) -> F:
    """``--cache FILE`` and ``--replay RUN``."""
    options = [
        click.option(
            "--cache",
            type=UserPath(),
            metavar="FILE",
            help="Keep replies here, and take from here those to the very same requests.",
        ),
        click.option(
            "--replay",
            metavar="RUN",
            help="Ask no model: play this run again from its record, into a folder of its own.",
        ),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def plays_models(plan: Plan) -> bool:
    """Whether anybody but scripts plays."""
    return any(model != "scripted" for model in plan.models.values())


def recording_of(replay: str | None, log_dir: Path, plan: Plan) -> Recording | None:
    """What ``--replay`` names; None where it is left out.

    Raises:
        RecordError: There is no such run, it is damaged, or lacks a dialogue of the plan.
    """
    if replay is None:
        return None
    from harness.cli.runs import open_run
    from harness.orchestrator.replay import Recording

    recording = Recording(open_run(replay, log_dir))
    recording.hold(plan)
    return recording


def folder_of(log_dir: Path, plan: Plan, recording: Recording | None) -> Path:
    """The folder of a run, or of its replay."""
    if recording is None:
        former = log_dir / plan.former_name
        return former if former.is_dir() else log_dir / plan.name
    from harness.orchestrator import replay

    return replay.folder_of(log_dir, plan)


def writer_of(
    plan: Plan, folder: Path, info: RunInfo, recording: Recording | None, *, retry_void: bool
) -> RunWriter:
    """The writer of a run, or of its replay.

    Raises:
        RecordError: As :class:`~harness.records.store.RunWriter`.
    """
    if recording is not None:
        from harness.orchestrator.replay import ReplayWriter

        return ReplayWriter(folder, info, recording)
    if plays_models(plan):
        from harness.orchestrator.keeping import KeepingWriter

        return KeepingWriter(folder, info, retry_void=retry_void)
    from harness.records.store import RunWriter

    return RunWriter(folder, info)


def keeping_of(plan: Plan, writer: RunWriter, cache: Path | None, *, retry_void: bool) -> Keeping:
    """Where the replies of a run are kept."""
    from harness.orchestrator.keeping import Keeping

    void = (key for key, status in writer.played.items() if status == "void")
    return Keeping(
        run=writer.path,
        cache=cache,
        fresh=frozenset(void) if retry_void else frozenset(),
        uncached=frozenset(plan.brought),
    )
