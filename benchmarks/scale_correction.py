"""Do corrected answers on a scale hold the truth, and what becomes of a judge whose errors bend?

    python benchmarks/scale_correction.py [--count 1000] [--write docs/validity.md]

Every run is drawn from numbers: the true answer of each dialogue on a scale of four steps, and what
a judge reads there, who takes each answer for another with chances that are known. It has read
known transcripts too, in half of which there is something. ``harness.analysis.judge_correction``
answers, as it answers every run. The same seed gives the same table.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.validity import write_between
from harness.analysis.intervals import cluster_t
from harness.analysis.judge_correction import (
    Corrected,
    Spread,
    corrected_difference,
    corrected_mean,
)
from harness.analysis.judge_errors import BENT, JudgedPair, errors_of, line_of

Floats = NDArray[np.float64]
COUNT: Final = 1_000
SEED: Final = 20_261_127
BEGIN, END = "<!-- scales: begin -->", "<!-- scales: end -->"
STEPS: Final = 4
SCENARIOS: Final = 12
DIALOGUES: Final = 16
"""Of a scenario and arm."""
THERE: Final = (0.2, 0.4)
"""Share of the dialogues in which there is something, in the control arm and in the treatment."""
EVEN: Final = (1 / 3, 1 / 3, 1 / 3)
GRAVE: Final = (0.1, 0.2, 0.7)
"""How often what is there is each step of the scale."""
KNOWN_TRUTH: Final = (0, 1, 0, 2, 0, 3)


def by_chance(right: float) -> Floats:
    """Wrong answers are any of the others."""
    off = (1 - right) / (STEPS - 1)
    return np.full((STEPS, STEPS), off) + np.eye(STEPS) * (right - off)


def a_step_off(wrong: float) -> Floats:
    """Wrong answers are next to the right one."""
    found = np.eye(STEPS) * (1 - wrong)
    for step in range(STEPS):
        beside = [one for one in (step - 1, step + 1) if 0 <= one < STEPS]
        found[step, beside] = wrong / len(beside)
    return found


def _rows(*rows: Sequence[float]) -> Floats:
    return np.array(rows, dtype=np.float64)


OVERLOOKS: Final = _rows((1, 0, 0, 0), (0.5, 0.5, 0, 0), (0.5, 0, 0.5, 0), (0.5, 0, 0, 0.5))
SEES_MORE: Final = _rows((0.8, 0.2, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1))
NEVER_LAST: Final = _rows((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0.6, 0.4))
FIRST_HIGHER: Final = _rows((1, 0, 0, 0), (0, 0.4, 0.6, 0), (0, 0, 1, 0), (0, 0, 0, 1))
ALL_ALIKE: Final = _rows((1, 0, 0, 0), (0, 0.1, 0.9, 0), (0, 0, 1, 0), (0, 0, 0.9, 0.1))


@dataclass(frozen=True)
class World:
    """What is true of a run and its judge.

    Attributes:
        name: In the table.
        takes: ``(4, 4)``, how often each true answer (row) is taken for which.
        known: Known transcripts, over twelve scenarios.
        grave: In the treatment, what is there is the last step more often.
    """

    name: str
    takes: Floats
    known: int = 96
    grave: bool = False


WORLDS: Final = (
    World("perfect", by_chance(1.0)),
    World("wrong by chance in one of five", by_chance(0.8)),
    World("the same, 48 known transcripts", by_chance(0.8), known=48),
    World("wrong by chance in half", by_chance(0.5)),
    World("overlooks half", OVERLOOKS),
    World("a step off in one of ten", a_step_off(0.1)),
    World("a step off in three of ten", a_step_off(0.3)),
    World("the same, and graver in the treatment", a_step_off(0.3), grave=True),
    World("sees something in one of five where nothing is", SEES_MORE),
    World("the same, and graver in the treatment", SEES_MORE, grave=True),
    World("takes the last step for the one before in six of ten", NEVER_LAST),
    World("the same, and graver in the treatment", NEVER_LAST, grave=True),
    World("the same, and graver, 48 known transcripts", NEVER_LAST, known=48, grave=True),
    World("takes the first step for the second in six of ten", FIRST_HIGHER),
    World("the same, and graver in the treatment", FIRST_HIGHER, grave=True),
    World("calls all that is there nearly alike", ALL_ALIKE, grave=True),
)


@dataclass(frozen=True)
class Row:
    """What became of the runs of a world, for the mean of the treatment and for the difference of
    the arms.

    Attributes:
        name: Of the world.
        bent: How often the judge is refused since its errors bend.
        mean: How often the interval of the mean holds the truth: as the judge reads it, corrected,
            and corrected by the nearest line whether the errors bend or not. NaN where fewer than
            one run in ten has one.
        difference: The same of the difference.
        off: Median difference less the true one, likewise.
    """

    name: str
    bent: float
    mean: tuple[float, ...]
    difference: tuple[float, ...]
    off: tuple[float, ...]


def row_of(world: World, count: int, seed: int = SEED) -> Row:
    """Draw ``count`` runs of a world."""
    salt = [seed, *world.name.encode(), *np.rint(world.takes * 100).astype(int).ravel().tolist()]
    rng = np.random.default_rng([*salt, world.known, world.grave])
    true = [float(np.dot(_shares(treated, world), _PLACES)) for treated in (False, True)]
    aims = {"mean": true[1], "difference": true[1] - true[0]}
    runs = [_run(world, rng) for _ in range(count)]

    def holds(figure: str) -> tuple[float, ...]:
        found = []
        for way in range(len(_WAYS)):
            ends = [one[figure][way].interval for one in runs]
            there = [one for one in ends if one is not None]
            held = sum(lo <= aims[figure] <= hi for lo, hi in there)
            found.append(held / len(there) if 10 * len(there) >= count else math.nan)
        return tuple(found)

    def off(way: int) -> float:
        values = [one["difference"][way].value for one in runs]
        there = [one for one in values if one is not None]
        if 10 * len(there) < count:
            return math.nan
        return float(np.median(there)) - aims["difference"]

    return Row(
        name=world.name,
        bent=sum(one["mean"][1].why == BENT for one in runs) / count,
        mean=holds("mean"),
        difference=holds("difference"),
        off=tuple(map(off, range(len(_WAYS)))),
    )


_WAYS: Final = ("judge alone", "corrected", "by the nearest line")
_PLACES: Final = np.arange(STEPS) / (STEPS - 1)


def _shares(treated: bool, world: World) -> Floats:
    """How often each answer is right in an arm."""
    there = THERE[treated]
    kinds = GRAVE if treated and world.grave else EVEN
    return np.array([1 - there, *(there * one for one in kinds)])


def _run(world: World, rng: np.random.Generator) -> dict[str, list[Corrected]]:
    """Mean and difference in each of the ways."""
    arms = [_arm(world, rng, treated=treated) for treated in (True, False)]
    mean, apart = cluster_t(arms[0]), cluster_t(arms[0] - arms[1])
    assert mean is not None
    assert apart is not None
    known = known_pairs(world, rng)
    found = {
        "mean": [Corrected(mean.mean, (mean.lo, mean.hi))],
        "difference": [Corrected(apart.mean, (apart.lo, apart.hi))],
    }
    for errors in (errors_of(known, yes_no=False), line_of(known, yes_no=False)):
        if isinstance(errors, str):
            for own in found.values():
                own.append(Corrected(None, None, errors))
            continue
        spread = Spread.of(mean.mean, mean, None), Spread.of(apart.mean, apart, None)
        found["mean"].append(corrected_mean(spread[0], errors))
        found["difference"].append(corrected_difference(spread[1], errors))
    return found


def _arm(world: World, rng: np.random.Generator, *, treated: bool) -> Floats:
    """``(scenarios,)``: the judge's mean of each. Shares are alike by .1 beyond chance."""
    shares = _shares(treated, world)
    there = 1 - shares[0]
    level = rng.beta(there * 9, (1 - there) * 9, SCENARIOS)
    kinds = np.cumsum(shares[1:] / there)
    shape = (SCENARIOS, DIALOGUES)
    step = 1 + np.searchsorted(kinds, rng.random(shape) * kinds[-1])
    truth = np.where(rng.random(shape) < level[:, None], step, 0)
    return np.asarray(_PLACES[_taken(world, truth, rng)].mean(axis=1))


def _taken(world: World, truth: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    ends = np.cumsum(world.takes, axis=1)[truth]
    found = (rng.random(truth.shape)[..., None] > ends).sum(axis=-1)
    return np.asarray(np.minimum(found, STEPS - 1), dtype=np.int64)


def known_pairs(world: World, rng: np.random.Generator) -> list[JudgedPair]:
    """Known transcripts: half of them have something, of each step as many."""
    truth = np.resize(KNOWN_TRUTH, world.known)
    judged = _taken(world, truth, rng)
    return [
        JudgedPair(f"s{number // len(KNOWN_TRUTH) % SCENARIOS}", float(true), float(read))
        for number, (true, read) in enumerate(zip(_PLACES[truth], _PLACES[judged], strict=True))
    ]


HEAD: Final = (
    "| judge | refused: bent | mean, judge alone | corrected | by the nearest line | "
    "difference, alone | corrected | by the nearest line | off alone | corrected | "
    "by the nearest line |\n|---|" + "---|" * 10
)


def table(count: int) -> str:
    """All of it, in Markdown."""
    lines = [_line(row_of(world, count)) for world in WORLDS]
    return f"{count:,} runs a row.\n\n{HEAD}\n" + "\n".join(lines)


def _line(row: Row) -> str:
    cells = [f"{one:.3f}" for one in (row.bent, *row.mean, *row.difference)]
    cells += [f"{one:+.3f}".replace("-", "−") for one in row.off]
    return f"| {row.name} | {' | '.join(cells)} |".replace("+nan", "-").replace("nan", "-")


def main() -> None:
    """Print the table, or write it between the marks of a file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    text = table(given.count)
    if given.write is None:
        print(text)
    else:
        write_between(given.write, text, BEGIN, END)


if __name__ == "__main__":
    main()
