"""What readers' sizes come to once people have answered, in words and as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.report.tables import print_table, shown
from harness.report.wording import MISSING, signed, within

if TYPE_CHECKING:
    from rich.console import Console

    from harness.analysis.findings import Findings

HEADINGS: Final = ("readers of", "what", "corrected by people", "readers alone", "people alone", "")
_WHAT: Final = {"cheaper": "what is given looks cheaper", "dearer": "what is asked looks dearer"}
NOTE: Final = (
    "Prediction-powered mean of the change in value of an option, in [-1, 1], with its 95% "
    "interval over disputes (Angelopoulos et al. 2023)."
)
UNANCHORED: Final = (
    "Models stand in for readers here. Of what they changed, read the sign and the rank: studies "
    "find the direction mostly right and the size wrong. Sizes need a few answers of people: "
    "track15 report RUN --human-anchor FILE."
)


def anchor_rows(findings: Findings) -> list[tuple[str, ...]]:
    """One row an arm and direction; none where people's answers were not given."""
    return [
        (
            one.arm,
            _WHAT[one.direction],
            within(one.corrected, one.interval),
            MISSING if one.uncorrected is None else signed(one.uncorrected),
            MISSING if one.people is None else signed(one.people),
            f"{one.answers} answers on {one.labelled} of {one.labelled + one.unlabelled} disputes"
            + (f", {one.unmatched} fit nothing" if one.unmatched else ""),
        )
        for one in findings.anchored
    ]


def unanchored(findings: Findings) -> str:
    """That sizes cannot be read, where models read and people's answers were not given; else
    nothing."""
    reader = findings.models.get("reader", "scripted")
    asked = any(link.link == "readers" for link in findings.links)
    return UNANCHORED if asked and reader != "scripted" and not findings.anchored else ""


def print_anchor(findings: Findings, console: Console) -> None:
    """Print the rows, or that sizes cannot be read: silent where no model reads."""
    if said := unanchored(findings):
        console.print()
        console.print(shown(said, "yellow"))
    if rows := anchor_rows(findings):
        console.print()
        print_table(console, HEADINGS, rows, names=(0, 1, 5))
        console.print()
        console.print(shown(NOTE, style="dim"))
