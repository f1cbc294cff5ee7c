"""``track15 label RUN``: a person marks what turns do, or answers a rubric's questions about whole
records, without what the judge found."""

from __future__ import annotations

import getpass
import json
import shlex
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from harness.cli.console import echo_json, program, results, say
from harness.cli.options import json_option, log_dir_option
from harness.errors import PersonLeftError, UsageError, be, counted
from harness.files.paths import shown_path

if TYPE_CHECKING:
    from harness.app.labelling import Labelling
    from harness.app.record_labelling import RecordLabelling
    from harness.cli.desk import Desk
    from harness.records.reader import RunFolder

TURNS: Final = 40
LEDGER: Final = "prose-ledger"
_UNJUDGED: Final = (
    "No judge has read this run by {!r} yet, so the turns are drawn from all alike. Half of them "
    "are of those in which a judge found something where it is judged first: track15 score RUN "
    "--judge MODEL --rubric {}"
)
_UNREAD: Final = (
    "No judge has read this run by {!r} yet. Your answers correct one that reads it later: track15 "
    "score RUN --judge MODEL --rubric {}"
)
_REWORDED: Final = (
    "You have answered about {} of these records when the rubric {!r} asked in other words. They "
    "are asked again."
)
_QUESTIONS: Final = """\
You read records of the run as a judge reads them, and answer what it is asked. Who is expected to \
give way is not shown, and nor is what a judge answered. Type ? for help at any time."""
_INTRODUCTION: Final = """\
You are shown turns of talks and mark what their words do. Who is expected to give way is not \
shown, and nor is what a judge found. Type ? for help at any time."""


@click.command()
@click.argument("run", required=False)
@click.option(
    "--rubric",
    default=LEDGER,
    show_default=True,
    metavar="NAME|FILE",
    help="By what: 'prose-ledger', whose marks are set turn by turn, or a rubric that asks "
    "questions about whole records: track15 list rubrics.",
)
@click.option(
    "--turns",
    type=click.IntRange(2, 10_000),
    help="How many turns are drawn: half of those in which a judge found something, half others.  "
    f"[default: {TURNS}]",
)
@click.option(
    "--records",
    type=click.IntRange(2, 10_000),
    help="Of a rubric that asks questions: how many records are drawn, of all arms together.  "
    "[default: 12 an arm]",
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
    help="Of the draw: the same, with the same --turns or --records, for all who are to label the "
    "same.",
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
    turns: int | None,
    records: int | None,
    who: str | None,
    seed: int,
    only_report: bool,
    log_dir: Path,
    as_json: bool,
) -> int:
    """Label RUN (the latest when left out) by hand, as a judge would.

    By 'prose-ledger', turns are drawn at random, over arms and scenarios, and shown with the talks
    before them: mark what they do. By a rubric that asks questions, whole records are drawn and
    shown as a judge reads them: answer its questions. What a judge found, the arms and the values
    are hidden. Each answer is kept at once in labels.jsonl; the same command goes on where you
    stopped. A second person labels the same with another --who. Labels correct the judge's figures
    in: track15 report RUN.
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
    if rubric != LEDGER and turns is not None:
        _refuse("--turns", f"the rubric {rubric!r} asks about whole records", "--records")
    if rubric == LEDGER and records is not None:
        _refuse("--records", f"by {LEDGER!r} turns are labelled", "--turns")
    if rubric != LEDGER:
        return _answer_about(folder, log_dir, rubric, who or _user(), records, seed)
    return _mark(folder, log_dir, rubric, who or _user(), turns or TURNS, seed)


def _refuse(flag: str, why: str, other: str) -> None:
    raise UsageError(why, where=flag, fix=f"use {other} in its place")


def _mark(folder: RunFolder, log_dir: Path, rubric: str, who: str, turns: int, seed: int) -> int:
    """Ask about turns; the exit code."""
    from harness.app.labelling import Labelling
    from harness.app.runs import to_write
    from harness.cli.desk import Desk

    begun = partial(Labelling, rubric=rubric, who=who, turns=turns, seed=seed)
    labelling = begun(to_write(folder, log_dir, say, hold=begun))
    if not labelling.judged:
        say(_UNJUDGED.format(rubric, rubric))
    code = _ask_all(Desk(), labelling)
    _say_left(labelling)
    return code


def _answer_about(
    folder: RunFolder, log_dir: Path, rubric: str, who: str, records: int | None, seed: int
) -> int:
    """Ask about whole records; the exit code."""
    from harness.app.record_labelling import RecordLabelling
    from harness.app.runs import to_write
    from harness.cli.desk import Desk

    begun = partial(RecordLabelling, rubric=rubric, who=who, records=records, seed=seed)
    labelling = begun(to_write(folder, log_dir, say, hold=begun))
    if not labelling.judged:
        say(_UNREAD.format(labelling.rubric, shlex.quote(rubric)))
    if labelling.reworded:
        say(_REWORDED.format(labelling.reworded, labelling.rubric))
    code = _ask_records(Desk(), labelling)
    done, whole = labelling.complete, len(labelling.asked)
    noun = "question" if labelling.missing == 1 else "questions"
    left = f", and {labelling.missing} {noun} left open" if labelling.missing else ""
    how_many = f"{done} of {counted(whole, 'record')} {be(done or whole)}"
    say(f"{how_many} answered by {labelling.who}{left}.")
    _say_next(labelling.folder, goes_on=done < whole)
    return code


def _ask_records(desk: Desk, labelling: RecordLabelling) -> int:
    """Ask about all records that are not done yet; the exit code."""
    from harness.cli.answer_form import ask
    from harness.cli.label_form import PreviousError, QuitError
    from harness.cli.main import INTERRUPTED

    whole = len(labelling.asked)
    left = (n for n, one in enumerate(labelling.asked) if not labelling.is_complete(one))
    number, last, known = next(left, whole), False, set[int]()
    if number < whole:
        desk.print(_QUESTIONS)
    try:
        while number < whole:
            drawn = labelling.asked[number]
            if labelling.is_complete(drawn) and not last:
                number += 1
                continue
            asked, opening, read = labelling.record(drawn), not known, number in known
            known.add(number)
            try:
                ask(desk, labelling, asked, number + 1, opening=opening, known=read, last=last)
            except PreviousError:
                if number == 0:
                    desk.print("This is the first question.")
                number, last = max(0, number - 1), number > 0
                continue
            number, last = number + 1, False
    except QuitError:
        return 0
    except PersonLeftError:
        return INTERRUPTED if desk.interrupted else 0
    return 0


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
    how_many = f"{done} of {counted(whole, 'turn')} {be(done or whole)}"
    say(f"{how_many} answered by {labelling.who}{skipped}.")
    _say_next(labelling.folder, goes_on=done < whole)


def _say_next(folder: RunFolder, *, goes_on: bool) -> None:
    run = shlex.quote(shown_path(folder.path))
    if goes_on:
        say("The same command goes on.")
    else:
        say(
            f"How far people and judges agree: {program()} label {run} --report\n"
            f"Figures corrected by labels: {program()} report {run}"
        )


def _report(folder: RunFolder, *, as_json: bool) -> int:
    from harness.app.labelling import agreement_of
    from harness.report.answer_words import print_answers, print_differing
    from harness.report.label_words import print_labels

    found = agreement_of(folder)
    answers = found.answers
    for warning in found.warnings:
        say(warning)
    if as_json:
        labelled = {**found.labels, **answers.labels}
        document = {
            "run": str(folder.path),
            "people": {
                who: {"turns": turns, "left_out": left}
                for who, (turns, left) in found.people.items()
            },
            "judge": found.judge or None,
            "labelled": {name: len(of) for name, of in labelled.items()},
            "agreement": [one.model_dump(mode="json") for one in found.agreements],
            "answered": [one.model_dump(mode="json") for one in answers.people],
            "answers": [one.model_dump(mode="json") for one in answers.agreements],
            "differing": [one.model_dump(mode="json") for one in answers.differing],
            "warnings": list(found.warnings),
        }
        echo_json(json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False))
        return 0
    console = results()
    if found.people:
        print_labels(found.people, found.agreements, console)
    if answers.people:
        print_answers(answers.people, answers.agreements, console)
        print_differing(answers.differing, shown_path(folder.path), console)
    return 0
