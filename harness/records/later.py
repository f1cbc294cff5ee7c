"""What determines the real talks that follow, and what is recorded of them (claim C13).

They are talks between the real principals, played at the same table as any others. Two links can
lead into them from what came before: what those who advise one side made of what they read, and
what an earlier meeting gave away. **A link that is off leaves nothing in the spec.** So with both
off the stage is the talks that come without any meeting: the same one in every arm.
"""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field, model_validator

from harness.disputes.scenario import Identifier, Twin
from harness.records.spec import StageId, StageSpec, TalksSpec
from harness.records.transcript import Record, StageRecord, Talks, Transcript
from harness.suite.influence import Share
from harness.suite.parts import later_field

LATER: Final = "later"
"""The kind, and what the stage is called in an episode."""
MEETING: Final = "meeting"
"""The input that is the earlier meeting."""
ARTICLE: Final = "article"
"""The input that is the article, where somebody at the table reads it."""


class LaterSpec(StageSpec):
    """Everything that determines the real talks that follow.

    ``talks`` are the talks as they would be planned without anything before them; their scenario,
    twin and seed are the stage's own. ``advising`` and ``quorum`` are there where readers are
    heard, ``persuadable`` where a script hears them; ``caution`` where a script has learned the
    other side's hand; ``templates`` where a model reads of either.
    """

    kind: Literal["later"] = LATER
    scenario: str
    scenario_hash: str
    twin: Twin
    seed: int = Field(ge=0)
    talks: TalksSpec
    advising: tuple[Identifier, ...] | None = later_field(
        description="Readers whose views reach the delegation of seat u."
    )
    quorum: int | None = later_field(
        ge=1, description="How many of them must have answered before and after."
    )
    persuadable: Share | None = later_field(
        description="How far what a delegation believes moves with the mean of these readers."
    )
    caution: Share | None = later_field(
        description="How much of what the other side could still sign the delegation of seat o "
        "holds out for."
    )
    templates: dict[str, str] = Field(
        default_factory=dict,
        exclude_if=lambda templates: not templates,
        description="Hash of every template of what a model is given to read beside its brief.",
    )

    @model_validator(mode="after")
    def _is_of_its_talks(self) -> LaterSpec:
        own, talks = self, self.talks
        if (own.scenario, own.scenario_hash, own.twin, own.seed) != (
            talks.scenario,
            talks.scenario_hash,
            talks.twin,
            talks.seed,
        ):
            raise ValueError("scenario, twin and seed are not those of the talks")
        if (self.advising is None) != (self.quorum is None):
            raise ValueError("readers that advise and a quorum of them go together")
        return self

    def seated(self) -> SeatedTalks:
        """The talks as they are played here."""
        return SeatedTalks.model_construct(**dict(self.talks), stage=self.id)


class SeatedTalks(TalksSpec):
    """Talks that are played as another stage: their id is that stage's, so that threads and replies
    are kept for it alone. Two stages may play the same talks on other inputs."""

    stage: StageId = Field(exclude=True)

    @property
    def id(self) -> str:
        """That of the stage."""
        return self.stage


class HandSeen(Record):
    """What was estimated of the other side after the meeting, for who reads the record.

    ``weights`` sum to 1, ``reservation`` is in [0, 1]; see :mod:`harness.incentives.hand`.
    """

    weights: dict[str, float]
    reservation: float
    proposals: int


class LaterTalks(Talks):
    """The body: the talks, and what led into them.

    ``heard`` counts the advising readers that have answered before and after, and ``unheard`` names
    the others; both are left out where no readers are heard. ``hand`` is left out where no script
    has learned one: also where the meeting gave nothing away.
    """

    heard: int | None = later_field()
    unheard: tuple[str, ...] | None = later_field()
    hand: HandSeen | None = later_field()


class LaterRecord(StageRecord):
    """Real talks that followed."""

    kind: Literal["later"] = LATER
    spec: LaterSpec
    body: LaterTalks

    @property
    def transcript(self) -> Transcript:
        """The talks as a transcript, for whatever reads one. Its id is that of this stage."""
        return Transcript.model_construct(
            id=self.id,
            schema_version=self.schema_version,
            status=self.status,
            kind=self.spec.talks.kind,
            spec=self.spec.talks,
            inputs=self.inputs,
            void=self.void,
            calls=self.calls,
            body=self.body,
        )
