"""How the talks went: what each seat proposed turn by turn, and which red lines were crossed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from markupsafe import Markup

from harness.analysis.findings import Findings
from harness.analysis.values import Summary
from harness.report.curves import Floats
from harness.report.material import Material
from harness.report.svg import INK, MID, MUTED, OFFICIAL, OTHER, figure, fitted, inline, width_of
from harness.report.wording import MISSING, average, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH: Final = 7.4
_NARROW: Final = 3.5
"""Inches of a figure that a phone shows with legible text; of a wide one, above."""
_BAR: Final = 0.24
"""Inches a bar."""
_PANEL: Final = (2.75, 2.1)
"""Inches of a panel."""
_AXES: Final = (0.17, 0.2, 0.79, 0.74)
"""Left, bottom, width and height of its axes, as shares of it."""
_LEAST: Final = 0.12
"""Value from which a name below its curve stands clear of the axis."""
_SMALL: Final = 6.5
"""Size of the smallest text, in points."""
_SEATS: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("o", "official seat", OFFICIAL, "-"),
    ("u", "other seat", OTHER, "--"),
)


def concession_panels(
    material: Material, arms: Sequence[str], turns: int
) -> list[tuple[str, Markup]]:
    """One panel for each arm in which something was proposed, all on the same scales.

    A panel shows the mean own value proposed, turn by turn. A line is not drawn across rounds.

    Args:
        material: Its curves.
        arms: In the order of their panels.
        turns: Of a delegation in a round.

    Returns:
        (arm, panel) pairs.
    """
    curves = material.curves
    shown = [
        arm for arm in arms if any(key in curves and curves[key].n.any() for key in _keys(arm))
    ]
    reached = max((curve.reached for curve in material.curves.values()), default=0)
    if not reached:
        return []
    at: Floats = np.arange(1.0, reached + 1.0)
    panels = []
    for number, arm in enumerate(shown):
        with figure(*_PANEL) as drawn:
            axes = drawn.add_axes(_AXES)
            said = []
            ends: list[tuple[float, str, str]] = []
            for seat, name, color, dashes in _SEATS:
                curve = material.curves.get((arm, seat))
                if curve is None or not curve.n.any():
                    continue
                mean = curve.mean(reached)
                known = mean[~np.isnan(mean)]
                for start in range(0, reached, turns):
                    round_ = slice(start, start + turns)
                    axes.plot(at[round_], mean[round_], color=color, linestyle=dashes)
                    _draw_alone(axes, at[round_], mean[round_], color)
                axes.axhline(
                    curve.reservation, color=color, linewidth=0.7, linestyle=(0, (1, 2)), alpha=0.8
                )
                ends.append((float(known[-1]), name, color))
                said.append(
                    f"{name}: from {known[0]:.2f} to {known[-1]:.2f}, no deal "
                    f"{curve.reservation:.2f}."
                )
            _label_ends(axes, ends, reached)
            axes.set_xlim(0.7, max(reached, 2) + 0.3)
            axes.set_ylim(0, 1.06)
            _draw_rounds(axes, reached, turns)
            axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", ".25", ".5", ".75", "1"])
            axes.set_xticks(_ticks(reached))
            axes.set_xlabel("turn of the delegation")
            axes.set_ylabel("own value proposed")
            text = f"Mean own value proposed, {arm}. {' '.join(said)}"
            panels.append((arm, inline(drawn, f"course{number}", text)))
    return panels


def _keys(arm: str) -> list[tuple[str, str]]:
    return [(arm, seat) for seat, *_ in _SEATS]


def _draw_alone(axes: Axes, at: Floats, mean: Floats, color: str) -> None:
    """A dot for a turn without a neighbour in its round, which a line would not show."""
    known = np.concatenate(([False], ~np.isnan(mean), [False]))
    alone = known[1:-1] & ~known[:-2] & ~known[2:]
    axes.plot(at[alone], mean[alone], color=color, linestyle="none", marker="o", markersize=2.5)


def _draw_rounds(axes: Axes, reached: int, turns: int) -> None:
    """A line where a round begins, with its number where there is room for it."""
    low, high = axes.get_xlim()
    inch = (high - low) / (_PANEL[0] * _AXES[2])
    for start in range(turns, reached, turns):
        axes.axvline(start + 0.5, color=MUTED, linewidth=0.6, linestyle=(0, (1, 2)))
        room = (min(start + turns + 0.5, high) - start - 0.6) / inch
        number = str(start // turns + 1)
        for text in (f"round {number}", number):
            if width_of(text, _SMALL) <= room:
                axes.text(start + 0.6, 1.02, text, fontsize=_SMALL)
                break


def _label_ends(axes: Axes, ends: list[tuple[float, str, str]], reached: int) -> None:
    """Name the curves where they end: the higher one above it, the lower one below."""
    least = _LEAST if len(ends) > 1 else 0.0
    for rank, (value, name, color) in enumerate(sorted(ends, key=lambda end: -end[0])):
        axes.annotate(
            name,
            (reached, max(value, least)),
            xytext=(0, 4 if rank == 0 else -4),
            textcoords="offset points",
            ha="right",
            va="bottom" if rank == 0 else "top",
            color=color,
            fontsize=7,
        )


def _ticks(reached: int) -> list[int]:
    step = max(1, -(-reached // 8))
    return list(range(step if step > 1 else 1, reached + 1, step))


def red_lines_figure(findings: Findings, *, narrow: bool = False) -> Markup | None:
    """Red lines crossed a dialogue, by whose they are and arm; None where nothing was scored.
    ``narrow``: as a phone shows it, the plots below one another."""
    groups = (
        ("red_lines.crossed_o", "official seat's principal"),
        ("red_lines.crossed_u", "other seat's principal"),
        ("red_lines.crossed_absent", "parties not at the table"),
    )
    arms = findings.arms
    means = {m: [arm.summary(m) for arm in arms] for m, _ in groups}
    known = [s.mean for found in means.values() for s in found if s and s.mean is not None]
    if not known:
        return None
    top = max(*known, 0.5) * 1.25
    tall, gap = _BAR * len(arms), 0.18
    # One plot of a group: beside the next, or above it with a title of its own.
    width, left = (_NARROW, 1.25) if narrow else (_WIDTH, 1.65)
    height = 0.38 + (3 * (tall + 0.33) if narrow else tall + 0.27)
    wide = width - left - 0.35 if narrow else (width - left - 2 * gap - 0.1) / 3
    with figure(width, height) as drawn:
        for column, (measure, title) in enumerate(groups):
            x = left if narrow else left + column * (wide + gap)
            y = 0.38 + ((2 - column) * (tall + 0.33) if narrow else 0)
            axes = drawn.add_axes((x / width, y / height, wide / width, tall / height))
            axes.set_title(title, loc="left", pad=4)
            axes.set_xlim(0, top)
            axes.set_ylim(len(arms) - 0.5, -0.5)
            axes.spines["bottom"].set_visible(False)
            axes.set_xticks([])
            axes.tick_params(axis="y", length=0)
            labelled = narrow or column == 0
            labels = [fitted(arm.arm, 7.5, left - 0.15) for arm in arms] if labelled else []
            axes.set_yticks(range(len(arms)) if labelled else [], labels)
            _draw_bars(axes, means[measure], top, (OFFICIAL, OTHER, MID)[column])
        drawn.text(left / width, 0.14 / height, "mean number a dialogue", fontsize=7, color=MUTED)
        said = "; ".join(
            f"{arm.arm}: "
            + ", ".join(
                f"{title} {plain(s.mean if (s := means[m][i]) else None)}" for m, title in groups
            )
            for i, arm in enumerate(arms)
        )
        name = "fig-lines-narrow" if narrow else "fig-lines"
        return inline(drawn, name, f"Red lines crossed a dialogue. {said}.")


def _draw_bars(axes: Axes, found: Sequence[Summary | None], top: float, color: str) -> None:
    """One bar an arm, with its number."""
    for row, summary in enumerate(found):
        mean = summary.mean if summary else None
        if mean:
            axes.barh(row, mean, height=0.62, color=color)
        label = average(summary) if mean is not None else MISSING
        axes.text((mean or 0) + top * 0.02, row, label, va="center", fontsize=7.5, color=INK)
