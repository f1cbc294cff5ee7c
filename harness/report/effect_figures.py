"""The effect plots: arms, contrasts and mechanisms as estimates with their 95 % intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from harness.analysis.effect import Effect
from harness.analysis.findings import Findings
from harness.analysis.mechanisms import MechanismFinding
from harness.report.svg import (
    INK,
    MID,
    MUTED,
    OFFICIAL,
    OTHER,
    PAPER,
    RULE,
    figure,
    fitted,
    inline,
    printable,
    width_of,
)
from harness.report.wording import estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH: Final = 7.4
"""Inches; a text column."""
NARROW: Final = 3.5
"""Inches; what a phone shows with legible text."""
ROW: Final = 0.36
"""Inches a row."""
_NARROW_ROW: Final = 0.6
"""Likewise where its label and its numbers stand above it."""
_TOP, _BOTTOM = 0.3, 0.62
_LEFT: Final = (0.9, 3.0)
"""Least and most inches for the labels of rows, beside the plot."""
_RIGHT: Final = (1.4, 2.6)
"""Likewise for the numbers."""
_GAP: Final = 0.1
"""Inches between the plot and what stands beside it; and those left of all."""
_MARGIN: Final = 0.14
"""Inches left and right of a narrow plot."""
_LABEL, _DETAIL, _NUMBERS = 8.5, 6.8, 7.5
"""Sizes in points of what stands beside the plot."""
_SKEW: Final = "settlement.skew"


@dataclass(frozen=True)
class Row:
    """One line of an effect plot.

    Attributes:
        label: Its name, for the left margin.
        detail: What stands under the name, smaller; empty for nothing.
        value: The estimate, in units of the measure; None where it is missing.
        interval: Its 95 % interval; None where there is none.
        dots: One value a scenario.
        mark: What theory predicts; None where it says nothing.
        strong: Whether the line stands out.
    """

    label: str
    detail: str
    value: float | None
    interval: tuple[float, float] | None
    dots: tuple[float, ...]
    mark: float | None = None
    strong: bool = False


def arms_figure(findings: Findings, *, narrow: bool = False) -> Markup | None:
    """Mean of the primary measure in every arm; None where no arm has one. ``narrow``: as a phone
    shows it, here and below."""
    measure = findings.primary_measure
    rows = []
    for arm in findings.arms:
        own = arm.summary(measure)
        predicted = arm.summary("prediction.skew") if measure == _SKEW else None
        if own is None:
            continue
        rows.append(
            Row(
                label=arm.arm,
                detail=arm.title if arm.title != arm.arm else "",
                value=own.mean,
                interval=own.interval,
                dots=tuple(value for _, value in own.scenarios),
                mark=predicted.mean if predicted else None,
            )
        )
    title = findings.title_of(measure)
    return plot(rows, measure, title, f"Mean {title} by arm", "arms", narrow=narrow)


def contrast_figures(findings: Findings, *, narrow: bool = False) -> list[tuple[str, Markup]]:
    """One plot for each measure that contrasts ask about, that of the primary contrast first.

    Contrasts that the plot of mechanisms shows are left to it, save the primary one.

    Returns:
        (title of the measure, plot) pairs; measures without any estimate are left out.
    """
    shown = [effect for m in findings.mechanisms for effect in (m.alone, m.last)]
    effects = list(findings.primaries)
    effects += [effect for effect in findings.secondary if effect not in shown]
    found = []
    for number, measure in enumerate(dict.fromkeys(e.contrast.measure for e in effects)):
        rows = [
            _effect_row(effect, strong=any(effect is one for one in findings.primaries))
            for effect in effects
            if effect.contrast.measure == measure
        ]
        title = findings.title_of(measure)
        drawn = plot(
            rows,
            measure,
            f"difference in {title}",
            f"Differences in {title}",
            f"contrast{number}",
            narrow=narrow,
        )
        if drawn is not None:
            found.append((title, drawn))
    return found


def mechanisms_figure(findings: Findings, *, narrow: bool = False) -> Markup | None:
    """Each incentive alone and last; None where the suite does not switch them."""
    rows = [row for found in findings.mechanisms for row in _mechanism_rows(found)]
    title = findings.title_of(findings.primary_measure)
    return plot(
        rows,
        findings.primary_measure,
        f"change in {title}",
        f"Change in {title} by incentive",
        "mechanisms",
        narrow=narrow,
    )


def _effect_row(effect: Effect, *, strong: bool) -> Row:
    contrast = effect.contrast
    against = f"{contrast.treatment} − {contrast.control}" if contrast.control else "against zero"
    claim = f" ({contrast.claim})" if contrast.claim else ""
    return Row(
        label=effect.called,
        detail=f"{against}{claim}{', primary' if strong else ''}",
        value=effect.estimate,
        interval=effect.interval,
        dots=tuple(value for _, value in effect.scenario_differences),
        strong=strong,
    )


def _mechanism_rows(found: MechanismFinding) -> list[Row]:
    pairs = (
        (f"{found.claim}, alone on top of Track 1", found.alone),
        (f"{found.claim}, last with all others on", found.last),
    )
    return [
        Row(
            label=found.called,
            detail=detail,
            value=effect.estimate,
            interval=effect.interval,
            dots=tuple(value for _, value in effect.scenario_differences),
            strong=effect is found.last,
        )
        for detail, effect in pairs
        if effect is not None
    ]


def plot(
    rows: Sequence[Row], measure: str, xlabel: str, description: str, name: str, *, narrow: bool
) -> Markup | None:
    """Rows under one another; None where none has a value."""
    if all(row.value is None for row in rows):
        return None
    place = _narrow(rows) if narrow else _wide(rows)
    across = place.width - place.left - place.right
    with figure(place.width, place.height(rows)) as drawn:
        axes = drawn.add_axes(
            (
                place.left / place.width,
                _BOTTOM / place.height(rows),
                across / place.width,
                place.row * len(rows) / place.height(rows),
            )
        )
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.axvline(0, color=MUTED, linewidth=0.8, zorder=1)
        axes.set_xlim(*_limits(rows))
        _space_ticks(axes, across)
        axes.xaxis.grid(visible=True, color=RULE, linewidth=0.7, zorder=0)
        axes.set_axisbelow(True)
        quiet = any(row.strong for row in rows)
        for position, row in enumerate(rows):
            _draw_row(axes, position, row, place, MID if quiet and not row.strong else INK)
            (_write_above if narrow else _write_beside)(axes, position, row, place)
        axes.set_xlabel(printable(xlabel), labelpad=12 if _leans(measure) else 4)
        if _leans(measure):
            _draw_directions(axes)
        for number, legend in enumerate(place.legends):
            y = 1 - (0.12 + 0.14 * number) / place.height(rows)
            drawn.text(place.left / place.width, y, legend, fontsize=7, color=MUTED, va="center")
        said = "; ".join(
            f"{row.label}{', ' + row.detail if row.detail else ''}: "
            f"{estimate(row.value, row.interval)}"
            for row in rows
        )
        return inline(drawn, f"fig-{name}{'-narrow' if narrow else ''}", f"{description}. {said}.")


@dataclass(frozen=True)
class _Place:
    """Where the parts of a plot stand.

    Attributes:
        width, row, top: Inches of the figure, of a row and above the first one.
        left, right: Inches beside the plot.
        mark, dots: How far below the middle of its row an estimate stands, and the dots of its
            scenarios; shares of a row.
        legends: Lines above the plot.
    """

    width: float
    row: float
    top: float
    left: float
    right: float
    mark: float
    dots: float
    legends: tuple[str, ...]

    def height(self, rows: Sequence[Row]) -> float:
        return self.top + _BOTTOM + self.row * len(rows)


def _legends(rows: Sequence[Row]) -> list[str]:
    legends = ["● mean\u2003━ 95% interval\u2003• scenario"]
    if any(row.mark is not None for row in rows):
        legends.append("◇ what theory predicts for these incentives")
    return legends


def _wide(rows: Sequence[Row]) -> _Place:
    """Labels left of the plot, as wide as the longest one needs, and numbers right of it."""
    labels = [width_of(printable(r.label), _LABEL, bold=r.strong) for r in rows]
    labels += [width_of(printable(r.detail), _DETAIL) for r in rows]
    numbers = [width_of(estimate(r.value, r.interval), _NUMBERS) for r in rows]
    left = min(max(_LEFT[0], max(labels) + 2 * _GAP), _LEFT[1])
    right = min(max(_RIGHT[0], max(numbers) + 2 * _GAP), _RIGHT[1])
    legends = ("\u2003".join(_legends(rows)),)
    return _Place(WIDTH, ROW, _TOP, left, right, mark=0.0, dots=0.24, legends=legends)


def _narrow(rows: Sequence[Row]) -> _Place:
    """The plot over the whole width; labels and numbers above each row of it."""
    legends = tuple(_legends(rows))
    top = _TOP + 0.14 * (len(legends) - 1)
    return _Place(NARROW, _NARROW_ROW, top, _MARGIN, _MARGIN, mark=0.17, dots=0.34, legends=legends)


def _write_beside(axes: Axes, position: int, row: Row, place: _Place) -> None:
    """What stands left and right of a row."""

    def write(x: float, y: float, text: str, **style: Any) -> None:
        axes.annotate(
            text,
            (x, y),
            xycoords=axes.get_yaxis_transform(),
            xytext=(72 * _GAP if x else -72 * _GAP, 0),
            textcoords="offset points",
            ha="left" if x else "right",
            va="center",
            **style,
        )

    label = fitted(row.label, _LABEL, place.left - 2 * _GAP, bold=row.strong)
    weight = "bold" if row.strong else "normal"
    lift = 0.16 if row.detail else 0.0
    write(0, position - lift, label, fontsize=_LABEL, fontweight=weight)
    if row.detail:
        detail = fitted(row.detail, _DETAIL, place.left - 2 * _GAP)
        write(0, position + 0.22, detail, fontsize=_DETAIL, color=MUTED)
    numbers = fitted(estimate(row.value, row.interval), _NUMBERS, place.right - 2 * _GAP)
    write(1, position, numbers, fontsize=_NUMBERS)


def _write_above(axes: Axes, position: int, row: Row, place: _Place) -> None:
    """What stands above a row, on the colour of the page, so that no line runs through it."""
    room = place.width - 2 * _MARGIN

    def write(x: float, y: float, text: str, **style: Any) -> None:
        axes.text(
            x,
            y,
            text,
            transform=axes.get_yaxis_transform(),
            ha="right" if x else "left",
            va="center",
            zorder=2,
            bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.6},
            **style,
        )

    numbers = fitted(estimate(row.value, row.interval), _NUMBERS, 0.6 * room)
    left = room - width_of(numbers, _NUMBERS) - _GAP
    upper, lower = position - 0.33, position - 0.09
    # Beside the name; beside the detail where the name is too long for that.
    beside = width_of(printable(row.label), _LABEL, bold=row.strong) <= left
    label = fitted(row.label, _LABEL, left if beside else room, bold=row.strong)
    write(0, upper, label, fontsize=_LABEL, fontweight="bold" if row.strong else "normal")
    write(1, upper if beside else lower, numbers, fontsize=_NUMBERS)
    if row.detail:
        detail = fitted(row.detail, _DETAIL, room if beside else left)
        write(0, lower, detail, fontsize=_DETAIL, color=MUTED)


def _draw_row(axes: Axes, position: int, row: Row, place: _Place, color: str) -> None:
    if row.value is None:
        return
    y = position + place.mark
    axes.scatter(
        row.dots,
        [position + place.dots] * len(row.dots),
        s=7,
        color=color,
        alpha=0.35,
        linewidths=0,
        zorder=2,
    )
    if row.interval is not None:
        axes.plot(row.interval, [y, y], color=color, linewidth=2.2, zorder=3)
    axes.plot([row.value], [y], marker="o", markersize=5.5, color=color, zorder=4)
    if row.mark is not None:
        axes.plot(
            [row.mark],
            [y],
            marker="D",
            markersize=5,
            markerfacecolor="none",
            markeredgecolor=INK,
            markeredgewidth=0.9,
            zorder=5,
        )


def _limits(rows: Sequence[Row]) -> tuple[float, float]:
    values = [0.0]
    for row in rows:
        values += [v for v in (row.value, row.mark) if v is not None]
        values += [*row.dots, *(row.interval or ())]
    lo, hi = min(values), max(values)
    margin = 0.06 * (hi - lo) or 0.05
    return lo - margin, hi + margin


def _space_ticks(axes: Axes, inches: float) -> None:
    """Fewer ticks than usual where their numbers would run into one another."""
    low, high = axes.get_xlim()
    for most in (9, 7, 5, 4, 3, 2, 1):
        at = [tick for tick in axes.get_xticks() if low <= tick <= high]
        numbers = axes.xaxis.get_major_formatter().format_ticks(at)
        widest = max(width_of(number, _NUMBERS) for number in numbers)
        if len(at) < 2 or widest + _GAP <= (at[1] - at[0]) / (high - low) * inches:
            return
        axes.locator_params(axis="x", nbins=most)


def _leans(measure: str) -> bool:
    return measure.startswith(_SKEW)


def _draw_directions(axes: Axes) -> None:
    for x, text, align, color in (
        (0.0, "← to the other seat", "left", OTHER),
        (1.0, "to the official seat →", "right", OFFICIAL),
    ):
        axes.annotate(
            text,
            (x, 0),
            xycoords="axes fraction",
            xytext=(0, -17),
            textcoords="offset points",
            ha=align,
            va="top",
            fontsize=7,
            color=color,
        )
