"""A judge's figures as small pictures: dots with their intervals on a scale from 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from harness.analysis.agreement import Agreed
from harness.report.calibration_figures import cell
from harness.report.svg import printable

MANNERS: Final = ("plain", "devious")
"""Classes of dots, and what they are of: full for plain talk, hollow for devious talk."""
_WIDTH: Final = 220.0
_EDGE: Final = 6.0
_LANE: Final = 13.0


def drawn(lanes: Sequence[tuple[str, Agreed | None]], label: str, bound: float) -> Markup:
    """Figures one above the other, on a scale from 0 to 1. One that is undefined has no dot.

    Args:
        lanes: One of :data:`MANNERS` with its figure each; or a single figure, of no name.
        label: What it shows, for whoever does not see it.
        bound: Where a dashed line stands.
    """
    height = _LANE * len(lanes) + 4
    said = "; ".join(f"{name} {cell(one)}".strip() for name, one in lanes)
    parts = [
        _line("scale", 0, height / 2, 1),
        Markup('<line class="bound" x1="{0}" x2="{0}" y1="1" y2="{1:g}"/>').format(
            _x(bound), height - 1
        ),
    ]
    for lane, (name, one) in enumerate(lanes):
        if one is None or one.value is None:
            continue
        y = 2 + _LANE * (lane + 0.5)
        if one.low is not None and one.high is not None:
            parts.append(_line("range", one.low, y, one.high))
        parts.append(
            Markup('<circle class="{}" cx="{}" cy="{:g}" r="4.2"/>').format(
                name or MANNERS[0], _x(one.value), y
            )
        )
    return Markup('<svg viewBox="0 0 {:g} {:g}" role="img" aria-label="{}">{}</svg>').format(
        _WIDTH, height, printable(f"{label}: {said}"), Markup("").join(parts)
    )


def _x(value: float) -> str:
    return f"{_EDGE + min(1.0, max(0.0, value)) * (_WIDTH - 2 * _EDGE):.1f}"


def _line(name: str, low: float, y: float, high: float) -> Markup:
    return Markup('<line class="{}" x1="{}" x2="{}" y1="{:g}" y2="{:g}"/>').format(
        name, _x(low), _x(high), y, y
    )
