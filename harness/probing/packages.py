"""The packages of a probe: spread over what they are worth to the principal, from worst to best.

They depend on the dispute, the principal and the seed, and on nothing that an arm changes. So the
same principal's delegates are shown the same packages in all arms, and can be compared package by
package.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from harness.bargaining.space import OutcomeSpace
from harness.disputes.scenario import Package, Scenario
from harness.incentives.stake import true_utilities
from harness.seeds import stream

_TIE: Final = 1e-9
"""Values this close are equal: rounding noise."""


def packages(scenario: Scenario, principal: str, seed: int, count: int) -> tuple[Package, ...]:
    """Different packages for a delegate of ``principal``, in a random order.

    The range of the principal's true values in the first round is cut into ``count`` equal parts.
    A target is drawn within each, and the package that is nearest to it is taken. Equal parts reach
    the ends of the range, which few packages have; drawn targets let two probes of a dispute ask at
    different values.

    Args:
        count: At least 1. A dispute with no more packages than that gives all of them.
    """
    space = OutcomeSpace(scenario.shape())
    values = true_utilities(scenario, scenario.terms(principal))
    rng = stream(seed, "probe", principal)
    if space.size <= count:
        chosen = list(range(space.size))
    else:
        low, width = float(values.min()), float(np.ptp(values)) / count
        chosen = []
        for part in range(count):
            away = np.abs(values - (low + (part + rng.random()) * width))
            away[chosen] = np.inf
            nearest = np.flatnonzero(away <= away.min() + _TIE)
            chosen.append(int(rng.choice(nearest)))
    return tuple(scenario.package(space.package(chosen[i])) for i in rng.permutation(len(chosen)))
