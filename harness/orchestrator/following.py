"""What follows the talks of an arm: which kinds of stages, who plays them, and the real talks to
come (claims C10 to C13)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.disputes.scenario import Scenario
from harness.orchestrator.lineup import SEAT_OF_ROLE, Lineup, officials, placed_seats
from harness.records.probe import PROBE
from harness.records.spec import TalksSpec
from harness.stages.base import Planning
from harness.suite.influence import Influence
from harness.suite.suite import Suite

if TYPE_CHECKING:
    from harness.delegations.plugins import UserDelegation

READING_ROLES: Final = ("author", "reader")
"""Who plays what follows talks, besides those who sat there."""
FOLLOW_UPS: Final = ("publication", "news", "readership", "misreading", "later")
"""Kinds of what a suite lets follow the talks of an arm, in their order: each may read those before
it."""


def roles_of(suite: Suite) -> tuple[str, ...]:
    """The roles that a suite has a part for."""
    return (*SEAT_OF_ROLE, *READING_ROLES) if suite.goes_on else tuple(SEAT_OF_ROLE)


def later_kinds(suite: Suite) -> tuple[str, ...]:
    """Kinds of stages that follow the talks, in their order."""
    probe = (PROBE,) if suite.probe else ()
    return (*probe, *FOLLOW_UPS) if suite.goes_on else probe


def plannings(
    suite: Suite,
    scenarios: Mapping[str, Scenario],
    lineups: tuple[Lineup, ...],
    delegations: Mapping[str, UserDelegation],
) -> Iterator[Planning]:
    """What is known when stages are planned, line-up by line-up.

    Args:
        scenarios: Id -> scenario as written.
        delegations: Role -> delegation of the user's own.
    """
    then = {name: arm.then for name, arm in suite.arms.items() if arm.then is not None}
    for lineup in lineups:
        yield Planning(
            suite.id,
            lineup.models,
            {
                role: suite.settings.model_copy(update=dict(lineup.sampling.get(role, {})))
                for role in lineup.models
            },
            then,
            suite.influence or Influence(),
            partial(_later, suite, scenarios, lineup, delegations),
            estimates=suite.estimates,
        )


def _later(
    suite: Suite,
    scenarios: Mapping[str, Scenario],
    lineup: Lineup,
    delegations: Mapping[str, UserDelegation],
    talks: TalksSpec,
    arm: str,
) -> TalksSpec:
    """The real talks that follow those of an arm: on the same scenario, twin and seed, with the
    same opener where it still sits there.

    Officials meet in them, so whoever plays the official in the first talks plays both: what a
    model that is compared as the unofficial does later is no part of what it did there.
    """
    written = suite.later_arm(arm)
    assert written is not None
    chairs = scenarios[talks.scenario].twin(talks.twin).seats
    both = Lineup(officials(lineup.models), officials(lineup.sampling))
    seats = placed_seats(suite, written, chairs.o, chairs.u, both, officials(delegations))
    opener = talks.opener if talks.opener in {seat.seat for seat in seats} else "o"
    return talks.model_copy(update={"seats": seats, "opener": opener})
