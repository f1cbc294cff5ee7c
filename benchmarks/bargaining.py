"""Time the maths of one large dispute: 8 issues of 4 options, 65,536 packages.

Run with ``python benchmarks/bargaining.py``. Bound: well under a second for two principals.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np

from harness.bargaining.frontier import Frontier, pareto_mask
from harness.bargaining.position import locate
from harness.bargaining.solutions import solve
from harness.bargaining.space import Floats, OutcomeSpace

SHAPE = (4,) * 8


def contributions(rng: np.random.Generator, rising: bool) -> list[Floats]:
    """A principal's weighted option values: Dirichlet weights on a monotone ladder."""
    ladders = [np.sort(rng.random(options)) for options in SHAPE]
    ladders = [(v - v[0]) / (v[-1] - v[0]) for v in ladders]
    weights = rng.dirichlet([2.0] * len(SHAPE))
    return [w * (v if rising else v[::-1]) for w, v in zip(weights, ladders, strict=True)]


def best_of(repeats: int, work: Callable[[], object]) -> float:
    """Shortest wall time of ``work`` in milliseconds."""
    times = []
    for _ in range(repeats):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return 1000 * min(times)


def main() -> None:
    """Print one line per piece of work."""
    rng = np.random.default_rng(1)
    space = OutcomeSpace(SHAPE)
    principals = [contributions(rng, rising) for rising in (True, False, True)]
    u = np.column_stack([space.utilities(c) for c in principals])
    reservations = np.array([0.3, 0.3])

    def bilateral() -> None:
        pair = np.column_stack([space.utilities(c) for c in principals[:2]])
        frontier, solutions = Frontier.of(pair), solve(pair, reservations)
        locate(pair[1234], pair, reservations, frontier, solutions)

    uniform = rng.random((space.size, 3))
    sphere = np.abs(rng.normal(size=(space.size, 3)))
    sphere /= np.linalg.norm(sphere, axis=1, keepdims=True)
    work: dict[str, Callable[[], object]] = {
        "two principals, everything": bilateral,
        "frontier of 2": lambda: pareto_mask(u[:, :2]),
        "frontier of 3": lambda: pareto_mask(u),
        "frontier of 3, uniform": lambda: pareto_mask(uniform),
        "frontier of 3, all undominated": lambda: pareto_mask(sphere),
        "frontier of 4": lambda: pareto_mask(np.column_stack((u, uniform[:, 0]))),
    }
    for name, what in work.items():
        print(f"{name:32s} {best_of(3, what):8.1f} ms")


if __name__ == "__main__":
    main()
