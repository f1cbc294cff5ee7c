"""What a judge's values come to once a person has answered the same questions about some records.

In an arm the judge has read every record and a person some, drawn with equal chances. With f the
judge's value of a record and y the person's,

    theta = mean(f) over all + mean(y - f) over those that the person has read

This is prediction-powered inference (Angelopoulos, Bates, Fannjiang, Jordan and Zrnic, Science 382,
2023, 669-674) with the run's own records as labels; :func:`~harness.analysis.human_anchor.ppi_mean`
is the same for independent values. Each arm is corrected by its own records, so that it makes no
difference whether the judge errs alike in all. What people and judge differ by has no model: the
judge may see too much, too little, or something else.

Records of a scenario are no independent evidence. So theta is written as a sum over scenarios, of
what each adds by the judge's mean in it and by the differences in it, and its variance is that of
the sum (the linearised estimate of survey sampling). A difference of two arms is one such sum, in
which what a scenario does to both cancels. Student's distribution has Welch's degrees of freedom.

Where a judge errs rarely, few records show no error at all, and a variance of 0 would say that
there is none. An error of the whole scale may still be in the records that nobody has read. So what
the labels leave open is never taken for less than the most errors that n records without one allow:
1 - alpha^(1/n), which is about 3 / n (the rule of three: Hanley and Lippman-Hand, JAMA 249, 1983,
1743-1745), each an error of the whole scale.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from harness.analysis.intervals import ALPHA, t_quantile
from harness.analysis.judge_correction import ALIKE, ONE_SCENARIO, Corrected
from harness.analysis.observations import ROUNDING, Observation
from harness.analysis.pairing import complete_places

FEWEST_RECORDS: Final = 10
"""Records of an arm that a person has answered about, from which its figure is corrected by them.
Fewer leave more than a quarter of the scale open even where person and judge agree on all. An arm
of fewer records is corrected where all of them were answered about."""
_NONE: Final = 1e-7
"""A width that is the rounding of a variance of 0."""
NO_VALUE: Final = "no record of it has a value"
ONE_LABELLED: Final = "the labelled records are all of one scenario"


@dataclass(frozen=True)
class LabelledRecord:
    """A measure of a record that was drawn and judged, and about which people have answered.

    Attributes:
        scenario: Of it.
        places: (arm, pair) of the rows of :class:`~harness.analysis.values.Values` that it is.
        truth: By the people, the mean where they are several; None where nobody gave an answer.
        judged: By the judge; None where it gave no verdict.
        chance: That it was drawn, in (0, 1].
    """

    scenario: str
    places: tuple[tuple[str, str], ...]
    truth: float | None
    judged: float | None
    chance: float


@dataclass(frozen=True)
class ByRecords:
    """A figure corrected by labels of records.

    Attributes:
        corrected: The figure, or why there is none.
        used: Labelled records that it was corrected by.
        missing: Labelled records of the arms in which people or judge gave no answer.
    """

    corrected: Corrected
    used: int
    missing: int


@dataclass(frozen=True)
class _Arm:
    """What is known of an arm.

    Attributes:
        judged: Scenario -> the judge's values.
        errors: (scenario, person less judge, weight); the weights sum up to 1.
    """

    judged: Mapping[str, Sequence[float]]
    errors: Sequence[tuple[str, float, float]]

    @property
    def scenarios(self) -> int:
        """How many there are."""
        return len(self.judged)

    def means(self) -> dict[str, float]:
        """Scenario -> the judge's mean."""
        return {name: math.fsum(own) / len(own) for name, own in self.judged.items()}

    def error(self) -> float:
        """What is to be added to the judge's mean."""
        return math.fsum(weight * error for _, error, weight in self.errors)

    def spread(self) -> dict[str, float]:
        """Scenario -> what it adds to the error of :meth:`error`."""
        mean, found = self.error(), dict.fromkeys(self.judged, 0.0)
        for scenario, error, weight in self.errors:
            found[scenario] += weight * (error - mean)
        return found

    def unseen(self, width: float, level: float) -> float:
        """Half the width that errors nobody has seen may have: none where all records are read."""
        n, whole = len(self.errors), sum(map(len, self.judged.values()))
        return float(width * (1 - (1 - level) ** (1 / n)) * max(0.0, 1 - n / whole))


def by_records(
    labels: Iterable[LabelledRecord],
    rows: Iterable[Observation],
    arms: Sequence[str],
    width: float,
    *,
    level: float = 1 - ALPHA,
) -> ByRecords:
    """The mean of an arm, or the difference of two, corrected by what people answered.

    Args:
        labels: Of one measure; those of other arms, and of records without a row, are ignored.
        rows: Of that measure, as the judge reads it. Of two arms only those count whose counterpart
            in the other has a value.
        arms: The arm; or the two, the one that the other is taken from first.
        width: The largest difference that two values of the measure can have.
        level: Coverage, in (0, 1).
    """
    whole = [row for row in rows if row.arm in arms]
    there_are = {(row.scenario, row.arm, row.pair) for row in whole}
    counted = complete_places(whole, arms)
    own = [
        one
        for one in labels
        if any((one.scenario, arm, pair) in there_are for arm, pair in one.places)
    ]
    found, used, missing = list[_Arm](), set[int](), set[int]()
    for arm in arms:
        there = [row for row in counted if row.arm == arm]
        keys = {(row.scenario, row.pair) for row in there}
        drawn = [
            one
            for one in own
            if any(of == arm and (one.scenario, pair) in keys for of, pair in one.places)
        ]
        told = [one for one in drawn if one.truth is not None and one.judged is not None]
        used |= {id(one) for one in told}
        missing |= {id(one) for one in own if one.truth is None or one.judged is None}
        if (why := _too_few(arm, there, told)) is not None:
            return ByRecords(Corrected(None, None, why), len(used), len(missing))
        found.append(_arm(there, told))
    return ByRecords(_corrected(found, width, level), len(used), len(missing))


def _too_few(arm: str, rows: Sequence[Observation], told: Sequence[LabelledRecord]) -> str | None:
    if not rows:
        return f"{arm}: {NO_VALUE}"
    if len(told) < (least := min(FEWEST_RECORDS, len(rows))):
        return (
            f"{arm}: too few of its records have an answer by a person and the judge: {len(told)}, "
            f"of at least {least}"
        )
    return None


def _arm(rows: Sequence[Observation], told: Sequence[LabelledRecord]) -> _Arm:
    judged: dict[str, list[float]] = {}
    for row in sorted(rows, key=lambda row: row.scenario):
        assert row.value is not None
        judged.setdefault(row.scenario, []).append(row.value)
    # Every scenario weighs the same, however many records it has.
    weights = [1 / (one.chance * len(judged[one.scenario])) for one in told]
    total = math.fsum(weights)
    errors = []
    for one, weight in zip(told, weights, strict=True):
        assert one.truth is not None
        assert one.judged is not None
        errors.append((one.scenario, one.truth - one.judged, weight / total))
    return _Arm(judged, errors)


def _corrected(arms: Sequence[_Arm], width: float, level: float) -> Corrected:
    """Of one arm, or of the first less the second, on the same scenarios."""
    means, spreads = [one.means() for one in arms], [one.spread() for one in arms]
    names, sign = list(means[0]), (1.0, -1.0)
    judged = [math.fsum(s * m[name] for s, m in zip(sign, means, strict=False)) for name in names]
    errors = [math.fsum(s * e[name] for s, e in zip(sign, spreads, strict=False)) for name in names]
    count = len(names)
    mean = math.fsum(judged) / count
    value = mean + math.fsum(s * one.error() for s, one in zip(sign, arms, strict=False))
    if count < 2:
        return Corrected(value, None, ONE_SCENARIO)
    labelled = min(len({scenario for scenario, _, _ in one.errors}) for one in arms)
    if labelled < 2:
        return Corrected(value, None, ONE_LABELLED)
    apart = [(one - mean) / count for one in judged]
    of_judge = _sum_of_squares(apart) * count / (count - 1)
    of_labels = _sum_of_squares(errors) * labelled / (labelled - 1)
    both = math.fsum(a * e for a, e in zip(apart, errors, strict=True)) * count / (count - 1)
    if math.sqrt(of_judge + of_labels) <= ROUNDING:
        return Corrected(value, None, ALIKE)
    variance = max(of_judge + of_labels + 2 * both, 0.0)
    below = of_judge**2 / (count - 1) + of_labels**2 / (labelled - 1)
    free = math.floor((of_judge + of_labels) ** 2 / below + ROUNDING)
    # Both parts are of the same scenarios, so that together they know no more than these.
    square = t_quantile((1 + level) / 2, max(1, min(free, count - 1))) ** 2
    least = math.fsum(one.unseen(width, level) ** 2 for one in arms)
    half = math.sqrt(square * variance + max(0.0, least - square * of_labels))
    if half <= _NONE:
        return Corrected(value, None, ALIKE)
    return Corrected(value, (value - half, value + half))


def _sum_of_squares(values: Sequence[float]) -> float:
    return math.fsum(value**2 for value in values)
