"""What determines a question about talks, and what is recorded of it."""

from __future__ import annotations

from typing import Literal

from harness.records.spec import StageSpec
from harness.records.transcript import Record, StageRecord
from harness.suite.parts import ModelSettings


class QuestionSpec(StageSpec):
    """What determines a question."""

    kind: Literal["question"] = "question"
    seed: int
    asked_of: str
    model: str
    settings: ModelSettings = ModelSettings()
    templates: dict[str, str]


class Answered(Record):
    """The body: which seat gave more, or ``equal``; None without a result."""

    gave_more: str | None = None


class QuestionRecord(StageRecord):
    """A question that was asked."""

    kind: Literal["question"] = "question"
    spec: QuestionSpec
    body: Answered
