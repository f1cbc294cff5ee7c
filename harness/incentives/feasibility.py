"""Could a null be found? Which packages the delegates' own stakes leave them to agree on.

A delegate that follows its stake accepts a package where V(x) >= V(no deal). Profiles can leave two
such delegates no agreement but a lopsided one, or an agreement on anything at all. What they then
settle on is arithmetic, and says nothing about behaviour. So every cell of an experiment (an arm on
a scenario, from two chairs, in a round) is asked three things, by enumerating all packages:

* does some package satisfy every delegate *and* every principal they act for?
* of the packages that all delegates accept, which share could all those principals sign?
* would a delegate rather sign the worst package there is than leave?

Where the principals have no zone of agreement, agreeing is the error, and nothing is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from harness.bargaining.solutions import zopa
from harness.bargaining.space import TOLERANCE, OutcomeSpace
from harness.disputes.scenario import Scenario
from harness.incentives.belief import believe
from harness.incentives.profiles import IncentiveProfile
from harness.incentives.stake import stake, true_utilities


class Delegate(NamedTuple):
    """Whom a delegate acts for, and what drives it."""

    principal: str
    profile: IncentiveProfile


@dataclass(frozen=True)
class Feasibility:
    """What the stakes of one cell leave open.

    Attributes:
        zone: Packages that every principal with a delegate could sign.
        accepted: Packages that every delegate's own stake accepts.
        signable: Packages that are both.
        eager: Seats whose delegate gains more from the worst package than from leaving: it would
            sign anything.
    """

    zone: int
    accepted: int
    signable: int
    eager: tuple[str, ...]

    @property
    def feasible(self) -> bool:
        """Some package satisfies every delegate and every principal."""
        return self.signable > 0

    @property
    def share(self) -> float | None:
        """Share in [0, 1] of what every delegate accepts that every principal could sign; None
        where they accept nothing together."""
        return self.signable / self.accepted if self.accepted else None


def feasibility(
    scenario: Scenario, delegates: Mapping[str, Delegate], round_: int, seed: int
) -> Feasibility:
    """What the delegates' stakes leave open in one round.

    Args:
        scenario: The dispute, as its twin.
        delegates: Seat -> its delegate.
        round_: Counted from 1.
        seed: Of the dialogue: what is not known is believed by it.
    """
    space = OutcomeSpace(scenario.shape())
    true, reservations, eager = [], [], []
    accepted = np.ones(space.size, dtype=np.bool_)
    for seat, delegate in delegates.items():
        terms = scenario.terms(delegate.principal, round_)
        true.append(true_utilities(scenario, terms))
        reservations.append(terms.reservation)
        belief = believe(scenario, delegate.principal, round_, delegate.profile, seed)
        own = stake(scenario, delegate.principal, belief, delegate.profile)
        worth = space.utilities(own.gains) + (1.0 + own.reward)
        accepted &= worth >= own.no_deal - TOLERANCE
        if worth.min() > own.no_deal + TOLERANCE:
            eager.append(seat)
    signable = zopa(np.column_stack(true), reservations)
    return Feasibility(
        zone=int(signable.sum()),
        accepted=int(accepted.sum()),
        signable=int((signable & accepted).sum()),
        eager=tuple(eager),
    )


def rounds_that_differ(scenario: Scenario, rounds: int) -> range:
    """The rounds, from 1 to at most ``rounds``, in which the realities differ."""
    last = max((reality.after_round for reality in scenario.realities), default=0)
    return range(1, min(rounds, last + 1) + 1)
