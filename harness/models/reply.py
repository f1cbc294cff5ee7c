"""What a model answered: the other end of a call (:mod:`harness.models.request`)."""

from __future__ import annotations

import re
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from harness.models.usage import MOST_TOKENS as MOST_TOKENS
from harness.models.usage import Usage

How = Literal["schema", "tool", "text"]
"""How the text was obtained: a JSON schema the server enforces, a tool call, or plain text."""

Thinking = Literal["holds the answer", "is all there is"]
"""What the thinking of a reply without an answer was seen to be. It is never read for the answer:
what a model considers is not what it says."""
INVALID: Final = "invalid"
"""Our own ``finish_reason``: the server took the request and found that what the model wrote does
not have the form that was asked for. The text is what it wrote, where the server gives it."""

KEPT_OF_REASONING: Final = 20_000
"""Characters of a model's reasoning that are kept: its beginning and its end, for the end is where
it settles what to say."""
_BEGINNING: Final = 12_000

_WITHHELD = re.compile(r"filter|safety|prohibited|blocked|blocklist|refusal|guardrail|recitation")
_CUT = re.compile(r"length|max_?(output_?)?tokens|(model|max)_length|model_context_window_exceeded")
"""Words of the chat protocol, and of the providers behind LangChain, for the two ends of a reply
that is not whole."""


class AgentUse(BaseModel):
    """What an agent of the user's own did for one answer, as far as it can be seen from outside.

    Attributes:
        calls: Model calls inside.
        uncounted: Those whose server did not count tokens.
        models: Models that were called, as their servers named them.
        ignored: Settings that the agent was offered and that no call inside was made with.
    """

    model_config = ConfigDict(frozen=True)

    calls: int = Field(ge=0)
    uncounted: int = Field(default=0, ge=0)
    models: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


class ModelReply(BaseModel):
    """What came back, as facts. Judging whether it is usable is the caller's business.

    Attributes:
        text: The answer; empty when the model refused, was cut off at once or said nothing.
        finish_reason: The server's word (``stop``, ``length``, ``content_filter``, ...), if any;
            or :data:`INVALID`.
        usage: Tokens of the attempt that succeeded.
        attempts: Requests sent for this reply; 0 where none was: it had been paid for before.
        seconds: Spent on those attempts and the waits between them, not on waiting for a free
            connection.
        refusal: The model's own refusal, where the server marks it as one.
        how: What made the text.
        thinking: Where the text is empty: whether the model only thought, as far as can be seen.
        reasoning: What the model thought, where its server gives that in a field of its own; None
            where it gives none. It is kept for the record and read for nothing else.
        reasoning_cut: How many characters of it are left out; None where it is whole.
        inside: What an agent did for it; left out for a model.
    """

    model_config = ConfigDict(frozen=True)

    text: str
    finish_reason: str | None = None
    usage: Usage = Usage()
    attempts: int = Field(default=1, ge=0)
    seconds: float = Field(default=0.0, ge=0.0)
    refusal: str | None = None
    how: How = "text"
    thinking: Thinking | None = Field(default=None, exclude_if=lambda seen: seen is None)
    reasoning: str | None = Field(default=None, exclude_if=lambda text: text is None)
    reasoning_cut: int | None = Field(default=None, exclude_if=lambda count: count is None)
    inside: AgentUse | None = Field(default=None, exclude_if=lambda use: use is None)

    @property
    def cut_off(self) -> bool:
        """Whether it ended because it was as long as it may be."""
        return _CUT.fullmatch((self.finish_reason or "").lower()) is not None

    @property
    def withheld(self) -> bool:
        """Whether a filter kept it back, in whole or in part."""
        return _WITHHELD.search((self.finish_reason or "").lower()) is not None


def shortened_reasoning(text: str) -> tuple[str, int | None]:
    """Reasoning as it is kept, and how many characters are left out of its middle.

    The text is at most :data:`KEPT_OF_REASONING` characters long, besides the line that says in the
    text itself what is left out; None where it is whole.
    """
    cut = len(text) - KEPT_OF_REASONING
    if cut <= 0:
        return text, None
    said = f"\n[{cut:,} characters left out]\n"
    return text[:_BEGINNING] + said + text[_BEGINNING + cut :], cut


def with_short_reasoning(reply: ModelReply) -> ModelReply:
    """``reply`` with its reasoning shortened, where it is longer than what is kept."""
    if reply.reasoning is None or reply.reasoning_cut is not None:
        return reply
    text, cut = shortened_reasoning(reply.reasoning)
    if cut is None:
        return reply
    return reply.model_copy(update={"reasoning": text, "reasoning_cut": cut})
