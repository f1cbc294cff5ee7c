"""What determines a news item, and what is recorded of it.

A news item tells of the meeting of officials with former officials of the other side (claim C12).
It is a stimulus: the facts in it are the same whatever its framing, and so are the right answers to
questions about it, which follow from the facts alone (:mod:`harness.records.misreading`).
"""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from harness.disputes.scenario import Twin
from harness.records.spec import StageSpec
from harness.records.transcript import PART, Record, StageRecord
from harness.suite.influence import Framing

NEWS: Final = "news"
"""The kind, the node of an episode, and the name under which readers read it."""


class NewsSpec(StageSpec):
    """Everything that determines a news item. It is written from templates, and draws nothing:
    ``seed`` is there for whatever follows it."""

    kind: Literal["news"] = NEWS
    scenario: str
    scenario_hash: str
    twin: Twin
    seed: int = Field(ge=0)
    framing: Framing
    templates: dict[str, str] = Field(
        default_factory=dict, description="Hash of every template that the item is written from."
    )


@dataclass(frozen=True, slots=True, kw_only=True, config=PART)
class NewsFacts:
    """What an item is written from, the same in all framings.

    From the record: ``o`` and ``u`` are the principals of the two seats; ``home`` is the third
    state that the former officials come from, None where they come from ``u`` itself; ``third`` is
    the first principal in neither chair, None where there is none, and ``third_heard`` whether
    somebody sat there for it; ``outline`` is whether the meeting ended in one.

    What else an item tells is the same in every run: the former officials hold no post and came as
    private persons, the leadership of ``u`` was not asked to the meeting and has not commented, no
    leadership has signed anything, and an agreement would have to be negotiated by the two
    leaderships.
    """

    o: str
    u: str
    home: str | None = None
    third: str | None = None
    third_heard: bool = False
    outline: bool = False


class News(Record):
    """The body.

    ``missing`` says why there is nothing to tell; then there is no text, and nobody is asked about
    it. That is no failure of anybody, so the stage is done.
    """

    headline: str = ""
    text: str = ""
    facts: NewsFacts | None = None
    missing: str | None = None


class NewsRecord(StageRecord):
    """A news item."""

    kind: Literal["news"] = NEWS
    spec: NewsSpec
    body: News
