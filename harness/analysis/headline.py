"""The answer in two parts: what happened to agreement, then to the terms, with their size.

An arm that agrees no more has terms near those of no deal. A sentence about terms alone would then
say that nothing happened, so it never stands alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.analysis.account import Account
from harness.analysis.effect import Effect
from harness.analysis.numbers import number
from harness.analysis.sentence import answer
from harness.analysis.summaries import Summary
from harness.analysis.twopart import (
    AGREEMENT,
    OUTCOME,
    ArmPart,
    Difference,
    PartEffect,
    TwoPart,
    no_deal_note,
)

SKEW: Final = "settlement.skew"
LATER: Final = "later."
"""How measures of the later talks begin."""
LATER_AGREEMENT: Final = "later.agreement"
_NOT_SHOWN: Final = "No effect shown"


def headline(account: Account, effect: Effect | None, parts: TwoPart | None) -> tuple[str, ...]:
    """The answer to a run's question: agreement, the terms of all talks, and then what says how
    large that is, what of it is selection, and whether another measure has the opposite sign.

    Args:
        effect: Of the primary contrast; None where the suite compares nothing.
        parts: Agreement and terms; None where nothing is known of them. They are said of a measure
            of what talks ended in; any other stands alone.

    Returns:
        Texts of a sentence or more each, in the order in which they are read.
    """
    base = answer(account, effect)
    if effect is None or parts is None or not any(arm.deals for arm in account.arms.values()):
        return (base,)
    contrast = effect.contrast
    if not contrast.measure.startswith(OUTCOME) or contrast.measure == AGREEMENT:
        return (base,)
    arms = [
        arm
        for name in (contrast.treatment, contrast.control)
        if name is not None and (arm := parts.arm(name)) is not None
    ]
    without = any(arm.deals < arm.done for arm in arms)
    said = [_agreement(arms, parts.difference())]
    said.append(base.replace(effect.sentence, _of_all(effect, without=without)))
    difference = parts.difference()
    if difference is not None and contrast.measure == SKEW:
        said += _sizes(effect, arms[0], difference)
    if contrast.measure == SKEW:
        said.append(_distance(arms))
        said += [note for arm in arms if (note := no_deal_note(arm))]
    if difference is not None and without and all(arm.done for arm in arms):
        said.append(_given_deal(difference, difference.parts["primary_given_deal"]))
    if contrast.measure == SKEW:
        said += _signs(arms, difference)
    return tuple(text for text in said if text)


def later_agreement(findings: Mapping[str, Summary | None]) -> str:
    """How many of the later talks of each arm ended in a deal: no deal counts as a gain of 0, so
    what later talks bring never stands without it. Empty where an arm has none.

    Args:
        findings: Arm -> its summary of :data:`LATER_AGREEMENT`, the treatment first.
    """
    said = [
        f"{arm} {round(found.total):,} of {found.n:,}"
        for arm, found in findings.items()
        if found is not None and found.total is not None
    ]
    if not said or len(said) < len(findings):
        return ""
    return f"Later talks that ended in a deal: {', '.join(said)}."


def _agreement(arms: list[ArmPart], difference: Difference | None) -> str:
    """How many talks of the arms compared ended in a deal, the treatment first."""
    if not all(arm.done for arm in arms):
        return ""
    first, *others = arms
    if not others or difference is None:
        return f"Agreement: {_deals(first)} ended in a deal."
    (second,) = others
    found = difference.parts["agreement"]
    if found.estimate is None:
        return f"Agreement: {_deals(first)} and {_deals(second)} ended in a deal."
    points = 100 * found.estimate
    if abs(points) < 0.05:
        return f"Agreement is the same: {_deals(first)} and {_deals(second)} ended in a deal."
    return (
        f"Agreement is {_direction(points)} in {first.arm} ({first.deals:,} of {first.done:,} "
        f"talks ended in a deal) than in {second.arm} ({second.deals:,} of {second.done:,}), by "
        f"{abs(points):.1f} percentage points ({_evidence(found, 100, 1)})."
    )


def _of_all(effect: Effect, *, without: bool) -> str:
    """The effect on the terms, said to be of all talks where some ended without a deal."""
    text = effect.sentence
    measure = effect.titles.get(effect.contrast.measure) or effect.contrast.measure
    what = f"no difference in {measure}" if without else f"No effect on {measure}"
    if text.startswith(_NOT_SHOWN):
        text = f"{what} shown{text.removeprefix(_NOT_SHOWN)}"
    return f"Terms of all talks, no deal at its own value: {text}" if without else text


def _given_deal(difference: Difference, found: PartEffect) -> str:
    """The effect on the terms where both dialogues of a pair ended in a deal."""
    if found.estimate is None:
        return (
            "Terms given a deal cannot be compared: no pair of talks ended in a deal in both arms."
        )
    pairs = f"{found.n_pairs:,} pair{'' if found.n_pairs == 1 else 's'} in which both ended in one"
    than = (
        f"no different in {difference.treatment} and {difference.control}"
        if found.estimate == 0
        else f"{_direction(found.estimate)} in {difference.treatment} by "
        f"{number(abs(found.estimate))}"
    )
    return (
        f"Terms given a deal: {than} ({_evidence(found, 1, 3)}; {pairs}, a selection by the "
        "outcome)."
    )


def _sizes(effect: Effect, treatment: ArmPart, difference: Difference) -> list[str]:
    """How much a difference in skew is: against the most that a zone of agreement allows, in points
    of value and in shares of the surplus."""
    if not effect.estimate:
        return []
    said = []
    end = "skew_most" if effect.estimate > 0 else "skew_least"
    most = treatment.parts[end].mean
    if most is not None and most * effect.estimate > 0:
        times = effect.estimate / most
        bound = f"{number(abs(most))}, the largest skew in the zone of agreement on average"
        if times <= 1:
            said.append(
                f"The difference in skew is {number(abs(effect.estimate))} of at most {bound}."
            )
        else:
            said.append(
                f"The difference in skew is {times:.1f} times {bound}; beyond it a side is worse "
                "off than without a deal."
            )
    gains = [_gain(difference, seat) for seat in ("o", "u")]
    if all(gains):
        said.append(
            f"In points of value, of 100: {gains[0]} for the official side's principal and "
            f"{gains[1]} for the other's."
        )
    return said


def _distance(arms: list[ArmPart]) -> str:
    """How far inside the frontier talks ended, where skew says less."""
    known = [
        f"{number(mean)} in {arm.arm}"
        for arm in arms
        if (mean := arm.parts["frontier_distance"].mean) is not None
    ]
    return f"Distance to the frontier: {', '.join(known)}." if known else ""


def _gain(difference: Difference, seat: str) -> str:
    """``12.0 more (0.6 of the surplus)``; empty where it is not known."""
    gain, share = (difference.parts[f"{part}_{seat}"].estimate for part in ("gain", "gain_share"))
    if gain is None:
        return ""
    more = "more" if gain >= 0 else "less"
    of = "" if share is None else f" ({abs(share):.2f} of the surplus)"
    return f"{abs(100 * gain):.1f} {more}{of}"


def _signs(arms: list[ArmPart], difference: Difference | None) -> list[str]:
    """Where skew and normalised gains point to different sides."""
    said = []
    if difference is not None and difference.signs_disagree:
        gap = difference.parts["normalised_gap"].estimate or 0.0
        said.append(
            "The signs disagree: by normalised gains, which depend on nobody's scale of values, "
            f"{difference.treatment} is {_direction(gap)} than {difference.control} by "
            f"{number(abs(gap))}. So which side is favoured depends on how values are compared."
        )
    for arm in arms:
        if arm.signs_disagree:
            skew, gains = (arm.parts[part].mean or 0.0 for part in ("skew", "normalised_gap"))
            said.append(
                f"The signs disagree in {arm.arm}: skew {number(skew)}, difference of normalised "
                f"gains {number(gains)}."
            )
    return said


def _deals(arm: ArmPart) -> str:
    return f"{arm.deals:,} of {arm.done:,} talks of {arm.arm}"


def _direction(value: float) -> str:
    return "higher" if value > 0 else "lower"


def _evidence(found: PartEffect, scale: float, digits: int) -> str:
    """``95% interval −98.1 to −50.0``, and that it is not shown where it is not."""
    if found.interval is None:
        return "in the only scenario with a value"
    lo, hi = (f"{scale * end:.{digits}f}".replace("-", "−") for end in found.interval)
    return f"95% interval {lo} to {hi}{'' if found.shown else ', not shown'}"
