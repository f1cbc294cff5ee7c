"""What one dialogue has taken of its models, and whether that is more than it may."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from harness.delegations.base import Delegation, MadeCall
from harness.records.spec import Protocol

CHARACTERS_PER_TOKEN: Final = 4.0
"""Rule of thumb for English; for calls whose server did not count."""


@dataclass
class Meter:
    """Tokens and seconds of a dialogue. Counts nothing where the protocol has no limit.

    Attributes:
        protocol: The dialogue's.
        tokens: Of prompts and replies, as the servers counted; by length where they did not.
        seconds: From sending the requests to their last bytes, with the waits between attempts;
            waiting for a free connection does not count.
    """

    protocol: Protocol
    tokens: int = 0
    seconds: float = 0.0

    def count(self, calls: Sequence[MadeCall], delegation: Delegation) -> None:
        """Add the calls behind an answer of ``delegation``."""
        if self.protocol.token_limit is None and self.protocol.time_limit is None:
            return
        for made in calls:
            self.seconds += made.seconds
            prompt, completion = made.call.usage.prompt, made.call.usage.completion
            if prompt is None:
                texts = delegation.messages()
                length = sum(len(texts[key][1]) for key in made.call.prompt if key in texts)
                prompt = math.ceil(length / CHARACTERS_PER_TOKEN)
            if completion is None:
                completion = math.ceil(len(made.call.reply) / CHARACTERS_PER_TOKEN)
            self.tokens += prompt + completion

    def left(self) -> float | None:
        """Seconds that the next answer may take; None for any."""
        limit = self.protocol.time_limit
        return None if limit is None else max(0.0, limit - self.seconds)

    def ran_out(self) -> str:
        """What is wrong when an answer took all that was left, in words."""
        return (
            f"an answer was not there when the dialogue had taken the "
            f"{self.protocol.time_limit:g} s of its models that it may take"
        )

    def passed(self) -> str | None:
        """Which limit leaves no room for another call, in words; None for none."""
        tokens, seconds = self.protocol.token_limit, self.protocol.time_limit
        if tokens is not None and self.tokens >= tokens:
            return f"the dialogue took {self.tokens:,} tokens; it may take {tokens:,}"
        if seconds is not None and self.seconds >= seconds:
            return f"the dialogue took {self.seconds:,.1f} s of its models; it may take {seconds:g}"
        return None
