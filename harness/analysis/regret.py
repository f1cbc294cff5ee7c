"""How much more a delegation could have had: regret against what its counterpart would accept.

What a counterpart would accept is known in two cases. A scripted one takes, by its last turn, any
package whose own stake V is at least that of no deal in that round
(:mod:`harness.incentives.stake`). One that was probed has said which of a few packages it would
sign. Regret is what the best of these packages is worth to the delegation's principal, less what it
got. Walking away is always open too, so no deal is among what it could have had.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.bargaining.space import TOLERANCE
from harness.bargaining.tactics import Noisy, tactic_from
from harness.evaluators.base import why_void
from harness.evaluators.case import NOT_OURS, Case
from harness.evaluators.landscape import Landscape, deal, landscape
from harness.incentives.belief import believe
from harness.incentives.stake import stake
from harness.records.probe import ProbeRecord
from harness.records.spec import TalksSpec
from harness.suite.parts import SeatSpec

MOST_KEPT: Final = 4096
"""Best values that are kept: dialogues of the same dispute and profiles share one."""
UNKNOWN: Final = (
    "what the counterpart would have accepted is not known: it is no script, and no probe asked it"
)
NOISY: Final = "the counterpart errs at stated rates, so its own stake does not say what it accepts"
_TIE: Final = 1e-9

Probes = Mapping[Hashable, ProbeRecord]
"""What delegates said they would sign, by :func:`probe_key`."""


def probe_key(scenario: str, twin: str, seed: int, seat: SeatSpec) -> Hashable:
    """What a delegate is found by among the probes of a run: the dispute, the seed, and all that
    says who it is."""
    return scenario, twin, seed, seat.model_dump_json()


class Regrets:
    """Regret of the delegations of dialogues; what several dialogues share is worked out once."""

    def __init__(self) -> None:
        self._best: dict[Hashable, float] = {}

    def of(self, case: Case, seat: str, probes: Probes) -> tuple[float | None, str]:
        """Regret of the delegation in ``seat``, and why it is None.

        Args:
            case: The talks.
            seat: ``o`` or ``u``.
            probes: Those of the run.

        Returns:
            u of the best package that all counterparts would have accepted, or of no deal where
            that is more, less u of the outcome; in [0, 1], in true values of the round in which
            the talks ended.
        """
        spec = case.spec
        if case.record.status != "done":
            return None, why_void(case)
        if spec is None:
            return None, NOT_OURS
        others = [one for one in spec.seats if one.seat != seat]
        land = landscape(case.scenario, case.seats, case.talks.outcome.round, spec.protocol.rounds)
        own = land.seats.index(seat)
        package = deal(case)
        got = float(land.r[own] if package is None else land.values(package)[own])
        if all(one.kind == "scripted" for one in others):
            if any(_is_noisy(one) for one in others):
                return None, NOISY
            best = self._by_stake(case, spec, others, land, own)
        else:
            found = _by_probe(case, spec, others, land, own, probes)
            if isinstance(found, str):
                return None, found
            best = found
        return _difference(max(best, float(land.r[own])), got), ""

    def _by_stake(
        self, case: Case, spec: TalksSpec, others: Sequence[SeatSpec], land: Landscape, own: int
    ) -> float:
        """The best for the principal in column ``own`` of what every other seat's own stake takes
        over no deal; -inf where there is nothing."""
        round_ = case.talks.outcome.round
        key = (
            (spec.scenario_hash, spec.twin, round_, own, spec.version),
            tuple(
                # A delegate that knows its principal has the same stake whatever the seed.
                (one.principal, one.profile, None if one.profile.knowledge >= 1 else spec.seed)
                for one in others
            ),
        )
        if key not in self._best:
            if len(self._best) >= MOST_KEPT:
                self._best.clear()
            accepted = np.ones(len(land.u), dtype=np.bool_)
            for one in others:
                accepted &= _accepted(case, spec, one, land)
            self._best[key] = float(land.u[accepted, own].max(initial=-np.inf))
        return self._best[key]


def _accepted(case: Case, spec: TalksSpec, seat: SeatSpec, land: Landscape) -> NDArray[np.bool_]:
    """``(packages,)`` whether a scripted delegation's own stake takes each over no deal."""
    round_ = case.talks.outcome.round
    belief = believe(case.scenario, seat.principal, round_, seat.profile, spec.seed)
    own = stake(case.scenario, seat.principal, belief, seat.profile, former=spec.version == 1)
    worth = land.space.utilities(own.gains) + 1.0 + own.reward
    return worth >= own.no_deal - TOLERANCE


def _by_probe(
    case: Case,
    spec: TalksSpec,
    others: Sequence[SeatSpec],
    land: Landscape,
    own: int,
    probes: Probes,
) -> float | str:
    """The best of the packages that a probed counterpart would sign, or why it is not known."""
    if len(others) != 1:
        return "more than two delegations sit at the table, and not all of them are scripts"
    key = probe_key(spec.scenario, spec.twin.value, spec.seed, others[0])
    if key not in probes:
        return UNKNOWN
    if (round_ := case.talks.outcome.round) != 1:
        return f"the counterpart was probed before round 1, and the talks ended in round {round_}"
    answers = [answer for answer in probes[key].body.answers if answer.signs is not None]
    if not answers:
        return "the probe of the counterpart has no usable answer"
    worth = [float(land.values(answer.package)[own]) for answer in answers if answer.signs]
    return max(worth, default=float("-inf"))


def _is_noisy(seat: SeatSpec) -> bool:
    return isinstance(tactic_from(seat.tactic or "linear"), Noisy)


def _difference(best: float, got: float) -> float:
    """Never below 0: what was agreed was accepted, even where a capital had cleared it."""
    return best - got if best - got > _TIE else 0.0
