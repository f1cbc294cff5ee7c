"""Looking at a run after every scenario: how often an effect is shown where there is none. A part
of the table of ``benchmarks/validity.py``.

Every row draws scenario means, and looks after each of them from the sixth on. The interval of
``harness.analysis.sequence`` may be read so; the ordinary one may not.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.intervals import cluster_t
from harness.analysis.sequence import at_any_time
from harness.analysis.so_far import LEAST_BLOCKS

Floats = NDArray[np.float64]
Draw = Callable[[np.random.Generator, int], Floats]
SD: Final = 0.1
"""Of scenarios' differences."""


def normal(rng: np.random.Generator, size: int) -> Floats:
    """Normal differences of mean 0."""
    return rng.normal(0, SD, size)


def heavy(rng: np.random.Generator, size: int) -> Floats:
    """Student's t with 3 degrees of freedom."""
    return SD * rng.standard_t(3, size) / math.sqrt(3)


def skewed(rng: np.random.Generator, size: int) -> Floats:
    """Exponential, about its mean."""
    return SD * (rng.exponential(1, size) - 1)


def effect(rng: np.random.Generator, size: int) -> Floats:
    """Normal differences of mean 1.5 SD."""
    return rng.normal(1.5 * SD, SD, size)


@dataclass(frozen=True)
class Course:
    """What is true, and in which order it is seen.

    Attributes:
        name: In the table.
        draw: Scenarios' differences, in plan order.
        scenarios: S.
        as_they_end: Whether scenarios count as they end, and those end first that favour the
            control; else in the order of the plan.
    """

    name: str
    draw: Draw
    scenarios: int = 12
    as_they_end: bool = False


COURSES: Final = (
    *(Course(f"of {s}", normal, s) for s in (12, 28, 100)),
    Course("of 12, heavy tails (t with 3 df)", heavy),
    Course("of 12, skewed (exponential)", skewed),
    Course("of 28, short ones favour one side, in plan order", normal, 28),
    Course("of 28, short ones favour one side, as they end", normal, 28, as_they_end=True),
)
TRUE: Final = Course("of 12, an effect of 1.5 SD", effect)


@dataclass(frozen=True)
class Row:
    """What became of the experiments of a course, as shares.

    Attributes:
        sequence: Shown at some look, by the interval that may be read at any time.
        ordinary: Shown at some look, by the ordinary interval.
        end: Shown at the end, by the ordinary interval.
        held: The interval that may be read at any time held the truth at every look.
        after: Scenarios after which the sequence showed it, on average over those that did.
    """

    name: str
    sequence: float
    ordinary: float
    end: float
    held: float
    after: float


def row_of(course: Course, count: int, seed: int) -> Row:
    """Play ``count`` experiments of a course."""
    rng = np.random.default_rng([seed, *course.name.encode()])
    truth = 1.5 * SD if course.draw is effect else 0.0
    shown, ordinary, end, held, after = [], [], [], [], []
    for _ in range(count):
        values = course.draw(rng, course.scenarios)
        if course.as_they_end:
            values = values[np.argsort(values + rng.normal(0, SD, len(values)))]
        looks = [values[:n] for n in range(LEAST_BLOCKS, len(values) + 1)]
        found = [at_any_time(seen) for seen in looks]
        ends = [(one.lo, one.hi) for one in found if one is not None]
        out = [lo is not None and hi is not None and not lo <= 0 <= hi for lo, hi in ends]
        held.append(all(lo is None or hi is None or lo <= truth <= hi for lo, hi in ends))
        usual = [t is not None and not t.lo <= 0 <= t.hi for t in map(cluster_t, looks)]
        shown.append(any(out))
        ordinary.append(any(usual))
        end.append(usual[-1])
        if any(out):
            after.append(LEAST_BLOCKS + out.index(True))
    return Row(
        course.name,
        *(sum(one) / count for one in (shown, ordinary, end, held)),
        sum(after) / len(after) if after else math.nan,
    )


def table(count: int, seed: int) -> list[str]:
    """The rows of all courses, as Markdown."""
    lines = [
        "| looks after every scenario | at any time | ordinary | ordinary, at the end | holds 0 |",
        "|---|---|---|---|---|",
    ]
    for course in COURSES:
        row = row_of(course, count, seed)
        figures = (row.sequence, row.ordinary, row.end, row.held)
        lines.append(f"| {row.name} | {' | '.join(f'{figure:.3f}' for figure in figures)} |")
    row = row_of(TRUE, count, seed)
    lines += [
        "",
        "| an effect is true | at any time | after, on average | ordinary, at the end |",
        "|---|---|---|---|",
        f"| {row.name} | {row.sequence:.3f} | {row.after:.1f} scenarios | {row.end:.3f} |",
    ]
    return lines
