"""Readers without an answer behind an effect: how many of those asked, in each of its arms.

What readers make of something is a mean over those who have answered. Readers differ, so where
those of one arm refuse more often, two means may differ without any reader having moved.
"""

from __future__ import annotations

from typing import Final

from harness.analysis.contrast import answered
from harness.analysis.effect import Effect
from harness.analysis.values import Values

OF: Final = {
    "readers": ("readers.missing", "readers.heard"),
    "misread": ("misread.unanswered", None),
    "later": ("later.unheard", "later.heard"),
}
"""Evaluator -> the measures of how many have not answered, and of how many have; of a share of all,
that share alone."""


def with_unheard(effect: Effect, values: Values) -> Effect:
    """The effect, with the readers that it lacks and a sentence that says so; the same effect where
    it lacks none, or has none.

    Args:
        values: Of the run, or of the line-up that it is of.
    """
    contrast = effect.contrast
    measures = OF.get(contrast.measure.split(".", 1)[0])
    if measures is None or contrast.measure in measures:
        return effect
    arms = [arm for arm in (contrast.treatment, contrast.control) if arm is not None]
    shares = {arm: _share(contrast.measure, *measures, arm, values) for arm in arms}
    known = {arm: share for arm, share in shares.items() if share is not None}
    if not any(known.values()):
        return effect
    return answered(effect.model_copy(update={"unheard": known}), effect.holm_p)


def _share(measure: str, missing: str, heard: str | None, arm: str, values: Values) -> float | None:
    """Share of readers without an answer, over the episodes that have a value of the measure; None
    where nobody was asked."""

    def of(name: str) -> dict[tuple[str, str], float]:
        rows = values.observations(name, arm)
        return {(one.scenario, one.pair): one.value for one in rows if one.value is not None}

    counted = of(measure)
    lost = [value for where, value in of(missing).items() if where in counted]
    if heard is None:
        return sum(lost) / len(lost) if lost else None
    there = [value for where, value in of(heard).items() if where in counted]
    asked = sum(lost) + sum(there)
    return sum(lost) / asked if asked else None
