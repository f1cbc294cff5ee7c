"""How a judge errs, from transcripts whose truth is known: on average it reads ``a + b * truth``.

Of a yes/no measure ``a`` is one minus the specificity and ``b`` is sensitivity plus specificity
minus one. Of counts and values it is the nearest line, and the readings have to lie near it. Where
they bend (:mod:`harness.analysis.lack_of_fit`), as those of a judge that calls all alike that is
there at all, there is no line to correct by: it would set off errors on the mild against errors on
the grave, and a run has another share of either.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from harness.analysis.lack_of_fit import bends
from harness.analysis.observations import ROUNDING, Floats

FEWEST_EACH: Final = 5
"""Known transcripts where a yes/no measure is so, and as many where it is not."""
FEWEST: Final = 10
"""Known transcripts of a measure in numbers."""
BENT: Final = "its errors do not lie on a line over the scale"


@dataclass(frozen=True)
class JudgedPair:
    """One measure of one known transcript.

    Attributes:
        cluster: Pairs of the same cluster are no independent evidence.
        truth: What is so; None where it is undefined.
        judged: What the judge's reading gives; None where it gives nothing.
    """

    cluster: str
    truth: float | None
    judged: float | None


@dataclass(frozen=True)
class Errors:
    """How a judge's reading depends on the truth: ``a + b * truth``.

    Attributes:
        yes_no: Every value is 0 or 1.
        a, b: Of the line. Of a yes/no measure ``a`` is 1 - specificity, ``b`` sensitivity +
            specificity - 1.
        var_a, cov, var_b: Their variances, over clusters.
        free: Degrees of freedom of these: clusters less one.
        mean_error: Mean of truth less judged over the pairs: what a rectifier would add.
        n: Pairs that were used.
        missing: Pairs of which there is a truth, and the judge gives no value.
    """

    yes_no: bool
    a: float
    b: float
    var_a: float
    cov: float
    var_b: float
    free: int
    mean_error: float
    n: int
    missing: int

    @property
    def sensitivity(self) -> float | None:
        """Share of what is so that the judge finds, in [0, 1]; None of a measure in numbers."""
        return self.a + self.b if self.yes_no else None

    @property
    def specificity(self) -> float | None:
        """Share of what is not so that the judge does not find; None of a measure in numbers."""
        return 1 - self.a if self.yes_no else None


def errors_of(pairs: Iterable[JudgedPair], *, yes_no: bool) -> Errors | str:
    """What a judge's errors are, from transcripts whose truth is known; a reason in words where
    that cannot be told, or where they do not lie on a line. What was found is kept: every arm,
    line-up and difference of a run asks for the same."""
    return _errors_of(tuple(pairs), yes_no)


@lru_cache(maxsize=64)
def _errors_of(pairs: tuple[JudgedPair, ...], yes_no: bool) -> Errors | str:
    found = line_of(pairs, yes_no=yes_no)
    if yes_no or isinstance(found, str):
        return found
    return BENT if bends(*_known(pairs)) else found


def line_of(pairs: Iterable[JudgedPair], *, yes_no: bool) -> Errors | str:
    """The same, whether the errors lie on a line or not: the line is the nearest.

    Variances are those of the jackknife over clusters. A judge without an error on twenty
    transcripts is not known to make none: of a yes/no measure they are at least those of
    independent answers, with one right and one wrong answer added to each share; of counts and
    values at least those of a judge that reads one transcript in n + 2 by chance.
    """
    whole = list(pairs)
    known = [p for p in whole if p.truth is not None and p.judged is not None]
    truth, judged = _known(whole)
    missing = sum(p.truth is not None and p.judged is None for p in whole)
    if (why := _too_few(truth, judged, yes_no=yes_no)) is not None:
        return why
    names = {name: number for number, name in enumerate(dict.fromkeys(p.cluster for p in known))}
    cluster = np.array([names[p.cluster] for p in known])
    if len(names) < 2:
        return "all known transcripts are of one scenario"
    a, b = _line(truth, judged)
    without = [_line(truth[cluster != c], judged[cluster != c]) for c in range(len(names))]
    if any(math.isnan(slope) for _, slope in without):
        return "without one of its scenarios the known transcripts do not differ in the truth"
    turned = np.array(without) @ _shares() if yes_no else np.array(without)
    count = len(names)
    around = turned - turned.mean(axis=0)
    spread = around.T @ around * (count - 1) / count
    if yes_no:
        spread = _at_least(spread, truth, judged)
        back = np.linalg.inv(_shares())
        spread = back.T @ spread @ back
    else:
        spread = _at_least_by_chance(spread, truth)
    return Errors(
        yes_no=yes_no,
        a=a,
        b=b,
        var_a=float(spread[0, 0]),
        cov=float(spread[0, 1]),
        var_b=float(spread[1, 1]),
        free=count - 1,
        mean_error=math.fsum((truth - judged).tolist()) / len(known),
        n=len(known),
        missing=missing,
    )


def _known(pairs: Iterable[JudgedPair]) -> tuple[Floats, Floats]:
    """Truth and reading of the pairs that have both."""
    both = [(p.truth, p.judged) for p in pairs if p.truth is not None and p.judged is not None]
    found = np.array(both, dtype=np.float64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _too_few(truth: Floats, judged: Floats, *, yes_no: bool) -> str | None:
    if yes_no:
        if not np.isin(truth, (0.0, 1.0)).all() or not np.isin(judged, (0.0, 1.0)).all():
            return "known transcripts of a yes/no measure have values that are neither"
        so = int(truth.sum())
        least = min(so, len(truth) - so)
        if least < FEWEST_EACH:
            return (
                f"too few known transcripts: {so} where it is so and {len(truth) - so} where it is "
                f"not, of at least {FEWEST_EACH} each"
            )
        return None
    if len(truth) < FEWEST:
        return f"too few known transcripts: {len(truth)}, of at least {FEWEST}"
    if float(np.ptp(truth)) <= ROUNDING:
        return "the truth is the same in all known transcripts"
    if (others := _others(truth)) < FEWEST_EACH:
        return (
            f"too few known transcripts: {others} of another truth than the other "
            f"{len(truth) - others}, of at least {FEWEST_EACH}"
        )
    return None


def _others(truth: Floats) -> int:
    """Transcripts of another truth than the commonest."""
    return len(truth) - int(np.unique(truth, return_counts=True)[1].max())


def _line(truth: Floats, judged: Floats) -> tuple[float, float]:
    """Intercept and slope of the least squares line of judged on truth; NaN for one truth."""
    if not len(truth):
        return math.nan, math.nan
    middle = truth - truth.mean()
    below = float(middle @ middle)
    if below <= ROUNDING:
        return math.nan, math.nan
    slope = float(middle @ judged) / below
    return float(judged.mean()) - slope * float(truth.mean()), slope


def _shares() -> Floats:
    """Rows (a, b) times this are (share judged yes where it is not so, where it is so)."""
    return np.array([[1.0, 1.0], [0.0, 1.0]])


def _at_least(spread: Floats, truth: Floats, judged: Floats) -> Floats:
    """Variances of the two shares, not below those of independent answers of as many transcripts,
    with one more yes and one more no each."""
    held = spread.copy()
    for place, own in enumerate((judged[truth == 0], judged[truth == 1])):
        n = len(own) + 2
        share = (float(own.sum()) + 1) / n
        held[place, place] = max(float(spread[place, place]), share * (1 - share) / n)
    return held


def _at_least_by_chance(spread: Floats, truth: Floats) -> Floats:
    """Variances of a and b, not below those of a line through n readings of which one in n + 2 is
    by chance: it is off by 2 var(truth), squared, on average. They are as many as there are, or
    twice those of another truth than the commonest, where these are the fewer: of what is there
    in five transcripts a hundred without it tell nothing."""
    n, square = min(len(truth), 2 * _others(truth)), float(truth.var())
    least_b = 2 / (n * (n + 2))
    held, mean = spread.copy(), float(truth.mean())
    if held[1, 1] >= least_b:
        return held
    least = least_b * np.array([[square + mean**2, -mean], [-mean, 1.0]])
    return np.asarray(least)
