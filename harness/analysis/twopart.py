"""The two-part headline: what happened to agreement, and then to the terms.

Every dialogue counts in a mean, and talks without a deal enter at the values of no deal. But that
mean mixes two effects: an arm that agrees no more has a skew near 0, whatever its deals were like.
So agreement stands beside the terms of all talks, and beside the terms of those that ended in a
deal (a two-part model; Cragg 1971, Duan et al. 1983). The last compares a selection, since which
talks end in a deal is itself an outcome; it is never shown without the other two.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import BaseModel, ConfigDict

from harness.analysis.chains import same_talks
from harness.analysis.contrast import estimated
from harness.analysis.families import ALL, Family
from harness.analysis.matched import Matched
from harness.analysis.values import Brief, Values
from harness.analysis.verdict import is_shown
from harness.bargaining.position import signs_disagree
from harness.suite.contrasts import Contrast

SELECTION: Final = (
    "Whether talks end in a deal is itself an outcome. So figures on the terms given a deal "
    "compare selected talks."
)
NO_DEAL_COUNTS: Final = 0.005
"""Skew that talks without a deal bring into the mean of an arm, from which on it is said."""
AGREEMENT: Final = "settlement.agreement"
OUTCOME: Final = ("settlement.", "acceptability.")
"""How the names of measures begin that say what an outcome is worth."""
_PREFIX: Final = "two_part."
_SOURCES: Final = {
    "skew": "settlement.skew",
    "gain_o": "settlement.gain_o",
    "gain_u": "settlement.gain_u",
    "gain_share_o": "settlement.gain_share_o",
    "gain_share_u": "settlement.gain_share_u",
    "normalised_gap": "settlement.normalised_gap",
    "frontier_distance": "settlement.frontier_distance",
    "skew_most": "settlement.skew_most",
    "skew_least": "settlement.skew_least",
    "surplus": "settlement.surplus",
}
_DERIVED: Final = ("agreement", "skew_given_deal", "skew_of_no_deals", "primary_given_deal")
_OF_SCENARIOS: Final = ("skew_most", "skew_least", "surplus")
"""Parts that say what a scenario allows. Arms do not differ in them, save by when they end."""


class ArmPart(BaseModel):
    """One arm on one family of scenarios.

    Attributes:
        family: Name of the family.
        arm: Name of the arm.
        deals: Dialogues that ended in a deal.
        done: Dialogues that came to their end.
        parts: Part -> its mean with interval, every scenario weighing the same:

            ``agreement``: share of deals, in [0, 1];
            ``skew``: of all dialogues, no deal at the values of no deal;
            ``skew_given_deal``: of those with a deal;
            ``skew_of_no_deals``: what talks without a deal contribute to ``skew``;
            ``primary_given_deal``: the primary measure of those with a deal;
            ``gain_o``, ``gain_u``: true value over no deal, in [-1, 1], of all;
            ``gain_share_o``, ``gain_share_u``: that in shares of the surplus;
            ``normalised_gap``: difference of normalised gains, of all;
            ``frontier_distance``: of all;
            ``skew_most``, ``skew_least``, ``surplus``: what the scenarios allow.
        signs_disagree: Whether mean skew and mean difference of normalised gains clearly favour
            different seats; None where one is missing.
    """

    model_config = ConfigDict(frozen=True)

    family: str
    arm: str
    deals: int
    done: int
    parts: dict[str, Brief]
    signs_disagree: bool | None


class PartEffect(BaseModel):
    """The difference of one part between two arms, paired. None is "cannot be computed".

    Attributes:
        estimate: Mean over scenarios, in units of the part.
        interval: Its 95 % interval.
        shown: As of every effect, without a correction for the number of parts.
        n_scenarios: Scenarios that the estimate averages.
        n_pairs: Pairs of dialogues that both have a value.
    """

    model_config = ConfigDict(frozen=True)

    estimate: float | None
    interval: tuple[float, float] | None
    shown: bool | None
    n_scenarios: int
    n_pairs: int


class Difference(BaseModel):
    """The treatment arm of the primary contrast minus its control, on one family of scenarios.

    Attributes:
        family: Name of the family.
        parts: As of :class:`ArmPart`, without what the scenarios allow. Those given a deal compare
            the pairs in which both dialogues ended in one.
        signs_disagree: As of :class:`ArmPart`, of the two differences.
    """

    model_config = ConfigDict(frozen=True)

    family: str
    treatment: str
    control: str
    parts: dict[str, PartEffect]
    signs_disagree: bool | None


class TwoPart(BaseModel):
    """Agreement and terms, of every arm and of the primary contrast, by family of scenarios.

    Attributes:
        families: All scenarios first; kinds of them where there is more than one.
        arms: Every arm on every family that it was played on.
        differences: Of the primary contrast on every family; none where the suite compares nothing
            or holds one arm against zero.
        notes: What a reader must know beside the numbers, a sentence each.
        alike: Arms that have the very same talks, where more than talks is played: each group
            stands once, under its first arm.
    """

    model_config = ConfigDict(frozen=True)

    alike: tuple[tuple[str, ...], ...] = ()
    families: tuple[Family, ...]
    arms: tuple[ArmPart, ...]
    differences: tuple[Difference, ...]
    notes: tuple[str, ...]

    def arm(self, name: str, family: str = ALL) -> ArmPart | None:
        """An arm on a family; None where it was not played on it."""
        return next((a for a in self.arms if (a.arm, a.family) == (name, family)), None)

    def difference(self, family: str = ALL) -> Difference | None:
        """The primary contrast on a family; None where there is none."""
        return next((d for d in self.differences if d.family == family), None)

    def of_family(self, family: str) -> list[ArmPart]:
        """The arms that were played on a family, in the suite's order."""
        return [arm for arm in self.arms if arm.family == family]


def two_part(
    values: Values, families: Sequence[Family], primary: Contrast | None, measure: str
) -> TwoPart:
    """The two-part table of a run. It enters what it derives into ``values``.

    Args:
        values: With the measures of the evaluator ``settlement``, as far as they were scored.
        families: All scenarios first.
        primary: The primary contrast of the suite.
        measure: Its measure, or the one that the run is about.
    """
    names = _enter(values, measure)
    alike = same_talks(values)
    left_out = {name for group in alike for name in group[1:]}
    arms = tuple(
        arm
        for family in families
        for name in values.proceedings
        if name not in left_out
        if (arm := _arm(values, family, name, names)) is not None
    )
    differences: tuple[Difference, ...] = ()
    pair = () if primary is None else (primary.treatment, primary.control)
    same = any(set(pair) <= set(group) for group in alike)
    if primary is not None and primary.control not in (None, primary.treatment) and not same:
        compared = {name: source for name, source in names.items() if name not in _OF_SCENARIOS}
        arms_compared = Matched.of(values, primary.treatment, primary.control)
        differences = tuple(
            _difference(arms_compared, family, primary.treatment, primary.control, compared)
            for family in families
        )
    return TwoPart(
        families=tuple(families),
        arms=arms,
        differences=differences,
        notes=(*_notes(arms), *(_same_talks(group) for group in alike)),
        alike=alike,
    )


def _same_talks(group: Sequence[str]) -> str:
    return (
        f"Under {group[0]} stand the talks of {', '.join(group[1:])} too: they are the same, and "
        "these arms differ in what follows."
    )


def _enter(values: Values, measure: str) -> dict[str, str]:
    """Derive what is not scored; part -> the measure that it is the mean of."""
    skew = _SOURCES["skew"]
    values.derive(f"{_PREFIX}agreement", None, lambda deal, _: _share(deal))
    values.derive(
        f"{_PREFIX}skew_given_deal", skew, lambda deal, value: value if deal else math.nan
    )
    values.derive(
        f"{_PREFIX}skew_of_no_deals", skew, lambda deal, value: value * 0.0 if deal else value
    )
    values.derive(
        f"{_PREFIX}primary_given_deal", measure, lambda deal, value: value if deal else math.nan
    )
    return {name: f"{_PREFIX}{name}" for name in _DERIVED} | _SOURCES


def _share(deal: bool | None) -> float:
    return math.nan if deal is None else float(deal)


def _arm(values: Values, family: Family, arm: str, names: Mapping[str, str]) -> ArmPart | None:
    members = frozenset(family.scenarios)
    parts = {part: values.brief(name, arm, scenarios=members) for part, name in names.items()}
    deals = [one.deal for _, one in values.placed(arm) if one.scenario in members]
    if not deals and family.name != ALL:
        return None
    ended = [deal for deal in deals if deal is not None]
    return ArmPart(
        family=family.name,
        arm=arm,
        deals=sum(ended),
        done=len(ended),
        parts=parts,
        signs_disagree=signs_disagree(parts["skew"].mean, parts["normalised_gap"].mean),
    )


def agreement_change(values: Values, treatment: str, control: str) -> PartEffect:
    """How much more often one arm ends in a deal than another, in [-1, 1], over all scenarios.
    Agreement must have been entered by :func:`two_part`."""
    arms = Matched.of(values, treatment, control)
    return _part(arms, "agreement", f"{_PREFIX}agreement", None)


def _difference(
    arms: Matched, family: Family, treatment: str, control: str, names: Mapping[str, str]
) -> Difference:
    members = frozenset(family.scenarios)
    parts = {part: _part(arms, part, name, members) for part, name in names.items()}
    signs = signs_disagree(parts["skew"].estimate, parts["normalised_gap"].estimate)
    return Difference(
        family=family.name, treatment=treatment, control=control, parts=parts, signs_disagree=signs
    )


def _part(arms: Matched, part: str, name: str, members: frozenset[str] | None) -> PartEffect:
    """The first arm minus the second, on ``members`` or on all scenarios."""
    change = arms.change(name, members)
    estimate, t, flip = estimated(change.by_scenario)
    interval = None if t is None else (t.lo, t.hi)
    n_scenarios = len(change.by_scenario)
    shown = is_shown(interval, None if flip is None else flip.p, n_scenarios)
    if interval is not None and part == "agreement":
        interval = max(-1.0, interval[0]), min(1.0, interval[1])
    return PartEffect(
        estimate=estimate,
        interval=interval,
        shown=shown,
        n_scenarios=n_scenarios,
        n_pairs=change.n_pairs,
    )


def _notes(arms: Sequence[ArmPart]) -> tuple[str, ...]:
    said = []
    whole = [arm for arm in arms if arm.family == ALL]
    if any(arm.deals < arm.done for arm in whole):
        said.append(SELECTION)
    said += [note for arm in whole if (note := no_deal_note(arm))]
    return tuple(said)


def no_deal_note(arm: ArmPart) -> str | None:
    """That talks without a deal lend an arm a skew which is none of its terms; None where they
    hardly do."""
    brought = arm.parts["skew_of_no_deals"].mean
    if arm.deals == arm.done or brought is None or abs(brought) < NO_DEAL_COUNTS:
        return None
    value = f"{brought:+.3f}".replace("-", "−")
    return (
        f"No deal is not neutral: talks without a deal add {value} to the skew of {arm.arm}. Twins "
        "with exchanged chairs do not cancel this here."
    )
