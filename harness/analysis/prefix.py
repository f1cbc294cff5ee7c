"""How much of what was sent to models a prefix cache could serve, and what servers said it did.

Prompts only grow, so most of each prompt is the one before it. Shares are of characters, which are
at hand for every prompt; the servers' own counts are of tokens, where they give any.
"""

from __future__ import annotations

from itertools import islice

from pydantic import BaseModel, ConfigDict

from harness.records.reader import RunFolder

MOST = 500
"""Dialogues that are looked at: shares settle long before, and these are held in memory."""


class PrefixShares(BaseModel):
    """Shares of what was sent, in [0, 1].

    Attributes:
        dialogues: Dialogues with model calls that were looked at.
        calls: Their calls.
        within: What the same speaker's thread had sent before in the dialogue.
        across: What had been sent before in the dialogue or in an earlier one of the record.
        reported: Of the prompt tokens, those that servers said they had cached; None where none
            said.
        silent: Calls whose server did not say.
    """

    model_config = ConfigDict(frozen=True)

    dialogues: int
    calls: int
    within: float
    across: float
    reported: float | None
    silent: int


def prefix_shares(folder: RunFolder) -> PrefixShares | None:
    """The shares of a run; None where no model was asked anything."""
    if not folder.info.players:
        return None
    talks = list(islice((t for t in folder.transcripts() if t.calls), MOST))
    lengths = folder.message_lengths(
        key for transcript in talks for call in transcript.calls for key in call.prompt
    )
    starts: set[int] = set()
    sent = within = across = calls = 0
    seen: dict[str, tuple[int | None, ...]] = {}
    for transcript in talks:
        seen[transcript.id] = tuple(call.usage.prompt for call in transcript.calls)
        before: dict[tuple[str, str | None], tuple[str, ...]] = {}
        for call in transcript.calls:
            calls += 1
            sent += sum(lengths.get(key, 0) for key in call.prompt)
            within += _shared(before.get((call.seat, call.member), ()), call.prompt, lengths)
            before[call.seat, call.member] = call.prompt
            across += _served(starts, call.model, call.prompt, lengths)
    if not calls or not sent:
        return None
    reported, silent = _reported(folder, seen)
    return PrefixShares(
        dialogues=len(seen),
        calls=calls,
        within=within / sent,
        across=across / sent,
        reported=reported,
        silent=silent,
    )


def _shared(before: tuple[str, ...], now: tuple[str, ...], lengths: dict[str, int]) -> int:
    """Characters of the messages with which both prompts begin."""
    total = 0
    for old, new in zip(before, now, strict=False):
        if old != new:
            break
        total += lengths.get(old, 0)
    return total


def _served(starts: set[int], model: str, prompt: tuple[str, ...], lengths: dict[str, int]) -> int:
    """Characters with which some earlier prompt to the model began alike; every beginning of this
    one joins ``starts``, as the hash of its messages."""
    total, beginning, alike = 0, hash(model), True
    for key in prompt:
        beginning = hash((beginning, key))
        alike = alike and beginning in starts
        if alike:
            total += lengths.get(key, 0)
        else:
            starts.add(beginning)
    return total


def _reported(
    folder: RunFolder, prompts: dict[str, tuple[int | None, ...]]
) -> tuple[float | None, int]:
    cached = counted = 0
    said: dict[str, set[int]] = {}
    for timing in folder.timings(prompts):
        tokens = prompts.get(timing.id)
        if tokens is None:
            continue
        for call in timing.calls:
            prompt = tokens[call.call] if call.call < len(tokens) else None
            if call.cached_tokens is not None and prompt:
                cached += min(call.cached_tokens, prompt)
                counted += prompt
                said.setdefault(timing.id, set()).add(call.call)
    silent = sum(len(tokens) for tokens in prompts.values()) - sum(map(len, said.values()))
    return (cached / counted if counted else None), silent
