"""``track15 compare RUN RUN…``: who played better, over dialogues that differ in nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import click

from harness.cli.compared import print_comparison
from harness.cli.console import echo_json, notes, results, say
from harness.cli.options import UserPath, json_option, log_dir_option, models_option
from harness.errors import UsageError, suggest

if TYPE_CHECKING:
    from harness.analysis.comparison_parts import Comparison

_THRESHOLD: Final = re.compile(
    r"(?P<name>[a-z][a-z0-9_.]*)(?P<end>@low)?\s*=\s*(?P<value>[-+]?[0-9.e+-]+)"
)


@dataclass(frozen=True)
class Threshold:
    """The least that a figure may be: of both seats, or of one.

    ``low`` asks it of the lower end of the 95 % interval, and not of the mean.
    """

    measure: str
    seat: str | None
    least: float
    low: bool = False


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN [RUN]...")
@click.option(
    "--measure",
    "measures",
    multiple=True,
    metavar="NAME",
    help="Only this one beside the gain: gain, skew, deals, below, red_lines, overstatement, "
    "regret, void, repairs, tokens, usd, seconds, or one of 'list measures' (repeatable).",
)
@click.option(
    "--by", type=click.Choice(["scenario", "arm", "family"]), help="Also for each of these."
)
@click.option(
    "--loose",
    is_flag=True,
    help="Pair runs that differ in more than who played; every figure is marked.",
)
@click.option(
    "--fail-below",
    "fail_below",
    multiple=True,
    metavar="MEASURE[_SEAT][@low]=NUMBER",
    help="Exit with 100 where a mean is below it, such as gain_u=0; with @low, where the lower end "
    "of its 95% interval is (repeatable).",
)
@models_option
@click.option("--csv", "csv_file", type=UserPath(dash=True), help="Write a table; - for stdout.")
@click.option("--html", "html_file", type=UserPath(dash=True), help="Write a page; - for stdout.")
@click.option(
    "--out",
    type=UserPath(folder=True),
    help="Folder for compare.html, compare.csv and compare.json.",
)
@log_dir_option
@json_option
def command(
    runs: tuple[str, ...],
    measures: tuple[str, ...],
    by: Literal["scenario", "arm", "family"] | None,
    loose: bool,
    fail_below: tuple[str, ...],
    models_file: Path | None,
    csv_file: Path | None,
    html_file: Path | None,
    out: Path | None,
    log_dir: Path,
    as_json: bool,
) -> int:
    """Compare who played in RUN RUN...: models, tactics or delegations of your own.

    Dialogues of the same scenario, twin, epoch and arm are paired. Nothing is played. Runs that
    differ in more than who played are refused. A folder of run folders stands for all of them.
    """
    from harness.app import comparing

    _hold_one_stream(csv_file, html_file, as_json=as_json)
    limits = [threshold(text) for text in fail_below]
    asked = tuple(measures)
    if asked:  # what a threshold names is read too
        asked = tuple(dict.fromkeys((*asked, *(one.measure for one in limits))))
    found = comparing.compare(
        runs,
        measures=asked,
        by=by,
        loose=loose,
        models_file=models_file,
        log_dir=log_dir,
        notify=say,
    )
    below = failures(found, limits)
    document = json.dumps(
        {**found.as_json(), "failed": below}, indent=1, ensure_ascii=False, allow_nan=False
    )
    table, page = comparing.table_of, comparing.page_of
    places = [("--csv", csv_file, table), ("--html", html_file, page)]
    if out is not None:
        _make(out)
        places += [("--out", out / "compare.csv", table), ("--out", out / "compare.html", page)]
        comparing.write(document.encode() + b"\n", out / "compare.json", flag="--out")
    for flag, place, content in places:
        if place is not None:
            comparing.write(content(found), place, flag=flag)
    if as_json:
        echo_json(document)
    elif not _takes_stdout(csv_file, html_file):
        print_comparison(found, results())
    return _leave(below)


def _leave(below: Sequence[str]) -> int:
    from harness.cli.main import CHECK_FAILED

    for sentence in below:
        notes().print(sentence, markup=False, soft_wrap=True)
    return CHECK_FAILED if below else 0


def _hold_one_stream(csv_file: Path | None, html_file: Path | None, *, as_json: bool) -> None:
    from harness.files.writing import is_stdout

    taken = [
        name
        for name, file in (("--csv", csv_file), ("--html", html_file))
        if file is not None and is_stdout(file)
    ]
    if len(taken) + as_json > 1:
        raise UsageError(
            "only one document can go to stdout",
            where=", ".join([*taken, *(["--json"] if as_json else [])]),
            fix="name a file for the others",
        )


def _takes_stdout(*files: Path | None) -> bool:
    from harness.files.writing import is_stdout

    return any(file is not None and is_stdout(file) for file in files)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"the folder cannot be made: {error.strerror}", where=f"--out {folder}"
        ) from None


def threshold(text: str) -> Threshold:
    """What ``--fail-below`` says: ``gain_u=0.1``, or ``gain=0`` for both seats.

    Raises:
        UsageError: It says nothing of the kind.
    """
    found = _THRESHOLD.fullmatch(text.strip())
    try:
        least = float(found["value"]) if found is not None else None
    except ValueError:
        least = None
    if found is None or least is None:
        raise UsageError(
            f"{text!r} is no threshold", where="--fail-below", fix="write, for example, gain_u=0.1"
        )
    name, _, seat = found["name"].rpartition("_")
    low = found["end"] is not None
    if name and seat in ("o", "u"):
        return Threshold(name, seat, least, low)
    return Threshold(found["name"], None, least, low)


def failures(found: Comparison, limits: Sequence[Threshold]) -> list[str]:
    """A sentence for every entry whose mean, or its lower end, is below a threshold, or has none.

    Raises:
        UsageError: A threshold names a measure that was not compared.
    """
    said = []
    names = [column.name for column in found.columns]
    for limit in limits:
        if limit.measure not in names:
            raise UsageError(
                f"unknown measure {limit.measure!r}",
                where="--fail-below",
                fix=suggest(limit.measure, names),
            )
        entries = [e for e in found.whole.entries if limit.seat in (None, e.seat)]
        if not entries:
            said.append(f"Below: nobody sat in seat {limit.seat}, so no {limit.measure} is known.")
        for entry in entries:
            figure = entry.figures[limit.measure]
            value, what = figure.mean, limit.measure
            if limit.low:
                value = None if figure.interval is None else figure.interval[0]
                what = f"lower end of {limit.measure}"
            who = f"Below: {what} of {entry.label} in seat {entry.seat}"
            if value is None:
                said.append(f"{who} is not known; --fail-below asks for {limit.least:g}.")
            elif value < limit.least:
                said.append(f"{who} is {value:.4g}; --fail-below asks for {limit.least:g}.")
    return said
