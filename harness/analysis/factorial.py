"""Which incentive does the work: effects and Shapley values of a 2^k factorial of mechanisms.

In the prototype the mechanisms of track 1.5 multiplied rather than added, so switching one on alone
says little. The full factorial separates a mechanism's mean effect, its interaction with each other
one, and its fair share of the whole (claims C4 to C7).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations, product
from typing import Final, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from harness.analysis.observations import Floats
from harness.errors import UsageError

MAX_MECHANISMS: Final = 8

_Cell = TypeVar("_Cell", bound=frozenset[str] | tuple[str, ...])


class Interaction(BaseModel):
    """How much more ``first`` does with ``second`` on than off, or the other way round.

    The difference of differences, averaged over all other mechanisms; twice the "interaction
    effect" of Yates's notation. 0 where the two add up.
    """

    model_config = ConfigDict(frozen=True)

    first: str
    second: str
    effect: float


class Decomposition(BaseModel):
    """Effects in units of the measure; all None where a cell is missing.

    Attributes:
        mechanisms: In the order of the other fields.
        main: Mechanism -> mean of the cells with it on, minus the mean of those with it off.
        interactions: One a pair of mechanisms.
        shapley: Mechanism -> its marginal effect averaged over all orders of switching on (Shapley
            1953); these sum to ``total``.
        total: Cell with all on minus cell with none on.
        missing: Cells without a mean, each as the mechanisms on; () is the cell with none on.
        excluded: Dialogues that the means are not made of: without a value, or without a
            counterpart with one in every other cell. Whoever works out the means enters it.
    """

    model_config = ConfigDict(frozen=True)

    mechanisms: tuple[str, ...]
    main: dict[str, float] | None = None
    interactions: tuple[Interaction, ...] | None = None
    shapley: dict[str, float] | None = None
    total: float | None = None
    missing: tuple[tuple[str, ...], ...] = ()
    excluded: int = Field(default=0, exclude_if=lambda number: not number)


def decompose(
    cells: Mapping[_Cell, float | None],
    mechanisms: Sequence[str] | None = None,
) -> Decomposition:
    """Effects of k mechanisms from the means of the 2^k cells, 1 <= k <= 8.

    The result is exact for these means and carries no error of its own: for intervals, decompose
    each scenario and put :func:`~harness.analysis.intervals.cluster_t` over the results.

    Args:
        cells: Mechanisms that are on -> mean of the cell; None where it has no value.
        mechanisms: All of them; by default those that are on in some cell, by name.

    Raises:
        UsageError: No mechanism or more than 8, one not listed, the same cell twice, or a mean
            that is not finite.
    """
    means = _means(cells)
    names = tuple(mechanisms) if mechanisms is not None else tuple(sorted(set().union(*means)))
    if not 1 <= len(names) <= MAX_MECHANISMS:
        raise UsageError(
            f"a factorial takes 1 to {MAX_MECHANISMS} mechanisms, and this one has {len(names)}"
        )
    if len(set(names)) < len(names):
        raise UsageError("the same mechanism is listed twice")
    if unknown := set().union(*means) - set(names):
        raise UsageError(
            f"unknown mechanism {min(unknown)!r}", fix=f"the factorial has {', '.join(names)}"
        )
    settings = list(product((0, 1), repeat=len(names)))
    on = [tuple(n for n, bit in zip(names, bits, strict=True) if bit) for bits in settings]
    missing = tuple(cell for cell in on if means.get(frozenset(cell)) is None)
    if missing:
        return Decomposition(mechanisms=names, missing=missing)
    # y[b1, ..., bk] is the mean with mechanism i on iff bi = 1.
    y = np.array([means[frozenset(cell)] for cell in on], dtype=np.float64)
    y = y.reshape((2,) * len(names))
    steps = {name: np.diff(y, axis=i).squeeze(axis=i) for i, name in enumerate(names)}
    pairs = combinations(range(len(names)), 2)
    return Decomposition(
        mechanisms=names,
        main={name: float(step.mean()) for name, step in steps.items()},
        interactions=tuple(
            Interaction(
                first=names[i],
                second=names[j],
                effect=float(np.diff(np.diff(y, axis=i), axis=j).mean()),
            )
            for i, j in pairs
        ),
        shapley={name: _shapley(step) for name, step in steps.items()},
        total=float(y.flat[-1] - y.flat[0]),
    )


def _means(
    cells: Mapping[_Cell, float | None],
) -> dict[frozenset[str], float | None]:
    means: dict[frozenset[str], float | None] = {}
    for key, mean in cells.items():
        cell = frozenset(key)
        shown = _shown(cell)
        if cell in means:
            raise UsageError(f"the cell {shown} is given twice")
        if mean is not None and not math.isfinite(mean):
            raise UsageError(
                f"the mean of the cell {shown} is {mean}", fix="give null where there is none"
            )
        means[cell] = mean
    return means


def _shown(cell: Collection[str]) -> str:
    return "with " + " + ".join(sorted(cell)) if cell else "with nothing on"


def _shapley(step: Floats) -> float:
    """Weighted mean of a mechanism's marginal effects ``(2,) * (k - 1)``: |T|!(k-1-|T|)!/k! over
    the sets T of the other mechanisms that are on."""
    k = step.ndim + 1
    total = [
        float(step[bits]) / (k * math.comb(k - 1, sum(bits)))
        for bits in product((0, 1), repeat=k - 1)
    ]
    return math.fsum(total)
