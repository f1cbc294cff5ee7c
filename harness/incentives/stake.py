"""The three tables of a delegate (claim C3), as arrays over options.

1. the principal's **true value** u_P, used for scores only: :func:`true_utilities`;
2. the delegate's **belief** about it, a blend of truth and public stereotype:
   :func:`~harness.incentives.belief.believe`;
3. the delegate's **own stake** V, which drives it: :class:`Stake`.

    V(x)       = 1 - sum_i w_i (sum_c mix_ic k_c) (1 - v_i(x_i)) + deal_reward
    V(no deal) = (1 - h) (1 - kbar (1 - r)) + h V(real talks to come, without the reward)

with w, v, r as *believed*, k_c the share of each kind of cost the delegate internalises, kbar the
weighted mean of k and h its ``free_hardball``. What it expects of the real talks to come is
:func:`~harness.incentives.expectation.expected_settlement`. With uniform k and h = 0 a deal beats
no deal exactly when the believed value is at least r - deal_reward / k (docs/method.md, closed
form). Being received counts alike with an agreement and without one, so ``access_reward`` has no
term.

Version 1 of the rules of talks took V(opening) where the real talks to come stand now, which left
an official hardly a package that the other principal could sign. ``former`` gives that formula, for
records of that version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.bargaining.space import OutcomeSpace
from harness.disputes.joint import add_pairs
from harness.disputes.scenario import Scenario, Terms
from harness.errors import UsageError
from harness.incentives.belief import BELIEF_NOISE, Belief, believe
from harness.incentives.expectation import expected_settlement
from harness.incentives.profiles import IncentiveProfile, Internalised
from harness.incentives.shift import Shift
from harness.memo import once_per_object

__all__ = [
    "BELIEF_NOISE",
    "Belief",
    "Floats",
    "Stake",
    "believe",
    "stake",
    "true_contributions",
    "true_utilities",
]

Floats = NDArray[np.float64]


Drives = tuple[float, ...]
"""What of a profile a stake depends on; see :func:`driven_by`."""


NO_STAKE: Final = "no delegate can be sent by a principal that values issues together"
NO_STAKE_FIX: Final = "play a scenario without 'joint'; joint values are for finished talks"


def driven_by(profile: IncentiveProfile) -> Drives:
    """What of a profile the belief and the stake of a delegate depend on, to tell profiles apart
    by: numbers are compared much faster than profiles."""
    felt = profile.internalised
    return (
        profile.knowledge,
        profile.deal_reward,
        profile.free_hardball,
        felt.material,
        felt.political,
        felt.emotional,
    )


def true_contributions(scenario: Scenario, terms: Terms) -> list[Floats]:
    """Per issue in agenda order, ``weight * value`` of every option; 0 where a principal values an
    issue only together with another. u_P(x) is their sum at x, and what pairs of issues add."""
    weights, values = terms.weights, terms.values
    return [
        np.array(
            [
                weights[issue.id] * values[issue.id][o.id] if issue.id in weights else 0.0
                for o in issue.options
            ],
            dtype=np.float64,
        )
        for issue in scenario.issues
    ]


def true_utilities(scenario: Scenario, terms: Terms) -> Floats:
    """True value u_P of every package, ``(packages,)`` in row-major order, each in [0, 1].

    Raises:
        UsageError: There are too many packages to enumerate.
    """
    found = OutcomeSpace(scenario.shape()).utilities(true_contributions(scenario, terms))
    if not terms.joint:
        return found
    worth = found.reshape(scenario.shape())
    options = {issue.id: issue.option_ids() for issue in scenario.issues}
    add_pairs(worth, scenario.issue_ids(), terms.joint, options)
    return worth.ravel()


@dataclass(frozen=True)
class Stake:
    """V of one delegate over all packages.

    Attributes:
        gains: Per issue in agenda order, ``-w_i k_i (1 - v_i)`` of every option (<= 0).
        reward: The ``deal_reward``.
        no_deal: V(no deal).
        floor: The least V that the delegate accepts or offers, where it holds out for more than no
            deal (:mod:`harness.incentives.hand`); None where it does not. What leaving is worth to
            it stays ``no_deal``.
    """

    gains: tuple[Floats, ...]
    reward: float
    no_deal: float
    floor: float | None = None

    @property
    def least(self) -> float:
        """The least V that it accepts or offers."""
        return self.no_deal if self.floor is None else max(self.no_deal, self.floor)

    def __eq__(self, other: object) -> bool:
        """Equal in every number; tuples of arrays have no truth value of their own."""
        return (
            isinstance(other, Stake)
            and (self.reward, self.no_deal) == (other.reward, other.no_deal)
            and self.floor == other.floor
            and len(self.gains) == len(other.gains)
            and all(map(np.array_equal, self.gains, other.gains))
        )

    def of(self, indices: tuple[int, ...]) -> float:
        """V of a package given as option indices in agenda order."""
        return (
            1.0 + self.reward + sum(float(g[i]) for g, i in zip(self.gains, indices, strict=True))
        )


def stake(
    scenario: Scenario,
    principal_id: str,
    belief: Belief,
    profile: IncentiveProfile,
    *,
    former: bool = False,
    shifts: Mapping[str, Shift] | None = None,
) -> Stake:
    """The delegate's own stake under ``belief``. Formulas in the module docstring.

    Args:
        scenario: The dispute. Of other principals only what is public is read.
        principal_id: The principal it acts for.
        belief: What it takes that principal to want.
        profile: What drives it.
        former: V(no deal) as version 1 of the rules of talks had it.
        shifts: Principal -> what readers have changed in the delegate's view of it.

    Raises:
        UsageError: The principal values issues together: the cost of such an issue is no sum.
    """
    if belief.joint:
        raise UsageError(NO_STAKE, where=f"{scenario.id}: {principal_id}", fix=NO_STAKE_FIX)
    k = _felt(scenario, principal_id, profile.internalised)
    options, cuts = _agenda(scenario)
    weights, values = belief.weights, belief.values
    felt = {i: weights[i] * k[i] for i in k}
    parts = [(-felt[i], values[i], each) for i, each in options]
    flat = np.array([part * (1 - worth[o]) for part, worth, each in parts for o in each])
    gains = tuple([flat[cut] for cut in cuts])
    mean_k = sum(felt.values())
    no_deal = 1 - mean_k * (1 - belief.reservation)
    h = profile.free_hardball
    if former or h > 0:
        bare = Stake(gains=gains, reward=0.0, no_deal=0.0)
        if former:
            otherwise = bare.of(scenario.indices(scenario.public(principal_id).opening))
        else:
            expected = expected_settlement(scenario, principal_id, belief, shifts)
            worths = [bare.of(package) for package in expected] or [no_deal]
            otherwise = sum(worths) / len(worths)
        no_deal = (1 - h) * no_deal + h * otherwise
    return Stake(gains=gains, reward=profile.deal_reward, no_deal=no_deal)


def _felt(scenario: Scenario, principal_id: str, share: Internalised) -> Mapping[str, float]:
    """Issue -> what a delegate feels of a cost to its principal there."""
    known, key = _costs(scenario), (principal_id, share.material, share.political, share.emotional)
    if (found := known.get(key)) is None:
        costs = scenario.principals[principal_id].costs
        found = known[key] = {
            issue.id: costs[issue.id].material * share.material
            + costs[issue.id].political * share.political
            + costs[issue.id].emotional * share.emotional
            for issue in scenario.issues
        }
    return found


@once_per_object
def _costs(scenario: Scenario) -> dict[tuple[str, float, float, float], Mapping[str, float]]:
    """What is felt of costs in a scenario, by principal and shares; filled by :func:`_felt`."""
    return {}


@once_per_object
def _agenda(scenario: Scenario) -> tuple[list[tuple[str, tuple[str, ...]]], list[slice]]:
    """The issues with their options, and where those lie in an array of all options."""
    options = [(issue.id, issue.option_ids()) for issue in scenario.issues]
    ends = np.cumsum([len(each) for _, each in options]).tolist()
    return options, [slice(a, b) for a, b in pairwise([0, *ends])]
