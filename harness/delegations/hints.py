"""What the user of a run can do about replies that no asking again will put right."""

from __future__ import annotations

from harness.models.reply import ModelReply


def hint(reply: ModelReply) -> str | None:
    """What the run's user can do about a reply that cannot count; nothing that helps the model."""
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
