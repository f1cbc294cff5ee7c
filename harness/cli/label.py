"""``track15 label RUN``: a person marks what turns do, without what the judge found."""

from __future__ import annotations

import getpass
import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from harness.cli.console import echo_json, program, results, say
from harness.cli.options import json_option, log_dir_option
from harness.errors import PersonLeftError, UsageError, be, counted
from harness.files.paths import shown_path

if TYPE_CHECKING:
    from harness.app.labelling import Labelling
    from harness.cli.desk import Desk
    from harness.records.reader import RunFolder

TURNS: Final = 40
_UNJUDGED: Final = (
    "No judge has read this run by {!r} yet, so the turns are drawn from all alike. Half of them "
    "are of those in which a judge found something where it is judged first: track15 score RUN "
    "--judge MODEL --rubric {}"
)
_INTRODUCTION: Final = """\
You are shown turns of talks and mark what their words do. Who is expected to give way is not \
shown, and nor is what a judge found. Type ? for help at any time."""


@click.command()
@click.argument("run", required=False)
@click.option(
    "--rubric",
    default="prose-ledger",
    show_default=True,
    metavar="NAME",
    help="What is marked: 'prose-ledger', concessions, retractions, last words and threats.",
)
@click.option(
    "--turns",
    type=click.IntRange(2, 10_000),
    default=TURNS,
    show_default=True,
    help="How many turns are drawn: half of those in which a judge found something, half others.",
)
@click.option(
    "--who",
    metavar="NAME",
    help="Whom the labels are by, in words of your own.  [default: your user name]",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Of the draw: the same, with the same --turns, for all who are to label the same turns.",
)
@click.option(
    "--report",
    "only_report",
    is_flag=True,
    help="Ask nothing: show how far people agree with one another and with the judge.",
)
@log_dir_option
@json_option
def command(
    run: str | None,
    rubric: str,
    turns: int,
    who: str | None,
    seed: int,
    only_report: bool,
    log_dir: Path,
    as_json: bool,
) -> int:
    """Label turns of RUN (the latest when left out): mark what they do, as a judge would.

    Turns are drawn at random, over arms and scenarios, and shown with the talks before them. What a
    judge found, the arms and the values are hidden. Each answer is kept at once in labels.jsonl;
    the same command goes on where you stopped. A second person labels the same turns with another
    --who. Labels correct the judge's figures in: track15 report RUN.
    """
    from harness.app.runs import open_run

    folder = open_run(run, log_dir, say)
    if as_json and not only_report:
        raise UsageError(
            "a person's answers are read from a terminal, and a document is not written there",
            where="--json",
            fix="add --report, or leave out --json",
        )
    if only_report:
        return _report(folder, as_json=as_json)
    from harness.app.labelling import Labelling
    from harness.app.runs import to_write
    from harness.cli.desk import Desk

    folder = to_write(folder, log_dir, say)
    labelling = Labelling(folder, rubric=rubric, who=who or _user(), turns=turns, seed=seed)
    if not labelling.judged:
        say(_UNJUDGED.format(rubric, rubric))
    desk = Desk()
    code = _ask_all(desk, labelling)
    _say_left(labelling)
    return code


def _user() -> str:
    """The user's name; where the system has none, it has to be typed."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        raise UsageError(
            "nobody knows whom the labels are by", where="--who", fix="add --who NAME"
        ) from None


def _ask_all(desk: Desk, labelling: Labelling) -> int:
    """Ask about all turns that have no answer yet; the exit code."""
    from harness.cli.label_form import PreviousError, QuitError, ask
    from harness.cli.main import INTERRUPTED

    number = next(
        (n for n, one in enumerate(labelling.asked) if labelling.answer(one) is None),
        len(labelling.asked),
    )
    if number < len(labelling.asked):
        desk.print(_INTRODUCTION)
    try:
        while number < len(labelling.asked):
            asked = labelling.turn(labelling.asked[number])
            try:
                labelling.keep(asked, ask(desk, labelling, asked, number + 1))
            except PreviousError:
                if number == 0:
                    desk.print("This is the first turn.")
                number = max(0, number - 1)
                continue
            number += 1
    except QuitError:
        return 0
    except PersonLeftError:
        return INTERRUPTED if desk.interrupted else 0
    return 0


def _say_left(labelling: Labelling) -> None:
    done, whole = labelling.answered, len(labelling.asked)
    skipped = f", {labelling.skipped} of them left out" if labelling.skipped else ""
    run = shlex.quote(shown_path(labelling.folder.path))
    say(f"{done} of {counted(whole, 'turn')} {be(done)} answered by {labelling.who}{skipped}.")
    if done < whole:
        say("The same command goes on.")
    else:
        say(
            f"How far people and judges agree: {program()} label {run} --report\n"
            f"Figures corrected by labels: {program()} report {run}"
        )


def _report(folder: RunFolder, *, as_json: bool) -> int:
    from harness.app.labelling import agreement_of
    from harness.report.label_words import print_labels

    found = agreement_of(folder)
    for warning in found.warnings:
        say(warning)
    if as_json:
        document = {
            "run": str(folder.path),
            "people": {
                who: {"turns": turns, "left_out": left}
                for who, (turns, left) in found.people.items()
            },
            "judge": found.judge or None,
            "labelled": {name: len(turns) for name, turns in found.labels.items()},
            "agreement": [one.model_dump(mode="json") for one in found.agreements],
            "warnings": list(found.warnings),
        }
        echo_json(json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False))
    else:
        print_labels(found.people, found.agreements, results())
    return 0
