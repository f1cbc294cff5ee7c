"""Dose and response as a table at the terminal and as curves on the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from harness.analysis.dose import AGREEMENT, GIVEN, SKEW, DoseCurve, Point, Response
from harness.errors import counted
from harness.report.svg import INK, MARKERS, MID, MUTED, RULE, figure, fitted, inline, printable
from harness.report.tables import print_table, shown
from harness.report.wording import MISSING, estimate, within

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from rich.console import Console

    from harness.analysis.findings import Findings

WIDTH: Final = 7.4
"""Inches; a text column."""
NARROW: Final = 3.5
"""Inches; what a phone shows with legible text."""
HEIGHT: Final = 2.0
"""Inches a dose."""
_LEFT, _RIGHT, _BETWEEN = 0.6, 0.15, 0.75
_TITLE: Final = 0.42
"""Inches above a pair of plots, for the name of the dose."""
_BELOW: Final = 0.48
"""Inches below, for the numbers of the axis."""
_LINES: Final = {SKEW: ("all talks", "-"), GIVEN: ("given a deal", "--")}
NOTE: Final = (
    "trend: from the weakest dose to the strongest along each scenario's straight line. *: its "
    "interval excludes 0, and Page's test for a trend by scenario has p < .05. A trend is of talks "
    "that have a value at every dose; what stands at one dose is of all its values. Given a deal: "
    "only talks that ended in one, which selects."
)


def print_doses(findings: Findings, console: Console) -> None:
    """One table a dose; nothing where the suite declares none. Of several line-ups the trends
    alone: the page has all points."""
    _print_trends([curve for curve in findings.doses if curve.lineup], findings, console)
    for curve in findings.doses:
        if curve.lineup:
            continue
        console.print()
        console.print(shown(f"{curve.called} ({curve.field} of seat {curve.seat})", "bold"))
        titles = {name: _title(findings, name) for name in _measures(curve)}
        rows = [
            (f"{at.dose:g}", at.arm, *(_cell(curve.response(name), level) for name in titles))
            for level, at in enumerate(curve.responses[0].points)
        ]
        rows.append(("trend", "", *(_trend(curve.response(name)) for name in titles)))
        headings = ("dose", "arm", *titles.values())
        print_table(console, headings, rows, names=range(len(headings)), right=(0,))
    if findings.doses:
        console.print(shown(note(findings), style="dim"))


def note(findings: Findings) -> str:
    """What a reader must know of the trends, and of how many dialogues they are not made."""
    return " ".join([NOTE, *filter(None, (_excluded(curve, findings) for curve in findings.doses))])


def _excluded(curve: DoseCurve, findings: Findings) -> str:
    """How many dialogues each trend lacks; empty where none lacks any."""
    lacking = [
        f"{one.excluded} from the trend of {' '.join(_title(findings, one.measure).split())}"
        for one in curve.responses
        if one.excluded
    ]
    if not lacking:
        return ""
    total = counted(curve.responses[0].dialogues, "dialogue")
    return (
        f"{curve.called}: of {total} {', '.join(lacking)} are excluded: no value, or no "
        "counterpart with a value at every other dose."
    )


def _print_trends(curves: Sequence[DoseCurve], findings: Findings, console: Console) -> None:
    """The trends of every line-up below one another, a table a dose."""
    for name in dict.fromkeys(curve.name for curve in curves):
        own = [curve for curve in curves if curve.name == name]
        titles = {measure: _title(findings, measure) for measure in _measures(own[0])}
        console.print()
        console.print(shown(f"{name} ({own[0].field} of seat {own[0].seat}): trend", "bold"))
        rows = [(one.lineup, *(_trend(one.response(m)) for m in titles)) for one in own]
        print_table(console, ("line-up", *titles.values()), rows, names=range(1 + len(titles)))


def _measures(curve: DoseCurve) -> list[str]:
    return [response.measure for response in curve.responses]


def _title(findings: Findings, measure: str) -> str:
    if measure == GIVEN:
        return "skew given\na deal"
    return "skew" if measure == SKEW else findings.title_of(measure)


def _cell(response: Response, level: int) -> str:
    point = response.points[level]
    if point.mean is None:
        return MISSING
    if response.measure == AGREEMENT:
        return f"{100 * point.mean:.0f} %"
    return within(point.mean, point.interval)


def _trend(response: Response) -> str:
    if response.change is None:
        return MISSING
    star = "*" if response.shown else ""
    if response.measure != AGREEMENT:
        return within(response.change, response.interval) + star
    text = f"{100 * response.change:+.0f}".replace("-", "−").replace("−0", "0").replace("+0", "0")
    if response.interval is not None:
        text += f" ±{50 * (response.interval[1] - response.interval[0]):.0f}"
    return f"{text} %{star}"


def doses_figure(findings: Findings, *, narrow: bool = False) -> Markup | None:
    """Agreement and skew over every dose; None where the suite declares none, or nothing has a
    value. ``narrow``: as a phone shows it, the two below one another."""
    curves = [curve for curve in findings.doses if _known(curve.responses[0].points)]
    if not curves:
        return None
    width, each = (NARROW, 2 * HEIGHT - _TITLE) if narrow else (WIDTH, HEIGHT)
    height = each * len(curves)
    plot = HEIGHT - _TITLE - _BELOW
    wide = width - _LEFT - _RIGHT if narrow else (width - _LEFT - _RIGHT - _BETWEEN) / 2
    # Where the second plot of a pair starts: below the first, or right of it.
    right, down = (0.0, plot + _BELOW) if narrow else (wide + _BETWEEN, 0.0)
    with figure(width, height) as drawn:
        shape = (wide / width, plot / height)
        for number, curve in enumerate(curves):
            start = height - each * number
            bottom = start - _TITLE - plot
            deals = drawn.add_axes((_LEFT / width, bottom / height, *shape))
            skew = drawn.add_axes(
                ((_LEFT + right) / width, (bottom - down) / height, *shape),
            )
            name = fitted(f"{curve.called} (seat {curve.seat})", 8.5, width - _LEFT)
            top = (start - 0.14) / height
            drawn.text(_LEFT / width, top, name, fontsize=8.5, fontweight="bold", va="center")
            _draw(deals, curve, (AGREEMENT,))
            deals.set_ylim(-0.03, 1.03)
            deals.set_ylabel("agreement")
            _draw(skew, curve, (SKEW, GIVEN))
            skew.axhline(0, color=MUTED, linewidth=0.8, zorder=1)
            skew.set_ylabel("skew")
        said = " ".join(_said(curve) for curve in curves)
        name = "fig-doses-narrow" if narrow else "fig-doses"
        return inline(drawn, name, f"Agreement and skew by dose. {said}")


def _known(points: Sequence[Point]) -> list[Point]:
    return [point for point in points if point.mean is not None]


def _draw(axes: Axes, curve: DoseCurve, measures: Sequence[str]) -> None:
    for number, measure in enumerate(measures):
        points = _known(curve.response(measure).points)
        if not points:
            continue
        label, style = _LINES.get(measure, ("", "-"))
        color = (INK, MID)[number]
        means = [point.mean for point in points]
        axes.plot(
            [point.dose for point in points],
            means,  # type: ignore[arg-type]
            color=color,
            linestyle=style,
            marker=MARKERS[number],
            markersize=3.5,
            label=label,
        )
        for point in points:
            if point.interval is not None and measure == SKEW:
                axes.plot([point.dose] * 2, point.interval, color=color, linewidth=0.8)
    axes.set_xticks([point.dose for point in curve.responses[0].points])
    axes.set_xlabel(printable(curve.field))
    axes.yaxis.grid(visible=True, color=RULE, linewidth=0.7, zorder=0)
    axes.set_axisbelow(True)
    if len(measures) > 1:
        axes.legend(frameon=False, fontsize=7, loc="best")


def _said(curve: DoseCurve) -> str:
    """A curve in words, for who does not see it."""
    parts = []
    for level, at in enumerate(curve.responses[0].points):
        skew = curve.response(SKEW).points[level]
        agreed = _cell(curve.response(AGREEMENT), level)
        parts.append(
            f"at {at.dose:g} agreement {agreed}, skew {estimate(skew.mean, skew.interval)}"
        )
    return f"{curve.called}: {'; '.join(parts)}."
