"""``track15 run SUITE``: play, score, report."""

from __future__ import annotations

import asyncio
import contextlib
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.console import program, say
from harness.cli.limiting import limit_options
from harness.cli.options import (
    display_option,
    endpoint_options,
    evaluator_option,
    json_option,
    lineup_options,
    log_dir_option,
    max_void_option,
    model_change_option,
    no_report_option,
    suite_options,
)
from harness.cli.reusing import reuse_options
from harness.cli.spreading import spread_options
from harness.errors import Track15Error, counted
from harness.files.paths import shown_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.orchestrator.session import Session
    from harness.workers.progress import Progress


@click.command()
@click.argument("suite")
@suite_options
@lineup_options
@endpoint_options
@limit_options
@reuse_options
@spread_options
@evaluator_option
@model_change_option
@click.option(
    "--retry-void",
    is_flag=True,
    help="Play again the dialogues that are void because of an unusable reply.",
)
@max_void_option
@no_report_option
@display_option
@log_dir_option
@json_option
def command(
    suite: str,
    evaluators: tuple[str, ...],
    max_void: float,
    no_report: bool,
    display: str,
    as_json: bool,
    **options: Any,
) -> int:
    """Play SUITE (a name from `track15 list suites`, or a YAML file), score and report it.

    The same command resumes an interrupted run and never plays a finished dialogue twice.
    """
    from harness.app.agentnotes import agent_notes
    from harness.app.budgets import spending_notes
    from harness.app.options import RunOptions, checked
    from harness.app.playing import session_of
    from harness.cli.measuring import measure

    given = checked({**options, "evaluators": evaluators}, RunOptions)
    session = session_of(suite, given, command=_resume_command(), notify=say)
    _play(session, display)
    for note in agent_notes(session.plan, session.folder):
        say(note)
    hint = None if session.progress.stopped is not None else _command_of(session)
    code = measure(
        session.folder,
        as_json=as_json,
        evaluators=evaluators,
        retry_hint=hint,
        page=not no_report,
        max_void=max_void,
    )
    for note in spending_notes(session.budget, session.progress):
        say(note)
    return code


def _play(session: Session, display: str) -> None:
    """Play, with progress, and say how to go on where that is interrupted."""
    from harness.app.playing import refusal_notes, sit
    from harness.app.watching import Watching
    from harness.cli.progress import showing
    from harness.workers.garbage import rare_collections

    progress = session.progress
    watching = Watching(session.folder)

    @contextlib.contextmanager
    def shown() -> Iterator[None]:
        title = session.plan.suite.title
        looking = contextlib.nullcontext() if display == "none" else watching.going_on()
        with looking, showing(progress, display, title, lambda: watching.text):
            try:
                yield
            finally:
                for note in refusal_notes(progress):
                    say(note)

    try:
        with rare_collections():
            asyncio.run(sit(session, around=shown))
    except KeyboardInterrupt:
        _say_resume(session.folder, progress)
        raise
    except Track15Error:
        if progress.planned:
            _say_resume(session.folder, progress)
        raise


def _command_of(session: Session) -> str:
    """The command that plays everything in the folder; notes if that is more than was asked."""
    from harness.cli.measuring import to_paste
    from harness.records.reader import RunFolder

    info = RunFolder(session.folder).info
    if info.dialogues <= session.plan.dialogues:
        return _resume_command()
    say(
        f"A longer command, for {counted(info.dialogues, 'dialogue')}, made this folder. All of "
        "them are counted."
    )
    return to_paste(info)


def _resume_command() -> str:
    return shlex.join([program(), *sys.argv[1:]])


def _say_resume(folder: Path, progress: Progress) -> None:
    say(
        f"{progress.finished} of {progress.planned} {progress.noun} finished and kept in "
        f"{shown_path(folder)}.\nTo resume, type: {_resume_command()}"
    )
