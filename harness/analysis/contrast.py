"""A question put to scored dialogues, and its answer: one arm against another, or against 0.

The primary contrast is declared before the run and stands alone; the secondary ones share one Holm
correction (docs/method.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pydantic import BaseModel, ConfigDict, computed_field

from harness.analysis.holm import holm
from harness.analysis.intervals import ALPHA, cluster_t
from harness.analysis.observations import Observation
from harness.analysis.pairing import paired, single
from harness.analysis.sentence import sentence
from harness.analysis.signflip import sign_flip
from harness.suite import Contrast


class Effect(BaseModel):
    """The answer to a contrast. None is "cannot be computed", never 0.

    Attributes:
        contrast: The question, as the suite declares it.
        titles: What :attr:`sentence` calls the measure and the arms; their names where absent.
        estimate: Mean over scenarios, in units of the measure; None without a scenario.
        interval: 95 % cluster t interval, not corrected for other contrasts; None for fewer than
            two scenarios.
        sd: SD between scenarios; None for fewer than two.
        p_t: Cluster t test of 0; None as ``interval``, and where ``sd`` is 0.
        p_signflip: Sign-flip test of 0; None without a scenario.
        signflip_draws: Random patterns it was estimated from; None where exact.
        min_p: Smallest ``p_signflip`` that this many scenarios can give.
        holm_p: Corrected p among the secondary contrasts; None for a primary one. Of ``p_t``, the
            test that the interval inverts: with 8 scenarios and 7 contrasts a corrected sign-flip
            p could never fall below .05. Of ``p_signflip`` where ``p_t`` is None.
        n_scenarios: Scenarios that ``estimate`` averages.
        n_pairs: Pairs compared; 0 against 0.
        n_dialogues: Arm -> dialogues, with or without a value.
        n_missing: Arm -> dialogues without a value.
        n_unpaired: Arm -> dialogues with a value but no counterpart with one.
        pairing_correlation: See :class:`~harness.analysis.pairing.Differences`.
        scenario_differences: (scenario, difference or mean) behind ``estimate``, by name.
    """

    model_config = ConfigDict(frozen=True)

    contrast: Contrast
    titles: dict[str, str] = {}
    estimate: float | None
    interval: tuple[float, float] | None
    sd: float | None
    p_t: float | None
    p_signflip: float | None
    signflip_draws: int | None
    min_p: float | None
    holm_p: float | None = None
    n_scenarios: int
    n_pairs: int
    n_dialogues: dict[str, int]
    n_missing: dict[str, int]
    n_unpaired: dict[str, int]
    pairing_correlation: float | None
    scenario_differences: tuple[tuple[str, float], ...]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def shown(self) -> bool | None:
        """Whether the interval excludes 0 and the corrected p, if any, is below .05; None without
        an interval."""
        if self.interval is None:
            return None
        lo, hi = self.interval
        return not lo <= 0 <= hi and (self.holm_p is None or self.holm_p < ALPHA)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def sentence(self) -> str:
        """The answer in plain English, with what weakens it."""
        return sentence(self)


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
    return Effect(
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
        tuple(
            effect.model_copy(update={"holm_p": p})
            for effect, p in zip(effects, corrected, strict=True)
        ),
    )


def _titles(contrast: Contrast, titles: Mapping[str, str]) -> dict[str, str]:
    names = (contrast.measure, contrast.treatment, contrast.control)
    return {name: titles[name] for name in names if name is not None and name in titles}
