"""The questions about a news item, which answers are right, and what is recorded of the readers.

The battery has known right answers (claim C12): each follows from the facts that the item was
written from, and so from no opinion. Where the item says nothing of what is asked, the right answer
is that it does not say. One question has no right answer: how far others can rely on the principal.

What a question says stands in ``prompts/misreading``. No prompt, and no spec, holds a right answer.
"""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from harness.disputes.scenario import Twin
from harness.records.news import NewsFacts
from harness.records.spec import StageSpec
from harness.records.transcript import PART, Record, Repair, StageRecord
from harness.suite.influence import Reader, Side
from harness.suite.parts import ModelSettings, later_field

MISREADING: Final = "misreading"
UNDERSTOOD: Final = "understood"
"""Node of a scripted panel; that of one reader is ``understood_ID``."""
TRUST: Final = "trust"
"""The question without a right answer."""
MOST_TRUST: Final = 10

Group = Literal["spoke_for", "near", "talking", "consulted"]
NOT_SAID: Final = "not_said"
"""The answer that the item does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of the battery.

    Attributes:
        id: Also its name in the templates.
        group: What it is counted under.
        answers: Ids of the answers that it allows, :data:`NOT_SAID` among them.
        right: The right one.
    """

    id: str
    group: Group
    answers: tuple[str, ...]
    right: str


def battery(facts: NewsFacts) -> tuple[Question, ...]:
    """The questions about an item, in the order in which they are asked.

    Nobody is asked about a third party where there is none, and the leadership of a home is an
    answer only where there is one.
    """
    home = ("home",) if facts.home is not None else ()
    asked = [
        # They hold no post and came as private persons.
        Question(
            id="spoke_for",
            group="spoke_for",
            answers=("principal", *home, "themselves", NOT_SAID),
            right="themselves",
        ),
        # No leadership has signed anything.
        Question(
            id="binds", group="near", answers=("both", "u", "nobody", NOT_SAID), right="nobody"
        ),
        # An agreement would have to be negotiated by the two leaderships.
        Question(
            id="lacks",
            group="near",
            answers=("nothing", "consent", "negotiation", NOT_SAID),
            right="negotiation",
        ),
        # It was not asked to the meeting, and nobody was there for it.
        Question(
            id="took_part",
            group="talking",
            answers=("itself", "through_others", "no", NOT_SAID),
            right="no",
        ),
        Question(
            id="was_asked",
            group="talking",
            answers=("came", "declined", "no", NOT_SAID),
            right="no",
        ),
        # It has not commented.
        Question(
            id="view",
            group="talking",
            answers=("approves", "rejects", NOT_SAID),
            right=NOT_SAID,
        ),
    ]
    if facts.third is not None:
        heard = "took_part" if facts.third_heard else "no"
        answers = ("took_part", "by_question", "no", NOT_SAID)
        asked.append(Question(id="consulted", group="consulted", answers=answers, right=heard))
    return tuple(asked)


class MisreadingSpec(StageSpec):
    """Everything that determines what readers make of a news item, the input ``news``.

    A model is one reader, and ``model`` its address; a script reads for the whole panel in one
    stage. What moves a script alone is left at its default for a model.
    """

    kind: Literal["misreading"] = MISREADING
    scenario: str
    scenario_hash: str
    twin: Twin
    seed: int = Field(ge=0)
    readers: tuple[Reader, ...] = Field(min_length=1)
    model: str | None = later_field()
    settings: ModelSettings | None = later_field()
    repairs: int = Field(default=2, ge=0, le=10)
    token_limit: int | None = later_field(ge=1)
    time_limit: float | None = later_field(gt=0)
    templates: dict[str, str] = Field(
        default_factory=dict,
        description="Hash of every template of the question; none for a script.",
    )


@dataclass(frozen=True, slots=True, kw_only=True, config=PART)
class Understood:
    """What one reader has understood.

    ``answers`` are by question; ``trust`` is from 0 to :data:`MOST_TRUST`. A question that is not
    in it has no answer, which is never a wrong one.
    """

    reader: str
    side: Side
    answers: dict[str, str] = Field(default_factory=dict)
    trust: float | None = None
    repairs: tuple[Repair, ...] = ()
    calls: tuple[int, ...] = ()


class Misreading(Record):
    """The body: one entry a reader who has answered. ``missing`` says why nobody was asked."""

    readers: tuple[Understood, ...] = ()
    missing: str | None = None


class MisreadingRecord(StageRecord):
    """Readers of a news item."""

    kind: Literal["misreading"] = MISREADING
    spec: MisreadingSpec
    body: Misreading
