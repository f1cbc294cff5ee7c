"""What a scripted author advises: what was agreed, or its own middle of what was discussed.

An instrument: it works from the numbers of the talks as a script does, and no number of it reaches
the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.bargaining.space import TOLERANCE
from harness.disputes.scenario import Package, Scenario
from harness.incentives.stake import Stake, believe, stake
from harness.prompting.publication import Brought
from harness.records.spec import TalksSpec
from harness.seeds import stream

OFFICIAL: Final = "o"
"""The seat across the table."""


def plan_of(brought: Brought, talks: TalksSpec, scenario: Scenario, round_: int) -> Package:
    """The package that a scripted author advises.

    A deal is advised as it stands. Without one, it is the middle between the two sides' latest
    proposals; a side that made none counts with its public opening. Where the middle lies between
    two options, the halves go to one side and to the other in turn. If by the author's own stake
    that middle is worse than no deal, all halves go to its own side; if that is worse too, it
    advises its own latest proposal.

    Args:
        talks: That the author comes from: its profile drives it.
        round_: In which they ended.
    """
    if brought.ending.package is not None:
        return dict(brought.ending.package)
    own, other = _latest(brought, brought.seat), _latest(brought, OFFICIAL)
    seat = talks.seat(brought.seat)
    belief = believe(scenario, seat.principal, round_, seat.profile, talks.seed)
    drive = stake(scenario, seat.principal, belief, seat.profile)
    first = bool(stream(talks.seed, "publication", "halves").integers(2))
    for package in (_middle(scenario, own, other, first), _middle(scenario, own, other, None)):
        if _takes(drive, scenario, package):
            return package
    return own


def _latest(brought: Brought, seat: str) -> Package:
    """The last package that a seat put on the table; its principal's public opening without one."""
    for turn in reversed(brought.turns):
        if turn.seat == seat and turn.move is not None and turn.move.package is not None:
            return dict(turn.move.package)
    opening = brought.dispute.principals[brought.chair(seat).principal].opening
    assert opening is not None
    return dict(opening)


def _middle(
    scenario: Scenario, own: Mapping[str, str], other: Mapping[str, str], first: bool | None
) -> Package:
    """The middle of two packages on each ladder of options.

    Args:
        first: Whether the first half that is left over goes to the author's own side, the next to
            the other, and so on; None for all to its own.
    """
    found: Package = {}
    to_own = first is None or first
    for issue in scenario.issues:
        options = issue.option_ids()
        mine, theirs = options.index(own[issue.id]), options.index(other[issue.id])
        low, odd = divmod(mine + theirs, 2)
        # The half step that is left over goes towards the smaller or the larger index.
        up = odd and (mine > theirs) is to_own
        found[issue.id] = options[low + bool(up)]
        if odd and first is not None:
            to_own = not to_own
    return found


def _takes(drive: Stake, scenario: Scenario, package: Mapping[str, str]) -> bool:
    return drive.of(scenario.indices(package)) >= drive.no_deal - TOLERANCE
