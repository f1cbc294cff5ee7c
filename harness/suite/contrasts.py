"""What a suite asks, declared before the run: contrasts between its arms, the checks that an
instrument has to pass, and doses, in which one part of a profile is moved step by step."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from harness.disputes.scenario import Part, Slug
from harness.incentives.tracks import SeatName
from harness.suite.parts import later_field
from harness.texts import Heading, HeadingMark, Note, NoteMark

Name = Annotated[str, NoteMark()]

CLAIMS: Final = tuple(f"C{number}" for number in range(1, 15))
"""The claims of the theory, as ``docs/method.md`` numbers them."""


class Contrast(Part):
    """A comparison: the treatment arm's mean minus the control arm's, or the arm against 0."""

    name: Heading
    measure: Note = "settlement.skew"
    treatment: Slug
    control: Slug | None = None
    claim: Name = Field(
        default="",
        description="The claim of the theory that is asked about, as docs/method.md numbers it.",
        json_schema_extra={"enum": ["", *CLAIMS]},
    )
    expects: Literal["nothing"] | None = later_field(
        description="'nothing' makes it a control, in which there is nothing to find: it is no "
        "hypothesis, and stands outside the correction of the others.",
    )


class Contrasts(Part):
    """What the suite asks: one primary contrast, declared before the run, and secondary ones."""

    primary: Contrast
    secondary: tuple[Contrast, ...] = ()

    @model_validator(mode="after")
    def _asks(self) -> Contrasts:
        if self.primary.expects is not None:
            raise ValueError("the primary contrast is a question: leave out 'expects'")
        return self

    def all(self) -> tuple[Contrast, ...]:
        return (self.primary, *self.secondary)


class Check(Part):
    """A control that must hold: the mean of a measure in an arm lies in [min, max], or is the
    extreme of all arms. A check that does not hold, or cannot be computed, makes ``track15 run``
    exit with 100."""

    name: Heading
    arm: Slug
    measure: Note
    min: float | None = None
    max: float | None = None
    extreme: Literal["lowest", "highest"] | None = None
    why: Annotated[str, HeadingMark()] = ""


DoseField = Literal[
    "deal_reward", "access_reward", "free_hardball", "information_motive", "knowledge"
]


class Dose(Part):
    """Arms that differ in one number of one seat's profile, from weak to strong: what follows more
    of it? Their order is that of the numbers, whatever the order here."""

    name: Heading
    seat: SeatName
    field: DoseField
    arms: tuple[Slug, ...] = Field(min_length=3, max_length=20)
