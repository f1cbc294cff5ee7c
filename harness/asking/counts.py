"""Checks a server's token counts: drops impossible ones, and notices prompts that were cut.

A server whose context is too short for a prompt may silently cut the prompt instead of refusing it.
The model then answers without having read its instructions. The sign of it: the thread grows, but
the token counts of its prompts do not.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

from harness.asking.answer import MadeCall
from harness.models.reply import MOST_TOKENS

SMALLEST_CONTEXT: Final = 256
"""Tokens; a smaller count that never changes is made up: no briefing is so short. One that never
grew is a context's only if it is a multiple of this, as contexts are: mock servers make others up.
"""
TIMES: Final = 3
"""Calls with the same count, each with a longer prompt than the one before, that are no chance."""


def as_counted(made: MadeCall) -> MadeCall:
    """``made`` without impossible token counts: zeros, and numbers that no call can reach.

    Every prompt and every text has at least one token.
    """
    usage = made.call.usage
    nothing: dict[str, Any] = {
        name: None
        for name in ("prompt", "completion", "reasoning")
        if (getattr(usage, name) or 0) > MOST_TOKENS
    }
    if usage.prompt == 0:
        nothing["prompt"] = None
    if usage.completion == 0 and made.call.reply:
        nothing["completion"] = None
    if not nothing:
        return made
    call = replace(made.call, usage=replace(usage, **nothing))
    return replace(made, call=call)


@dataclass
class _Thread:
    prompt: tuple[str, ...] = ()
    count: int = 0
    cached: int | None = None
    same: int = 0
    most: int = 0
    grew: bool = False
    form: tuple[str, str | None] | None = None


@dataclass
class PromptWatch:
    """Looks at the calls of one stage in the order in which they were made.

    Args:
        noun: What one who is asked is called in a warning, such as "seat".

    Attributes:
        warnings: What it noticed, once for each who is asked, in words.
    """

    noun: str
    warnings: dict[str, str] = field(default_factory=dict)
    _threads: dict[tuple[str, str | None, str], _Thread] = field(default_factory=dict)

    def look(self, made: MadeCall) -> str | None:
        """Why the reply cannot stand because its prompt was cut, in words; None where it can.

        The reply to a prompt that counts less than one before it is only noted: some servers count
        what they read anew and leave out what they had cached.
        """
        call, counted = made.call, made.call.usage.prompt
        if counted is None or counted < SMALLEST_CONTEXT or not call.prompt:
            return None
        thread = self._threads.setdefault((call.seat, call.member, call.prompt[0]), _Thread())
        before, thread.prompt = thread.prompt, call.prompt
        grown = len(call.prompt) > len(before) > 0 and call.prompt[len(before) - 1] == before[-1]
        explained = (made.cached_tokens or 0) > (thread.cached or 0)
        if grown and counted == thread.count and not explained:
            thread.same += 1
        else:
            thread.same = 1
        # A count may hold the schema that was asked for: less for another one says nothing.
        form, thread.form = thread.form, (call.purpose, call.how)
        alike = form == thread.form or counted == thread.count
        stalled = grown and alike and thread.most / 2 <= counted <= thread.most and not explained
        thread.grew = thread.grew or counted > thread.most > 0
        thread.count, thread.cached = counted, made.cached_tokens
        thread.most = max(thread.most, counted)
        if stalled:
            self.warnings.setdefault(
                call.seat,
                f"the server of {self.noun} {call.seat} counted {counted:,} tokens for a prompt "
                f"that is longer than one of {thread.most:,}: it may cut prompts to fit its "
                "context",
            )
        a_context = thread.grew or counted % SMALLEST_CONTEXT == 0
        if thread.same < TIMES or not a_context:
            return None
        return (
            f"the server cuts prompts to its context of {counted:,} tokens (counted {TIMES} times "
            "for a prompt that grew): give it a longer context, or play fewer turns"
        )
