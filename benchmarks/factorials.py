"""Factorials with a known truth: how often a share is shown where there is none, and how often the
intervals of shares and pairs hold what is true. A part of the table of ``benchmarks/validity.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from harness.analysis.factorial import decompose
from harness.analysis.factorial_effects import (
    FactorialFinding,
    Part,
    corrected,
    full_factorial,
)
from harness.analysis.observations import Observation

Truth = Callable[[frozenset[str]], float]
"""Mechanisms that are on -> the true mean of the cell."""
LEVEL: Final = 0.1
"""SD of scenarios' levels, which all cells share."""
BETWEEN: Final = 0.05
"""SD of what a mechanism, or two together, truly do, over scenarios."""
WITHIN: Final = 0.1
"""SD of a dialogue."""
_NONE: Final = 1e-9
"""A true share or pair this small is none: rounding."""


def nothing(on: frozenset[str]) -> float:
    """No mechanism does anything."""
    return 0.0


def one_alone(on: frozenset[str]) -> float:
    """The first adds .1 whatever else is on."""
    return 0.1 * ("a" in on)


def only_together(on: frozenset[str]) -> float:
    """The first two do .2 together, and nothing one by one."""
    return 0.2 * ({"a", "b"} <= on)


@dataclass(frozen=True)
class Design:
    """What is true, and how it is played.

    Attributes:
        name: In the table.
        truth: Of the cells.
        scenarios: S.
        mechanisms: k.
        places: Of each scenario and cell.
        void: Share of dialogues without a value.
    """

    name: str
    truth: Truth
    scenarios: int = 12
    mechanisms: int = 3
    places: int = 4
    void: float = 0.0


DESIGNS: Final = (
    Design("nothing, 8 scenarios", nothing, scenarios=8),
    Design("nothing, 12 scenarios", nothing),
    Design("nothing, 12 scenarios, 4 incentives", nothing, mechanisms=4, places=2),
    Design("nothing, 12 scenarios, 10 % void", nothing, void=0.1),
    Design("one alone does .1", one_alone),
    Design("two do .2 together, nothing alone", only_together),
)


@dataclass(frozen=True)
class Row:
    """What became of the experiments of a design, as shares.

    Attributes:
        false: With something shown that is not so, of shares and pairs together.
        power: Of the true shares and pairs that were shown; None where none is true.
        shares, pairs: Of the intervals of shares, and of pairs, that hold the truth.
    """

    name: str
    false: float
    power: float | None
    shares: float
    pairs: float


def drawn(design: Design, rng: np.random.Generator) -> FactorialFinding:
    """One experiment, answered by the code that answers every run."""
    names = tuple("abcdefgh"[: design.mechanisms])
    cells = [frozenset(c) for size in range(len(names) + 1) for c in combinations(names, size)]
    arms = {cell: "".join(sorted(cell)) or "none" for cell in cells}
    rows = []
    for scenario in range(design.scenarios):
        level = rng.normal(0, LEVEL)
        own = {name: rng.normal(0, BETWEEN) for name in names}
        both = {pair: rng.normal(0, BETWEEN) for pair in combinations(names, 2)}
        for cell, arm in arms.items():
            mean = level + design.truth(cell) + sum(own[name] for name in cell)
            mean += sum(term for pair, term in both.items() if set(pair) <= cell)
            values = rng.normal(mean, WITHIN, design.places)
            lost = rng.random(design.places) < design.void
            rows += [
                Observation(f"s{scenario:02}", str(place), arm, None if gone else value)
                for place, (value, gone) in enumerate(
                    zip(values.tolist(), lost.tolist(), strict=True)
                )
            ]
    blank = FactorialFinding(mechanisms=names, track="1", switched=names, played=len(cells))
    return corrected([full_factorial(blank, arms, rows)])[0]


def true_values(design: Design) -> dict[tuple[str, tuple[str, ...]], float]:
    """(kind, mechanisms) -> what is true of each share and pair."""
    names = tuple("abcdefgh"[: design.mechanisms])
    cells = {
        frozenset(c): design.truth(frozenset(c))
        for size in range(len(names) + 1)
        for c in combinations(names, size)
    }
    split = decompose(cells, names)
    known = {("shapley", (name,)): share for name, share in (split.shapley or {}).items()}
    pairs = {("two_way", (t.first, t.second)): t.effect for t in split.interactions or ()}
    return {**known, **pairs}


def row_of(design: Design, count: int, seed: int) -> Row:
    """Play ``count`` experiments of a design."""
    rng = np.random.default_rng([seed, *design.name.encode()])
    truth = true_values(design)
    false, power = [], list[bool]()
    held: dict[str, list[bool]] = {"shapley": [], "two_way": []}
    for _ in range(count):
        parts = [part for part in drawn(design, rng).parts if part.kind in held]
        values = [truth[part.kind, part.mechanisms] for part in parts]
        false.append(
            any(part.shown and _not_so(part, value) for part, value in _with(parts, values))
        )
        power += [bool(part.shown) for part, value in _with(parts, values) if abs(value) > _NONE]
        for part, value in _with(parts, values):
            ends = part.interval
            held[part.kind].append(ends is not None and ends[0] <= value <= ends[1])
    return Row(
        name=design.name,
        false=_share(false),
        power=_share(power) if power else None,
        shares=_share(held["shapley"]),
        pairs=_share(held["two_way"]),
    )


def _with(parts: Sequence[Part], values: Sequence[float]) -> list[tuple[Part, float]]:
    return list(zip(parts, values, strict=True))


def _not_so(part: Part, value: float) -> bool:
    """Whether what a shown part says, its sign, is wrong."""
    return abs(value) <= _NONE or part.estimate is None or part.estimate * value < 0


def _share(answers: Sequence[bool]) -> float:
    return sum(answers) / len(answers)


def table(count: int, seed: int) -> list[str]:
    """The rows of all designs, as Markdown."""
    lines = [
        "| incentives in combination | false shown | true shown | holds share | holds pair |",
        "|---|---|---|---|---|",
    ]
    for design in DESIGNS:
        row = row_of(design, count, seed)
        power = "" if row.power is None else f"{row.power:.3f}"
        lines.append(
            f"| {row.name} | {row.false:.3f} | {power} | {row.shares:.3f} | {row.pairs:.3f} |"
        )
    return lines
