"""Whether a reply is usable at all, and what the user can do where it is not."""

from __future__ import annotations

from dataclasses import dataclass

from harness.models.keys import WITHHELD
from harness.models.reply import INVALID, ModelReply


@dataclass(frozen=True)
class Unusable:
    """A reply that cannot be used, and why, in words for the one who gave it; ``hint`` is for the
    user of the run."""

    problem: str
    hint: str | None = None


def unfinished(reply: ModelReply) -> str | None:
    """Why a reply cannot count whatever its text says - refused, withheld, cut off, empty."""
    if reply.finish_reason == WITHHELD:
        return "The answer held a secret key, so nothing of it was kept. Answer without it."
    if reply.refusal:
        return "The answer was a refusal. Every turn needs an answer."
    if reply.withheld:
        return "The answer was withheld by a content filter. Word it differently."
    if reply.cut_off:
        if reply.thinking is not None:
            return "All of the answer was thinking, and it was cut off. Think much less."
        return "The answer was cut off because it was too long. Be much shorter."
    if reply.finish_reason == INVALID:
        return "The answer did not have the form described. Return one whole JSON object."
    if not reply.text.strip():
        if reply.thinking is not None:
            return "The answer was empty: all of it was thinking. Answer after it."
        return "The answer was empty."
    return None


def hint(reply: ModelReply) -> str | None:
    """Advice about an unusable reply for the run's user. It is not meant for the model."""
    if reply.thinking is None:
        return None
    if reply.cut_off:
        spent = reply.usage.reasoning or reply.usage.completion
        all_ = f"all {spent:,} tokens" if spent else "all its tokens"
        return f"the model spent {all_} on thinking: raise --max-tokens, or lower --effort"
    found = (
        "an answer stands in the reasoning field, which is thinking and never read"
        if reply.thinking == "holds the answer"
        else "nothing stands outside the reasoning field"
    )
    return (
        f"{found}: start the server without its reasoning parser or with the one of this model, or "
        "switch thinking off, such as by extra: {chat_template_kwargs: {enable_thinking: false}} "
        "in models.yaml"
    )
