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
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.noisy_pool import (
    GIVEN_DEAL,
    SCENARIOS,
    STORIES,
    Pool,
    lost_at_random,
    lost_replies,
    one_of_each_twin,
    played_pool,
    rows_of,
    whole_pairs,
)
from benchmarks.validity import flagged, write_between
from harness.analysis.contrast import evaluate
from harness.analysis.effect import Effect
from harness.analysis.observations import Observation
from harness.analysis.scale import UNKNOWN
from harness.suite.contrasts import Contrast

COUNT: Final = 600
EPOCHS: Final = 6
SEED: Final = 20_261_127
BEGIN, END = "<!-- dialogues: begin -->", "<!-- dialogues: end -->"
SIGNED: Final = (
    *("settlement.skew", GIVEN_DEAL, "settlement.normalised_gap"),
    *("concessions.gap", "concessions.osc"),
)
"""Measures that change their sign where the seats are exchanged."""


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
    rate, rng, arms = lost_replies(pool), np.random.default_rng([seed, 1]), ("other", "one")
    draw = partial(rows_of, pool, measure, arms, exchange=True, draw=whole_pairs, courses=True)
    return row_of(
        pool, measure, 0.0, lambda r: lost_at_random(draw(r), rate, rng), count, seed=seed
    )


def uneven_row(pool: Pool, measure: str, count: int, seed: int = SEED) -> Row:
    """Track 1.5 against Track 1, and voids that differ between disputes and grow from turn to turn,
    and follow nothing else."""
    rate, rng, arms = lost_replies(pool), np.random.default_rng([seed, 2]), ("half", "one")
    pairs = partial(whole_pairs, arms=arms)
    draw = partial(rows_of, pool, measure, arms, draw=pairs, courses=True)
    truth = truth_of(pool, measure, *arms)

    def lost(r: np.random.Generator) -> list[Observation]:
        return lost_at_random(draw(r), rate, rng, uneven=True)

    return row_of(pool, measure, truth, lost, count, seed=seed)


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
        *(
            (make, m)
            for make in (void_row, random_row, uneven_row)
            for m in VOIDED
            if m in pool.values
        ),
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
        "| told | *voids that follow nothing:* shown | holds 0 | bias | flagged | told "
        "| *that follow dispute and turn, 1.5 against 1:* flagged |"
    )
    lines += ["", head, f"|{'---|' * 12}"]
    for measure in (name for question, name in rows if question == "void_row"):
        pair = rows["void_row", measure], rows["random_row", measure]
        figures = [f"{_figures(r)} | {_plain(r.flagged)} | {_plain(r.told)}" for r in pair]
        uneven = _plain(rows["uneven_row", measure].flagged)
        lines.append(f"| `{measure}` | {' | '.join(figures)} | {uneven} |")
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
