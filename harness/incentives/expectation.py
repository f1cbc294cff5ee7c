"""What a delegate expects of the real talks to come, from what it may know and nothing else.

Talks that bind nobody have the real talks as their outside option: if nothing comes of them, the
real ones come as they would have come anyway. So what failure costs a delegate there is measured
against the settlement that it expects of the real talks (claims C1, C4).

**Who takes part**: the principals at the table, each for itself. The delegate's own principal
enters as the delegate *believes* it to be. Every other one enters by its **public stereotype**,
which is all that a delegate may see of it; its true values and its true reservation play no part.

**What is expected**: the Kalai-Smorodinsky point (1975) of these beliefs. In the real talks both
principals pay, so neither a delegate's rewards nor its share of the costs enter. The point is also
the zero of skew. So an official that has nothing to lose by failure wants, as it sees things, at
least the terms that lean to neither side. Where the beliefs leave no zone of agreement, no deal is
expected.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from harness.bargaining.solutions import solve
from harness.bargaining.space import OutcomeSpace
from harness.disputes.scenario import Scenario
from harness.incentives.belief import Belief
from harness.incentives.shift import Shift, shifted

Packages = tuple[tuple[int, ...], ...]
_Rows = tuple[tuple[float, ...], ...]
"""Per issue, weight times value of every option."""


def public_values(
    scenario: Scenario, principal_id: str, shift: Shift | None = None
) -> dict[str, dict[str, float]]:
    """Public belief about the option values of a principal at the table, complete over the agenda:
    an issue that its stereotype leaves out is publicly known.

    Args:
        shift: What readers have changed in it for the delegate that reads it; None for nothing.
    """
    principal = scenario.principals[principal_id]
    believed = scenario.public(principal_id).stereotype.values
    public = {issue: believed.get(issue, truth) for issue, truth in principal.values.items()}
    return shifted(public, shift)


def expected_settlement(
    scenario: Scenario,
    principal_id: str,
    belief: Belief,
    shifts: Mapping[str, Shift] | None = None,
) -> Packages:
    """What a delegate of ``principal_id`` expects real talks between the principals to settle on.

    Args:
        scenario: The dispute. Of the other principals only the public face is read.
        principal_id: The delegate's own principal.
        belief: What it believes of its own principal.
        shifts: Principal -> what readers have changed in the delegate's view of it.

    Returns:
        Packages as option indices in agenda order: the Kalai-Smorodinsky point, or all that tie for
        it. Empty where, as the delegate sees things, no package is better than no deal for all.
    """
    parties = [_contributions(scenario, belief.weights, belief.values)]
    reservations = [belief.reservation]
    for other in scenario.table_principals():
        if other != principal_id:
            image = scenario.public(other).stereotype
            values = public_values(scenario, other, (shifts or {}).get(other))
            parties.append(_contributions(scenario, image.weights, values))
            reservations.append(image.reservation)
    return _settled(tuple(parties), tuple(reservations))


def _contributions(
    scenario: Scenario, weights: Mapping[str, float], values: Mapping[str, Mapping[str, float]]
) -> _Rows:
    return tuple(
        tuple(weights[issue.id] * values[issue.id][o.id] for o in issue.options)
        for issue in scenario.issues
    )


@lru_cache(maxsize=256)  # a delegate that knows its principal expects the same in every dialogue
def _settled(parties: tuple[_Rows, ...], reservations: tuple[float, ...]) -> Packages:
    space = OutcomeSpace(tuple(map(len, parties[0])))
    utilities = np.column_stack([space.utilities([*map(np.array, rows)]) for rows in parties])
    tied = solve(utilities, reservations).ties["kalai_smorodinsky"]
    return tuple(space.package(int(row)) for row in tied)
