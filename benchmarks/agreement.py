"""How often does the interval of kappa and of alpha hold the truth?

    python benchmarks/agreement.py [--count 300] [--write docs/validity.md]

A judge answers two questions in each transcript, on a scale of four steps. Transcripts differ in
how hard they are. ``harness.analysis.agreeing`` gives the interval; beside it stands that of
resampling, which is common and too short. The same seed gives the same table.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.validity import write_between
from harness.analysis.agreeing import agreeing
from harness.analysis.agreement import Agreed, clustered, cohen_kappa, krippendorff_alpha

COUNT: Final = 300
DRAWS: Final = 200
"""Samples of an interval by resampling; more change little in how often it holds the truth."""
MANY: Final = 40_000
"""Transcripts of which the truth is reckoned."""
SEED: Final = 20_261_127
BEGIN, END = "<!-- agreement: begin -->", "<!-- agreement: end -->"
STEPS: Final = 4
SHARES: Final = (0.5, 0.2, 0.15, 0.15)
"""How often each answer is right."""
ASKED: Final = 2
"""Questions a transcript."""
SPREAD: Final = 6.0
"""How alike transcripts are in how hard they are: the two parameters of a beta sum to this."""
TRANSCRIPTS: Final = (10, 24, 48)
RIGHT: Final = (0.8, 0.95)
Pair = tuple[float, float]
Figure = Callable[[Counter[Pair]], float | None]
FIGURES: Final[dict[str, Figure]] = {
    "kappa": cohen_kappa,
    "alpha (interval)": lambda units: krippendorff_alpha(units, "interval"),
}


def transcripts(right: float, count: int, rng: np.random.Generator) -> list[list[Pair]]:
    """For each transcript, the places of the truth and of the answers. Wrong answers are any."""
    truth = rng.choice(STEPS, size=(count, ASKED), p=SHARES)
    easy = rng.beta(right * SPREAD, (1 - right) * SPREAD, size=(count, 1))
    off = rng.integers(1, STEPS, size=truth.shape)
    given = np.where(rng.random(truth.shape) < easy, truth, (truth + off) % STEPS)
    both = np.stack([truth, given], axis=2) / (STEPS - 1)
    return [[(one[0], one[1]) for one in own] for own in both.tolist()]


def rows(count: int, seed: int = SEED) -> Iterator[tuple[str, ...]]:
    """A row for each figure, share of right answers and number of transcripts."""
    for name, figure in FIGURES.items():
        for right in RIGHT:
            rng = np.random.default_rng([seed, *name.encode(), round(100 * right)])
            whole = Counter(pair for own in transcripts(right, MANY, rng) for pair in own)
            true = figure(whole)
            assert true is not None
            for number in TRANSCRIPTS:
                drawn = [transcripts(right, number, rng) for _ in range(count)]
                ours = [agreeing(one, figure) for one in drawn]
                resampled = [clustered(one, figure, draws=DRAWS) for one in drawn]
                yield (
                    name,
                    f"{right:g}",
                    str(number),
                    f"{true:.3f}",
                    *_held(ours, true),
                    *_held(resampled, true),
                )


def _held(found: Sequence[Agreed], true: float) -> tuple[str, str]:
    """How often an interval holds the truth, of all, and how often there is none."""
    there = [(one.low, one.high) for one in found if one.low is not None and one.high is not None]
    held = sum(low <= true <= high for low, high in there)
    return f"{held / len(found):.3f}", f"{1 - len(there) / len(found):.3f}"


HEAD: Final = (
    "| figure | right | transcripts | true | holds it | no interval | resampling holds it | "
    "no interval |\n|---|---|---|---|---|---|---|---|"
)


def table(count: int) -> str:
    """All of it, in Markdown."""
    lines = [f"| {' | '.join(row)} |" for row in rows(count)]
    return f"{count:,} judges a row.\n\n{HEAD}\n" + "\n".join(lines)


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
