"""What comes back from whoever is asked, and the model calls behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import Field, dataclass
from typing import Any, ClassVar, Protocol, TypeVar

from harness.records.transcript import Call


@dataclass(frozen=True)
class MadeCall:
    """A model call behind an answer, with what is recorded apart from it."""

    call: Call
    seconds: float
    attempts: int
    cached_tokens: int | None = None


class AnyAnswer(Protocol):
    """An answer of any kind: a dataclass, frozen, in which every field has a default.

    Attributes:
        problem: Why the reply cannot be used, in words for whoever gave it; None where it can.
        hint: What can be done about the problem, in words for the user of the run; often None.
        calls: The model calls behind the answer, in the order in which they were made.
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def problem(self) -> str | None: ...

    @property
    def hint(self) -> str | None: ...

    @property
    def calls(self) -> Sequence[MadeCall]: ...


AnswerT = TypeVar("AnswerT", bound=AnyAnswer)
