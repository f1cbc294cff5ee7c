"""The chain of the theory as one finding: what each link moved, beside its counterfactual.

Only what the suite asked is shown: of each link, the first comparison that it declares and that has
a value. So the picture of a chain cannot be put together after the numbers are in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from harness.analysis.chain_behind import Behind, pairs_apart, worst_of
from harness.analysis.decomposition import Chain
from harness.analysis.effect import Effect
from harness.analysis.summaries import Brief
from harness.analysis.values import Values

LINKS: Final[Mapping[str, tuple[str, str]]] = {
    "talks": ("The talks", "C3 to C9"),
    "article": ("The article", "C10"),
    "news": ("News of the meeting", "C12"),
    "readers": ("Its readers", "C11"),
    "later": ("The later real talks", "C13"),
}
"""Link -> its title and the claims about it, in the order of the chain."""
_EVALUATORS: Final = {
    "publication": "article",
    "published": "article",
    "misread": "news",
    "readers": "readers",
    "later": "later",
}
"""Evaluator of what follows talks -> link. Every other one measures the talks."""


class Side(BaseModel):
    """One of the two arms that a comparison of a link holds against each other.

    Attributes:
        arm: Its name.
        value: Of the measure, over all of its episodes that have one.
        worst: Some of these, the worst first.
    """

    model_config = ConfigDict(frozen=True)

    arm: str
    value: Brief
    worst: tuple[Behind, ...] = Field(default=(), exclude_if=lambda found: not found)


class LinkFinding(BaseModel):
    """One link of the chain.

    Attributes:
        link: Its name, of :data:`LINKS`.
        title: Of the link.
        effect: The first comparison that the suite declares about it and that has a value: what a
            judge finds needs one. The first of all where none has.
        sides: The arm of that comparison, and its counterfactual where it has one.
        more: Further comparisons that the suite declares about it.
        apart: Some pairs behind the difference, those furthest apart first.
    """

    model_config = ConfigDict(frozen=True)

    link: str
    title: str
    effect: Effect
    sides: tuple[Side, ...]
    more: int
    apart: tuple[Behind, ...] = Field(default=(), exclude_if=lambda found: not found)

    @property
    def claim(self) -> str:
        """The claim that is asked about; those about the link where the suite names none."""
        return self.effect.contrast.claim or LINKS[self.link][1]


class ChainOf(BaseModel):
    """The chain of one line-up, or of the only one.

    Attributes:
        label: The line-up; empty for the only one.
        links: Those that the suite asks about, in the order of the chain.
        parts: What of the later talks is the article's doing and what the revealed hand's; None
            where the suite lacks one of the four cells.
    """

    model_config = ConfigDict(frozen=True)

    label: str
    links: tuple[LinkFinding, ...]
    parts: Chain | None = None

    @property
    def valued(self) -> bool:
        """Whether anything of it has a value."""
        return any(side.value.mean is not None for link in self.links for side in link.sides)


def link_of(measure: str) -> str:
    """The link that a measure is about."""
    return _EVALUATORS.get(measure.split(".", 1)[0], "talks")


def links_of(effects: Iterable[Effect], values: Values) -> tuple[LinkFinding, ...]:
    """The links that a suite asks about, in the order of the chain; none where it asks about talks
    alone.

    Args:
        effects: What it asks, the primary comparison first.
        values: Of the run.
    """
    asked: dict[str, list[Effect]] = {}
    for effect in effects:
        asked.setdefault(link_of(effect.contrast.measure), []).append(effect)
    if not asked.keys() - {"talks"}:
        return ()
    return tuple(_link(name, asked[name], values) for name in LINKS if name in asked)


def _link(name: str, effects: Sequence[Effect], values: Values) -> LinkFinding:
    # A control is asked for nothing to be found: it says nothing of what the link moves.
    asked = [one for one in effects if one.contrast.expects is None] or effects
    first = next((one for one in asked if one.estimate is not None), asked[0])
    contrast = first.contrast
    measure = contrast.measure
    arms = [arm for arm in (contrast.treatment, contrast.control) if arm is not None]
    measured = values if name == "talks" or values.episodes is None else values.episodes
    return LinkFinding(
        link=name,
        title=LINKS[name][0],
        effect=first,
        sides=tuple(
            Side(arm=arm, value=values.brief(measure, arm), worst=worst_of(measured, measure, arm))
            for arm in arms
        ),
        more=len(effects) - 1,
        apart=() if len(arms) < 2 else pairs_apart(measured, measure, *arms),
    )
