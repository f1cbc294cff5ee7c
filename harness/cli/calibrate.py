"""``track15 calibrate MODEL``: how good a judge is, on planted transcripts."""

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

from harness.cli.console import echo_json, program, results, say
from harness.cli.limiting import limit_options
from harness.cli.options import (
    UserPath,
    display_option,
    endpoint_options,
    json_option,
    log_dir_option,
    model_change_option,
    models_option,
)
from harness.cli.spreading import spread_options
from harness.errors import Track15Error, UsageError
from harness.files.paths import shown_path

if TYPE_CHECKING:
    from harness.app.calibrating import Calibrating

_WAYS: Final = ("label", "paraphrase", "verbosity", "order", "all")


@click.command()
@click.argument("model")
@click.option(
    "--rubric",
    "rubrics",
    multiple=True,
    metavar="NAME",
    default=("prose-ledger",),
    show_default="prose-ledger",
    help="What the judge is asked; one whose truth planted transcripts hold. One a call: each has "
    "transcripts and a calibration of its own.",
)
@click.option(
    "--split",
    type=click.Choice(("test", "dev")),
    default="test",
    show_default=True,
    help="Which transcripts it reads; 'dev' while a judge or a prompt is being chosen.",
)
@click.option(
    "--perturb",
    multiple=True,
    type=click.Choice(_WAYS),
    help="Have it read the same talks told otherwise as well (repeatable). By a rubric that asks "
    "questions, 'order' asks them in the reverse order, answers too.",
)
@click.option(
    "--repeats",
    type=click.IntRange(1, 20),
    default=1,
    show_default=True,
    help="Have it read the transcripts this often, to see whether it says the same again.",
)
@click.option("--limit", type=click.IntRange(1), help="Take at most this many transcripts.")
@click.option(
    "--record",
    type=UserPath(),
    metavar="FILE",
    help="Write the calibration to this file as well, for score --calibration.",
)
@models_option
@endpoint_options
@partial(limit_options, of="the calibration")
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
    help="Ask again for readings that are void because of an unusable reply.",
)
@display_option
@log_dir_option
@json_option
def command(
    model: str,
    rubrics: tuple[str, ...],
    split: str,
    perturb: tuple[str, ...],
    repeats: int,
    limit: int | None,
    record: Path | None,
    display: str,
    log_dir: Path,
    as_json: bool,
    **options: Any,
) -> int:
    """Find out how good MODEL is as a judge of the words of talks.

    It reads planted transcripts, of which is known what is said in them. Its findings are held
    against that: the list that it makes, or its answers to the questions of a rubric file. What it
    may take is said before it begins. The same command resumes it and asks nothing twice. The
    calibration, a page and the readings are kept below LOG_DIR/calibration.
    """
    from harness.app.calibrating import (
        PAGE,
        RECORD,
        announcement,
        calibrated,
        calibrating,
        keep,
        write_record,
    )
    from harness.app.judgements import notes_after
    from harness.app.options import JudgeOptions, checked
    from harness.app.playing import sit
    from harness.cli.progress import showing
    from harness.workers.garbage import rare_collections

    rubric = _only(rubrics)
    given = {**checked(options, JudgeOptions), "log_dir": log_dir}
    typed = shlex.join(["track15", *sys.argv[1:]])
    begun = calibrating(
        model, rubric, split, perturb, repeats, limit, given, say, typed, record=record
    )
    session = begun.session

    @contextlib.contextmanager
    def shown() -> Iterator[None]:
        with showing(session.progress, display, f"{session.judging.judge} reads"):
            yield

    try:
        with rare_collections():
            asyncio.run(sit(session, announce=announcement, around=shown))
    except KeyboardInterrupt:
        _say_resume(begun)
        raise
    except Track15Error:
        if session.progress.planned:
            _say_resume(begun)
        raise
    for note in notes_after(session):
        say(note)
    found = calibrated(begun)
    keep(found)
    if as_json:
        echo_json(found.record.as_bytes().decode())
    else:
        from harness.report.calibration_words import print_calibration

        print_calibration(found.record, found.account, found.verdicts, results())
    say(
        f"Calibration: {shown_path(found.folder / RECORD)}, page: {shown_path(found.folder / PAGE)}"
    )
    if found.erred:
        worst = found.erred[0]
        say(
            f"It errs most on {worst.transcript} ({worst.said}): "
            f"{shlex.join([program(), 'show', shown_path(found.folder), worst.record])}"
        )
    if record is not None:
        write_record(found, record)
        use = ("score", "RUN", "--judge", model, "--rubric", rubric, "--calibration", str(record))
        say(f"Use it: {shlex.join([program(), *use])}")
    return 0


def _only(rubrics: tuple[str, ...]) -> str:
    """The rubric that is named.

    Raises:
        UsageError: Several are.
    """
    first, *others = dict.fromkeys(rubrics)
    if others:
        raise UsageError(
            "a judge is calibrated by one rubric a call: each has transcripts and a file of its "
            "own",
            where="--rubric",
            fix=f"name {first!r} alone, and then {others[0]!r} in a call of its own",
        )
    return first


def _say_resume(begun: Calibrating) -> None:
    progress = begun.session.progress
    say(
        f"{progress.finished} of {progress.planned} readings finished and kept in "
        f"{shown_path(begun.folder)}.\n"
        f"To resume, type: {shlex.join([program(), *sys.argv[1:]])}"
    )
