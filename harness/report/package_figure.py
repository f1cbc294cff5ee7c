"""The package space: what could be agreed, and what was, in the principals' true values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from harness.bargaining.position import distinct
from harness.bargaining.solutions import SolutionName
from harness.disputes.scenario import Scenario
from harness.errors import counted
from harness.evaluators.landscape import Landscape, landscape
from harness.report.material import Chairs, Settlement, Space
from harness.report.svg import (
    INK,
    MARKERS,
    MID,
    MUTED,
    OFFICIAL,
    OTHER,
    PAPER,
    TONES,
    ZONE,
    figure,
    fitted,
    inline,
)
from harness.report.wording import signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]

MAX_ARMS: Final = len(MARKERS)
"""More arms than marks cannot be told apart in one space."""
MAX_POINTS: Final = 60
"""Different settlements drawn for an arm; the most frequent first."""
_CLOUD: Final = 400
"""Packages drawn for context."""
_SIZE: Final = 2.75
_SMALL: Final = 8.0
"""Size of the axes' labels, in points."""
_NAME: Final = 1.15
"""Inches for a principal's name, so that a label is no longer than its side."""
_NEAR: Final = 0.09
"""Fair points closer than this share one label."""


@dataclass(frozen=True)
class Panel:
    """One space, drawn.

    Attributes:
        title: Caption: the scenario, who sits where, and the round whose realities are drawn.
        plot: The ``svg`` element.
        left_out: Settlements beyond :data:`MAX_POINTS` of an arm, which are not drawn.
    """

    title: str
    plot: Markup
    left_out: int


def package_panel(
    chairs: Chairs,
    space: Space,
    scenario: Scenario,
    arms: Sequence[str],
    links: Mapping[str, tuple[str, str]],
    number: int,
) -> Panel:
    """Draw one space.

    Args:
        chairs: Scenario and who sits where.
        space: Settlements reached in it.
        scenario: The twin that was played.
        arms: To draw, in the order of their marks; others are left out.
        links: Dialogue -> (target, label) of those printed on the page.
        number: Of the panel, for its ids.
    """
    round_ = space.round()
    land = landscape(scenario, space.seats, round_)
    whole = [scenario.principals[space.seats[seat]].name for seat in ("o", "u")]
    names = [fitted(name, _SMALL, _NAME) for name in whole]
    title = scenario.say(scenario.title)
    said: list[str] = []
    used: dict[str, str] = {}
    left_out = 0
    with figure(_SIZE, _SIZE) as drawn:
        axes = drawn.add_axes((0.17, 0.155, 0.79, 0.79))
        _draw_space(axes, land)
        for index, arm in enumerate(arms):
            found = space.settlements.get(arm, {})
            ranked = sorted(found, key=lambda s: (-len(found[s]), s.u_o, s.u_u))
            left_out += max(0, len(ranked) - MAX_POINTS)
            _draw_settlements(axes, index, found, ranked[:MAX_POINTS], links)
            for settlement in ranked:
                used.update(links[i] for i in found[settlement] if i in links)
            if found:
                said.append(_said(arm, found))
        axes.set_xlim(-0.03, 1.03)
        axes.set_ylim(-0.03, 1.03)
        axes.set_aspect("equal")
        ticks = [0, 0.25, 0.5, 0.75, 1]
        axes.set_xticks(ticks, ["0", ".25", ".5", ".75", "1"])
        axes.set_yticks(ticks, ["0", ".25", ".5", ".75", "1"])
        axes.set_xlabel(f"value to {names[0]} (official)", fontsize=_SMALL, color=OFFICIAL)
        axes.set_ylabel(f"value to {names[1]} (other)", fontsize=_SMALL, color=OTHER)
        plot = inline(
            drawn,
            f"space{number}",
            f"Packages of {title}, by value to {whole[0]} (official seat) and {whole[1]} "
            f"(other seat). {' '.join(said)}",
            used,
        )
    seats = "chairs exchanged" if chairs.exchanged else ""
    realities = f"realities of round {round_}" if round_ > 1 else ""
    entry = land.position(None).skew
    unsigned = any(not one.agreed for found in space.settlements.values() for one in found)
    no_deal = f"no deal enters at skew {signed(entry)}" if unsigned and entry is not None else ""
    notes = ", ".join(note for note in (seats, realities, no_deal) if note)
    return Panel(title + (f" ({notes})" if notes else ""), plot, left_out)


def swatch(index: int, arm: str) -> Markup:
    """The mark of the arm drawn ``index``-th, for a legend."""
    with figure(0.18, 0.18) as drawn:
        axes = drawn.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(-1, 1)
        axes.set_ylim(-1, 1)
        axes.scatter(
            [0],
            [0],
            s=40,
            marker=MARKERS[index % len(MARKERS)],
            facecolors=TONES[index % len(TONES)],
            linewidths=0,
        )
        return inline(drawn, f"swatch{index}", f"Mark of {arm}")


def _draw_space(axes: Axes, land: Landscape) -> None:
    from matplotlib.patches import PathPatch, Polygon
    from matplotlib.path import Path

    pair = np.unique(land.u[:, :2].round(3), axis=0)
    cloud = pair[:: max(1, len(pair) // _CLOUD)]
    # One path of points is a tenth of the size of as many markers. It is added as an artist: the
    # limits of the axes are set anyway, and those of a patch are found point by point.
    vertices = np.repeat(cloud, 2, axis=0)
    vertices[1::2, 0] += 1e-4
    path = Path(vertices, [Path.MOVETO, Path.LINETO] * len(cloud))
    path.should_simplify = False
    axes.add_artist(
        PathPatch(
            path,
            fill=False,
            edgecolor=MID,
            alpha=0.45,
            linewidth=1.3,
            capstyle="round",
            zorder=1,
        )
    )
    r = land.r[:2]
    line = land.frontier.points
    if land.solutions.zopa_size:
        inside = zone(line, r)
        if len(inside):
            axes.add_artist(
                Polygon(
                    np.vstack((r, inside)),
                    closed=True,
                    facecolor=ZONE,
                    alpha=0.13,
                    edgecolor="none",
                    zorder=0,
                )
            )
    axes.plot(line[:, 0], line[:, 1], color=INK, linewidth=1.0, zorder=2)
    axes.axvline(r[0], color=OFFICIAL, linewidth=0.8, linestyle=(0, (3, 2)), zorder=1)
    axes.axhline(r[1], color=OTHER, linewidth=0.8, linestyle=(0, (3, 2)), zorder=1)
    if land.solutions.zopa_size == 0:
        axes.text(
            0.99,
            0.99,
            "no package beats\nno deal for both",
            ha="right",
            va="top",
            fontsize=7,
            bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.5},
        )
    _draw_solutions(axes, land)


def _draw_solutions(axes: Axes, land: Landscape) -> None:
    """Kalai-Smorodinsky and Nash points, labelled outside the frontier; near ones together."""
    labels: list[tuple[Floats, list[str]]] = []
    names: tuple[tuple[SolutionName, str], ...] = (("kalai_smorodinsky", "KS"), ("nash", "Nash"))
    for name, label in names:
        points = land.solutions.points(name, land.u)
        for point in distinct(points[:, :2]) if points is not None else ():
            axes.plot(
                [point[0]],
                [point[1]],
                marker="D",
                markersize=5.2,
                markerfacecolor=PAPER,
                markeredgecolor=INK,
                markeredgewidth=0.9,
                zorder=4,
            )
            near = next((words for at, words in labels if np.hypot(*(at - point)) < _NEAR), None)
            if near is None:
                labels.append((point, [label]))
            elif label not in near:
                near.append(label)
    for point, words in labels:
        axes.annotate(
            ", ".join(words),
            (point[0], point[1]),
            xytext=(9, 11),
            textcoords="offset points",
            fontsize=7,
            arrowprops={"arrowstyle": "-", "linewidth": 0.5, "color": MUTED, "shrinkB": 2},
            zorder=7,
        )


def zone(line: Floats, r: Floats) -> Floats:
    """Outline of what beats no deal for both, save its corner ``r``: for shading.

    Args:
        line: ``(m, 2)`` frontier, the first value rising, the second falling.
        r: ``(2,)`` values of no deal.

    Returns:
        ``(k, 2)``; empty where no point of the line is at least ``r`` in both values.
    """
    found: list[Floats] = []
    for start, end in pairwise(line):
        low, high = 0.0, 1.0
        for axis in (0, 1):
            change = end[axis] - start[axis]
            if abs(change) < 1e-12:
                if start[axis] < r[axis]:
                    low, high = 1.0, 0.0
                continue
            crossing = (r[axis] - start[axis]) / change
            low, high = (max(low, crossing), high) if change > 0 else (low, min(high, crossing))
        if low <= high:
            found += [start + low * (end - start), start + high * (end - start)]
    if not found and len(line) == 1 and (line[0] >= r).all():
        found = [line[0]]
    if not found:
        return np.zeros((0, 2))
    # The region is bounded by the two reservation lines as well.
    corners = [np.array([r[0], found[0][1]]), *found, np.array([found[-1][0], r[1]])]
    return np.array(corners)


def _draw_settlements(
    axes: Axes,
    index: int,
    found: Mapping[Settlement, Sequence[str]],
    ranked: Sequence[Settlement],
    links: Mapping[str, tuple[str, str]],
) -> None:
    color, marker = TONES[index % len(TONES)], MARKERS[index % len(MARKERS)]
    for agreed in (True, False):
        shown = [settlement for settlement in ranked if settlement.agreed is agreed]
        if not shown:
            continue
        urls = [next((links[i][0] for i in found[s] if i in links), None) for s in shown]
        scatter = axes.scatter(
            [s.u_o for s in shown],
            [s.u_u for s in shown],
            s=[14 + 9 * np.sqrt(len(found[s]) - 1) for s in shown],
            marker=marker,
            facecolors=color if agreed else "none",
            edgecolors=[INK if url else (PAPER if agreed else color) for url in urls],
            linewidths=[1.3 if url else 0.5 if agreed else 0.9 for url in urls],
            zorder=5,
        )
        scatter.set_urls(urls)


def _said(arm: str, found: Mapping[Settlement, Sequence[str]]) -> str:
    deals = [(s, len(ids)) for s, ids in found.items() if s.agreed]
    n = sum(count for _, count in deals)
    total = sum(len(ids) for ids in found.values())
    if not n:
        return f"{arm}: no deal in {counted(total, 'talk')}."
    o = sum(s.u_o * count for s, count in deals) / n
    u = sum(s.u_u * count for s, count in deals) / n
    return (
        f"{arm}: {counted(n, 'deal')} in {counted(total, 'talk')}, on average {o:.2f} and {u:.2f}."
    )
