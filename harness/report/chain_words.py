"""The chain of the theory at the terminal: a row a link, with its counterfactual beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.report.tables import print_table, shown
from harness.report.wording import MISSING, verdict, within

if TYPE_CHECKING:
    from rich.console import Console

    from harness.analysis.chain_finding import LinkFinding
    from harness.analysis.findings import Findings

HEADINGS: Final = ("link", "measure", "arm", "value", "difference", "")
NOTE: Final = (
    "Every link is the first comparison that the suite declares about it, on the scale of its own "
    "measure."
)


def chain_rows(findings: Findings) -> list[tuple[str, ...]]:
    """The rows of the table, one an arm that is compared; none where nothing follows the talks."""
    return [row for link in findings.links for row in _rows(link, findings)]


def _rows(link: LinkFinding, findings: Findings) -> list[tuple[str, ...]]:
    effect = link.effect
    measure = findings.title_of(effect.contrast.measure)
    rows: list[tuple[str, ...]] = []
    for number, side in enumerate(link.sides):
        value = within(side.value.mean, side.value.interval)
        first = number == 0
        rows.append(
            (
                f"{link.title} ({link.claim})" if first else "",
                measure if first else "",
                side.arm if first else f"against {side.arm}",
                value,
                (within(effect.estimate, effect.interval) or MISSING) if first else "",
                verdict(effect) if first else "",
            )
        )
    return rows


def print_chain(findings: Findings, console: Console) -> None:
    """Print the chain: silent where the suite asks about talks alone."""
    rows = chain_rows(findings)
    if not rows:
        return
    console.print()
    print_table(console, HEADINGS, rows, names=(0, 1, 2))
    console.print()
    console.print(shown(NOTE, style="dim"))
