"""The point of Kalai and Smorodinsky on finite sets of packages: two definitions, one count.

    python benchmarks/kalai.py [--count 200]

On a frontier without gaps there is one point at which everybody has the same share of the largest
gain that was open to it, and no point gives the worst-off a larger share. A set of packages has
gaps, and the two come apart: the package with the largest least share (``harness.bargaining``) need
not be the one whose shares differ least, which other implementations take. This prints how often
they are the same, on random disputes, and what the second costs the worst-off where they are not.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import fmean
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.bargaining.frontier import pareto_mask
from harness.bargaining.solutions import TIE, solve, zopa
from harness.bargaining.space import OutcomeSpace

Floats = NDArray[np.float64]
COUNT: Final = 200
SEED: Final = 20_261_127


@dataclass(frozen=True, eq=False)
class Dispute:
    """A random dispute with additive values.

    Attributes:
        values: Per principal, per issue: what each option is worth; the best package is worth 1,
            the worst 0.
        reservations: ``(principals,)`` in [0, .5].
    """

    values: tuple[tuple[Floats, ...], ...]
    reservations: Floats

    @property
    def utilities(self) -> Floats:
        """``(packages, principals)``."""
        space = OutcomeSpace.of(self.values[0])
        return np.column_stack([space.utilities(own) for own in self.values])


def disputes(count: int = COUNT, seed: int = SEED) -> Iterator[Dispute]:
    """Random disputes of two or three principals over two to five issues with two to four
    options."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        shape = rng.integers(2, 5, rng.integers(2, 6))
        principals = 2 + int(rng.random() < 0.25)
        values = []
        for _ in range(principals):
            weights = rng.dirichlet(np.full(len(shape), 2.0))
            options = [rng.random(size) for size in shape]
            scaled = [(o - o.min()) / (o.max() - o.min()) for o in options]
            values.append(tuple(w * o for w, o in zip(weights, scaled, strict=True)))
        yield Dispute(tuple(values), rng.uniform(0, 0.5, principals))


def shares(utilities: Floats, reservations: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """``(k, principals)`` each principal's gain as a share of its largest in the zone of agreement,
    of the packages that are on the frontier of the zone; and their row numbers. Empty without a
    zone."""
    inside = np.flatnonzero(zopa(utilities, reservations))
    on = inside[pareto_mask(utilities[inside])] if len(inside) else inside
    gains = utilities[on] - reservations
    return gains / np.where(gains.max(axis=0, initial=0) > 0, gains.max(axis=0, initial=0), 1), on


def least_apart(utilities: Floats, reservations: Floats) -> NDArray[np.intp]:
    """Row numbers of the packages whose shares differ least; empty without a zone."""
    own, rows = shares(utilities, reservations)
    if not len(rows):
        return rows
    apart = own.max(axis=1) - own.min(axis=1)
    found: NDArray[np.intp] = rows[apart <= apart.min() + TIE]
    return found


@dataclass(frozen=True)
class Count:
    """How often the two definitions give the same package.

    Attributes:
        disputes: With a zone of agreement.
        same: Those in which they do.
        costs: Of the others: least share of the one, minus that of the other.
    """

    disputes: int
    same: int
    costs: tuple[float, ...]


def counted(count: int = COUNT, seed: int = SEED) -> Count:
    """Count on random disputes."""
    total, costs = 0, list[float]()
    for dispute in disputes(count, seed):
        u, r = dispute.utilities, dispute.reservations
        own, rows = shares(u, r)
        if not len(rows):
            continue
        total += 1
        place = {int(row): share.min() for row, share in zip(rows, own, strict=True)}
        ours = solve(u, r).ties["kalai_smorodinsky"]
        others = least_apart(u, r)
        if not set(ours.tolist()) & set(others.tolist()):
            costs.append(place[int(ours[0])] - place[int(others[0])])
    return Count(total, total - len(costs), tuple(costs))


def main() -> None:
    """Print the count."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=COUNT, help="Random disputes.")
    given = parser.parse_args()
    if given.count < 1:
        parser.error("--count: at least one dispute")
    found = counted(given.count)
    print(
        f"{found.disputes} of {given.count} disputes have a zone of agreement. In {found.same} of "
        "them the package with the largest least share is that whose shares differ least."
    )
    if found.costs:
        print(
            f"Where not, the least share is smaller by {fmean(found.costs):.2f} on average, and by "
            f"up to {max(found.costs):.2f}."
        )


if __name__ == "__main__":
    main()
