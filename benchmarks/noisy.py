"""Do measures and intervals hold up in the regime of models? Whole dialogues with a known truth.

    python benchmarks/noisy.py [--count 600] [--epochs 6] [--write docs/validity.md]

Noisy scripted delegations (``harness.delegations.noisy``) play a pool of dialogues by the real
run: soft and inflated openings, wasteful offers, walk-outs, rejections with a position, misjudged
answers, replies that cannot be used. Experiments are then drawn from the pool, with
replacement, and answered by ``harness.analysis.contrast.evaluate``. So the mean of the pool is the
truth of every experiment, and where nothing differs but the label it is 0 exactly. The same seed
gives the same tables.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.validity import flagged, write_between
from harness import app
from harness.analysis.contrast import evaluate
from harness.analysis.courses import Courses, courses_of
from harness.analysis.effect import Effect
from harness.analysis.observations import Observation
from harness.analysis.scale import UNKNOWN, Scale, scale_of
from harness.analysis.twopart import two_part
from harness.analysis.values import Values, read_values
from harness.evaluators.course import Course
from harness.evaluators.registry import registry
from harness.suite.suite import Contrast

COUNT: Final = 600
EPOCHS: Final = 6
SCENARIOS: Final = 12
"""Of an experiment."""
SEED: Final = 20_261_127
BEGIN, END = "<!-- dialogues: begin -->", "<!-- dialogues: end -->"
STORIES: Final = (
    *("ceasefire", "sequencing", "opening", "nuclear", "armistice", "reunification"),
    *("insurgency", "supply", "borderland", "stalemate", "merger", "port"),
)
GIVEN_DEAL: Final = "two_part.skew_given_deal"
SIGNED: Final = (
    *("settlement.skew", GIVEN_DEAL, "settlement.normalised_gap"),
    *("concessions.gap", "concessions.osc"),
)
"""Measures that change their sign where the seats are exchanged."""
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


@dataclass(frozen=True)
class Row:
    """What became of the experiments on a measure; shares of those with an interval.

    Attributes:
        truth: Mean over scenarios of what the pool says; None where it says nothing.
        answered: Share of the experiments that have an interval at all.
        bias: Mean estimate minus the truth, in SDs of the estimate.
        flagged: Share of those that say that what is left may be a selection.
        told: Share of those that say anything of what the missing values may have done.
    """

    measure: str
    truth: float | None
    answered: float
    shown: float
    covered: float
    bias: float
    flagged: float
    told: float


def headlines() -> dict[str, Scale]:
    """Every headline measure of the built-in evaluators, and skew given a deal."""
    found = {
        f"{evaluator.name}.{measure.name}": scale_of(measure.range)
        for evaluator in registry()
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


def truth_of(pool: Pool, measure: str, treatment: str, control: str) -> float | None:
    """Mean over scenarios of the mean difference of all pairs in which both have a value."""
    by_arm = pool.values[measure]
    difference = (by_arm[treatment] - by_arm[control]).reshape(len(pool.scenarios), -1)
    means = [float(np.nanmean(one)) for one in difference if not np.isnan(one).all()]
    return float(np.mean(means)) if means else None


def row_of(
    pool: Pool,
    measure: str,
    truth: float | None,
    draw: Callable[[np.random.Generator], list[Observation]],
    count: int,
    *,
    seed: int = SEED,
    against_zero: bool = False,
) -> Row:
    """Answer ``count`` experiments on a measure."""
    rng = np.random.default_rng([seed, *measure.encode()])
    control = None if against_zero else "c"
    asked = Contrast(name="main", measure=measure, treatment="t", control=control)
    scale = pool.scales.get(measure, UNKNOWN)
    effects = [evaluate(asked, draw(rng), scale=scale) for _ in range(count)]
    known = [effect for effect in effects if effect.interval is not None]
    return Row(
        measure,
        truth,
        answered=len(known) / count,
        shown=_share([effect.shown is True for effect in known]),
        covered=_share([truth is not None and _holds(effect, truth) for effect in known]),
        bias=_bias([e.estimate for e in known if e.estimate is not None], truth or 0.0),
        flagged=_share([e.missing is not None and e.missing.selective for e in known]),
        told=_share([flagged(effect) for effect in known]),
    )


def null_row(pool: Pool, measure: str, count: int, seed: int = SEED) -> Row:
    """Two arms that differ in nothing but the label."""
    draw = partial(rows_of, pool, measure, ("other", "one"), exchange=True)
    return row_of(pool, measure, 0.0, draw, count, seed=seed)


def effect_row(pool: Pool, measure: str, count: int, seed: int = SEED) -> Row:
    """Track 1.5 against Track 1, with errors that they do not share."""
    truth = truth_of(pool, measure, "half", "one")
    draw = partial(rows_of, pool, measure, ("half", "one"))
    return row_of(pool, measure, truth, draw, count, seed=seed)


def void_row(pool: Pool, measure: str, count: int, seed: int = SEED) -> Row:
    """Voids that follow the outcome. The truth is what the same talks were without them."""
    truth = truth_of(pool, measure, "other", "one")
    draw = partial(rows_of, pool, measure, ("lost", "one"), courses=True)
    return row_of(pool, measure, truth, draw, count, seed=seed)


def random_row(pool: Pool, measure: str, count: int, seed: int = SEED) -> Row:
    """Two arms that differ in nothing but the label, and voids that follow nothing: every reply of
    talks that came to their end is lost anew with the chance of one in the pool."""
    rate, rng = _lost_replies(pool), np.random.default_rng([seed, 1])
    arms = ("other", "one")
    draw = partial(rows_of, pool, measure, arms, exchange=True, draw=whole_pairs, courses=True)
    return row_of(
        pool, measure, 0.0, lambda r: lost_at_random(draw(r), rate, rng), count, seed=seed
    )


def whole_pairs(pool: Pool, rng: np.random.Generator) -> Drawn:
    """As :func:`cells`, of pairs that both came to their end; scenarios without one are left out.

    Raises:
        ValueError: There is no such pair.
    """
    ended = pool.played["one"] & pool.played["other"]
    known = np.flatnonzero(ended.any(axis=(1, 2)))
    for scenario in rng.choice(known, SCENARIOS).tolist():
        twins, epochs = np.nonzero(ended[scenario])
        chosen = rng.integers(len(twins), size=pool.epochs)
        yield scenario, twins[chosen], epochs[chosen]


def lost_at_random(
    rows: Sequence[Observation], rate: float, rng: np.random.Generator
) -> list[Observation]:
    """The same dialogues, each broken off at the first reply that is lost, if any is."""
    found = []
    for row in rows:
        first, went = int(rng.geometric(rate)), row.course
        if went is not None and first <= len(went.asked):
            went = Course(went.asked[:first], went.worth[:first], broke_off=True)
            row = replace(row, value=None, played=False, course=went)
        found.append(row)
    return found


def _lost_replies(pool: Pool) -> float:
    """The share of replies by which a dialogue broke off, where voids follow nothing."""
    went: list[Course] = [one for arm in ("one", "other") for one in pool.courses[arm].ravel()]
    # At least one in a million: a pool in which nothing is void is one as well.
    return max(1e-6, sum(one.broke_off for one in went) / sum(len(one.asked) for one in went))


def seats_row(pool: Pool, measure: str, count: int, seed: int = SEED) -> Row:
    """Equal seats, which chance puts in either chair, against 0."""
    draw = partial(rows_of, pool, measure, ("one",), draw=one_of_each_twin)
    return row_of(pool, measure, 0.0, draw, count, seed=seed, against_zero=True)


def _holds(effect: Effect, value: float) -> bool:
    assert effect.interval is not None
    rounding = 1e-9  # of means that were added in another order
    return effect.interval[0] - rounding <= value <= effect.interval[1] + rounding


def _bias(estimates: Sequence[float], truth: float) -> float:
    if len(estimates) < 2:
        return float("nan")
    off, sd = float(np.mean(estimates)) - truth, float(np.std(estimates, ddof=1))
    return 0.0 if abs(off) < 1e-9 else off / sd if sd > 0 else float("inf")


def _share(answers: Sequence[bool]) -> float:
    return sum(answers) / len(answers) if answers else float("nan")


Make = Callable[[Pool, str, int, int], Row]
VOIDED: Final = (
    *("settlement.agreement", "settlement.skew", GIVEN_DEAL, "settlement.normalised_gap"),
    *("settlement.gain_o", "settlement.gain_u"),
)
"""Measures on which voids that follow the outcome are looked at."""


def answered(
    pool: Pool, count: int, seed: int = SEED, workers: int = 1
) -> dict[tuple[str, str], Row]:
    """(question, measure) -> what became of its experiments."""
    asked: list[tuple[Make, str]] = [
        *((make, measure) for measure in pool.values for make in (null_row, effect_row)),
        *((seats_row, measure) for measure in SIGNED if measure in pool.values),
        *((make, m) for make in (void_row, random_row) for m in VOIDED if m in pool.values),
    ]
    if workers == 1:
        rows = [make(pool, measure, count, seed) for make, measure in asked]
    else:
        with ProcessPoolExecutor(workers) as processes:
            jobs = [processes.submit(make, pool, name, count, seed) for make, name in asked]
            rows = [job.result() for job in jobs]
    names = [(make.__name__, measure) for make, measure in asked]
    return dict(zip(names, rows, strict=True))


def table(pool: Pool, count: int, seed: int = SEED, workers: int = 1) -> str:
    """Everything, as Markdown."""
    rows = answered(pool, count, seed, workers)
    head = "| measure | *nothing is true:* shown | holds 0 | bias | *1.5 against 1:* truth | shown "
    lines = [_made(pool, count), "", f"{head}| holds it | bias | answered |", f"|{'---|' * 9}"]
    for measure in pool.values:
        null, effect = rows["null_row", measure], rows["effect_row", measure]
        lines.append(
            f"| `{measure}` | {_figures(null)} | {_signed(effect.truth)} | {_figures(effect)} "
            f"| {_plain(effect.answered)} |"
        )
    absent = [f"`{measure}`" for measure in pool.scales if measure not in pool.values]
    if absent:
        lines += ["", f"Without a value in any of these disputes: {', '.join(absent)}."]
    lines += ["", "| equal seats in either chair | shown | holds 0 | bias |", f"|{'---|' * 4}"]
    lines += [f"| `{m}` | {_figures(row)} |" for (q, m), row in rows.items() if q == "seats_row"]
    head = (
        "| | *voids of seat u that follow the outcome:* shown | holds the truth | bias | flagged "
    )
    more = "| told | *voids that follow nothing:* shown | holds 0 | bias | flagged | told |"
    lines += ["", f"{head}{more}", f"|{'---|' * 11}"]
    for measure in (name for question, name in rows if question == "void_row"):
        pair = rows["void_row", measure], rows["random_row", measure]
        figures = [f"{_figures(r)} | {_plain(r.flagged)} | {_plain(r.told)}" for r in pair]
        lines.append(f"| `{measure}` | {' | '.join(figures)} |")
    return "\n".join(lines)


def _made(pool: Pool, count: int) -> str:
    pairs = f"{pool.epochs} pair{'' if pool.epochs == 1 else 's'}"
    size = sum(int(one.size) for one in pool.played.values())
    deals = pool.values["settlement.agreement"]
    agreed = ", ".join(f"{np.nanmean(deals[arm]):.0%} in `{arm}`" for arm in pool.played)
    void = ", ".join(f"{1 - pool.played[arm].mean():.0%} in `{arm}`" for arm in pool.played)
    return (
        f"{count:,} experiments a row, each of {SCENARIOS} disputes with {pairs} each, drawn from "
        f"{size:,} dialogues on {len(pool.scenarios)} disputes. Standard error of a share: "
        f"{_error(0.05, count)} at .05; of a bias {_error(0.5, count / 4)}. Deals: {agreed}. "
        f"Void: {void}."
    )


def _figures(row: Row) -> str:
    return f"{_plain(row.shown)} | {_plain(row.covered)} | {_signed(row.bias, 2)}"


def _plain(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.3f}"


def _signed(value: float | None, digits: int = 3) -> str:
    if value is None or np.isnan(value):
        return "-"
    none = abs(value) < 0.5 * 10**-digits
    return f"{0:.{digits}f}" if none else f"{value:+.{digits}f}".replace("-", "−")


def _error(share: float, count: float) -> str:
    return f"{np.sqrt(share * (1 - share) / count):.3f}".lstrip("0")


def main() -> None:
    """Print the tables, or write them into a page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=COUNT, help="Experiments a row.")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="Of every cell of the pool.")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--workers", type=int, default=2, help="Processes.")
    parser.add_argument("--write", type=Path, help="Page whose tables are written anew.")
    given = parser.parse_args()
    if wrong := [name for name in ("count", "epochs", "workers") if getattr(given, name) < 1]:
        parser.error(f"--{wrong[0]}: at least one")
    scenarios = (*STORIES, "neutral", "neutral-narrow")
    with tempfile.TemporaryDirectory() as place:
        pool = played_pool(Path(place), scenarios, given.epochs, given.workers)
    text = table(pool, given.count, given.seed, given.workers)
    if given.write is None:
        print(text)
    else:
        write_between(given.write, text, BEGIN, END)


if __name__ == "__main__":
    main()
