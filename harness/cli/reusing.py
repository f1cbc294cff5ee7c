"""The flags that spare paid calls: ``--cache`` and ``--replay``; and what else keeps replies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from harness.cli.options import UserPath

if TYPE_CHECKING:
    from harness.orchestrator.plan import Plan
    from harness.orchestrator.replay import Recording

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
