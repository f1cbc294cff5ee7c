"""The flags that spare paid calls: ``--cache``, ``--reuse`` and ``--replay``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from harness.cli.options import UserPath
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.orchestrator.plan import Plan
    from harness.orchestrator.replay import Recording

F = TypeVar("F", bound=Callable[..., Any])


def reuse_options(function: F) -> F:
    """``--cache FILE``, ``--reuse`` and ``--replay RUN``."""
    options = [
        click.option(
            "--cache",
            type=UserPath(),
            metavar="FILE",
            help="Keep replies here, and take from here those to the very same requests.",
        ),
        click.option(
            "--reuse",
            is_flag=True,
            help="Take finished dialogues of other runs in --log-dir, instead of playing the same "
            "ones again.",
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


def reused(reuse: bool, replay: str | None, log_dir: Path) -> Path | None:
    """Folder of the runs that ``--reuse`` takes from; None where it is left out.

    Raises:
        UsageError: A run is replayed: then all comes from that one.
    """
    if reuse and replay is not None:
        raise UsageError(
            "a replay takes everything from the run that it replays",
            where="--reuse",
            fix="leave out --reuse or --replay",
        )
    return log_dir if reuse else None


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
        return log_dir / plan.name
    from harness.orchestrator import replay

    return replay.folder_of(log_dir, plan)
