"""Checks a server's token counts, and tells from them whether a long prompt was cut."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from harness.doctor.listening import Exchange
from harness.models.usage import CHARACTERS_PER_TOKEN

SMALLEST_CONTEXT: Final = 256
"""Tokens. No briefing is so short: a count that never passes this is made up."""
SAME: Final = 3
"""Prompts, each longer than the last, that must count alike before a server is said to cut them."""
WHOLE: Final = 0.7
"""A prompt that counts less than this share of what its length promises was not read in full."""


@dataclass(frozen=True)
class Count:
    """What a server counted for one prompt.

    Attributes:
        size: Length of the prompt in characters.
        tokens: Of the prompt.
        read: The same with what was cached on top, for servers that count that apart.
    """

    size: int
    tokens: int
    read: int


@dataclass(frozen=True)
class Counts:
    """What a server counted for prompts that only grew.

    Attributes:
        counts: Of the answers that were counted, the shortest prompt first.
        complete: Whether that is every answer.
    """

    counts: tuple[Count, ...]
    complete: bool

    @classmethod
    def of(cls, exchanges: Iterable[Exchange]) -> Counts:
        """From the calls of threads that begin alike."""
        counts, answered = [], 0
        for one in exchanges:
            if one.reply is None:
                continue
            answered += 1
            usage = one.reply.usage
            if usage.prompt:  # none for a text is no count
                read = usage.prompt + (usage.cached or 0)
                counts.append(Count(one.request.size, usage.prompt, read))
        counts.sort(key=lambda count: count.size)
        return cls(tuple(counts), 0 < answered == len(counts))

    @property
    def stuck(self) -> int | None:
        """The count that stood still while prompts grew; None where there is none."""
        sizes = {count.size for count in self.counts}
        reads = {count.read for count in self.counts}
        return reads.pop() if len(sizes) >= SAME and len(reads) == 1 else None

    @property
    def made_up(self) -> bool:
        """Whether the counts do not follow the prompts, and no context explains that."""
        return self.stuck is not None and self.stuck < SMALLEST_CONTEXT

    @property
    def per_character(self) -> float | None:
        """Tokens a character, from the shortest prompt; None where nothing was counted."""
        if not self.counts or self.stuck is not None:
            return None
        return self.counts[0].tokens / self.counts[0].size

    def cut(self) -> tuple[int, int] | None:
        """Tokens that were read of the longest prompt, and about how many it has, where the server
        has silently left out a part; None where it has not, or cannot be said to."""
        if self.made_up or not self.counts:
            return None
        longest, shortest = self.counts[-1], self.counts[0]
        if self.stuck is not None:
            return self.stuck, round(longest.size / CHARACTERS_PER_TOKEN)
        promised = round(longest.size * shortest.tokens / shortest.size)
        if longest.read >= WHOLE * promised or longest.read < SMALLEST_CONTEXT:
            return None
        return longest.read, promised
