"""``track15 fork RUN DIALOGUE --turn K``: what if, from this turn on, something were different?"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import shlex
import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.console import echo_json, program, results, say
from harness.cli.options import (
    UserPath,
    endpoint_options,
    json_option,
    log_dir_option,
    model_change_option,
    models_option,
)
from harness.files.paths import shown_path

if TYPE_CHECKING:
    from harness.records.reader import RunFolder
    from harness.records.transcript import Transcript

SHOWN = 4
"""Forks beside the record in the table; there may be more."""


@click.command()
@click.argument("run")
@click.argument("dialogue")
@click.option(
    "--turn",
    type=click.IntRange(0),
    required=True,
    help="First turn to play again, counted from 0 as show numbers them.",
)
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="PATH=VALUE",
    help="What changes from that turn on: u.profile.deal_reward=0, o.tactic=boulware, ...",
)
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="[ROLE=]PROVIDER/MODEL[@URL]",
    help="Who plays from that turn on: for both seats, or for the role 'official' or 'unofficial'.",
)
@models_option
@click.option(
    "--seed",
    type=click.IntRange(0, 2**53),
    help="Another seed for the random choices from that turn on.",
)
@click.option(
    "--epochs", type=click.IntRange(1, 10_000), default=1, show_default=True, help="Repetitions."
)
@click.option(
    "--prompts",
    type=UserPath(exists=True, folder=True),
    help="Folder whose templates replace the shipped prompts.",
)
@endpoint_options
@model_change_option
@log_dir_option
@json_option
def command(
    run: str,
    dialogue: str,
    turn: int,
    changes: tuple[str, ...],
    models: tuple[str, ...],
    models_file: Path | None,
    seed: int | None,
    epochs: int,
    prompts: Path | None,
    max_connections: int,
    max_retries: int,
    timeout: float,
    reasoning: bool,
    allow_model_change: bool,
    log_dir: Path,
    as_json: bool,
) -> int:
    """Fork a recorded dialogue: DIALOGUE (its id, or the start of it) of RUN.

    Turns before --turn are taken from the record, the rest is played again, into a run folder of
    its own. The same command resumes it.
    """
    from harness.app.forking import Change, session_of_fork
    from harness.app.options import wire_of
    from harness.app.playing import sit
    from harness.app.runs import open_run
    from harness.workers.garbage import rare_collections

    folder = open_run(run, log_dir, say)
    transcript = folder.transcript(dialogue)
    limits = {"max_connections": max_connections, "max_retries": max_retries, "timeout": timeout}
    limits["reasoning"] = reasoning
    session = session_of_fork(
        folder,
        transcript,
        Change(turn, changes, models, seed, epochs),
        models_file=models_file,
        prompts=prompts,
        wire=wire_of(limits),
        log_dir=log_dir,
        command=shlex.join([program(), *sys.argv[1:]]),
        allow_model_change=allow_model_change,
        notify=say,
    )
    with rare_collections():
        asyncio.run(sit(session))
    return _show(folder, transcript, session.folder, as_json=as_json)


def _show(recorded: RunFolder, transcript: Transcript, path: Path, *, as_json: bool) -> int:
    """Score and report the forks, and set them beside the record; the exit code."""
    from harness.app.endings import ending
    from harness.cli.measuring import measure
    from harness.records.reader import RunFolder

    if not as_json:
        _print_beside(transcript, RunFolder(path))
        return measure(path, retry_hint=shlex.join([program(), *sys.argv[1:]]))
    with contextlib.redirect_stdout(io.StringIO()) as said:
        code = measure(path, as_json=True)
    forks = RunFolder(path)
    scenario = forks.info.scenario(transcript.spec.scenario, transcript.spec.twin)
    document = json.loads(said.getvalue())
    document["record"] = {"run": str(recorded.path), **ending(transcript, scenario)}
    document["forks"] = [ending(fork, scenario) for fork in forks.transcripts()]
    echo_json(json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False))
    return code


def _print_beside(transcript: Transcript, folder: RunFolder) -> None:
    """The record and its forks, a column each."""
    from harness.app.endings import ending
    from harness.report.tables import print_table

    scenario = folder.info.scenario(transcript.spec.scenario, transcript.spec.twin)
    played = list(islice(folder.transcripts(), SHOWN))
    endings = [ending(one, scenario) for one in (transcript, *played)]
    number = len(played) > 1
    forks = (f"fork {i}" if number else "fork" for i in range(1, len(played) + 1))
    headings = ("", "record", *forks)
    rows: list[list[str]] = []

    def row(name: str, values: list[str]) -> None:
        rows.append([name, *values])

    row("dialogue", [one["id"] for one in endings])
    row("ending", [one["outcome"].replace("_", " ") for one in endings])
    row("turns", [str(one["turns"]) for one in endings])
    for issue in scenario.issues:
        terms = [(one["package"] or {}).get(issue.id, "-") for one in endings]
        if set(terms) != {"-"}:
            row(scenario.say(issue.name), terms)
    for seat in transcript.spec.seats:
        worth = [one["worth"][seat.seat] for one in endings]
        name = scenario.principals[seat.principal].name
        row(f"worth to {name}", ["-" if value is None else f"{value:.2f}" for value in worth])
    console = results()
    print_table(console, headings, rows, names=range(1, len(headings)))
    if len(folder.index()) > SHOWN:
        console.print(
            f"... and more: {program()} show {shown_path(folder.path)}",
            markup=False,
            soft_wrap=True,
        )
    console.print()
