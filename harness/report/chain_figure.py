"""The chain of the theory as one picture: from the talks downwards, what each link moved.

Every link has its own measure, and so its own scale: lengths of different links say nothing beside
one another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from harness.analysis.chain_finding import ChainOf, LinkFinding
from harness.report.chain_behind import Leads, anchor, label
from harness.report.svg import (
    INK,
    MUTED,
    PAPER,
    RULE,
    figure,
    fitted,
    inline,
    printable,
    width_of,
)
from harness.report.wording import estimate, verdict

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.patches import FancyArrowPatch

    from harness.analysis.findings import Findings

WIDTH: Final = 7.4
NARROW: Final = 3.5
"""Inches, as of the other figures."""
_LINK: Final = 1.36
"""Inches a link, its arrow included."""
_NARROW_LINK: Final = 2.05
_LEFT: Final = 2.75
"""Inches for what a link is called, beside its plot."""
_RIGHT: Final = 0.35
"""Inches that the last number of a scale may need."""
_TITLE, _SMALL = 9.5, 7.5
_LINE: Final = 0.145
"""Inches from line to line of small text."""


def chain_figure(
    findings: Findings, number: int = 0, *, to: Leads = anchor, narrow: bool = False
) -> Markup | None:
    """A chain; None where nothing of it has a value.

    Args:
        number: Which of :attr:`~harness.analysis.findings.Findings.chains`.
        to: Where its numbers lead.
        narrow: As a phone shows it.
    """
    chain = findings.chains[number]
    if not chain.valued:
        return None
    width, each = (NARROW, _NARROW_LINK) if narrow else (WIDTH, _LINK)
    height = each * len(chain.links)
    with figure(width, height) as drawn:
        called: dict[str, str] = {}
        for place, link in enumerate(chain.links):
            top = height - each * place
            title = findings.title_of(link.effect.contrast.measure)
            leads = _leads(number, link, to)
            for side, address in leads.items():
                called.setdefault(address, label(link, side, title))
            _draw(drawn, link, title, top, leads, narrow=narrow)
            if place:
                _arrow(drawn, top)
        name = f"fig-chain{number or ''}{'-narrow' if narrow else ''}"
        return inline(drawn, name, _in_words(chain, findings), called)


def _leads(number: int, link: LinkFinding, to: Leads) -> dict[int | None, str]:
    """Side of a link, or None for the difference -> the address behind its number; a number that
    is missing has none."""
    found: dict[int | None, str] = {
        place: to(number, link, place)
        for place, side in enumerate(link.sides)
        if side.value.mean is not None
    }
    if link.effect.estimate is not None:
        # An arm that is held against zero has no pairs: its episodes are behind the difference.
        found[None] = to(number, link, None if len(link.sides) > 1 else 0)
    return found


def _in_words(chain: ChainOf, findings: Findings) -> str:
    of = f" of {chain.label}" if chain.label else ""
    said = ". ".join(_link_in_words(link, findings) for link in chain.links)
    return f"The chain{of}, link by link. {said}."


def _link_in_words(link: LinkFinding, findings: Findings) -> str:
    title = findings.title_of(link.effect.contrast.measure)
    sides = ", ".join(f"{s.arm} {estimate(s.value.mean, s.value.interval)}" for s in link.sides)
    effect = link.effect
    return (
        f"{link.title}, {title}: {sides}; difference {estimate(effect.estimate, effect.interval)}"
    )


def _draw(
    drawn: Figure,
    link: LinkFinding,
    title: str,
    top: float,
    leads: dict[int | None, str],
    *,
    narrow: bool,
) -> None:
    """A link: what it is called, its two arms on the scale of its measure, and the difference."""
    width, height = drawn.get_size_inches()
    room = width - 0.1 if narrow else _LEFT - 0.2

    def write(y: float, text: str, size: float, **style: Any) -> None:
        line = fitted(text, size, room, bold=style.get("fontweight") == "bold")
        drawn.text(0.05 / width, y / height, line, fontsize=size, va="top", **style)

    effect = link.effect
    write(top - 0.2, f"{link.title} ({link.claim})", _TITLE, fontweight="bold")
    write(top - 0.4, title, _SMALL, color=MUTED)
    said = f"difference {estimate(effect.estimate, effect.interval)}"
    write(top - 0.58, said, _SMALL, url=leads.get(None))
    for place, line in enumerate(
        _lines(f"{verdict(effect)}: {effect.contrast.name}", _SMALL, room)
    ):
        write(top - 0.74 - _LINE * place, line, _SMALL, color=MUTED)
    left = _RIGHT if narrow else _LEFT
    bottom = top - (_NARROW_LINK - 0.25 if narrow else _LINK - 0.34)
    upper = top - (1.1 if narrow else 0.2)
    box = (
        left / width,
        bottom / height,
        (width - left - _RIGHT) / width,
        (upper - bottom) / height,
    )
    axes = drawn.add_axes(box)
    _plot(axes, link, leads)


def _lines(text: str, size: float, inches: float) -> list[str]:
    """A text in one line, or in two where it is too long; the second is cut where it must be."""
    words = text.split()
    for count in range(len(words), 1, -1):
        if width_of(printable(" ".join(words[:count])), size) <= inches:
            return [" ".join(words[:count]), *filter(None, [" ".join(words[count:])])]
    return [text]


def _plot(axes: Axes, link: LinkFinding, leads: dict[int | None, str]) -> None:
    axes.set_ylim(len(link.sides) - 0.5, -0.65)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlim(*_limits(link))
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.grid(visible=True, color=RULE, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.axvline(0, color=MUTED, linewidth=0.8, zorder=1)
    for place, side in enumerate(link.sides):
        color = INK if place == 0 else MUTED
        value, ends = side.value.mean, side.value.interval
        told = "no value" if value is None else estimate(value, ends)
        axes.text(
            0.0,
            place - 0.36,
            printable(f"{'against ' if place else ''}{side.arm}: {told}"),
            transform=axes.get_yaxis_transform(),
            fontsize=_SMALL,
            va="center",
            color=color,
            zorder=2,
            bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.6},
            url=leads.get(place),
        )
        if value is None:
            continue
        if ends is not None:
            axes.plot(ends, [place, place], color=color, linewidth=2.2, zorder=3)
        dot: dict[str, Any] = {"color": color, "marker": "o", "markersize": 5.5}
        axes.plot([value], [place], linestyle="none", zorder=4, url=leads[place], **dot)


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
