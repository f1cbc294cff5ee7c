"""What determines a reading, and what is recorded of it.

A reading asks one reader, or a scripted panel of them, what each way to settle an issue would cost
the two principals, and which settlement would be reasonable. It is asked before anything is read,
and again after one article, or after none. The questions are the same. What is asked before reads
no other stage, so all arms share it.
"""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from harness.disputes.scenario import Identifier, Package, Part, Twin
from harness.records.spec import StageSpec
from harness.records.transcript import PART, Record, Repair, StageRecord
from harness.suite.influence import Byline, Reader
from harness.suite.parts import ModelSettings, later_field
from harness.texts import Heading

READERSHIP: Final = "readership"
ARTICLE: Final = "article"
"""The name under which an article is read."""
ATTENTION: Final = "attention"
"""The check whose answer stands in what every reader has read of the dispute."""
READ_IT: Final = "read_article"
"""The check whose answer stands in the article."""
CONSISTENCY: Final = "consistency"
"""The check that asks for one of the costs twice, in other words."""
APART: Final = 15
"""Most by which two answers to the same question may differ, of 100, to be called consistent."""
When = Literal["before", "after"]
Values = dict[str, dict[str, dict[str, float]]]
"""Principal -> issue -> option -> value in [0, 1]: 1 less the share of what it could lose there."""


class ReaderModel(Part):
    """Who answers for a reader."""

    model: str
    settings: ModelSettings = ModelSettings()


class ReadershipSpec(StageSpec):
    """Everything that determines a reading.

    A script answers for the whole panel where ``reader_model`` is None. A model answers for one
    reader: what moves a script alone (``prior``, ``trust``) is then what it is by default.
    ``byline`` stands where an article is read; ``outlet`` and ``home`` only where a model reads
    them. Both whens share the seed: a script answers the same where it has read nothing.
    """

    kind: Literal["readership"] = READERSHIP
    scenario: str
    scenario_hash: str
    twin: Twin
    seed: int = Field(ge=0)
    readers: tuple[Reader, ...] = Field(min_length=1, max_length=30)
    when: When
    byline: Byline | None = later_field()
    outlet: Heading | None = later_field(description="Where the article is said to have appeared.")
    home: Identifier | None = later_field(
        description="The third state that the authors come from, where they come from one."
    )
    reader_model: ReaderModel | None = later_field()
    repairs: int = Field(default=2, ge=0, le=10)
    token_limit: int | None = later_field(ge=1)
    time_limit: float | None = later_field(gt=0, allow_inf_nan=False)
    templates: dict[str, str] = Field(
        default_factory=dict, description="Hash of every prompt template that is read."
    )

    @model_validator(mode="after")
    def _fits_together(self) -> ReadershipSpec:
        reads = ARTICLE in self.inputs
        if reads and self.when == "before":
            raise ValueError("whoever is asked before has read no article")
        if reads != (self.byline is not None):
            raise ValueError("an article is read under a byline, and nothing else is")
        if self.reader_model is not None and len(self.readers) > 1:
            raise ValueError("a model answers for one reader")
        ids = {reader.id for reader in self.readers}
        if len(ids) < len(self.readers):
            raise ValueError("two readers of the panel have one id")
        return self


@dataclass(frozen=True, slots=True, kw_only=True, config=PART)
class ReaderAnswer:
    """What one reader answered.

    ``values`` and ``settlement`` are complete, or empty where ``problem`` says why there is no
    usable answer. ``checks`` says which checks it passed; a script is asked none.
    """

    reader: str
    values: Values = Field(default_factory=dict)
    settlement: Package = Field(default_factory=dict)
    checks: dict[str, bool] = Field(default_factory=dict)
    problem: str | None = None
    repairs: tuple[Repair, ...] = ()
    calls: tuple[int, ...] = ()


class Readership(Record):
    """The body: one answer a reader, in the order of the panel; none where there is none."""

    answers: tuple[ReaderAnswer, ...] = ()


class ReadershipRecord(StageRecord):
    """A reader or a panel that was asked."""

    kind: Literal["readership"] = READERSHIP
    spec: ReadershipSpec
    body: Readership
