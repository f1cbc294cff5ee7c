"""What determines an article about a dispute, and what is recorded of it (claim C10).

An author who sat in seat ``u`` of some talks writes about the dispute afterwards. What is asked for
is the ``article`` alone: the specs of the four kinds for one author differ in nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from harness.disputes.scenario import Identifier, Twin
from harness.records.spec import StageSpec
from harness.records.transcript import PART, Record, Repair, StageRecord
from harness.suite.influence import Article
from harness.suite.influence import ScriptedAuthor as ScriptedAuthor
from harness.suite.parts import ModelSettings, Participant, later_field

PUBLICATION: Final = "publication"
ARTICLE: Final = "article"
"""What a suite calls the stage, and the name under which readers read it."""
READ_TALKS: Final = "talks"
"""The name under which an article reads the talks that its author comes from."""
_PARAGRAPHS: Final = re.compile(r"\n[ \t]*\n")

ClaimKind = Literal["advises", "echo", "dismisses_red_line", "acceptable_to", "asks", "discloses"]
"""What a passage of a scripted article does:

``advises``: it advises the plan's option on an issue.
``echo``: it makes a talking point of ``principal`` its own.
``dismisses_red_line``: it says that a red line of ``principal`` need not stand.
``acceptable_to``: it argues that ``principal`` can accept the option.
``asks``: it says that ``principal`` has to give way there, against its public opening.
``discloses``: it names the meeting, and ``principal`` as the party that was met.
"""


class Author(Participant):
    """Who writes: the delegate of a seat of the talks, as a private person afterwards.

    ``model`` is an address. A script has ``script`` instead, and sees no text.
    """

    home: Identifier | None = later_field(
        description="Third state that the author comes from; None for its principal's side."
    )
    kind: Literal["scripted", "model"] = "scripted"
    model: str | None = None
    settings: ModelSettings = ModelSettings()
    script: ScriptedAuthor | None = later_field()

    @model_validator(mode="after")
    def _one_of_the_two_writes(self) -> Author:
        if (self.model is None) == (self.kind == "model"):
            raise ValueError("a model writes, and has an address, or a script, and has none")
        if (self.script is None) == (self.kind == "scripted"):
            raise ValueError("a script has what drives it, and a model has not")
        return self


class PublicationSpec(StageSpec):
    """Everything that determines an article.

    Who is said to have signed it is not here: the text is the same under every byline. ``outlet``
    and ``audience`` are None where a script writes, which reads neither.
    """

    kind: Literal["publication"] = PUBLICATION
    scenario: str
    scenario_hash: str
    twin: Twin
    seed: int = Field(ge=0)
    author: Author
    article: Article
    words: int = Field(ge=1, description="Length that is asked for.")
    outlet: str | None = later_field()
    audience: str | None = later_field()
    any_signature: Literal[True] | None = later_field(
        description="A model was asked for a text that holds whoever signs it: some arm of the "
        "suite shows articles under a byline that is not their author's."
    )
    repairs: int = Field(default=3, ge=0, le=10)
    token_limit: int | None = later_field(ge=1)
    time_limit: float | None = later_field(gt=0)
    templates: dict[str, str] = Field(
        default_factory=dict,
        description="Hash of every prompt template of articles; none where a script writes.",
    )

    @model_validator(mode="after")
    def _talks_are_read(self) -> PublicationSpec:
        if set(self.inputs) != {READ_TALKS}:
            raise ValueError("an article reads the talks that its author comes from, and no more")
        return self


@dataclass(frozen=True, slots=True, kw_only=True, config=PART)
class Claim:
    """What a paragraph of a scripted article does, by whoever wrote it: see :data:`ClaimKind`.

    ``paragraph`` counts from 0. ``issue`` is None where it is about the whole plan; ``principal``
    is None for what is about no party.
    """

    paragraph: int
    kind: ClaimKind
    issue: str | None = None
    principal: str | None = None


class Publication(Record):
    """The body: an article, empty where none was written.

    ``plan`` says what it advises: issue -> option, None for an issue that it does not address.
    ``text`` is Markdown, its paragraphs apart by a blank line. ``claims`` are there for scripted
    articles alone: what a model's words do is for judges. ``repairs`` are the replies that could
    not be used before it.
    """

    title: str = ""
    text: str = ""
    plan: dict[str, str | None] = Field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    repairs: tuple[Repair, ...] = ()

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The paragraphs of the text, without the title."""
        return paragraphs_of(self.text)

    @property
    def advised(self) -> Mapping[str, str]:
        """Issue -> option, of the issues that the plan addresses."""
        return {issue: option for issue, option in self.plan.items() if option is not None}

    @property
    def words(self) -> int:
        """Length of the text, without the title."""
        return words_in(self.text)


class PublicationRecord(StageRecord):
    """An article that was written."""

    kind: Literal["publication"] = PUBLICATION
    spec: PublicationSpec
    body: Publication


def paragraphs_of(text: str) -> tuple[str, ...]:
    """The paragraphs of a text: what blank lines part, empty ones left out."""
    parts = (part.strip() for part in _PARAGRAPHS.split(text.replace("\r\n", "\n")))
    return tuple(filter(None, parts))


def words_in(text: str) -> int:
    """Words of a text: what blanks part, and has a letter or a digit in it."""
    # Nearly all begin with one.
    return sum(word[0].isalnum() or any(map(str.isalnum, word)) for word in text.split())
