"""The chain of the theory as one picture: from the talks downwards, what each link moved.

Every link has its own measure, and so its own scale: lengths of different links say nothing beside
one another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from harness.analysis.chain_finding import LinkFinding
from harness.analysis.findings import Findings
from harness.report.svg import (
    INK,
    MUTED,
    PAPER,
    RULE,
    figure,
    fitted,
    inline,
    printable,
)
from harness.report.wording import estimate, verdict, within

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.patches import FancyArrowPatch

WIDTH: Final = 7.4
NARROW: Final = 3.5
"""Inches, as of the other figures."""
_LINK: Final = 1.3
"""Inches a link, its arrow included."""
_NARROW_LINK: Final = 1.9
_LEFT: Final = 2.5
"""Inches for what a link is called, beside its plot."""
_RIGHT: Final = 0.35
"""Inches that the last number of a scale may need."""
_TITLE, _SMALL = 9.5, 7.5


def chain_figure(findings: Findings, *, narrow: bool = False) -> Markup | None:
    """The chain; None where the suite asks about talks alone, or nothing has a value."""
    links = findings.links
    if all(side.value.mean is None for link in links for side in link.sides):
        return None
    width, each = (NARROW, _NARROW_LINK) if narrow else (WIDTH, _LINK)
    height = each * len(links)
    with figure(width, height) as drawn:
        for number, link in enumerate(links):
            top = height - each * number
            _draw(drawn, link, findings.title_of(link.effect.contrast.measure), top, narrow=narrow)
            if number:
                _arrow(drawn, top)
        said = ". ".join(_in_words(link, findings) for link in links)
        name = f"fig-chain{'-narrow' if narrow else ''}"
        return inline(drawn, name, f"The chain, link by link. {said}.")


def _in_words(link: LinkFinding, findings: Findings) -> str:
    title = findings.title_of(link.effect.contrast.measure)
    sides = ", ".join(f"{s.arm} {within(s.value.mean, s.value.interval)}" for s in link.sides)
    effect = link.effect
    return (
        f"{link.title}, {title}: {sides}; difference {estimate(effect.estimate, effect.interval)}"
    )


def _draw(drawn: Figure, link: LinkFinding, title: str, top: float, *, narrow: bool) -> None:
    """A link: what it is called, its two arms on the scale of its measure, and the difference."""
    width, height = drawn.get_size_inches()
    room = width - 0.1 if narrow else _LEFT - 0.2

    def write(y: float, text: str, size: float, **style: Any) -> None:
        line = fitted(text, size, room, bold=style.get("fontweight") == "bold")
        drawn.text(0.05 / width, y / height, line, fontsize=size, va="top", **style)

    effect = link.effect
    write(top - 0.2, f"{link.title} ({link.claim})", _TITLE, fontweight="bold")
    write(top - 0.4, title, _SMALL, color=MUTED)
    write(top - 0.58, f"difference {estimate(effect.estimate, effect.interval)}", _SMALL)
    write(top - 0.74, f"{verdict(effect)}: {effect.called}", _SMALL, color=MUTED)
    left = _RIGHT if narrow else _LEFT
    bottom = top - (_NARROW_LINK - 0.25 if narrow else _LINK - 0.3)
    upper = top - (0.95 if narrow else 0.2)
    box = (
        left / width,
        bottom / height,
        (width - left - _RIGHT) / width,
        (upper - bottom) / height,
    )
    axes = drawn.add_axes(box)
    _plot(axes, link)


def _plot(axes: Axes, link: LinkFinding) -> None:
    axes.set_ylim(len(link.sides) - 0.4, -0.6)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlim(*_limits(link))
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.grid(visible=True, color=RULE, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.axvline(0, color=MUTED, linewidth=0.8, zorder=1)
    for place, side in enumerate(link.sides):
        color = INK if place == 0 else MUTED
        name = side.arm if side.value.mean is not None else f"{side.arm}: no value"
        axes.text(
            0.0,
            place - 0.3,
            printable(name),
            transform=axes.get_yaxis_transform(),
            fontsize=_SMALL,
            va="center",
            color=color,
            zorder=2,
            bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.6},
        )
        if side.value.mean is None:
            continue
        if side.value.interval is not None:
            axes.plot(side.value.interval, [place, place], color=color, linewidth=2.2, zorder=3)
        axes.plot([side.value.mean], [place], marker="o", markersize=5.5, color=color, zorder=4)


def _limits(link: LinkFinding) -> tuple[float, float]:
    values = [0.0]
    values += [
        value
        for side in link.sides
        for value in (side.value.mean, *(side.value.interval or ()))
        if value is not None
    ]
    low, high = min(values), max(values)
    margin = 0.08 * (high - low) or 0.05
    return low - margin, high + margin


def _arrow(drawn: Figure, top: float) -> None:
    """From the link above to the one below."""
    width, height = drawn.get_size_inches()
    at = 0.2 / width
    drawn.add_artist(_arrow_patch(at, (top + 0.14) / height, (top - 0.12) / height))


def _arrow_patch(x: float, start: float, end: float) -> FancyArrowPatch:
    from matplotlib.patches import FancyArrowPatch

    return FancyArrowPatch((x, start), (x, end), arrowstyle="-|>", mutation_scale=9, color=INK)
