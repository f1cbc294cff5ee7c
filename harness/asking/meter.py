"""Counts the tokens and seconds that one stage uses, and compares them with its limits."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from harness.asking.answer import MadeCall
from harness.models.usage import CHARACTERS_PER_TOKEN


@dataclass
class Meter:
    """Tokens and seconds of a stage. Counts nothing where it has no limit.

    Args:
        noun: What the stage is called in a message, such as "dialogue".
        token_limit: Tokens that it may take; None for any number.
        time_limit: Seconds that it may take of its models; None for any number.

    Attributes:
        tokens: Of prompts and replies, as the servers counted; by length where they did not.
        seconds: From sending the requests to their last bytes, with the waits between attempts;
            waiting for a free connection does not count.
    """

    noun: str
    token_limit: int | None = None
    time_limit: float | None = None
    tokens: int = field(default=0, init=False)
    seconds: float = field(default=0.0, init=False)

    def count(
        self, calls: Sequence[MadeCall], messages: Callable[[], Mapping[str, tuple[str, str]]]
    ) -> None:
        """Add the calls behind an answer.

        Args:
            calls: The calls.
            messages: Gives the texts that their prompts are made of: hash -> (role, content).
        """
        if self.token_limit is None and self.time_limit is None:
            return
        for made in calls:
            self.seconds += made.seconds
            prompt, completion = made.call.usage.prompt, made.call.usage.completion
            if prompt is None:
                texts = messages()
                length = sum(len(texts[key][1]) for key in made.call.prompt if key in texts)
                prompt = math.ceil(length / CHARACTERS_PER_TOKEN)
            if completion is None:
                completion = math.ceil(len(made.call.reply) / CHARACTERS_PER_TOKEN)
            self.tokens += prompt + completion

    def left(self) -> float | None:
        """Seconds that the next answer may take; None for any."""
        return None if self.time_limit is None else max(0.0, self.time_limit - self.seconds)

    def ran_out(self) -> str:
        """What is wrong when an answer took all that was left, in words."""
        return (
            f"an answer was not there when the {self.noun} had taken the "
            f"{self.time_limit:g} s of its models that it may take"
        )

    def passed(self) -> str | None:
        """Which limit leaves no room for another call, in words; None for none."""
        tokens, seconds = self.token_limit, self.time_limit
        if tokens is not None and self.tokens >= tokens:
            return f"the {self.noun} took {self.tokens:,} tokens; it may take {tokens:,}"
        if seconds is not None and self.seconds >= seconds:
            return (
                f"the {self.noun} took {self.seconds:,.1f} s of its models; it may take {seconds:g}"
            )
        return None
