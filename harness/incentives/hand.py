"""What a meeting has given away of the other side's hand, and what an official does with it (claims
C8, C13).

**The estimate.** An official that comes to real talks has a record of what the other side put and
accepted at an earlier meeting, and what everybody believes of that side in public. From these alone

* the *weights* of its issues are those that :func:`harness.bargaining.leakage.kept` finds in its
  proposals: an issue matters more, the more of its own best option a side keeps asking for. Of the
  estimators there it is the steadiest: its rank correlation with the true weights was .47 after six
  plain offers and .94 after six that trade one issue for another, where the frequency model turned
  negative (-.39) and so did a Bayesian one with a wrong schedule (-.33). One proposal, an opening
  as a rule, says nothing of weights: then they are those of its public image;
* the *values* of its options are those of its public image, on which the offers are placed;
* the *reservation* is the least of these values among the packages that it proposed or accepted:
  what it once offered, it could sign.

The truth about the other side plays no part.

**The use.** An official that merely knows the other's weights trades better and gives *more*. One
that uses them holds out: it accepts and offers nothing below

    V(no deal) + caution * (best - V(no deal)),

where ``best`` is the highest V of a package that it estimates the other side could still sign.
This is what a proposer takes that knows the other's limit and has the last word (the equilibrium of
the ultimatum game; Güth, Schmittberger & Schwarze 1982), by a share, as the lowest aspiration of a
tactic (Faratin, Sierra & Jennings 1998). The estimate is uncertain, and who holds out for all of it
is often left without a deal (``benchmarks/hand.py``).
At ``caution`` 0 it is V(no deal), and has no effect. It steers decisions, and enters no score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from harness.bargaining.leakage import kept
from harness.bargaining.space import TOLERANCE, OutcomeSpace
from harness.disputes.scenario import Package, Scenario
from harness.errors import UsageError
from harness.incentives.expectation import public_values
from harness.incentives.stake import Floats, Stake

LEAST_PROPOSALS: Final = 2
"""Of fewer the weights cannot be told."""


@dataclass(frozen=True)
class Hand:
    """What is estimated of a side, on the scale of u_P.

    Attributes:
        weights: Issue -> estimated weight; they sum to 1.
        values: Issue -> option -> its value by the public image, in [0, 1].
        reservation: The least value among what it proposed or accepted, in [0, 1].
        softest: The package of that value; of several, the last.
        proposals: How many packages the weights are estimated from.
    """

    weights: dict[str, float]
    values: dict[str, dict[str, float]]
    reservation: float
    softest: Package
    proposals: int


def estimate(
    scenario: Scenario, principal_id: str, proposed: Sequence[Package], accepted: Sequence[Package]
) -> Hand | None:
    """What a meeting gave away.

    Args:
        scenario: The dispute. Of the principal only the public face is read.
        principal_id: Whose hand it is.
        proposed: Packages that were proposed for it, in order.
        accepted: Packages of others that were accepted for it.

    Returns:
        None where nothing was proposed or accepted for it.
    """
    named = [*proposed, *accepted]
    if not named:
        return None
    values = public_values(scenario, principal_id)
    weights = dict(scenario.public(principal_id).stereotype.weights)
    if len(proposed) >= LEAST_PROPOSALS:
        issues = scenario.issue_ids()
        places = [[values[issue][package[issue]] for issue in issues] for package in proposed]
        weights = dict(zip(issues, kept(places).tolist(), strict=True))
    worths = [sum(weights[i] * values[i][package[i]] for i in weights) for package in named]
    least = min(worths)
    softest = next(
        one for one, worth in zip(named[::-1], worths[::-1], strict=True) if worth == least
    )
    return Hand(weights, values, least, dict(softest), len(proposed))


def held_out(own: Stake, scenario: Scenario, hand: Hand | None, caution: float) -> Stake:
    """The stake of a delegate that holds out for what it estimates the other side could still sign.

    Args:
        own: What drives it.
        hand: What it estimates; None for nothing.
        caution: Share in [0, 1] of what the other side could still give.

    Returns:
        The same stake with a floor, never below V(no deal); the stake itself where nothing is
        estimated, or held out for.

    Raises:
        UsageError: ``caution`` is outside [0, 1].
    """
    if not 0 <= caution <= 1:
        raise UsageError(f"caution is {caution}, must be in [0, 1]")
    if hand is None or caution == 0:
        return own
    space = OutcomeSpace(scenario.shape())
    theirs = space.utilities(
        [
            np.array([hand.weights[i.id] * hand.values[i.id][o.id] for o in i.options])
            for i in scenario.issues
        ]
    )
    worth: Floats = space.utilities(own.gains) + 1.0 + own.reward
    best = max(own.no_deal, float(worth[theirs >= hand.reservation - TOLERANCE].max()))
    # Rounding must not put the floor above the package that defines it.
    return replace(own, floor=min(best, own.no_deal + caution * (best - own.no_deal)))
