"""A question put to scored dialogues, and its answer: one arm against another, or against 0.

The primary contrast is declared before the run and stands alone; the secondary ones share one Holm
correction (docs/method.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from harness.analysis.effect import Effect
from harness.analysis.holm import holm
from harness.analysis.intervals import ALPHA, cluster_t
from harness.analysis.observations import Observation
from harness.analysis.pairing import paired, single
from harness.analysis.sentence import sentence
from harness.analysis.signflip import sign_flip
from harness.suite.suite import Contrast


def evaluate(
    contrast: Contrast,
    rows: Iterable[Observation],
    titles: Mapping[str, str] | None = None,
) -> Effect:
    """Answer one contrast.

    Args:
        contrast: Declared in the suite; without a control, the scenario means of the treatment arm
            are held against 0.
        rows: Of its measure; rows of other arms are ignored.
        titles: Measure or arm -> what the sentence calls it. Others are ignored.

    Raises:
        UsageError: An arm against itself, or two rows of the same scenario, pair and arm.
    """
    if contrast.control is None:
        differences = single(rows, contrast.treatment)
    else:
        differences = paired(rows, contrast.treatment, contrast.control)
    values = differences.values()
    flip = sign_flip(values)
    t = cluster_t(values)
    if t is not None:
        estimate: float | None = t.mean
    else:
        estimate = float(values[0]) if len(values) else None
    effect = Effect(
        contrast=contrast,
        titles=_titles(contrast, titles or {}),
        estimate=estimate,
        interval=(t.lo, t.hi) if t else None,
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
    )
    return answered(effect)


def evaluate_all(
    primary: Contrast,
    secondary: Sequence[Contrast],
    rows: Mapping[str, Sequence[Observation]],
    titles: Mapping[str, str] | None = None,
) -> tuple[Effect, tuple[Effect, ...]]:
    """Answer the primary contrast as it stands, and the secondary ones Holm-corrected together.

    Args:
        primary: Declared before the run.
        secondary: All others; the order is kept.
        rows: Measure -> its rows; a measure that is absent has none.
        titles: As :func:`evaluate`.

    Raises:
        UsageError: As :func:`evaluate`.
    """
    first, *effects = [
        evaluate(contrast, rows.get(contrast.measure, ()), titles)
        for contrast in (primary, *secondary)
    ]
    corrected = holm([e.p_signflip if e.p_t is None else e.p_t for e in effects])
    return (
        first,
        tuple(answered(effect, holm_p=p) for effect, p in zip(effects, corrected, strict=True)),
    )


def answered(effect: Effect, holm_p: float | None = None) -> Effect:
    """The effect with its verdict and its sentence.

    Args:
        effect: In numbers.
        holm_p: Its corrected p, where it is a secondary one.
    """
    shown = None
    if effect.interval is not None:
        lo, hi = effect.interval
        shown = not lo <= 0 <= hi and (holm_p is None or holm_p < ALPHA)
    judged = effect.model_copy(update={"holm_p": holm_p, "shown": shown})
    return judged.model_copy(update={"sentence": sentence(judged)})


def _titles(contrast: Contrast, titles: Mapping[str, str]) -> dict[str, str]:
    names = (contrast.measure, contrast.treatment, contrast.control)
    return {name: titles[name] for name in names if name is not None and name in titles}
