"""Where the numbers of the chain lead: in a report to the episodes that it names, in the viewer to
a list of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from harness.analysis.chain_behind import low_first
from harness.errors import counted
from harness.report.wording import MISSING, estimate, signed

if TYPE_CHECKING:
    from harness.analysis.chain_behind import Behind
    from harness.analysis.chain_finding import ChainOf, LinkFinding
    from harness.analysis.findings import Findings

TALKS: Final = "talks"


class Leads(Protocol):
    """Gives the address of what is behind a number."""

    def __call__(self, number: int, link: LinkFinding, side: int | None) -> str:
        """The address.

        Args:
            number: Of the chain, from 0: line-ups have one each.
            link: The link.
            side: Of the link, whose value it is; None for the difference.
        """
        ...


def anchor(number: int, link: LinkFinding, side: int | None) -> str:
    """The place in a report that names the episodes behind a number: a :class:`Leads`."""
    return f"#{_name(number, link, side)}"


def label(link: LinkFinding, side: int | None, title: str) -> str:
    """What a link from a number is called: first what is read on the page.

    Args:
        title: Of the measure.
    """
    if side is None:
        effect = link.effect
        said, what = estimate(effect.estimate, effect.interval), "pairs"
        return f"difference {said}: the {what} behind it, furthest apart first. {title}"
    own = link.sides[side]
    said = estimate(own.value.mean, own.value.interval)
    what = "talks" if link.link == TALKS else "episodes"
    against = "against " if side else ""
    return f"{against}{own.arm}: {said}: the {what} behind it, the worst first. {title}"


@dataclass(frozen=True)
class Row:
    """An episode behind a number.

    Attributes:
        episode: It.
        where: Its scenario, twin and repetition.
        value: Of the measure.
        other: The counterfactual's value; the dash for an arm by itself.
        difference: Likewise.
        command: Prints it.
    """

    episode: Behind
    where: str
    value: str
    other: str
    difference: str
    command: str


@dataclass(frozen=True)
class Listed:
    """The episodes behind one number.

    Attributes:
        anchor: Id of the place on the page.
        title: What they are behind.
        order: Which come first, and of how many.
        columns: Headings of the values.
        rows: A few of them.
        everything: What the command lists.
        command: Lists all of an arm.
    """

    anchor: str
    title: str
    order: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    everything: str
    command: str


def listed(number: int, chain: ChainOf, findings: Findings) -> list[Listed]:
    """What a page names behind the numbers of a chain, link by link: the pairs of the difference,
    then the episodes of each arm. Numbers that are missing have none."""
    found = []
    others = ", with those of other line-ups" if chain.label else ""
    for link in chain.links:
        title = findings.title_of(link.effect.contrast.measure)
        if link.apart:
            found.append(_pairs(number, link, title, others))
        found += [
            _of_arm(number, link, place, title, others)
            for place, side in enumerate(link.sides)
            if side.worst
        ]
    return found


def _pairs(number: int, link: LinkFinding, title: str, others: str) -> Listed:
    arm, against = (side.arm for side in link.sides)
    low = low_first(link.effect.contrast.measure)
    return Listed(
        anchor=_name(number, link, None),
        title=f"{link.title}: {arm} against {against}, {title}",
        order=f"{'Lowest' if low else 'Highest'} difference first, "
        f"{len(link.apart)} of {counted(link.effect.n_pairs, 'pair')}.",
        columns=(arm, against, "difference"),
        rows=tuple(_row(link, one) for one in link.apart),
        everything=f"All of {arm}, by its own value{others}",
        command=_all(link, arm),
    )


def _of_arm(number: int, link: LinkFinding, place: int, title: str, others: str) -> Listed:
    side = link.sides[place]
    low = low_first(link.effect.contrast.measure)
    noun = "dialogue" if link.link == TALKS else "episode"
    return Listed(
        anchor=_name(number, link, place),
        title=f"{link.title}: {side.arm}, {title}",
        order=f"{'Lowest' if low else 'Highest'} first, {len(side.worst)} of "
        f"{counted(side.value.n, noun)} with a value.",
        columns=(side.arm,),
        rows=tuple(_row(link, one) for one in side.worst),
        everything=f"All of them{others}",
        command=_all(link, side.arm),
    )


def _row(link: LinkFinding, one: Behind) -> Row:
    twin, _, rest = one.pair.partition("/")
    epoch = rest.partition("/")[0]
    exchanged = "" if twin == "none" else f", twin {twin}"
    follows = "" if link.link == TALKS else f" --chain --arm {one.arm}"
    return Row(
        episode=one,
        where=f"{one.scenario}{exchanged}, epoch {epoch}",
        value=signed(one.value),
        other=MISSING if one.other is None else signed(one.other),
        difference=MISSING if one.other is None else signed(one.value - one.other),
        command=f"track15 show RUN {one.id}{follows}",
    )


def _all(link: LinkFinding, arm: str) -> str:
    measure = link.effect.contrast.measure
    follows = "" if link.link == TALKS else " --chain"
    order = measure if low_first(measure) else f"-{measure}"
    return f"track15 show RUN{follows} --arm {arm} --sort {order}"


def _name(number: int, link: LinkFinding, side: int | None) -> str:
    of = "" if number == 0 else f"-{number + 1}"
    return f"behind{of}-{link.link}" + ("" if side is None else f"-{side + 1}")
