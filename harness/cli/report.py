"""``track15 report RUN``: what was found, at the terminal and as one HTML file."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.options import UserPath, json_option, log_dir_option
from harness.errors import UsageError


@click.command()
@click.argument("run", required=False)
@click.option(
    "--out",
    type=UserPath(),
    help="Where the page goes.  [default: report.html in the run's folder]",
)
@log_dir_option
@json_option
def command(run: str | None, out: Path | None, log_dir: Path, as_json: bool) -> int:
    """Report RUN (the latest when left out): the answer here, the pictures in report.html."""
    if out is not None and not out.parent.is_dir():
        raise UsageError(
            f"there is no folder {str(out.parent)!r}", where="--out", fix="make it first"
        )
    from harness.cli.measuring import measure
    from harness.cli.runs import open_run
    from harness.records.store import SCORES

    folder = open_run(run, log_dir)
    rescore = not (folder.path / SCORES).is_file()
    return measure(folder.path, as_json=as_json, rescore=rescore, out=out)
