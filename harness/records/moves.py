"""What a delegation does on its turn, and what its capital answers: the smallest parts of a record.

They are re-exported by :mod:`harness.records.transcript`, which has everything that a stage leaves.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from harness.disputes.scenario import Package

PART: Final = ConfigDict(extra="ignore")
"""Of the short parts that lines are made of. They are slotted dataclasses, since a run in play
holds many of them and a model takes six times the memory; they are checked and written all the
same. :func:`dataclasses.replace` makes a changed copy, and checks it; :func:`changed` does not."""


def left_out(**more: Any) -> Any:
    """A field of a part that came later: None by default, and not written where it is None, so that
    older records are written as they were.

    Args:
        more: As for :func:`pydantic.Field`.
    """
    return Field(default=None, exclude_if=lambda value: value is None, **more)


MAX_SIDE_TERMS: Final = 300
"""Longest side terms of a proposal, in characters."""
SECOND: Final = "b"
"""Follows the number of a proposal where its second package is meant."""


class Commitment(StrEnum):
    """What a speaker says its words bind."""

    BINDING = "binding"
    AD_REFERENDUM = "ad_referendum"
    HYPOTHETICAL = "hypothetical"
    PERSONAL = "personal"


class Action(StrEnum):
    """What a move does. Only ``propose`` and ``accept`` can make a deal."""

    PROPOSE = "propose"
    ACCEPT = "accept"
    REJECT = "reject"
    PASS = "pass"
    WALK_OUT = "walk_out"
    CONSULT = "consult"


@dataclass(frozen=True, slots=True, kw_only=True, config=PART)
class Move:
    """One move of a delegation.

    ``package`` is complete over the agenda (propose, consult); ``position`` may be partial (reject,
    pass); ``offer`` names the standing offer answered (accept, reject). ``commitment`` is None in
    talks that were held elsewhere, where nobody said how far words bind. The last three are left
    out where there are none.
    """

    action: Action
    package: Package | None = None
    position: Package | None = None
    offer: str | None = None
    commitment: Commitment | None = Commitment.AD_REFERENDUM
    words: str = ""
    thoughts: str = ""
    or_package: Package | None = left_out(
        description="A second package that may be had instead (propose), complete as well."
    )
    side_terms: str | None = left_out(
        description=f"What goes with a proposal and no option covers; at most {MAX_SIDE_TERMS} "
        "characters. Nothing counts it.",
    )
    agreed: Package | None = left_out(
        description="Issues that the speaker takes as settled, with the option (propose, reject, "
        "pass)."
    )

    @property
    def word(self) -> Commitment:
        """How far a move commits in talks that are played here, where every move says so."""
        assert self.commitment is not None
        return self.commitment


@dataclass(frozen=True, slots=True, kw_only=True, config=PART)
class CapitalAnswer:
    """What the capital said of a package put to it (claim C7). Private to the delegation."""

    package: Package
    acceptable: bool
    value: float = Field(description="u_P of the package, in [0, 1].")
    reservation: float
    red_lines: tuple[str, ...] = Field(default=(), description="Issues on which one is crossed.")
