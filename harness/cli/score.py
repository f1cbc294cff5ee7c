"""``track15 score RUN``: evaluators again, on fixed transcripts; before that, a judge where one is
named."""

from __future__ import annotations

import asyncio
import contextlib
import shlex
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from click.core import ParameterSource

from harness.cli.console import program, say
from harness.cli.limiting import limit_options
from harness.cli.options import (
    UserPath,
    calibration_option,
    display_option,
    endpoint_options,
    json_option,
    log_dir_option,
    max_void_option,
    model_change_option,
    models_option,
    no_report_option,
)
from harness.cli.spreading import spread_options
from harness.errors import Track15Error, UsageError, counted
from harness.files.paths import shown_path

if TYPE_CHECKING:
    from harness.orchestrator.judging import JudgingSession
    from harness.records.reader import RunFolder

_SCORING: Final = frozenset(
    {"run", "evaluators", "judge", "max_void", "no_report", "display", "log_dir", "as_json"}
    | {"follow_links", "calibrations"}
)
"""Parameters that mean something without a judge."""


@click.command()
@click.argument("run", required=False)
@click.option(
    "--evaluator",
    "evaluators",
    multiple=True,
    help="Use only this evaluator: a name, or file.py:Object (repeatable).",
)
@click.option(
    "--judge",
    metavar="PROVIDER/MODEL[@URL]",
    help="Have this model judge the finished records first, where it has not yet.",
)
@click.option(
    "--rubric",
    "rubrics",
    multiple=True,
    metavar="NAME|FILE.md",
    help="What the judge is asked: a name of 'track15 list rubrics', or a rubric file of your own "
    "(repeatable). By default 'article' where the run has articles, else 'talks-claims'.",
)
@click.option(
    "--swap",
    "swaps",
    multiple=True,
    metavar="labels,order",
    help="Ask every question once more with the names of the two parties exchanged (labels), in "
    "the reverse order (order), or both, and compare: each is one more call a record.",
)
@calibration_option
@models_option
@endpoint_options
@partial(limit_options, of="judging the run")
@click.option(
    "--cache",
    type=UserPath(),
    metavar="FILE",
    help="Cache replies in this file, and reuse them for identical requests.",
)
@spread_options
@model_change_option
@click.option(
    "--retry-void",
    is_flag=True,
    help="Ask again for judgements that are void because of an unusable reply.",
)
@max_void_option
@no_report_option
@display_option
@log_dir_option
@json_option
def command(
    run: str | None,
    evaluators: tuple[str, ...],
    judge: str | None,
    rubrics: tuple[str, ...],
    swaps: tuple[str, ...],
    calibrations: tuple[Path, ...],
    max_void: float,
    no_report: bool,
    display: str,
    log_dir: Path,
    as_json: bool,
    **options: Any,
) -> int:
    """Score the transcripts of RUN (the latest when left out) and report them again.

    Nothing is played, and no model is called unless --judge names one. Code that the run names is
    not executed: an evaluator in a file counts where --evaluator names it.

    With --calibration, figures by the judge that it is of are shown with their errors taken out,
    beside what the judge reads.

    With --judge, a model first answers set questions about the finished records, with quotes that
    must occur in them. What that may take is said before it begins. The same command resumes it and
    asks nothing twice; another judge adds judgements of its own. Limits count what judging took,
    and not the dialogues.
    """
    from harness.app.runs import open_run, to_write
    from harness.cli.measuring import measure

    folder = open_run(run, log_dir, say)
    left = 0
    if judge is None:
        _refuse_without_judge()
        folder = to_write(folder, log_dir, say, or_read=not calibrations)
    else:
        asked = {"rubrics": rubrics, "swaps": swaps}
        given = {**options, "log_dir": log_dir}
        begun = partial(_begun, judge=judge, asked=asked, options=given, calibrations=calibrations)
        folder = to_write(folder, log_dir, say, hold=begun)
        left = _judge(begun(folder), folder, display, calibrations)
    code = measure(
        folder.path,
        as_json=as_json,
        evaluators=evaluators,
        only=True,
        page=not no_report,
        max_void=max_void,
        calibrations=calibrations,
    )
    return code or min(left, 1)


def _refuse_without_judge() -> None:
    """Refuse flags that are for a judge, where none is named.

    Raises:
        UsageError: One was given.
    """
    context = click.get_current_context()
    for parameter in context.command.params:
        name = parameter.name or ""
        given = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if given and name not in _SCORING:
            raise UsageError(
                "it is for a judge, and none is named",
                where=parameter.opts[0],
                fix="add --judge PROVIDER/MODEL[@URL], or leave it out",
            )


def _begun(
    folder: RunFolder,
    judge: str,
    asked: dict[str, tuple[str, ...]],
    options: dict[str, Any],
    calibrations: tuple[Path, ...],
) -> JudgingSession:
    """What has a run judged. That the calibrations are of this judge is held before anything is
    paid for."""
    from harness.app.calibrations import hold_calibrations
    from harness.app.judgements import judging_session, swaps_named
    from harness.app.options import JudgeOptions, checked

    session = judging_session(
        folder,
        judge,
        asked["rubrics"],
        checked(options, JudgeOptions),
        say,
        swaps_named(asked["swaps"]),
    )
    hold_calibrations(session.judging, folder, calibrations)
    return session


def _judge(
    session: JudgingSession, folder: RunFolder, display: str, calibrations: tuple[Path, ...]
) -> int:
    """Have a run judged, with progress; how many judgements are missing after that."""
    from harness.app.calibrations import kept_for
    from harness.app.judgements import announcement, notes_after
    from harness.app.playing import sit
    from harness.cli.progress import showing
    from harness.workers.garbage import rare_collections

    calibrated = kept_for(session.judging, folder, calibrations)

    @contextlib.contextmanager
    def shown() -> Iterator[None]:
        with showing(session.progress, display, f"{session.judging.judge} judges"):
            yield

    announced = partial(announcement, calibrated=calibrated)
    try:
        with rare_collections():
            asyncio.run(sit(session, announce=announced, around=shown))
    except KeyboardInterrupt:
        _say_resume(session)
        raise
    except Track15Error:
        if session.progress.planned:
            _say_resume(session)
        raise
    for note in notes_after(session):
        say(note)
    return session.progress.planned - session.progress.finished


def _say_resume(session: JudgingSession) -> None:
    progress = session.progress
    say(
        f"{progress.finished} of {counted(progress.planned, 'judgement')} finished and kept in "
        f"{shown_path(session.folder)}.\n"
        f"To resume, type: {shlex.join([program(), *sys.argv[1:]])}"
    )
