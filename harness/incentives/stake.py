"""The three tables of a delegate (claim C3), as arrays over options.

1. the principal's **true value** u_P, used for scores only: :func:`true_contributions`;
2. the delegate's **belief** about it, a blend of truth and public stereotype: :func:`believe`;
3. the delegate's **own stake** V, which drives it: :class:`Stake`.

    V(x)       = 1 - sum_i w_i (sum_c mix_ic k_c) (1 - v_i(x_i)) + deal_reward
    V(no deal) = (1 - h) (1 - kbar (1 - r)) + h V(opening, without the reward)

with w, v, r as *believed*, k_c the share of each kind of cost the delegate internalises, kbar the
weighted mean of k and h its ``free_hardball``. With uniform k and h = 0 a deal beats no deal
exactly when the believed value is at least r - deal_reward / k (docs/method.md, closed form).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.disputes.scenario import Scenario, Terms
from harness.incentives.profiles import IncentiveProfile
from harness.seeds import stream

Floats = NDArray[np.float64]

BELIEF_NOISE = 0.1
"""Standard deviation of the noise on a believed option value at ``knowledge`` 0."""


def true_contributions(scenario: Scenario, terms: Terms) -> list[Floats]:
    """Per issue in agenda order, ``weight * value`` of every option; u_P(x) is their sum at x."""
    return [
        np.array(
            [terms.weights[issue.id] * terms.values[issue.id][o.id] for o in issue.options],
            dtype=np.float64,
        )
        for issue in scenario.issues
    ]


@dataclass(frozen=True)
class Belief:
    """What a delegate takes its principal to want, on the scale of u_P.

    Attributes:
        weights: Per issue, believed weight (they sum to 1).
        values: Per issue and option, believed value in [0, 1].
        reservation: Believed value of no deal, in [0, 1].
    """

    weights: dict[str, float]
    values: dict[str, dict[str, float]]
    reservation: float

    def utility(self, package: Mapping[str, str]) -> float:
        """Believed value of a complete package, in [0, 1]."""
        return sum(w * self.values[issue][package[issue]] for issue, w in self.weights.items())


def believe(
    scenario: Scenario,
    principal_id: str,
    round_: int,
    profile: IncentiveProfile,
    seed: int,
) -> Belief:
    """Blend truth and stereotype by ``knowledge``, with seeded noise on what is not known.

    The noise depends on ``seed`` and the principal only, never on the arm, so that paired arms
    differ by their profile alone. At ``knowledge`` 1 the belief is the truth.
    """
    terms = scenario.terms(principal_id, round_)
    known = profile.knowledge
    if known >= 1.0:
        return Belief(terms.weights, terms.values, terms.reservation)
    image = scenario.public(principal_id).stereotype
    rng = stream(seed, "belief", principal_id)
    values: dict[str, dict[str, float]] = {}
    for issue in scenario.issues:
        truth = terms.values[issue.id]
        public = image.values.get(issue.id, truth)
        noise = rng.standard_normal(len(issue.options)) * BELIEF_NOISE
        blend = {
            o.id: known * truth[o.id] + (1 - known) * (public[o.id] + float(e))
            for o, e in zip(issue.options, noise, strict=True)
        }
        values[issue.id] = {name: min(1.0, max(0.0, value)) for name, value in blend.items()}
    return Belief(
        weights={i: known * w + (1 - known) * image.weights[i] for i, w in terms.weights.items()},
        values=values,
        reservation=known * terms.reservation + (1 - known) * image.reservation,
    )


@dataclass(frozen=True)
class Stake:
    """V of one delegate over all packages.

    Attributes:
        gains: Per issue in agenda order, ``-w_i k_i (1 - v_i)`` of every option (<= 0).
        reward: The ``deal_reward``.
        no_deal: V(no deal).
    """

    gains: tuple[Floats, ...]
    reward: float
    no_deal: float

    def __eq__(self, other: object) -> bool:
        """Equal in every number; tuples of arrays have no truth value of their own."""
        return (
            isinstance(other, Stake)
            and (self.reward, self.no_deal) == (other.reward, other.no_deal)
            and len(self.gains) == len(other.gains)
            and all(map(np.array_equal, self.gains, other.gains))
        )

    def of(self, indices: tuple[int, ...]) -> float:
        """V of a package given as option indices in agenda order."""
        return (
            1.0 + self.reward + sum(float(g[i]) for g, i in zip(self.gains, indices, strict=True))
        )


def stake(
    scenario: Scenario, principal_id: str, belief: Belief, profile: IncentiveProfile
) -> Stake:
    """The delegate's own stake under ``belief``. Formula in the module docstring."""
    costs = scenario.principals[principal_id].costs
    k = {
        issue.id: costs[issue.id].material * profile.internalised.material
        + costs[issue.id].political * profile.internalised.political
        + costs[issue.id].emotional * profile.internalised.emotional
        for issue in scenario.issues
    }
    gains = tuple(
        np.array(
            [
                -belief.weights[issue.id] * k[issue.id] * (1 - belief.values[issue.id][o.id])
                for o in issue.options
            ],
            dtype=np.float64,
        )
        for issue in scenario.issues
    )
    mean_k = sum(belief.weights[i] * k[i] for i in k)
    felt = 1 - mean_k * (1 - belief.reservation)
    bare = Stake(gains=gains, reward=0.0, no_deal=0.0)
    opening = bare.of(scenario.indices(scenario.public(principal_id).opening))
    h = profile.free_hardball
    return Stake(gains=gains, reward=profile.deal_reward, no_deal=(1 - h) * felt + h * opening)
