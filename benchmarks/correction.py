"""Do corrected figures hold the truth where a judge's own do not? A thousand runs a row.

    python benchmarks/correction.py [--count 1000] [--write docs/validity.md]

Every run is drawn from numbers: what is so in each dialogue, and what a judge of known quality
reads there. The judge has read known transcripts too, in which what is judged occurs far more often
than in the run; or a person has read some of the turns, or of the dialogues.
``harness.analysis.judge_correction``, ``labelled_turns`` and ``labelled_records`` answer, as they
answer every run. The same seed gives the same table.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.intervals import cluster_t, share_interval
from harness.analysis.judge_correction import (
    Corrected,
    Spread,
    corrected_difference,
    corrected_mean,
    independent_difference,
)
from harness.analysis.judge_errors import Errors, JudgedPair, errors_of
from harness.analysis.label_sample import Readable, draw_records
from harness.analysis.labelled_records import LabelledRecord, by_records
from harness.analysis.labelled_turns import LabelledTurn, Read, by_labels, difference, enough
from harness.analysis.observations import Observation

Floats = NDArray[np.float64]
COUNT: Final = 1_000
SEED: Final = 20_261_127
BEGIN, END = "<!-- correction: begin -->", "<!-- correction: end -->"
TURNS: Final = 12
"""Of a dialogue."""
STEPS: Final = 3
"""Of a scale, from its first answer to its last."""


@dataclass(frozen=True)
class World:
    """What is true of a run and its judge.

    Attributes:
        name: In the table.
        found, made_up: Of a yes/no measure, sensitivity and 1 - specificity; of a count, the share
            of the events that the judge finds, and the events that it makes up in a dialogue; of an
            answer on a scale, how often it is not read a step lower, and how often a step higher.
        control: The same in the control arm; None for the same judge.
        share: Of yes in the control arm, or events a dialogue.
        effect: What the treatment adds to that.
        counts: A count, rather than a yes or no.
        scale: An answer on a scale of four.
        far: How often the last answer is read where the first is right; of a scale.
        scenarios, dialogues: Of the run, and in each of a scenario and arm.
        known: Known transcripts, over twelve scenarios.
        labels: Turns, or dialogues of a scale, that a person has labelled, of both arms together; 0
            for none, and then the known transcripts count.
        apart: Whether the judge of the control arm is another, with known transcripts of its own.
    """

    name: str
    found: float
    made_up: float
    control: tuple[float, float] | None = None
    share: float = 0.2
    effect: float = 0.2
    counts: bool = False
    scale: bool = False
    far: float = 0.0
    scenarios: int = 12
    dialogues: int = 16
    known: int = 96
    labels: int = 0
    apart: bool = False


YES_NO: Final = (
    World("perfect", 1.0, 0.0),
    World("noisy", 0.8, 0.1),
    World("sees too much", 0.95, 0.4),
    World("overlooks half", 0.5, 0.02),
    World("hardly better than chance", 0.55, 0.45),
    World("noisy, 6 scenarios", 0.8, 0.1, scenarios=6),
    World("noisy, 30 known transcripts", 0.8, 0.1, known=30),
    World("noisy, no effect", 0.8, 0.1, effect=0.0),
    World("noisy, rare", 0.8, 0.1, share=0.03, effect=0.0),
    World("errs otherwise in one arm, no effect", 0.95, 0.1, (0.6, 0.1), share=0.4, effect=0.0),
)
COUNTED: Final = (
    World("perfect", 1.0, 0.0, counts=True, share=1.0, effect=0.5),
    World("overlooks, makes up", 0.7, 0.3, counts=True, share=1.0, effect=0.5),
    World("overlooks, makes up, no effect", 0.7, 0.3, counts=True, share=1.0, effect=0.0),
    World("overlooks half, rare", 0.5, 0.1, counts=True, share=0.2, effect=0.2),
    World(
        "errs otherwise in one arm, no effect",
        0.9,
        0.2,
        (0.5, 0.2),
        counts=True,
        share=1.0,
        effect=0.0,
    ),
)
APART: Final = (
    World("noisy; sees too much", 0.8, 0.1, (0.95, 0.4), apart=True),
    World("noisy; sees too much; no effect", 0.8, 0.1, (0.95, 0.4), effect=0.0, apart=True),
    World("noisy; overlooks half; no effect", 0.8, 0.1, (0.5, 0.02), effect=0.0, apart=True),
    World("noisy; perfect; 6 scenarios", 0.8, 0.1, (1.0, 0.0), scenarios=6, apart=True),
    World(
        *("overlooks, makes up; finds more", 0.7, 0.3, (0.9, 0.2), 1.0, 0.5),
        counts=True,
        apart=True,
    ),
    World(
        *("overlooks, makes up; finds more; no effect", 0.7, 0.3, (0.9, 0.2), 1.0, 0.0),
        counts=True,
        apart=True,
    ),
)
LABELLED: Final = tuple(
    replace(world, name=f"{world.name}; {labels} turns labelled", labels=labels)
    for world in COUNTED[1:]
    for labels in (80, 200)
)

SCALED: Final = tuple(
    replace(world, name=f"{world.name}; {labels} dialogues labelled", labels=labels, scale=True)
    for world in (
        World("always right", 1.0, 0.0, share=0.3),
        World("sees a step too much in half", 1.0, 0.5, share=0.3),
        World("overlooks and makes up, no effect", 0.7, 0.2, share=0.3, effect=0.0),
        World("errs otherwise in one arm, no effect", 1.0, 0.5, (0.7, 0.0), share=0.3, effect=0.0),
        World("takes none for most in one of ten", 1.0, 0.0, share=0.1, effect=0.1, far=0.1),
        World("rarely wrong, rare", 0.9, 0.02, share=0.05, effect=0.05),
        World("sees a step too much in half, 6 scenarios of 4", 1.0, 0.5, scenarios=6, dialogues=4),
    )
    for labels in (24, 60)
    if labels <= 2 * world.scenarios * world.dialogues
)


@dataclass(frozen=True)
class Row:
    """What became of the runs of a world, for an arm and for the difference of two: how often the
    interval holds the truth, of those there are; how often there is none; the mean of what was
    estimated less the truth; and how often a difference is told from 0."""

    name: str
    mean_alone: float
    mean_corrected: float
    alone: float
    corrected: float
    none: float
    bias_alone: float
    bias: float
    shown_alone: float
    shown: float


@dataclass(frozen=True)
class _Run:
    """One run: per arm ``(scenarios, dialogues, turns)`` of what is so and what is judged; of a
    yes/no measure one turn."""

    truth: Floats
    judged: Floats


def row_of(world: World, count: int, seed: int = SEED) -> Row:
    """Draw ``count`` runs of a world."""
    rng = np.random.default_rng([seed, *world.name.encode(), world.counts + 2 * world.scale])
    told = [_told(world, rng) for _ in range(count)]
    aims = (world.share + world.effect, world.effect)
    ends = [[one[part] for one in told] for part in range(4)]
    held = [
        [a is not None and a[1] is not None and a[1][0] <= aim <= a[1][1] for a in ends[part]]
        for part, aim in zip(range(4), (aims[0], aims[0], aims[1], aims[1]), strict=True)
    ]
    there = [[a is not None and a[1] is not None for a in part] for part in ends]

    def share(part: int) -> float:
        return sum(held[part]) / sum(there[part]) if any(there[part]) else float("nan")

    def off(part: int) -> float:
        known = [a[0] for a in ends[part] if a is not None and a[0] is not None]
        return float(np.median(known)) - aims[1] if known else float("nan")

    def shown(part: int) -> float:
        return sum(
            a is not None and a[1] is not None and not a[1][0] <= 0 <= a[1][1] for a in ends[part]
        ) / len(ends[part])

    return Row(
        name=world.name,
        mean_alone=share(0),
        mean_corrected=share(1),
        alone=share(2),
        corrected=share(3),
        none=1 - sum(there[3]) / count,
        bias_alone=off(2),
        bias=off(3),
        shown_alone=shown(2),
        shown=shown(3),
    )


_Ends = tuple[float | None, tuple[float, float] | None]


def _told(world: World, rng: np.random.Generator) -> tuple[_Ends, _Ends, _Ends, _Ends]:
    """Of one run: mean of the treatment alone and corrected, difference alone and corrected."""
    arms = [_arm(world, rng, treated=treated) for treated in (True, False)]
    means = [arm.judged.sum(axis=2).mean(axis=1) for arm in arms]
    alone, apart = cluster_t(means[0]), cluster_t(means[0] - means[1])
    assert alone is not None
    assert apart is not None
    ends: tuple[float, float] | None = (alone.lo, alone.hi)
    if not (world.counts or world.scale):
        ends = share_interval(means[0], world.scenarios * world.dialogues)
    if world.scale:
        mean, difference = _by_records(world, arms, rng)
    elif world.labels:
        mean, difference = _by_labels(world, arms, means, rng)
    else:
        errors = errors_of(known_pairs(world, rng), yes_no=not world.counts)
        if isinstance(errors, str):
            mean = difference = Corrected(None, None, errors)
        else:
            mean = corrected_mean(Spread.of(alone.mean, alone, ends), errors)
            difference = corrected_difference(
                Spread.of(apart.mean, apart, (apart.lo, apart.hi)), errors
            )
            if world.apart:
                difference = _apart(world, errors, means, rng)
    return (
        (alone.mean, ends),
        (mean.value, mean.interval),
        (apart.mean, (apart.lo, apart.hi)),
        (difference.value, difference.interval),
    )


def _apart(
    world: World, errors: Errors, means: Sequence[Floats], rng: np.random.Generator
) -> Corrected:
    """The difference where the judge of the control arm is another one."""
    assert world.control is not None
    found, made_up = world.control
    own = replace(world, found=found, made_up=made_up)
    other = errors_of(known_pairs(own, rng), yes_no=not world.counts)
    if isinstance(other, str):
        return Corrected(None, None, other)
    readings = list(zip(*(one.tolist() for one in means), strict=True))
    return independent_difference(readings, errors, other)


def _arm(world: World, rng: np.random.Generator, *, treated: bool) -> _Run:
    found, made_up = (
        (world.found, world.made_up)
        if treated
        else world.control
        or (
            world.found,
            world.made_up,
        )
    )
    mean = world.share + (world.effect if treated else 0.0)
    shape = (world.scenarios, world.dialogues, TURNS if world.counts else 1)
    if world.scale:
        level = _around(mean, world.scenarios, rng)
        truth = rng.binomial(STEPS, level[:, None, None], shape)
        judged = truth - ((truth > 0) & (rng.random(shape) >= found))
        judged = judged + ((judged < STEPS) & (rng.random(shape) < made_up))
        judged = np.where((truth == 0) & (rng.random(shape) < world.far), STEPS, judged)
        return _Run(truth / STEPS, judged / STEPS)
    if not world.counts:
        level = _around(mean, world.scenarios, rng)
        truth = rng.random(shape) < level[:, None, None]
        judged = np.where(truth, rng.random(shape) < found, rng.random(shape) < made_up)
        return _Run(truth.astype(float), judged.astype(float))
    level = mean * rng.gamma(8, 1 / 8, world.scenarios)
    truth = rng.poisson(level[:, None, None] / TURNS, shape)
    judged = rng.binomial(truth, found) + rng.poisson(made_up / TURNS, shape)
    return _Run(truth.astype(float), judged.astype(float))


def _around(mean: float, count: int, rng: np.random.Generator) -> Floats:
    """Shares of scenarios about a mean: alike by .1 beyond chance."""
    if mean in (0.0, 1.0):
        return np.full(count, mean)
    return rng.beta(mean * 9, (1 - mean) * 9, count)


def known_pairs(world: World, rng: np.random.Generator) -> list[JudgedPair]:
    """Known transcripts: half of them have what is judged; of counts, from none to four."""
    pairs = []
    for number in range(world.known):
        if world.counts:
            truth = float(number % 5)
            judged = float(rng.binomial(int(truth), world.found) + rng.poisson(world.made_up))
        else:
            truth = float(number % 2)
            judged = float(rng.random() < (world.found if truth else world.made_up))
        pairs.append(JudgedPair(f"s{number // 2 % 12}", truth, judged))
    return pairs


def _by_labels(
    world: World, arms: Sequence[_Run], means: Sequence[Floats], rng: np.random.Generator
) -> tuple[Corrected, Corrected]:
    """Half of the labelled turns are of those in which the judge found something."""
    labels: list[LabelledTurn] = []
    judged = np.stack([arm.judged for arm in arms])
    for found, chosen in ((True, np.argwhere(judged > 0)), (False, np.argwhere(judged == 0))):
        drawn = rng.permutation(len(chosen))[: world.labels // 2]
        chance = min(1.0, world.labels // 2 / max(1, len(chosen)))
        for arm, scenario, dialogue, turn in chosen[drawn]:
            labels.append(
                LabelledTurn(
                    scenario=f"s{scenario}",
                    arms=("tc"[arm],),
                    found=found,
                    truth=float(arms[arm].truth[scenario, dialogue, turn]),
                    judged=float(arms[arm].judged[scenario, dialogue, turn]),
                    chance=chance,
                )
            )
    told = []
    for number, own in enumerate(means):
        there = (judged[number] > 0).sum(axis=(1, 2)).tolist()
        read = {
            f"s{s}": Read(mean, world.dialogues, found, world.dialogues * TURNS - found)
            for s, (mean, found) in enumerate(zip(own.tolist(), there, strict=True))
        }
        t = cluster_t(own)
        assert t is not None
        why = enough(labels, read, "tc"[number])
        told.append(
            by_labels(labels, read, "tc"[number], (t.lo, t.hi))
            if why is None
            else Corrected(None, None, why)
        )
    return told[0], difference(*told)


def _by_records(
    world: World, arms: Sequence[_Run], rng: np.random.Generator
) -> tuple[Corrected, Corrected]:
    """As many dialogues of each arm are labelled."""
    places = [
        (arm, scenario, dialogue)
        for arm in range(2)
        for scenario in range(world.scenarios)
        for dialogue in range(world.dialogues)
    ]
    readable = [
        Readable(str(number), ("tc"[arm],), f"s{scenario}")
        for number, (arm, scenario, _) in enumerate(places)
    ]
    rows = [
        Observation(f"s{s}", f"none/{d}", "tc"[arm], float(arms[arm].judged[s, d, 0]))
        for arm, s, d in places
    ]
    labels = []
    for one in draw_records(readable, world.labels, int(rng.integers(1 << 30))):
        arm, s, d = places[int(one.of.record)]
        labels.append(
            LabelledRecord(
                scenario=f"s{s}",
                places=(("tc"[arm], f"none/{d}"),),
                truth=float(arms[arm].truth[s, d, 0]),
                judged=float(arms[arm].judged[s, d, 0]),
                chance=one.chance,
            )
        )
    mean = by_records(labels, rows, ("t",), 1.0)
    return mean.corrected, by_records(labels, rows, ("t", "c"), 1.0).corrected


HEAD: Final = (
    "| judge | mean, judge alone | corrected | difference, alone | corrected | no figure | "
    "off alone | corrected | from 0 alone | corrected |\n|---|---|---|---|---|---|---|---|---|---|"
)


def table(count: int) -> str:
    """All of it, in Markdown."""
    parts = [f"{count:,} runs a row. Standard error of a share: .007 at .95."]
    for title, worlds in (
        ("A yes/no measure, by known transcripts", YES_NO),
        ("A count, by known transcripts", COUNTED),
        ("Two judges, of one arm each, by known transcripts of their own", APART),
        ("A count, by labels of the run's own turns", LABELLED),
        ("An answer on a scale, by labels of the run's own dialogues", SCALED),
    ):
        lines = [_line(row_of(world, count)) for world in worlds]
        parts.append(f"**{title}**\n\n{HEAD}\n" + "\n".join(lines))
    return "\n\n".join(parts)


def _line(row: Row) -> str:
    shares = (row.mean_alone, row.mean_corrected, row.alone, row.corrected, row.none)
    cells = [f"{one:.3f}" if one == one else "-" for one in shares]
    cells += [
        f"{one:+.3f}".replace("-", "−") if one == one else "-" for one in (row.bias_alone, row.bias)
    ]
    cells += [f"{one:.3f}" for one in (row.shown_alone, row.shown)]
    return f"| {row.name} | {' | '.join(cells)} |"


def main() -> None:
    """Print the tables, or write them between the marks of a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    text = table(given.count)
    if given.write is None:
        print(text)
        return
    page = given.write.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    given.write.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
