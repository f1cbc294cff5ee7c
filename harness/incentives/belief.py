"""What a delegate takes its principal to want: truth, public stereotype, and noise (claim C7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from harness.disputes.scenario import Scenario
from harness.incentives.profiles import IncentiveProfile
from harness.incentives.shift import Shift, shifted
from harness.seeds import stream

BELIEF_NOISE: Final = 0.1
"""Standard deviation of the noise on a believed option value at ``knowledge`` 0."""


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
        values = self.values
        return sum([w * values[issue][package[issue]] for issue, w in self.weights.items()])


def believe(
    scenario: Scenario,
    principal_id: str,
    round_: int,
    profile: IncentiveProfile,
    seed: int,
    shift: Shift | None = None,
) -> Belief:
    """Blend truth and stereotype by ``knowledge``, with seeded noise on what is not known.

    The noise depends on ``seed`` and the principal only, never on the arm, so that paired arms
    differ by their profile alone. At ``knowledge`` 1 the belief is the truth.

    Args:
        shift: What readers have changed in it since, at whatever ``knowledge``; None for nothing.
    """
    belief = _told(scenario, principal_id, round_, profile, seed)
    return replace(belief, values=shifted(belief.values, shift)) if shift else belief


def _told(
    scenario: Scenario, principal_id: str, round_: int, profile: IncentiveProfile, seed: int
) -> Belief:
    """What it believes by what it was told."""
    terms = scenario.terms(principal_id, round_)
    known = profile.knowledge
    if known >= 1.0:
        return Belief(terms.weights, terms.values, terms.reservation)
    image = scenario.public(principal_id).stereotype
    rng = stream(seed, "belief", principal_id)
    # One draw for all issues gives the numbers that one draw an issue would give.
    noise = iter((rng.standard_normal(sum(scenario.shape())) * BELIEF_NOISE).tolist())
    values: dict[str, dict[str, float]] = {}
    for issue in scenario.issues:
        truth = terms.values[issue.id]
        public = image.values.get(issue.id, truth)
        blend = {
            o: known * truth[o] + (1 - known) * (public[o] + next(noise))
            for o in issue.option_ids()
        }
        values[issue.id] = {
            o: value if 0.0 < value < 1.0 else min(1.0, max(0.0, value))
            for o, value in blend.items()
        }
    return Belief(
        weights={i: known * w + (1 - known) * image.weights[i] for i, w in terms.weights.items()},
        values=values,
        reservation=known * terms.reservation + (1 - known) * image.reservation,
    )
