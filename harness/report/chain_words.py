"""The chain of the theory at the terminal: a row a link, with its counterfactual beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.analysis.chain_cells import MEASURE
from harness.analysis.verdict import LEAST_SCENARIOS
from harness.errors import counted
from harness.report.tables import print_table, shown
from harness.report.wording import MISSING, exact, verdict, within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from harness.analysis.arm_finding import ArmFinding
    from harness.analysis.chain_finding import ChainOf, LinkFinding
    from harness.analysis.decomposition import PartOfWhole
    from harness.analysis.findings import Findings

HEADINGS: Final = ("link", "measure", "arm", "value", "difference", "")
SLIGHT: Final = 0.005
"""Below it nobody need be told that two parts do not simply add up."""
NOTE: Final = (
    "Every link is the first comparison that the suite declares about it and that has a value, on "
    "the scale of its own measure. The value of an arm is over all episodes that have one, the "
    "difference over pairs alone. In brackets stands the claim of the theory (docs/claims.md)."
)

SCALES: Final = (
    "Every link has the scale of its own measure: lengths of different links say nothing beside "
    "one another."
)
APART: Final = (
    "Each line-up of models has a chain of its own, from its own episodes alone: nothing in it is "
    "pooled. p is corrected over all questions of all line-ups."
)


def chain_rows(chain: ChainOf, findings: Findings) -> list[tuple[str, ...]]:
    """The rows of the table, one an arm that is compared."""
    return [row for link in chain.links for row in _rows(link, findings)]


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


def parts_sentence(chain: ChainOf, findings: Findings) -> str:
    """What of the later talks is whose doing; empty where the suite lacks one of the four cells."""
    found = chain.parts
    if found is None:
        return ""
    if found.article is None or found.hand is None or found.total is None:
        return "No episode has a value with and without each link, so nothing can be taken apart."
    title, scenarios = findings.title_of(MEASURE), len(found.scenarios)
    whole = f"the difference in {title}, {_part(found.total)}"
    said = f"Of {whole}"
    if scenarios == 1:
        said = f"In the only scenario with a value, of {whole}"
    elif scenarios < LEAST_SCENARIOS:
        said = f"Nothing can be shown with fewer than {LEAST_SCENARIOS} scenarios: of {whole}"
    said += (
        f", the article brings {_part(found.article)} and the revealed hand {_part(found.hand)} "
        f"(exact Shapley values of four cells, over {counted(scenarios, 'scenario')})"
    )
    if scenarios == 1:
        said += (
            "; whether this holds beyond it cannot be computed because that takes at least two "
            "scenarios"
        )
    said += "."
    if found.interaction is not None and abs(found.interaction.mean) >= SLIGHT:
        said += (
            f" With the other link on, each brings {_part(found.interaction)} beside what it "
            "brings alone."
        )
    if found.missing:
        said += f" {counted(found.missing, 'episode')} without a value in some cell left out."
    return said


def _part(part: PartOfWhole) -> str:
    """In three decimals, as the answer has it: in two, parts seem not to add up to the whole."""
    if part.lo is None or part.hi is None:
        return exact(part.mean)
    return f"{exact(part.mean)} [{exact(part.lo)}, {exact(part.hi)}]"


def arms_of(chains: Sequence[ChainOf], findings: Findings) -> list[ArmFinding]:
    """The arms that chains compare, in the suite's order; those without a title of their own are
    left out."""
    compared = {side.arm for chain in chains for link in chain.links for side in link.sides}
    return [arm for arm in findings.arms if arm.arm in compared and arm.title != arm.arm]


def measures_of(chains: Sequence[ChainOf]) -> list[str]:
    """The measures that chains show, each once."""
    links = (link for chain in chains for link in chain.links)
    return list(dict.fromkeys(link.effect.contrast.measure for link in links))


def print_chain(findings: Findings, console: Console) -> None:
    """Print the chain, of each line-up its own: silent where the suite asks about talks alone."""
    chains = findings.chains
    for chain in chains:
        console.print()
        if chain.label:
            console.print(shown(chain.label, style="bold"))
        print_table(
            console, HEADINGS, chain_rows(chain, findings), names=(2, 3, 4, 5), whole=(3, 4)
        )
        console.print()
        if said := parts_sentence(chain, findings):
            console.print(shown(said))
    if chains:
        for arm in arms_of(chains, findings):
            console.print(shown(f"{arm.arm}: {arm.title}", style="dim"))
        console.print(shown(NOTE, style="dim"))
    if any(chain.label for chain in chains):
        console.print(shown(APART, style="dim"))
