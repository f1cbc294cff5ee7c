"""What a delegate takes its principal to want: truth, public stereotype, and noise (claim C7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.disputes.parts import Joint, utility
from harness.disputes.scenario import Scenario
from harness.errors import UsageError
from harness.incentives.profiles import IncentiveProfile
from harness.incentives.shift import Shift, shifted
from harness.memo import once_per_object
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
        joint: Issues that are valued together, as they are: nothing is believed of them.
    """

    weights: dict[str, float]
    values: dict[str, dict[str, float]]
    reservation: float
    joint: tuple[Joint, ...] = ()

    def utility(self, package: Mapping[str, str]) -> float:
        """Believed value of a complete package, in [0, 1]."""
        return utility(self.weights, self.values, self.joint, package)


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
    known = profile.knowledge
    if known >= 1.0:
        terms = scenario.terms(principal_id, round_)
        return Belief(terms.weights, terms.values, terms.reservation, terms.joint)
    blends, key = _blends(scenario), (principal_id, round_, known)
    if (blend := blends.get(key)) is None:
        blend = blends[key] = _Blend.of(scenario, principal_id, round_, known)
    return blend.with_noise(stream(seed, "belief", principal_id))


@once_per_object
def _blends(scenario: Scenario) -> dict[tuple[str, int, float], _Blend]:
    """Truth and stereotype of a scenario's principals in a round, blended by how far they are
    known; filled by :func:`_told`."""
    return {}


class _Blend(NamedTuple):
    """What beliefs about a principal have in common, whatever the noise.

    Attributes:
        weights: As in :class:`Belief`.
        reservation: Likewise.
        options: Issue -> its options, in the order of the agenda.
        known: ``(options,)`` the part of the true values that is known.
        public: ``(options,)`` their values by the public stereotype.
        unknown: Share of the stereotype, and of the noise.
    """

    weights: dict[str, float]
    reservation: float
    options: list[tuple[str, tuple[str, ...]]]
    known: NDArray[np.float64]
    public: NDArray[np.float64]
    unknown: float

    @classmethod
    def of(cls, scenario: Scenario, principal_id: str, round_: int, known: float) -> _Blend:
        terms = scenario.terms(principal_id, round_)
        if terms.joint:
            raise UsageError(
                "what is believed of issues that a principal values together is not known",
                where=f"{scenario.id}: {principal_id}",
                fix="play a scenario without 'joint'; joint values are for finished talks",
            )
        image = scenario.public(principal_id).stereotype
        options = [(issue.id, issue.option_ids()) for issue in scenario.issues]
        public = {**terms.values, **image.values}
        return cls(
            {i: known * w + (1 - known) * image.weights[i] for i, w in terms.weights.items()},
            known * terms.reservation + (1 - known) * image.reservation,
            options,
            known * np.array([terms.values[issue][o] for issue, each in options for o in each]),
            np.array([public[issue][o] for issue, each in options for o in each]),
            1 - known,
        )

    def with_noise(self, rng: np.random.Generator) -> Belief:
        """The belief of one delegate."""
        # One draw for all issues gives the numbers that one draw an issue would give.
        believed = rng.standard_normal(len(self.public))
        believed *= BELIEF_NOISE
        believed += self.public
        believed *= self.unknown
        believed += self.known
        np.maximum(believed, 0.0, out=believed)  # with the next line, twice as fast as np.clip
        np.minimum(believed, 1.0, out=believed)
        rest = iter(believed.tolist())
        values = {issue: dict(zip(each, rest, strict=False)) for issue, each in self.options}
        return Belief(dict(self.weights), values, self.reservation)
