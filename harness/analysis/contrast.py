"""A question put to scored dialogues, and its answer: one arm against another, or against 0.

The primary contrast stands alone; the secondary ones share one Holm correction (docs/method.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from harness.analysis.effect import Effect
from harness.analysis.holm import holm
from harness.analysis.intervals import (
    ClusterT,
    cluster_t,
    share_difference,
    share_interval,
)
from harness.analysis.missing import missing_values
from harness.analysis.missing_course import Breaking, broke_off
from harness.analysis.observations import Observation
from harness.analysis.pairing import Differences, against_zero, complete_places, paired, single
from harness.analysis.scale import UNKNOWN, Scale
from harness.analysis.sentence import sentence
from harness.analysis.signflip import SignFlip, sign_flip
from harness.analysis.verdict import carried_by, is_shown
from harness.suite.contrasts import Contrast


def evaluate(
    contrast: Contrast,
    rows: Iterable[Observation],
    titles: Mapping[str, str] | None = None,
    scale: Scale = UNKNOWN,
    *,
    breaking: Breaking = broke_off,
    account: bool = True,
    planned: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> Effect:
    """Answer one contrast.

    Args:
        contrast: Declared in the suite; without a control, the scenario means of the treatment arm
            are held against 0, over complete twins.
        rows: Of its measure; rows of other arms are ignored.
        titles: Measure or arm -> what the sentence calls it. Others are ignored.
        scale: Of its measure; it bounds the interval.
        breaking: Says where void talks broke off. It depends on the dialogues and on no measure, so
            whoever asks of many measures may keep it.
        account: Whether to say what its missing values could have done to it. That takes as long as
            all else; nothing else depends on it.
        planned: Arm -> the twins that it was to play, of which a run that was cut may have none. An
            arm that is left out was to play those of ``rows``.

    Raises:
        UsageError: An arm against itself, or two rows of the same scenario, pair and arm.
    """
    arms = [arm for arm in (contrast.treatment, contrast.control) if arm is not None]
    own = [row for row in rows if row.arm in arms]
    twins = planned.get(contrast.treatment, ())
    if contrast.control is None:
        differences = against_zero(own, contrast.treatment, twins)
    else:
        differences = paired(own, contrast.treatment, contrast.control)
    values = differences.values()
    estimate, t, flip = estimated(values)
    effect = Effect(
        contrast=contrast,
        titles=_titles(contrast, titles or {}),
        estimate=estimate,
        interval=_interval(t, own, contrast, scale, differences) if t else None,
        sd=t.sd if t else None,
        p_t=t.p if t else None,
        p_signflip=flip.p if flip else None,
        signflip_draws=flip.flips if flip and flip.method == "monte_carlo" else None,
        min_p=flip.min_p if flip else None,
        n_scenarios=len(values),
        n_pairs=differences.n_pairs,
        n_dialogues=differences.n_dialogues,
        n_missing=differences.n_missing,
        n_unpaired=differences.n_unpaired,
        pairing_correlation=differences.correlation,
        scenario_differences=differences.scenarios,
        missing=missing_values(own if account else (), arms, scale, breaking, twins),
    )
    return answered(effect)


class Estimated(NamedTuple):
    """What numbers of scenarios say: their mean, and whether it could be chance.

    Attributes:
        estimate: None without a scenario.
        t: None for fewer than two.
        flip: None without a scenario.
    """

    estimate: float | None
    t: ClusterT | None
    flip: SignFlip | None


def estimated(values: ArrayLike) -> Estimated:
    """Of ``(S,)`` differences or means, one a scenario."""
    numbers = np.asarray(values, dtype=np.float64)
    t = cluster_t(numbers)
    alone = float(numbers[0]) if len(numbers) else None
    return Estimated(alone if t is None else t.mean, t, sign_flip(numbers))


def _interval(
    t: ClusterT,
    rows: Sequence[Observation],
    contrast: Contrast,
    scale: Scale,
    differences: Differences,
) -> tuple[float, float]:
    """The interval of an effect, inside what the measure allows. Of yes/no values that are the same
    in every scenario, t gives none with a width; that of the two shares does: of the pairs, as the
    estimate is."""
    if scale.yes_no and contrast.control is None:
        return share_interval(differences.values(), differences.n_counted) or (t.lo, t.hi)
    if scale.yes_no and t.sd == 0 and contrast.control is not None:
        arms = contrast.treatment, contrast.control
        both = complete_places(rows, arms)
        shares = [_share(both, arm) for arm in arms]
        if shares[0] is not None and shares[1] is not None:
            return share_difference(shares[0], shares[1])
    if contrast.control is None:
        return (
            t.lo if scale.lo is None else max(t.lo, scale.lo),
            t.hi if scale.hi is None else min(t.hi, scale.hi),
        )
    if scale.width is None:
        return t.lo, t.hi
    return max(t.lo, -scale.width), min(t.hi, scale.width)


def _share(rows: Sequence[Observation], arm: str) -> tuple[float, tuple[float, float]] | None:
    """The share of "yes" in an arm, with its interval."""
    own = single(rows, arm)
    means = own.values()
    found = share_interval(means, own.n_dialogues[arm] - own.n_missing[arm])
    return None if found is None else (float(means.mean()), found)


def evaluate_all(
    primary: Contrast,
    secondary: Sequence[Contrast],
    rows: Mapping[str, Sequence[Observation]],
    titles: Mapping[str, str] | None = None,
    scales: Mapping[str, Scale] | None = None,
    planned: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> tuple[Effect, tuple[Effect, ...]]:
    """Answer the primary contrast as it stands, and the secondary ones :func:`corrected` together.

    Args:
        primary: The question that the suite puts first.
        secondary: All others; the order is kept.
        rows: Measure -> its rows; a measure that is absent has none.
        titles: As :func:`evaluate`.
        scales: Measure -> its scale; a measure that is absent is unbounded.
        planned: As :func:`evaluate`.

    Raises:
        UsageError: As :func:`evaluate`.
    """
    known = scales or {}
    first, *effects = [
        evaluate(
            contrast,
            rows.get(contrast.measure, ()),
            titles,
            known.get(contrast.measure, UNKNOWN),
            planned=planned,
        )
        for contrast in (primary, *secondary)
    ]
    return first, tuple(corrected(effects))


def corrected(effects: Sequence[Effect]) -> list[Effect]:
    """Answers to questions that were declared together, with their p corrected over all of these.

    The family is what was declared, whether or not it has an answer: else judging a run later would
    change what its other questions show. A control (``expects`` nothing) is no hypothesis: it takes
    no place, and its own p is left as it is, so that it warns as soon as it can.
    """
    family = [effect for effect in effects if effect.contrast.expects is None]
    known = [e.p_signflip if e.p_t is None else e.p_t for e in family]
    found = iter(holm(known, declared=len(family)))
    return [
        answered(effect, holm_p=next(found) if effect.contrast.expects is None else None)
        for effect in effects
    ]


def answered(effect: Effect, holm_p: float | None = None) -> Effect:
    """The effect with its verdict and its sentence.

    Args:
        effect: In numbers.
        holm_p: Its corrected p, where it is a secondary one.
    """
    shown = is_shown(effect.interval, effect.p_signflip, effect.n_scenarios, holm_p)
    carried = carried_by(effect.scenario_differences) if shown else None
    judged = effect.model_copy(update={"holm_p": holm_p, "shown": shown, "carried_by": carried})
    return judged.model_copy(update={"sentence": sentence(judged)})


def _titles(contrast: Contrast, titles: Mapping[str, str]) -> dict[str, str]:
    names = (contrast.measure, contrast.treatment, contrast.control)
    return {name: titles[name] for name in names if name is not None and name in titles}
