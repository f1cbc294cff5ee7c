"""Optional probes, on which no dialogue depends: seed, prompt cache and requests at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from harness.doctor.checkup import Checkup
from harness.doctor.listening import Exchange, HeardChat
from harness.doctor.parts import ASK, answered
from harness.models.address import ModelAddress
from harness.models.limits.retry import RetryPolicy
from harness.models.pool import EndpointPool
from harness.models.providers.openai_compatible.client import OpenAIProvider
from harness.models.providers.openai_compatible.dialect import SEED
from harness.models.request import ChatMessage, Request
from harness.models.settings import EndpointSettings, PoolSettings
from harness.suite.parts import ModelSettings

LEVELS: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256)
"""Requests at once that are tried, in turn."""
STILL_WORTH: Final = 1.1
"""A doubling of the requests at once is worth it while it answers this much more a second."""
_TELL: Final = "Tell a story of three sentences about a mountain pass."
_SEEDS: Final = (11, 11, 12)
_STORY: Final = 96
"""Tokens of a story."""


async def seed(
    checkup: Checkup, chat: HeardChat, server: OpenAIProvider | None, settings: ModelSettings
) -> None:
    """Whether the same seed gives the same text. Three short questions."""
    if server is not None and not server.dialect.seeded:
        said = next((note for note in server.notes if note.startswith(SEED)), f"{SEED} was refused")
        checkup.add("seed", "warn", said, "repeat with --epochs")
        return
    messages: list[ChatMessage] = [{"role": "user", "content": _TELL}]
    texts = []
    for number in _SEEDS:
        story = Request(
            messages,
            seed=number,
            temperature=settings.temperature,
            max_tokens=_STORY,
            extra=settings.fields,
        )
        reply = await answered(chat, story)
        if reply is None:
            checkup.add("seed", "unknown", "the server did not answer the question")
            return
        texts.append(reply.text.strip())
    if not all(texts):
        checkup.add("seed", "unknown", f"{_STORY} tokens were not enough for a text")
    elif texts[0] != texts[1]:
        checkup.add(
            "seed",
            "warn",
            "accepted, but the same seed gave two different texts",
            "repeat with --epochs; a run can be replayed from its record all the same",
        )
    elif texts[0] == texts[2]:
        checkup.add("seed", "unknown", "the same text for every seed")
    else:
        checkup.add("seed", "good", "honoured: the same seed gave the same text")


def cache(checkup: Checkup, exchanges: Sequence[Exchange]) -> None:
    """How much of a prompt that only grew the server had kept. Asks nothing."""
    replies = [one.reply for one in exchanges if one.reply is not None]
    grown = [reply.usage for reply in replies[1:]]
    told = [usage for usage in grown if usage.cached is not None]
    if not told:
        checkup.add(
            "prompt cache",
            "unknown",
            "the server does not report how much of a prompt it had cached",
        )
        return
    best = max(told, key=lambda usage: usage.cached or 0)
    if not best.cached:
        checkup.add(
            "prompt cache",
            "warn",
            "nothing was cached although the prompt only grew: each one is read from its start",
            "turn prefix caching on: most of each prompt repeats the previous one",
        )
        return
    of = f" of {best.prompt:,}" if best.prompt else ""
    checkup.add(
        "prompt cache",
        "good",
        f"{best.cached:,}{of} tokens of a prompt came from the cache",
    )


async def load(
    checkup: Checkup,
    address: ModelAddress,
    settings: EndpointSettings,
    most: int,
    *,
    patience: float,
    environ: Mapping[str, str] | None,
    step: Callable[[str], None],
) -> None:
    """How many requests at once are answered faster than half as many. Asks two short questions a
    request at once: up to four times ``most`` in all.

    Args:
        settings: The endpoint's key and limits.
        most: Requests at once that are not gone beyond; at least 1.
        patience: Time limit of one request, in seconds.
        environ: Where the keys are; None for the process's environment.
        step: Told what is tried next.
    """
    best, rate = 1, 0.0
    levels = [level for level in LEVELS if level <= most]
    messages: list[ChatMessage] = [{"role": "user", "content": ASK}]
    for level in levels:
        step(_at_once(level))
        free = settings.model_copy(update={"max_connections": level})
        wire = PoolSettings(timeout=patience, adaptive=False, endpoints={str(address): free})
        async with EndpointPool(wire, retry=RetryPolicy(retries=0), environ=environ) as pool:
            chat = HeardChat(pool.chat(address), checkup)
            began = time.perf_counter()
            replies = await asyncio.gather(
                *(answered(chat, Request(messages, max_tokens=16)) for _ in range(2 * level))
            )
            now = len(replies) / (time.perf_counter() - began)
        if None in replies:
            checkup.connections = best
            few = f"{_at_once(level)} were too many: some were refused or not answered"
            checkup.add(
                "at once",
                "warn",
                few
                if level > 1
                else ("not all short questions, sent one after the other, were answered"),
                f"--max-connections {best}" if level > 1 else "look at the server's own log",
            )
            return
        if now < rate * STILL_WORTH:
            break
        best, rate = level, now
    checkup.connections = best
    more = "" if best == levels[-1] else ", and more gave no more"
    checkup.add(
        "at once",
        "good",
        f"{_at_once(best)} gave {rate:,.1f} answers a second{more}",
        f"--max-connections {best}",
    )


def _at_once(level: int) -> str:
    return "1 request at a time" if level == 1 else f"{level} requests at once"
