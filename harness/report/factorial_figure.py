"""The plot of what incentives do together: shares of the whole, and what pairs add to them."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from harness.analysis.factorial_effects import FactorialFinding, Kind, Part
from harness.report.effect_figures import Row, plot
from harness.report.factorial_words import called

_DETAILS: Final[dict[Kind, str]] = {
    "shapley": "its share of the whole",
    "more": "last of all, beyond alone",
    "total": "all on, minus none on",
    "two_way": "together, beyond one by one",
}
"""What stands under the name of a part; kinds are drawn in this order."""


def factorial_figure(
    found: FactorialFinding, measure: str, title: str, name: str, *, narrow: bool = False
) -> Markup | None:
    """Each share, then the whole, then each pair; or what each incentive does beyond alone. None
    where nothing has a value.

    Args:
        found: Of a run, or of a line-up of it.
        measure: Name of the measure, and ``title``, what people call it.
        name: Of the plot, alone of its name on the page.
        narrow: As a phone shows it.
    """
    rows = [_row(part, kind) for kind in _DETAILS for part in found.of(kind)]
    description = f"Change in {title} by combinations of incentives"
    return plot(rows, measure, f"change in {title}", description, name, narrow=narrow)


def _row(part: Part, kind: Kind) -> Row:
    own = f"{part.mechanisms[0]}: " if len(part.mechanisms) == 1 else ""
    return Row(
        label=called(part),
        detail=own + _DETAILS[kind],
        value=part.estimate,
        interval=part.interval,
        dots=tuple(value for _, value in part.scenario_values),
        strong=kind in ("shapley", "more"),
    )
