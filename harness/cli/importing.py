"""``track15 import FORMAT FILE``: other people's negotiations as a run."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Final

import click

from harness.cli.console import echo, echo_json, say
from harness.cli.options import UserPath, json_option, log_dir_option

FORMATS: Final = ("casino", "dealornodeal", "jobinterview", "srbench", "inspect", "jsonl")


@click.command(name="import")
@click.argument("format_", metavar="FORMAT", type=click.Choice(FORMATS))
@click.argument("files", metavar="FILE...", type=UserPath(), nargs=-1, required=True)
@click.option("--name", help="How the run is called; after the first file when left out.")
@click.option("--limit", type=click.IntRange(1), help="Read at most this many negotiations.")
@click.option(
    "--scenario",
    metavar="NAME|FILE",
    help="Scenario of the negotiations that name none and have no issues of their own.",
)
@click.option("--strict", is_flag=True, help="Refuse a file in which anything cannot be used.")
@json_option
@log_dir_option
def command(
    format_: str,
    files: tuple[Path, ...],
    name: str | None,
    limit: int | None,
    scenario: str | None,
    strict: bool,
    as_json: bool,
    log_dir: Path,
) -> int:
    """Read negotiations that were held elsewhere into a run folder.

    Such a run is shown, scored, judged, compared and exported like any other. What nobody knows of
    it is null with the reason. Nothing in a FILE is executed, and no model is asked. docs/import.md
    says what each format is, and how to bring transcripts of your own.
    """
    from harness.app.importing import import_file
    from harness.files.paths import shown_path

    done = import_file(
        format_,
        files,
        log_dir=log_dir,
        name=name,
        limit=limit,
        scenario=scenario,
        strict=strict,
        command=shlex.join(["track15", *sys.argv[1:]]),
        notify=say,
    )
    place = shown_path(done.folder.path)
    if as_json:
        told = {
            "run": place,
            "read": done.read,
            "scenarios": done.scenarios,
            "repeats": done.repeats,
            "refused": done.refused,
            "problems": list(done.problems),
        }
        echo_json(json.dumps(told, ensure_ascii=False))
        return 0
    alike = "one scenario" if done.scenarios == 1 else f"{done.scenarios:,} scenarios"
    words = [f"{done.read:,} read, of {alike}"]
    if done.repeats:
        words.append(f"{done.repeats:,} stood there twice")
    if done.refused:
        words.append(f"{done.refused:,} left out")
    echo(f"{place}: {', '.join(words)}{'; it was there already' if done.there else ''}")
    say(f"Score them: track15 score {shlex.quote(place)}")
    return 0
