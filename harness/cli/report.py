"""``track15 report RUN``: what was found, at the terminal and as one HTML file."""

from __future__ import annotations

import os
from pathlib import Path

import click

from harness.cli.console import say
from harness.cli.options import (
    UserPath,
    calibration_option,
    evaluator_option,
    json_option,
    log_dir_option,
    max_void_option,
)
from harness.errors import UsageError


@click.command()
@click.argument("run", required=False)
@click.option(
    "--out",
    type=UserPath(dash=True),
    help="File to write the page to; - for stdout.  [default: report.html in the run's folder]",
)
@click.option(
    "--human-anchor",
    "anchor",
    type=UserPath(),
    help="CSV file with answers of people, to correct how far model readers were moved.",
)
@calibration_option
@evaluator_option
@max_void_option
@log_dir_option
@json_option
def command(
    run: str | None,
    out: Path | None,
    anchor: Path | None,
    calibrations: tuple[Path, ...],
    evaluators: tuple[str, ...],
    max_void: float,
    log_dir: Path,
    as_json: bool,
) -> int:
    """Report RUN (the latest when left out): the answer here, the pictures in report.html.

    Where the page goes to stdout (--out -), the answer goes to stderr.
    """
    from harness.app.runs import open_run, to_write
    from harness.cli.measuring import measure
    from harness.records.folder import SCORES

    folder = open_run(run, log_dir, say)
    if out is not None:
        _refuse(out, folder.path, as_json=as_json)
    rescore = bool(evaluators) or not (folder.path / SCORES).is_file()
    if out is None or rescore or calibrations:
        folder = to_write(folder, log_dir, say, or_read=not calibrations)
    return measure(
        folder.path,
        as_json=as_json,
        rescore=rescore,
        evaluators=evaluators,
        out=out,
        max_void=max_void,
        anchor=anchor,
        calibrations=calibrations,
    )


def _refuse(out: Path, run: Path, *, as_json: bool) -> None:
    """Hold that the page may go to ``out``.

    Raises:
        UsageError: There is no such folder; it would take the place of the record; or the page and
            the JSON document would both go to stdout.
    """
    from harness.files.writing import STDOUT, is_stdout

    if as_json and is_stdout(out):
        raise UsageError(
            "the page and the JSON document cannot both go to stdout",
            where="--out",
            fix="leave out --json, or name a file",
        )
    if out == STDOUT:
        return
    target = Path(os.path.realpath(out))
    if not target.parent.is_dir():
        raise UsageError(
            f"there is no folder {str(target.parent)!r}", where="--out", fix="make it first"
        )
    own = Path(os.path.realpath(run))
    if target.parent == own and (target.suffix in (".json", ".jsonl") or target.name == ".lock"):
        raise UsageError(
            f"the page would overwrite the run's {target.name}",
            where="--out",
            fix="name another file",
        )
