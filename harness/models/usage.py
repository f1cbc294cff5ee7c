"""The token counts of a model call, under the same names from the wire to the report."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Final

from pydantic import AliasChoices, Field
from pydantic.dataclasses import dataclass

CHARACTERS_PER_TOKEN: Final = 4.0
"""Rule of thumb for English, where no server has counted."""
REPLY_TOKENS: Final = 350
"""A statement, a move and private thoughts, where no server has counted."""
MOST_TOKENS: Final = 10**9
"""Of one call; a count beyond it is none."""

_Count = Annotated[int, Field(ge=0)]


def _count(name: str) -> Any:
    # The second name is the one under which earlier versions kept a reply.
    return Field(default=None, validation_alias=AliasChoices(name, f"{name}_tokens"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one call as the server counted them; None where it did not say (never zero).

    Attributes:
        prompt: Of the whole prompt.
        completion: Of the reply, thinking included.
        cached: Of ``prompt``, those that the server had kept from before.
        reasoning: Of ``completion``, those that the model thought with and nobody sees.
    """

    prompt: _Count | None = _count("prompt")
    completion: _Count | None = _count("completion")
    cached: _Count | None = _count("cached")
    reasoning: _Count | None = _count("reasoning")

    def plus(self, other: Usage) -> Usage:
        """Two counts together; what one does not say, the other does."""
        return Usage(
            prompt=_sum(self.prompt, other.prompt),
            completion=_sum(self.completion, other.completion),
            cached=_sum(self.cached, other.cached),
            reasoning=_sum(self.reasoning, other.reasoning),
        )


def counted(usage: Usage, *, said: bool) -> Usage:
    """``usage`` with None in place of impossible zeros.

    Every prompt and every text has at least one token, so a server that says 0 does not count.

    Args:
        said: Whether there is any text that tokens were spent on.
    """
    if usage.prompt == 0:
        usage = replace(usage, prompt=None)
    if usage.completion == 0 and said:
        usage = replace(usage, completion=None)
    return usage


def _sum(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else one + other
