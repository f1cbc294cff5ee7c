"""A comparison at a terminal: the answer, the tables of both seats, and what a reader must know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.console import Console

    from harness.analysis.comparison_families import InFamily
    from harness.analysis.comparison_parts import Comparison, Difference, Entry, Slice
    from harness.analysis.effect import Effect

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


def print_comparison(found: Comparison, console: Console) -> None:
    """Print the answer, the tables of both seats, and what a reader must know."""
    from harness.report.tables import shown, shown_line

    for sentence in found.answer:
        console.print(shown(sentence))
    if found.notes:
        console.print()
        for sentence in found.notes:
            console.print(shown_line(sentence))
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
    from harness.report.tables import print_table, shown
    from harness.report.wording import counted

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
        by_judge = any(one.judged is not None for one in differences)
        if by_judge:
            heads.append("without the\njudge's errors")
        rows = [
            _difference(found, difference, beside, by_judge=by_judge) for difference in differences
        ]
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
        for line in found.not_corrected(differences):
            console.print(shown(line, "dim"))
        if beside:
            said = " and ".join(f"{name} is {part.entry(name).label}" for name in beside)
            console.print(shown(f"Last columns: what incentives change within each; {said}."))
        if not part.name and first.families:
            said = "; ".join(_in_family(found, kind) for kind in first.families)
            console.print(shown(f"By family of scenarios, {first.measure}: {said}."))


def _in_family(found: Comparison, one: InFamily) -> str:
    from harness.report.wording import counted, estimate

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


def _difference(
    found: Comparison, one: Difference, beside: Sequence[str], *, by_judge: bool
) -> list[str]:
    from harness.report.wording import MISSING, interval, judged_difference, plain, signed

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
    if by_judge:
        text = judged_difference(one.judged, found.column(one.measure).scale)
        row.append(mark + text if one.judged is not None else text)
    for name in beside:
        within = _incentives(found, name).get(one.measure)
        value = MISSING if within is None else mark + signed(within.estimate)
        row.append(value + ("*" if within is not None and within.shown else ""))
    return row
