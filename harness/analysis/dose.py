"""Dose and response: what follows when one incentive grows and everything else stays.

The scenario is the unit, as everywhere. At each dose an outcome is averaged within scenarios; the
trend of a scenario is the least-squares line through its doses, and the trends of scenarios are
averaged, with a t interval. A line is not the only way to grow, so it is joined by Page's test for
ordered alternatives (Page 1963), with scenarios as blocks: it asks only whether more follows more.
Its variance is that of the ranks as they are, so that ties, the rule where a measure is yes or no,
are allowed for (Lehmann 1975).

A dialogue enters a trend with its counterparts, those of the same scenario, twin, epoch and line-up
at the other doses, where all of them have a value. The doses would else be of different dialogues,
and what a dispute favours would read as a trend as soon as one twin lacks values at one dose. What
is told of a single dose is of all its values.

Agreement stands beside skew, and beside skew given a deal. An incentive that ends talks leaves no
skew behind, and an effect on terms must not be read off talks that had none (docs/method.md).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from harness.analysis.intervals import ALPHA, cluster_t
from harness.analysis.observations import ROUNDING, Floats, Observation
from harness.analysis.pairing import complete_places, single
from harness.suite.contrasts import Dose
from harness.suite.suite import Suite

AGREEMENT: Final = "settlement.agreement"
SKEW: Final = "settlement.skew"
GIVEN: Final = "settlement.skew given a deal"
"""Skew of the dialogues that ended in a deal. To condition on agreement selects: see above."""

Rows = Callable[[str], Iterable[Observation]]
"""Of a measure: one row a dialogue."""


class Point(BaseModel):
    """An outcome at one dose.

    Attributes:
        dose: The number that the arms differ in.
        arm: The arm that has it.
        mean: Mean over scenarios; None where no dialogue has a value.
        interval: Its 95 % cluster t interval; None for fewer than two scenarios, and for agreement,
            which is a share and has bounds.
        n: Dialogues with a value.
        missing: Dialogues without one.
    """

    model_config = ConfigDict(frozen=True)

    dose: float
    arm: str
    mean: float | None
    interval: tuple[float, float] | None
    n: int
    missing: int


class Response(BaseModel):
    """One outcome over all doses.

    Attributes:
        measure: The measure, or :data:`GIVEN`.
        points: From the weakest to the strongest dose.
        change: From the weakest dose to the strongest along each scenario's straight line, averaged
            over scenarios, in units of the measure; None without a dialogue that has a value and
            counterparts with one at every other dose.
        interval: Its 95 % cluster t interval; None for fewer than two scenarios.
        p: Two-sided p of Page's test, in [0, 1]; None as ``interval``.
        n_scenarios: Scenarios with such a dialogue.
        left_out: Scenarios with values, and no such dialogue.
        against: Steps from one dose to the next in which the mean of these dialogues goes against
            ``change``.
        shown: Whether the interval excludes 0 and p < .05; None without an interval.
        excluded: Dialogues that the trend is not made of: without a value, or without a counterpart
            that has one at every other dose.
    """

    model_config = ConfigDict(frozen=True)

    measure: str
    points: tuple[Point, ...]
    change: float | None
    interval: tuple[float, float] | None
    p: float | None
    n_scenarios: int
    left_out: int
    against: int
    shown: bool | None
    excluded: int = Field(default=0, exclude_if=lambda number: not number)

    @property
    def dialogues(self) -> int:
        """All dialogues of its doses, with or without a value."""
        return sum(point.n + point.missing for point in self.points)


class DoseCurve(BaseModel):
    """What follows more of one incentive.

    Attributes:
        name: The suite's words for it.
        seat: Whose profile it is in.
        field: The number of the profile.
        responses: Agreement, skew, skew given a deal; then the primary measure, if it is another.
        lineup: Whom it is of, in a run in which several line-ups take turns; else empty.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    seat: str
    field: str
    responses: tuple[Response, ...]
    lineup: str = Field(default="", exclude_if=lambda name: not name)

    @property
    def called(self) -> str:
        """Its name, and of whom it is where that is said."""
        return f"{self.name}, {self.lineup}" if self.lineup else self.name

    def response(self, measure: str) -> Response:
        return next(found for found in self.responses if found.measure == measure)


def dose_curves(suite: Suite, rows: Rows, primary: str = SKEW) -> tuple[DoseCurve, ...]:
    """Every dose that the suite declares, answered.

    Args:
        suite: As it was played.
        rows: Of a measure, one row a dialogue.
        primary: The measure that the suite asks about.
    """
    if not suite.doses:
        return ()
    known = {name: list(rows(name)) for name in dict.fromkeys((AGREEMENT, SKEW, primary))}
    known[GIVEN] = given_a_deal(known[SKEW], known[AGREEMENT])
    order = dict.fromkeys((AGREEMENT, SKEW, GIVEN, primary))
    return tuple(
        DoseCurve(
            name=dose.name,
            seat=dose.seat,
            field=dose.field,
            responses=tuple(_response(suite, dose, name, known[name]) for name in order),
        )
        for dose in suite.doses
    )


def given_a_deal(values: Sequence[Observation], agreed: Sequence[Observation]) -> list[Observation]:
    """The values of the dialogues that ended in a deal; None for the others."""
    deals = {(row.arm, row.scenario, row.pair) for row in agreed if row.value}
    return [
        row if (row.arm, row.scenario, row.pair) in deals else _without_value(row) for row in values
    ]


def _without_value(row: Observation) -> Observation:
    return Observation(row.scenario, row.pair, row.arm, None)


def _response(suite: Suite, dose: Dose, measure: str, rows: Sequence[Observation]) -> Response:
    levels = suite.levels(dose)
    points, anywhere = [], set[str]()
    for number, arm in levels:
        found = single(rows, arm)
        anywhere |= {name for name, _ in found.scenarios}
        spread = cluster_t(found.values())
        values = [value for _, value in found.scenarios]
        bounded = spread is None or measure == AGREEMENT
        points.append(
            Point(
                dose=number,
                arm=arm,
                mean=math.fsum(values) / len(values) if values else None,
                interval=None if bounded or spread is None else (spread.lo, spread.hi),
                n=found.n_dialogues[arm] - found.n_missing[arm],
                missing=found.n_missing[arm],
            )
        )
    arms = [arm for _, arm in levels]
    counting = complete_places(rows, arms)
    table = np.array([single(counting, arm).values() for arm in arms]).T
    complete = len(table)
    numbers = np.array([number for number, _ in levels])
    changes = _changes(table, numbers) if complete else np.zeros(0)
    spread = cluster_t(changes)
    change = math.fsum(changes.tolist()) / len(changes) if complete else None
    interval = None if spread is None else (spread.lo, spread.hi)
    p = None if spread is None else page(table)
    excludes = interval is not None and not interval[0] <= 0 <= interval[1]
    return Response(
        measure=measure,
        points=tuple(points),
        change=0.0 if change is not None and abs(change) <= ROUNDING else change,
        interval=interval,
        p=p,
        n_scenarios=complete,
        left_out=len(anywhere) - complete,
        against=_against(table, change),
        shown=None if p is None else excludes and p < ALPHA,
        excluded=sum(point.n + point.missing for point in points) - len(counting),
    )


def _changes(table: Floats, doses: Floats) -> Floats:
    """``(S,)`` change over all doses along each row's least-squares line."""
    centred = doses - doses.mean()
    slopes: Floats = table @ centred / (centred @ centred)
    return slopes * float(doses.max() - doses.min())


def _against(table: Floats, change: float | None) -> int:
    """Steps of the means over scenarios that go against the trend."""
    if change is None or abs(change) <= ROUNDING:
        return 0
    steps = np.diff(table.mean(axis=0)) * math.copysign(1.0, change)
    return int((steps < -ROUNDING).sum())


def page(table: Floats) -> float:
    """Two-sided p of Page's test, by its normal approximation.

    Args:
        table: ``(blocks, treatments)`` finite values, treatments in the order that is asked about,
            at least one block and two treatments.

    Returns:
        In [0, 1]; 1 where all values of every block tie.
    """
    ranks = np.array([_ranks(row) for row in table])
    places = np.arange(1, table.shape[1] + 1, dtype=np.float64)
    places -= places.mean()
    centred = ranks - ranks.mean(axis=1, keepdims=True)
    statistic = float((centred @ places).sum())
    variance = float((centred**2).sum() * (places @ places) / (table.shape[1] - 1))
    if variance <= ROUNDING:
        return 1.0
    return math.erfc(abs(statistic) / math.sqrt(2 * variance))


def _ranks(row: Floats) -> Floats:
    """Ranks from 1; values that are equal but for rounding share their mean rank."""
    order = np.argsort(row, kind="stable")
    starts = np.concatenate(([True], np.diff(row[order]) > ROUNDING))
    group = np.cumsum(starts) - 1
    places = np.arange(1, len(row) + 1, dtype=np.float64)
    mean = np.bincount(group, weights=places) / np.bincount(group)
    ranks = np.empty(len(row))
    ranks[order] = mean[group]
    return ranks
