"""Are the statistics what they claim to be? Experiments with a known truth, a thousand a row.

    python benchmarks/validity.py [--count 1000] [--write docs/validity.md]

Every experiment is drawn from numbers alone - no dialogue is played - and answered by
``harness.analysis.contrast.evaluate``, which answers the comparisons of every run. The table says
how often an effect is called shown where there is none, how often the interval holds the truth, how
often missing values are flagged, and how often an effect of the size that ``track15 plan`` promises
is shown. The same seed gives the same table.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from benchmarks import factorials, sequences
from harness.analysis.contrast import evaluate
from harness.analysis.design import Design, smallest_shown
from harness.analysis.effect import Effect
from harness.analysis.intervals import share_interval
from harness.analysis.observations import Observation
from harness.analysis.scale import Scale
from harness.analysis.spread import Spread
from harness.suite.contrasts import Contrast

Floats = NDArray[np.float64]
Noise = Literal["normal", "t3", "exponential", "rare"]
COUNT = 1_000
SEED = 20_261_126
BEGIN, END = "<!-- statistics: begin -->", "<!-- statistics: end -->"
ASKED = Contrast(name="main", measure="m.x", treatment="t", control="c")
SKEW = Scale(-2.0, 2.0)
"""Wide enough that nothing drawn lies outside."""


@dataclass(frozen=True)
class World:
    """What is true of an experiment.

    Attributes:
        name: In the table.
        scenarios: S.
        pairs: Of each scenario.
        level: SD of scenarios' levels, which both arms share.
        between: SD of the true difference over scenarios.
        within: SD of a dialogue.
        rho: Correlation of a pair.
        effect: Mean of the true difference; ``promised``: what ``plan`` says can be detected.
        effects: How scenarios' differences are distributed; ``rare``: one in ten has nine times
            what the others have against it.
        uneven: Whether some scenarios vary four times as much as others.
        by_twin: SD of an effect that a quarter of a scenario's pairs have in common.
        void: Share of dialogues that are void, in both arms.
        void_high: Share that is void in the treatment besides, where its value is above the level.
    """

    name: str
    scenarios: int
    pairs: int = 8
    level: float = 0.1
    between: float = 0.05
    within: float = 0.2
    rho: float = 0.3
    effect: float | Literal["promised"] = 0.0
    effects: Noise = "normal"
    uneven: bool = False
    by_twin: float = 0.0
    void: float = 0.0
    void_high: float = 0.0


WORLDS = (
    *(World(f"{s} scenarios", s) for s in (3, 5, 6, 8, 12, 16)),
    World("8 scenarios, 1 pair each", 8, pairs=1),
    World("8 scenarios, 40 pairs each", 8, pairs=40),
    World("8 scenarios, effects of twins (SD .1)", 8, by_twin=0.1),
    World("8 scenarios, some vary four times as much", 8, uneven=True),
    World("8 scenarios, heavy tails (t with 3 df)", 8, effects="t3"),
    *(
        World(
            f"{s} scenarios, skewed effects (exponential)",
            s,
            8,
            0.1,
            0.1,
            0.1,
            effects="exponential",
        )
        for s in (5, 8, 12)
    ),
    World("12 scenarios, one in ten has a large effect", 12, 8, 0.1, 0.15, 0.05, effects="rare"),
    World("8 scenarios, 15 % void at random", 8, void=0.15),
    World("5 scenarios, 40 % void at random", 5, void=0.4),
    World("12 scenarios, void 5 % and 25 % more if high", 12, void=0.05, void_high=0.25),
    World("12 scenarios, void 5 % and 50 % more if high", 12, void=0.05, void_high=0.5),
)
POWERED = tuple(
    World(f"{s} scenarios, the promised effect, correlation 0", s, rho=0.0, effect="promised")
    for s in (6, 8, 12, 16)
)
SHARES = tuple((s, share, alike) for s in (6, 8, 12) for share, alike in ((0.03, 0), (0.8, 0.3)))
"""Scenarios, true share of "yes", and how alike the eight dialogues of a scenario are."""


@dataclass(frozen=True)
class Row:
    """What became of the experiments of a world, as shares of all but ``bias``."""

    name: str
    t_test: float
    shown: float
    covered: float
    bias: float
    flagged: float


def promised(world: World) -> float:
    """The effect that ``track15 plan`` says such a design detects with 80 % power."""
    design = Design("m.x", "x", SKEW, True, world.scenarios, world.pairs)
    return smallest_shown(design, Spread(world.between, world.within, world.rho, "known"))


def drawn(world: World, rng: np.random.Generator) -> list[Observation]:
    """One experiment."""
    s, m = world.scenarios, world.pairs
    effect = promised(world) if world.effect == "promised" else world.effect
    truth = effect + world.between * _standard(world.effects, s, rng)
    level = rng.normal(0, world.level, s)
    shared = math.sqrt(world.rho) * rng.normal(size=(s, m))
    own = math.sqrt(1 - world.rho) * rng.normal(size=(2, s, m))
    scale = np.where(np.arange(s) % 2, 1.6, 0.4) if world.uneven else np.ones(s)
    twins = rng.normal(0, world.by_twin, (s, 4))[:, np.arange(m) % 4]
    noise = world.within * scale[:, None] * (shared + own)
    treatment = (level + truth)[:, None] + twins + noise[0]
    control = level[:, None] + noise[1]
    gone = rng.random((2, s, m)) < world.void
    gone[0] |= (rng.random((s, m)) < world.void_high) & (treatment > level[:, None])
    return [
        Observation(f"s{i:02}", str(k), arm, None if lost else value, played=not lost)
        for arm, values, lacks in (("t", treatment, gone[0]), ("c", control, gone[1]))
        for i, (row, gaps) in enumerate(zip(values.tolist(), lacks.tolist(), strict=True))
        for k, (value, lost) in enumerate(zip(row, gaps, strict=True))
    ]


def _standard(noise: Noise, size: int, rng: np.random.Generator) -> Floats:
    """Values of mean 0 and SD 1."""
    if noise == "t3":
        return rng.standard_t(3, size) / math.sqrt(3)
    if noise == "exponential":
        return rng.exponential(1, size) - 1
    if noise == "rare":
        return np.where(rng.random(size) < 0.1, 3.0, -1 / 3)
    return rng.normal(0, 1, size)


def row_of(world: World, count: int, seed: int = SEED) -> Row:
    """Play ``count`` experiments of a world."""
    rng = np.random.default_rng([seed, *world.name.encode()])
    effects = [evaluate(ASKED, drawn(world, rng), scale=SKEW) for _ in range(count)]
    truth = promised(world) if world.effect == "promised" else world.effect
    return Row(
        name=world.name,
        t_test=_share([e.p_t is not None and e.p_t < 0.05 for e in effects]),
        shown=_share([e.shown is True for e in effects]),
        covered=_share([e.interval is not None and _holds(e.interval, truth) for e in effects]),
        bias=float(np.mean([e.estimate - truth for e in effects if e.estimate is not None])),
        flagged=_share([flagged(e) for e in effects]),
    )


def flagged(effect: Effect) -> bool:
    """Whether the sentence warns of what is missing."""
    told = ("unevenly", "voids follow", "of the missing values")
    return any(words in effect.sentence for words in told)


def share_rows(count: int, seed: int = SEED) -> list[tuple[str, float, float, float]]:
    """(world, coverage, share of intervals without a width, mean width) of shares of "yes"."""
    found = []
    for scenarios, share, alike in SHARES:
        rng = np.random.default_rng([seed, scenarios, int(1000 * share)])
        ends = []
        for _ in range(count):
            k = (1 - alike) / alike if alike else 0
            p = rng.beta(share * k, (1 - share) * k, scenarios) if alike else share
            means = rng.binomial(8, p, scenarios) / 8
            interval = share_interval(means, 8 * scenarios)
            assert interval is not None
            ends.append(interval)
        name = f"{scenarios} scenarios of 8, true share {share:g}, likeness {alike:g}"
        widths = [hi - lo for lo, hi in ends]
        covered = _share([_holds(one, share) for one in ends])
        found.append((name, covered, _share([w == 0 for w in widths]), float(np.mean(widths))))
    return found


def _share(answers: Sequence[bool]) -> float:
    return sum(answers) / len(answers)


def _holds(interval: tuple[float, float], value: float) -> bool:
    return interval[0] <= value <= interval[1]


def table(count: int, seed: int = SEED) -> str:
    """Everything, as Markdown."""
    errors = f"{_error(0.05, count)} at .05, {_error(0.8, count)} at .80"
    lines = [
        f"{count:,} experiments a row. Standard error of a share: {errors}.",
        "",
        "| no effect is true | t test alone | shown | interval holds it | bias | missing flagged |",
        "|---|---|---|---|---|---|",
    ]
    for world in WORLDS:
        row = row_of(world, count, seed)
        cells = (row.t_test, row.shown, row.covered)
        bias = f"{row.bias:+.3f}".replace("-", "−")
        figures = " | ".join(f"{cell:.3f}" for cell in cells)
        lines.append(f"| {row.name} | {figures} | {bias} | {row.flagged:.3f} |")
    lines += ["", "| the promised effect is true | effect | shown |", "|---|---|---|"]
    for world in POWERED:
        row = row_of(world, count, seed)
        lines.append(f"| {row.name} | {promised(world):.3f} | {row.shown:.3f} |")
    lines += [
        "",
        "| shares of yes | interval holds it | no width | mean width |",
        "|---|---|---|---|",
    ]
    for name, covered, flat, width in share_rows(count, seed):
        lines.append(f"| {name} | {covered:.3f} | {flat:.3f} | {width:.2f} |")
    lines += ["", *factorials.table(count, seed), "", *sequences.table(count, seed)]
    return "\n".join(lines)


def _error(share: float, count: int) -> str:
    return f"{math.sqrt(share * (1 - share) / count):.3f}".lstrip("0")


def write(page: Path, text: str) -> None:
    """Put the table between its markers in a page; raises as :func:`write_between`."""
    write_between(page, text, BEGIN, END)


def write_between(page: Path, text: str, begin: str, end: str) -> None:
    """Put a text between two markers in a page.

    Raises:
        SystemExit: The page has no such markers.
    """
    old = page.read_text(encoding="utf-8")
    if begin not in old or end not in old:
        raise SystemExit(f"{page}: the markers {begin} and {end} are not there")
    before, rest = old.split(begin, 1)
    after = rest.split(end, 1)[1]
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def main() -> None:
    """Print the table, or write it into a page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=COUNT, help="Experiments a row.")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--write", type=Path, help="Page whose table is written anew.")
    given = parser.parse_args()
    if given.count < 1:
        parser.error("--count: at least one experiment")
    text = table(given.count, given.seed)
    if given.write is None:
        print(text)
    else:
        write(given.write, text)


if __name__ == "__main__":
    main()
