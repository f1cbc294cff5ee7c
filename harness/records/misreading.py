"""The questions about a news item, which answers are right, and what is recorded of the readers.

The battery has known right answers (claim C12): each follows from the facts that the item was
written from, and so from no opinion. Where the item says nothing of what is asked, the right answer
is that it does not say. Beside the questions stand statements, true or false by the same facts, of
which a reader says how likely they are: whoever is misled need not be certain of it. One question
has no right answer: how far others can rely on the principal.

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

MOST_CHANCE: Final = 100
"""How likely a statement can be held to be."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of which a reader says how likely it is.

    Attributes:
        id: Also its name in the templates.
        group: What it is counted under.
        true: Whether it is.
    """

    id: str
    group: Group
    true: bool


def statements(facts: NewsFacts) -> tuple[Statement, ...]:
    """The statements about a meeting. Each is true or false by the facts alone, some are true, and
    whether it is follows from what stands in every item."""
    home = facts.home is not None
    said = [
        # They hold no post and came as private persons.
        Statement(id="sent", group="spoke_for", true=False),
        *([Statement(id="sent_by_home", group="spoke_for", true=False)] if home else []),
        # No leadership has signed anything, and none was there.
        Statement(id="free", group="near", true=True),
        # An agreement would have to be negotiated by the two leaderships.
        Statement(id="open", group="near", true=True),
        Statement(id="begun", group="talking", true=False),
        # It was not asked to the meeting.
        Statement(id="stayed_away", group="talking", true=False),
    ]
    if facts.third is not None:
        said.append(Statement(id="heard", group="consulted", true=facts.third_heard))
    return tuple(said)


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

    ``answers`` are by question; ``chances`` are by statement, from 0 to :data:`MOST_CHANCE`, and
    None in records from before they were asked; ``trust`` is from 0 to :data:`MOST_TRUST`. A
    question that is not in it has no answer, which is never a wrong one.
    """

    reader: str
    side: Side
    answers: dict[str, str] = Field(default_factory=dict)
    chances: dict[str, float] | None = later_field()
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
