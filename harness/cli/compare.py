"""``track15 compare RUN RUN…``: who played better, over dialogues that differ in nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import click

from harness.cli.console import echo_json, notes, results, say
from harness.cli.options import UserPath, json_option, log_dir_option, models_option
from harness.errors import UsageError, suggest

if TYPE_CHECKING:
    from rich.console import Console

    from harness.analysis.comparison_families import InFamily
    from harness.analysis.comparison_parts import Comparison, Difference, Entry, Slice
    from harness.analysis.effect import Effect

_THRESHOLD: Final = re.compile(
    r"(?P<name>[a-z][a-z0-9_.]*)(?P<end>@low)?\s*=\s*(?P<value>[-+]?[0-9.e+-]+)"
)
VERDICTS: Final = {True: "shown", False: "not shown", None: "not known"}
"""Whether a difference is shown; None where it cannot be computed, or has no interval."""
_SHORT: Final = {
    "gain": "gain",
    "skew": "skew",
    "deals": "deals",
    "below": "below\nno deal",
    "red_lines": "red lines\ncrossed",
    "overstatement": "over-\nstatement",
    "regret": "regret",
    "void": "void\nby it",
    "repairs": "asked\nagain",
    "tokens": "tokens",
    "usd": "dollars",
    "seconds": "seconds",
}


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


def print_comparison(found: Comparison, console: Console) -> None:
    """Print the answer, the tables of both seats, and what a reader must know."""
    from harness.report.tables import shown

    for sentence in found.answer:
        console.print(shown(sentence))
    if found.notes:
        console.print()
        for sentence in found.notes:
            console.print(shown(sentence))
    _print_slice(found, found.whole, console)
    if any(one.effect.shown for one in found.incentives):
        console.print(shown("* shown"))
    for part in found.slices:
        console.print()
        console.print(shown(f"{(found.by or '').capitalize()} {part.name}", "bold"))
        _print_slice(found, part, console)


def _print_slice(found: Comparison, part: Slice, console: Console) -> None:
    from harness.report.tables import print_table, shown

    for seat, title in (("o", "Official seat (o)"), ("u", "Other seat (u)")):
        entries = part.of(seat)
        if not entries:
            continue
        for costs in (False, True):
            kind = "cost" if costs else "result"
            columns = [column.name for column in found.columns if column.kind == kind]
            if not columns or (costs and all(entry.model == "scripted" for entry in entries)):
                continue  # scripts cost nothing
            console.print()
            what = "what it took, per dialogue" if costs else "what it got"
            console.print(shown(f"{title}: {what}", "bold"))
            heads = [] if costs else ["rank"]
            heads += ["who", "voids" if costs else "talks"]
            heads += [_SHORT.get(name, name.replace(".", ".\n")) for name in columns]
            rows = [_row(found, entry, columns, costs=costs) for entry in entries]
            print_table(
                console,
                heads,
                rows,
                names=range(len(heads)),
                right=[i for i in range(len(heads)) if i != len(heads) - len(columns) - 2],
            )
            if not costs and (bound := part.bound(seat)):
                console.print(shown(f"~ {bound}" if found.marked else bound))
        _print_differences(found, part, seat, console)


def _row(found: Comparison, entry: Entry, columns: Sequence[str], *, costs: bool) -> list[str]:
    cells = [] if costs else [entry.standing]
    cells.append(entry.label)
    cells.append(f"{entry.void:,}" if costs else f"{entry.done:,}/{entry.dialogues:,}")
    return cells + [cell(found, entry, name) for name in columns]


def cell(found: Comparison, entry: Entry, name: str) -> str:
    """A figure as tables write it: mean and half its interval, and how many values are missing."""
    from harness.report.wording import MISSING, plain, within

    figure = entry.figures[name]
    mark = "~" if found.marked else ""
    if figure.mean is None:
        return MISSING
    if found.column(name).scale.yes_no and figure.total is not None:
        text = f"{round(figure.total):,}/{figure.n:,}"
    elif name in ("tokens", "seconds"):
        text = f"{figure.mean:,.0f}" if figure.mean >= 10 else f"{figure.mean:.1f}"
    elif name == "usd":
        text = f"{figure.mean:.4f}"
    elif found.column(name).scale.lo == 0:
        text = plain(figure.mean)
    else:
        text = within(figure.mean, figure.interval)
    lacking = figure.missing - (entry.dialogues - entry.done)
    return f"{mark}{text}" + (f" ({lacking:,} missing)" if lacking > 0 else "")


def _print_differences(found: Comparison, part: Slice, seat: str, console: Console) -> None:
    """A table for every two entries: the difference between them, and beside it what incentives
    change within each."""
    from harness.errors import counted
    from harness.report.tables import print_table, shown

    pairs: dict[tuple[str, str], list[Difference]] = {}
    for difference in part.differences_of(seat):
        pairs.setdefault((difference.one, difference.other), []).append(difference)
    for (one, other), differences in pairs.items():
        first = differences[0]
        title = f"{part.entry(one).label} − {part.entry(other).label}"
        title += ", each against itself" if first.itself else ""
        console.print()
        console.print(shown(f"{title}: {counted(first.effect.n_pairs, 'pair')}", "bold"))
        beside = [] if part.name else [name for name in (one, other) if _incentives(found, name)]
        heads = ["measure", "difference", "95% interval", "p", "corrected", "", "could\nfind"]
        rows = [_difference(found, difference, beside) for difference in differences]
        for name in beside:
            contrast = next(i for i in found.incentives if i.entry == name)
            heads.append(f"{contrast.treatment}\n− {contrast.control}\nin {name}")
        print_table(
            console,
            heads,
            rows,
            names=range(len(heads)),
            right=[1, 2, 3, 4, *range(6, len(heads))],
        )
        if beside:
            said = " and ".join(f"{name} is {part.entry(name).label}" for name in beside)
            console.print(shown(f"Last columns: what incentives change within each; {said}."))
        if not part.name and first.families:
            said = "; ".join(_in_family(found, kind) for kind in first.families)
            console.print(shown(f"By family of scenarios, {first.measure}: {said}."))


def _in_family(found: Comparison, one: InFamily) -> str:
    from harness.errors import counted
    from harness.report.wording import estimate

    value = ("~" if found.marked else "") + estimate(one.estimate, one.interval)
    return f"{value} in {one.family} ({counted(one.n_scenarios, 'scenario')})"


def _incentives(found: Comparison, entry: str) -> dict[str, Effect]:
    """Measure -> what incentives change in it within an entry, as far as that is known."""
    return {
        one.measure: one.effect
        for one in found.incentives
        if one.entry == entry and one.effect.estimate is not None
    }


def _p(value: float | None) -> str:
    from harness.report.wording import MISSING

    if value is None:
        return MISSING
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def _difference(found: Comparison, one: Difference, beside: Sequence[str]) -> list[str]:
    from harness.report.wording import MISSING, interval, plain, signed

    effect, mark = one.effect, "~" if found.marked else ""
    row = [
        one.measure,
        mark + signed(effect.estimate),
        mark + interval(effect.interval),
        mark + _p(effect.p_signflip),
        mark + _p(effect.holm_p),
        VERDICTS[effect.shown if effect.estimate is not None else None],
        MISSING if one.detectable is None else mark + plain(one.detectable),
    ]
    for name in beside:
        within = _incentives(found, name).get(one.measure)
        value = MISSING if within is None else mark + signed(within.estimate)
        row.append(value + ("*" if within is not None and within.shown else ""))
    return row
