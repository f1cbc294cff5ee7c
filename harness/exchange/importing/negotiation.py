"""A negotiation that was held elsewhere, in the neutral form that every importer brings it into.

One such object is one line of the file that ``track15 import jsonl`` reads and ``track15 export
--to talks`` writes; docs/import.md explains it by example. Names of parties, issues and options are
whatever the source calls them.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from harness.disputes.scenario import Identifier, Part, Scenario, Slug, Twin
from harness.incentives.profiles import Role
from harness.records.moves import MAX_SIDE_TERMS, Commitment

FORMAT: Final = "track15/negotiation/1"
MOST_TURNS: Final = 5_000
MOST_WORDS: Final = 100_000
"""Characters of one turn."""
MOST_POINTS: Final = 1e12
_EXACT: Final = 2.0**53
"""Up to here every whole number is a float, and the other way round."""


def _as_label(value: object) -> object:
    """A number as it is written: prices and counts are options too."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) <= _EXACT:
        value = int(value)
    return str(value) if isinstance(value, int) else f"{value:.12g}"


_LABEL: Final = {
    "anyOf": [{"type": "string", "minLength": 1, "maxLength": 200}, {"type": "number"}]
}
Label = Annotated[
    str,
    BeforeValidator(_as_label),
    Field(min_length=1, max_length=200),
    WithJsonSchema(_LABEL),
]
"""What a source calls a party, an issue or an option; a number stands for its digits."""
Name = Annotated[str, Field(min_length=1, max_length=200)]
Number = Annotated[float, Field(ge=-MOST_POINTS, le=MOST_POINTS)]
Terms = dict[Label, Label]
"""Issue -> option; complete for an offer, in part for a position."""


class Together(Part):
    """Two issues that are worth something together: the points of every pair of their options, by
    the options of the first, then of the second."""

    issues: tuple[Label, Label]
    values: dict[Label, dict[Label, Number]]


class Scale(Part):
    """What the values of a scenario are in a source's own points: ``zero`` those of the worst
    package (u = 0), ``one`` those of the best (u = 1)."""

    zero: Number
    one: Number


class Party(Part):
    """One side, and what the terms are worth to it in the source's own points.

    ``values`` has, per issue, the points of every option; a package is worth their sum. ``joint``
    has the points of pairs of options, which are added to that. An issue in a pair may be left out
    of ``values``.
    ``reservation`` is what no deal is worth, in the same points. All parties have both, or none
    has: what terms are worth to one side alone says nothing of who gave more. ``said`` is what the
    source says that the outcome was worth to it, ``rated`` a score of the source's own. ``model``
    is who spoke, a model or "person"; None where that is not told. ``acts_for`` is the principal of
    the scenario, where one is named; the party's own name where it is left out. ``scale`` brings
    the values of such a scenario into the source's points.
    """

    name: Name | None = None
    model: Name | None = None
    acts_for: Identifier | None = None
    role: Role = Role.DELEGATE
    values: dict[Label, dict[Label, Number]] | None = None
    joint: tuple[Together, ...] = Field(default=(), max_length=20)
    reservation: Number | None = None
    scale: Scale | None = None
    unit: str = Field(default="points", min_length=1, max_length=40)
    said: Number | None = None
    rated: Number | None = None


class Statement(Part):
    """One turn.

    ``offer`` is a proposal where it names every issue, else a position. ``accepts`` and ``rejects``
    name the offer that is answered, by its ``offer_id``, or are true for the last one of somebody
    else. A turn that rejects and names every issue is a counter-offer, a proposal like any other.
    ``action`` says what the turn does where these do not; where both do, it holds.
    """

    who: Label
    text: str = Field(default="", max_length=MOST_WORDS)
    action: Literal["propose", "accept", "reject", "walk_out", "say"] | None = None
    offer: Terms | None = None
    or_offer: Terms | None = Field(default=None, description="A second package, either of which.")
    offer_id: Label | None = None
    accepts: bool | Label | None = None
    rejects: bool | Label | None = None
    settled: Terms | None = Field(default=None, description="Issues taken as settled.")
    side_terms: str | None = Field(default=None, max_length=MAX_SIDE_TERMS)
    commitment: Commitment | None = Field(
        default=None, description="How far the words bind; left out where nobody said so."
    )
    round: int = Field(default=1, ge=1, le=1000)


class Ending(Part):
    """How it ended.

    ``unknown``: nobody says. ``failed``: it broke down for no reason of the parties, such as a
    server that did not answer; that is no lack of agreement, and has no values.
    """

    kind: Literal["deal", "no_deal", "walk_out", "unknown", "failed"]
    terms: Terms | None = Field(
        default=None, description="What was agreed; left out for the offer that was accepted last."
    )
    by: Label | None = Field(default=None, description="Who walked out, or failed.")
    reason: str = Field(default="", max_length=2000)
    round: int | None = Field(default=None, ge=1, le=1000)


class Negotiation(Part):
    """One negotiation, complete. See the module docstring.

    ``parties`` has two to eight, in the order of their seats: the first takes the seat that tables
    call official (o), the second the other (u). ``issues`` maps each issue to its options, from one
    end to the other. ``scenario`` names a scenario instead, or holds one whole: then issues and
    options are its ids, and its values count. ``arm`` is the group that the negotiation is shown
    under.
    """

    format: Literal["track15/negotiation/1"] | None = None
    id: Label | None = Field(default=None, description="What the source calls it.")
    title: Name | None = Field(default=None, description="What it is about, in a few words.")
    arm: Slug | None = None
    source: Name | None = Field(default=None, description="Where it comes from.")
    parties: dict[Label, Party] = Field(min_length=2, max_length=8)
    issues: dict[Label, tuple[Label, ...]] | None = Field(default=None, min_length=1, max_length=30)
    scenario: Slug | Scenario | None = None
    twin: Twin = Twin.NONE
    turns: tuple[Statement, ...] = Field(default=(), max_length=MOST_TURNS)
    outcome: Ending


def plain(negotiation: Negotiation) -> dict[str, Any]:
    """It as plain values, without what is not told."""
    told: dict[str, Any] = negotiation.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {"format": FORMAT, **told}
