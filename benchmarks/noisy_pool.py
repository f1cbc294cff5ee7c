"""Whole dialogues of noisy scripted delegations, and experiments drawn from them.

``benchmarks/noisy.py`` asks these whether measures and intervals hold up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness import app
from harness.analysis.courses import Courses, courses_of
from harness.analysis.observations import Observation
from harness.analysis.run_values import read_values
from harness.analysis.scale import Scale, scale_of
from harness.analysis.twopart import two_part
from harness.analysis.values import Values
from harness.evaluators.base import kind_of
from harness.evaluators.course import Course
from harness.evaluators.registry import registry
from harness.records.spec import TALKS

SCENARIOS: Final = 12
"""Of an experiment."""

STORIES: Final = (
    *("ceasefire", "sequencing", "opening", "nuclear", "armistice", "reunification"),
    *("insurgency", "supply", "borderland", "stalemate", "merger", "port"),
)
GIVEN_DEAL: Final = "two_part.skew_given_deal"
SUITE: Final = """\
schema: track15/suite/1
id: noisy-pool
title: A pool of noisy dialogues
question: Do measures and intervals hold up where players err?
scenarios: [{scenarios}]
twins: [none, seats]
epochs: {epochs}
protocol: {{rounds: 2, turns: 5, repairs: 1}}
tactic: {{kind: noisy, draw: 1}}
arms:
  one: {{track: "1", tactic: noisy}}
  other: {{track: "1"}}
  half: {{track: "1.5"}}
  lost: {{track: "1", u: {{tactic: {{kind: noisy, draw: 1, unusable_ahead: 1}}}}}}
"""
"""``one`` and ``other`` differ in their draws alone; ``lost`` differs from ``other`` in nothing but
that seat u gives no usable reply where it is about to sign a deal that is good for it."""

UNEVEN: Final = (0.4, 1.0, 2.5)
"""How much more replies are lost in some disputes than in others."""
TURNS: Final = 5
"""Of a round, as the suite has it."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pool:
    """All dialogues that were played.

    Attributes:
        scenarios: By name.
        values: Measure -> arm -> values ``(scenarios, twins, epochs)``, NaN where there is none.
        played: Arm -> whether each came to its end, likewise.
        courses: Arm -> what the seats of each had to answer, likewise; none where unknown.
        scales: Measure -> its scale.
    """

    scenarios: tuple[str, ...]
    values: dict[str, dict[str, Floats]]
    played: dict[str, NDArray[np.bool_]]
    scales: dict[str, Scale] = field(default_factory=dict)
    courses: dict[str, NDArray[np.object_]] = field(default_factory=dict)

    @property
    def epochs(self) -> int:
        return int(self.played["one"].shape[2])


def headlines() -> dict[str, Scale]:
    """Every headline measure of talks of the built-in evaluators, and skew given a deal."""
    found = {
        f"{evaluator.name}.{measure.name}": scale_of(measure.range)
        for evaluator in registry()
        if kind_of(evaluator) == TALKS
        for measure in evaluator.measures
        if measure.headline
    }
    return {**found, GIVEN_DEAL: found["settlement.skew"]}


def played_pool(
    folder: Path, scenarios: Sequence[str], epochs: int, workers: int | None = None
) -> Pool:
    """Play the pool by the real run.

    Args:
        folder: Where the run goes.
        scenarios: Names from ``track15 list scenarios``.
        epochs: Of each scenario, arm and twin.
        workers: Processes to play in.
    """
    suite = folder / "pool.yaml"
    text = SUITE.format(scenarios=", ".join(scenarios), epochs=epochs)
    suite.write_text(text, encoding="utf-8")
    result = app.run(str(suite), log_dir=folder, workers=workers)
    scales = headlines()
    values = read_values(result.folder, scales)
    two_part(values, (), None, "settlement.skew")  # enters skew given a deal
    courses = courses_of(result.folder, tuple(values.proceedings))
    return _pool(values, scales, epochs, courses)


def _pool(values: Values, scales: dict[str, Scale], epochs: int, courses: Courses) -> Pool:
    names = tuple(sorted({one.scenario for one in values.dialogues.values()}))
    place = {name: number for number, name in enumerate(names)}
    shape = (len(names), 2, epochs)
    played = {arm: np.zeros(shape, dtype=bool) for arm in values.proceedings}
    table: dict[str, dict[str, Floats]] = {}
    for measure in scales:
        table[measure] = {arm: np.full(shape, np.nan) for arm in played}
        for row in values.observations(measure):
            twin, epoch = row.pair.split("/")
            at = place[row.scenario], int(twin != "none"), int(epoch) - 1
            played[row.arm][at] = row.played
            if row.value is not None:
                table[measure][row.arm][at] = row.value
    known = {m: by for m, by in table.items() if not all(np.isnan(v).all() for v in by.values())}
    went = {arm: np.full(shape, None, dtype=object) for arm in played}
    for (scenario, pair, arm), course in courses.items():
        twin, epoch = pair.split("/")
        went[arm][place[scenario], int(twin != "none"), int(epoch) - 1] = course
    return Pool(names, known, played, scales, went)


Drawn = Iterator[tuple[int, NDArray[np.intp], NDArray[np.intp]]]
"""(scenario, twins, epochs) of each scenario of an experiment."""


def cells(pool: Pool, rng: np.random.Generator) -> Drawn:
    """Scenarios with replacement, and of each as many pairs as there are epochs, likewise."""
    for scenario in rng.integers(len(pool.scenarios), size=SCENARIOS).tolist():
        chosen = rng.integers(2 * pool.epochs, size=pool.epochs)
        yield scenario, chosen % 2, chosen // 2


def one_of_each_twin(pool: Pool, rng: np.random.Generator) -> Drawn:
    """Scenarios with replacement, and of each epoch either seat twin: chairs are exchangeable."""
    for scenario in rng.integers(len(pool.scenarios), size=SCENARIOS).tolist():
        yield scenario, rng.integers(2, size=pool.epochs), np.arange(pool.epochs)


def rows_of(
    pool: Pool,
    measure: str,
    arms: Sequence[str],
    rng: np.random.Generator,
    *,
    exchange: bool = False,
    draw: Callable[[Pool, np.random.Generator], Drawn] = cells,
    courses: bool = False,
) -> list[Observation]:
    """One experiment: the first arm as treatment ``t``, the second, if there is one, as ``c``.

    Args:
        exchange: Whether chance decides, pair by pair, which dialogue bears which label.
        courses: Whether it is known what the seats had to answer, as where voids are looked at.
    """
    found = []
    for place, (scenario, twins, epochs) in enumerate(draw(pool, rng)):
        swapped = rng.random(len(epochs)) < 0.5 if exchange else np.zeros(len(epochs), dtype=bool)
        for k, (twin, epoch, swap) in enumerate(zip(twins, epochs, swapped, strict=True)):
            for label, arm in zip("tc", arms[::-1] if swap else arms, strict=False):
                at = scenario, twin, epoch
                measured = float(pool.values[measure][arm][at])
                value = None if np.isnan(measured) else measured
                ended = bool(pool.played[arm][at])
                went = pool.courses[arm][at] if courses else None
                found.append(Observation(f"s{place:02}", str(k), label, value, ended, went))
    return found


def whole_pairs(
    pool: Pool, rng: np.random.Generator, arms: Sequence[str] = ("one", "other")
) -> Drawn:
    """As :func:`cells`, of pairs that both came to their end; scenarios without one are left out.

    Raises:
        ValueError: There is no such pair.
    """
    ended = np.logical_and.reduce([pool.played[arm] for arm in arms])
    known = np.flatnonzero(ended.any(axis=(1, 2)))
    for scenario in rng.choice(known, SCENARIOS).tolist():
        twins, epochs = np.nonzero(ended[scenario])
        chosen = rng.integers(len(twins), size=pool.epochs)
        yield scenario, twins[chosen], epochs[chosen]


def lost_at_random(
    rows: Sequence[Observation], rate: float, rng: np.random.Generator, *, uneven: bool = False
) -> list[Observation]:
    """The same dialogues, each broken off at the first reply that is lost, if any is.

    Args:
        rate: The chance of every reply.
        uneven: Whether it differs between disputes, in some six times that of others, and grows
            from turn to turn. It still follows nothing that is on the table.
    """
    found, of_dispute = [], {}
    for row in rows:
        went = row.course
        if row.scenario not in of_dispute:
            of_dispute[row.scenario] = rng.choice(UNEVEN) if uneven else 1.0
        if went is not None:
            late = [a.round - 1 + a.step / TURNS for a in went.asked] if uneven else 1.0
            chance = np.minimum(1, rate * of_dispute[row.scenario] * np.array(late))
            lost = np.flatnonzero(rng.random(len(went.asked)) < chance)
            if len(lost):
                upto = 1 + int(lost[0])
                went = Course(went.asked[:upto], went.worth[:upto], broke_off=True)
                row = replace(row, value=None, played=False, course=went)
        found.append(row)
    return found


def lost_replies(pool: Pool) -> float:
    """The share of replies by which a dialogue broke off, where voids follow nothing."""
    went: list[Course] = [one for arm in ("one", "other") for one in pool.courses[arm].ravel()]
    return sum(one.broke_off for one in went) / sum(len(one.asked) for one in went)
