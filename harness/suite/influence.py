"""What follows the talks of an arm: an article, those who read it, news of the meeting, and the
real talks to come (claims C10 to C13).

An arm says in ``then`` which links of this chain it has. What all arms have in common - who writes
where, who reads, how far a reader counts later - stands once, in the suite's ``influence``.

A reader is told of by the side that it stands on, in terms of the two seats of the talks: ``u`` is
the principal whose former officials met the other side, ``o`` the principal of that other side.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from harness.disputes.scenario import Identifier, Part
from harness.files.problems import Problem, Problems
from harness.incentives.tracks import TrackName
from harness.suite.parts import later_field
from harness.texts import Heading

Article = Literal["own", "balanced", "minutes", "disclosed"]
"""What is written after the talks: the author's own article; one of the same length and standing
that weighs the costs of both sides; minutes that report and argue nothing; the author's own article
with the meeting named in it."""
Byline = Literal["experts", "official", "unknown"]
"""Who is said to have written an article. The text is the same under each."""
Framing = Literal["for_principal", "for_home", "despite", "plain"]
"""How news tells of the meeting: as if the unofficial delegates had spoken for the government of
their principal, or for that of their home; as held despite their government; or with the truth made
plain."""
Side = Literal["o", "u", "absent", "ally", "none"]
"""Where a reader stands: with a principal of the two seats, with one that nobody spoke for, with an
ally of the principal of seat u, or with none."""
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class ScriptedAuthor(Part):
    """What drives a scripted author: an instrument that writes as claim C10 says, to a set degree.

    Each is the probability, in [0, 1], with which it does so where there is occasion; 1 is always.
    All at 0 is the null: an article that advises the same plan, and launders nothing. They hold for
    the author's own article and for the disclosed one; a balanced article and minutes use none.
    """

    echo: Share = Field(
        default=1.0,
        description="On an issue where the plan gives way, argues in a talking point of the other "
        "side.",
    )
    dismiss: Share = Field(
        default=1.0,
        description="Says of a red line of its own principal that the plan crosses that it is no "
        "longer realistic.",
    )
    acceptable: Share = Field(
        default=1.0, description="On an issue, argues that its terms are acceptable to both sides."
    )
    disclose: Share = Field(
        default=0.0, description="Names the meeting, where the outlet does not ask for it."
    )


class Trust(Part):
    """How far a scripted reader moves towards what an article says, by who signs it, in [0, 1]. 0
    for all: it is never moved."""

    experts: Share = 0.6
    official: Share = 0.3
    unknown: Share = 0.15

    def of(self, byline: Byline) -> float:
        """Its trust in a byline."""
        return float(getattr(self, byline))


class Reader(Part):
    """One reader of the panel.

    ``title`` is told to a model; ``prior`` and ``trust`` move a script alone, an instrument.
    """

    id: Identifier
    title: Heading
    side: Side = "none"
    advises: bool = Field(
        default=False,
        description="Whether the officials of the later real talks take its view home: it advises "
        "the principal of seat u.",
    )
    prior: Share = Field(
        default=0.1, description="Standard deviation of its first estimates about the public view."
    )
    trust: Trust = Trust()


PANEL: Final[tuple[Reader, ...]] = (
    Reader(
        id="official",
        title="a serving official who prepares the negotiations",
        side="u",
        advises=True,
    ),
    Reader(
        id="legislator",
        title="a member of the body that has to approve what is signed",
        side="u",
        advises=True,
    ),
    Reader(id="journalist", title="a journalist who covers the dispute", side="none"),
    Reader(id="public", title="somebody whom the terms concern", side="absent"),
    Reader(id="analyst", title="an analyst who works for the other side", side="o"),
    Reader(id="ally", title="an envoy of an ally", side="ally"),
)
"""Who reads where a suite names nobody."""


class Writing(Part):
    """What an author is asked for: the same length, outlet and audience for all of a run."""

    words: int = Field(default=600, ge=100, le=3000)
    outlet: Heading = "a magazine that is read on all sides of the dispute"
    audience: Heading = (
        "those who decide about the dispute, and those who would have to live with the terms"
    )


class Influence(Part):
    """What the arms of a suite have in common of what follows their talks."""

    writing: Writing = Writing()
    panel: tuple[Reader, ...] = Field(default=PANEL, min_length=1, max_length=30)
    quorum: int = Field(
        default=1,
        ge=1,
        description="How many advising readers must have answered before and after, for the later "
        "talks to be played; those who have not are counted.",
    )
    persuadable: Share = Field(
        default=0.5,
        description="How far what officials believe moves with the mean of their readers.",
    )
    caution: Share = Field(
        default=0.5,
        description="How much of what the other side could still sign an official holds out for, "
        "once it knows that side's hand: 0 holds out for nothing.",
    )

    @model_validator(mode="after")
    def _readers_are_told_apart(self) -> Influence:
        ids = [reader.id for reader in self.panel]
        for at, name in enumerate(ids):
            if name in ids[:at]:
                what = f"two readers of the panel have the id {name!r}"
                raise Problems([Problem(("panel", at, "id"), what, "give each an id of its own")])
        advising = sum(reader.advises for reader in self.panel)
        if advising and self.quorum > advising:
            what = f"the quorum is {self.quorum}, and {advising} of the panel advise anybody"
            fix = "lower the quorum, or set advises: true for more readers of the panel"
            raise Problems([Problem(("quorum",), what, fix)])
        return self


class Later(Part):
    """The real talks that follow. A link that is off is no input of theirs: with both off they are
    the talks that come without any meeting."""

    track: TrackName = "1"
    readers: bool = Field(
        default=True, description="What its readers made of it has reached seat u."
    )
    hand: bool = Field(default=True, description="What the meeting revealed has reached seat o.")
    persuadable: Share | None = later_field(description="In this arm, instead of the suite's.")
    caution: Share | None = later_field(description="In this arm, instead of the suite's.")

    @property
    def has_own_strength(self) -> bool:
        """Whether this arm sets one of the two itself."""
        return (self.persuadable, self.caution) != (None, None)

    def strengths(self, influence: Influence) -> dict[str, float]:
        """``persuadable`` and ``caution`` of this arm."""
        own = {"persuadable": self.persuadable, "caution": self.caution}
        return {
            name: getattr(influence, name) if value is None else value
            for name, value in own.items()
        }


class Then(Part):
    """What follows the talks of an arm."""

    article: Article | None = None
    byline: Byline = "experts"
    reading: bool = Field(
        default=False,
        description="Whether the panel is asked again: after the article, or after nothing where "
        "there is none.",
    )
    news: Framing | None = later_field(description="What is told of the meeting itself.")
    later: Later | None = None
    script: ScriptedAuthor | None = later_field(
        description="How a scripted author writes in this arm, where not as scripts do."
    )

    @model_validator(mode="after")
    def _links_have_ends(self) -> Then:
        if self.later is not None and self.later.readers and not self.reading:
            what = "the later talks hear from readers, and nobody reads"
            fix = "set reading: true, or later: {readers: false}"
            raise Problems([Problem(("later",), what, fix)])
        return self
