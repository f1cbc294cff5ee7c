"""What an OpenAI-compatible server turns out to take: found out from its refusals, remembered.

Servers agree on the protocol in outline. How a structured reply is asked for, what the longest
reply is called, and whether a seed is taken differ, and the documentation of the one at hand is
not to be had at run time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from harness.models import wire
from harness.models.reply import How

OLD_NAME: Final = "max_tokens"
NEW_NAME: Final = "max_completion_tokens"

_WRONG_REQUEST: Final = frozenset({400, 422})
_UNKNOWN: Final = (
    "not supported",
    "unsupported",
    "does not support",
    "not permitted",
    "not allowed",
    "not implemented",
    "unrecognized",
    "unknown",
    "unexpected",
    "extra inputs",
    "extra_forbidden",
    "extra fields",
)


@dataclass(frozen=True)
class Dialect:
    """How a server is spoken to.

    Attributes:
        how: The best way it has not refused of asking for JSON.
        longest: What it calls the longest reply.
        seeded: Whether it takes a seed.
    """

    how: How = wire.METHODS[0]
    longest: str = OLD_NAME
    seeded: bool = True

    @classmethod
    def first(cls, *, openai_itself: bool) -> Dialect:
        """What is tried first. OpenAI's reasoning models refuse the old name of the longest reply;
        other servers may not know the new one."""
        return cls(longest=NEW_NAME if openai_itself else OLD_NAME)

    def after(self, status: int | None, said: str, *, how: How) -> Dialect | None:
        """What to try after a refusal; None where the error is about something else.

        Each step goes one way only, so that no two of them chase each other - but for the names of
        the longest reply, of which the caller tries each once.

        Args:
            status: Of the answer.
            said: Its body.
            how: How the refused request asked for its reply; ``text`` where it needed no JSON.
        """
        words = said.lower()
        if status in _WRONG_REQUEST and any(phrase in words for phrase in _UNKNOWN):
            if self.longest == OLD_NAME and OLD_NAME in words:
                return replace(self, longest=NEW_NAME)
            if self.longest == NEW_NAME and NEW_NAME in words:
                return replace(self, longest=OLD_NAME)
            if self.seeded and "seed" in words:
                return replace(self, seeded=False)
        if how == self.how and wire.refuses(how, status, said):
            return replace(self, how=wire.METHODS[wire.METHODS.index(how) + 1])
        return None
