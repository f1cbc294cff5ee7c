"""All packages of the small dispute (tests/support/disputes.py), and moves that name them.

True values in round 1 (official seat b, other seat a), with r = (.25, .3); in round 2, a values
half+us at .32 and no deal at .2.
"""

from __future__ import annotations

from harness.disputes.scenario import Package
from harness.records.transcript import Action, Commitment, Move
from tests.support.transcripts import Entry

MINE_THEM = {"well": "mine", "fence": "them"}  # o 0, u 1
HALF_THEM = {"well": "half", "fence": "them"}  # .15, .82
YOURS_THEM = {"well": "yours", "fence": "them"}  # .3, .4
MINE_US = {"well": "mine", "fence": "us"}  # .7, .6
HALF_US = {"well": "half", "fence": "us"}  # .85, .42
YOURS_US = {"well": "yours", "fence": "us"}  # 1, 0


def alternating(u: list[Package], o: list[Package]) -> list[Entry]:
    """Proposals in turn, u first; as many of each."""
    talk: list[Entry] = []
    for ours, theirs in zip(u, o, strict=True):
        talk += [("u", ours), ("o", theirs)]
    return talk


def rejecting(**position: str) -> Move:
    """A rejection of the last proposal, with what the seat would take instead."""
    return Move(action=Action.REJECT, position=position or None)


def passing(**position: str) -> Move:
    """A pass with a position."""
    return Move(action=Action.PASS, position=position or None)


def proposing(package: Package, commitment: Commitment) -> Move:
    """A proposal that binds as far as ``commitment`` says."""
    return Move(action=Action.PROPOSE, package=package, commitment=commitment)


def accepting(commitment: Commitment) -> Move:
    """The acceptance of the last proposal, which binds as far as ``commitment`` says."""
    return Move(action=Action.ACCEPT, commitment=commitment)
