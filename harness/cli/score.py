"""``track15 score RUN``: evaluators again, on fixed transcripts."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.console import say
from harness.cli.options import (
    json_option,
    log_dir_option,
    max_void_option,
    no_report_option,
)


@click.command()
@click.argument("run", required=False)
@click.option(
    "--evaluator",
    "evaluators",
    multiple=True,
    help="Use only this evaluator: a name, or file.py:Object (repeatable).",
)
@max_void_option
@no_report_option
@log_dir_option
@json_option
def command(
    run: str | None,
    evaluators: tuple[str, ...],
    max_void: float,
    no_report: bool,
    log_dir: Path,
    as_json: bool,
) -> int:
    """Score the transcripts of RUN (the latest when left out) and report them again.

    Nothing is played and no model is called. Code that the run names is not executed: an evaluator
    in a file counts where --evaluator names it.
    """
    from harness.app.runs import open_run
    from harness.cli.measuring import measure

    folder = open_run(run, log_dir, say)
    return measure(
        folder.path,
        as_json=as_json,
        evaluators=evaluators,
        only=True,
        page=not no_report,
        max_void=max_void,
    )
