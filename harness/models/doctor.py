"""What a model endpoint can do, found out by asking it, and what to change in words.

Everything is asked through the same client that plays: what works here works in a run.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from harness.errors import ModelError, Track15Error
from harness.models.address import ModelAddress
from harness.models.chat import Chat
from harness.models.client import ChatClient
from harness.models.credentials import NO_KEY, key_for, key_variable
from harness.models.dialect import Dialect
from harness.models.limits import ConnectionLimit
from harness.models.pool import EndpointPool
from harness.models.presets import PRESETS
from harness.models.reply import ChatMessage, How, ModelReply
from harness.models.retry import RetryPolicy
from harness.models.settings import EndpointSettings, PoolSettings

State = Literal["good", "warn", "bad", "unknown"]

LONGEST: Final = 512
"""Tokens a probe may be answered with: a model that thinks first needs some for that."""
LEVELS: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256)
"""Requests at once that are tried, in turn."""
STILL_WORTH: Final = 1.1
"""A doubling of the requests at once is worth it while it answers this much more a second."""

_ASK: Final = 'Answer with the JSON object {"answer": "yes"} and nothing else.'
_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"answer": {"type": "string", "enum": ["yes"]}},
    "required": ["answer"],
    "additionalProperties": False,
}
_LINE: Final = "The delegations met again in the morning and went through the text line by line. "
_LONG: Final = _LINE * 120
"""Long enough for every prompt cache: OpenAI's starts at 1,024 tokens."""
_TELL: Final = "Tell a story of three sentences about a mountain pass."


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: What.
        state: ``bad``: nothing can be played; ``warn``: it can, at a price that ``change`` saves.
        said: What was found.
        change: What to do about it; empty where there is nothing to do.
    """

    name: str
    state: State
    said: str
    change: str = ""


@dataclass
class Checkup:
    """What was found out about one endpoint, with how many requests and tokens that took."""

    address: str
    findings: list[Finding] = field(default_factory=list)
    requests: int = 0
    tokens: int = 0
    advice: tuple[str, ...] = ()
    connections: int | None = None
    """Requests at once beyond which it did not get faster; None where that was not tried."""

    @property
    def usable(self) -> bool:
        return not any(finding.state == "bad" for finding in self.findings)

    def add(self, name: str, state: State, said: str, change: str = "") -> None:
        self.findings.append(Finding(name, state, said, change))


async def examine(
    address: ModelAddress,
    settings: EndpointSettings,
    *,
    patience: float = 60.0,
    load: int = 0,
    environ: Mapping[str, str] | None = None,
    on_step: Callable[[str], None] = lambda _: None,
) -> Checkup:
    """Look at one endpoint.

    Args:
        settings: Its key and limits.
        patience: Seconds a request may take.
        load: Most requests at once that are tried; 0 leaves that out.
        environ: Where the keys are.
        on_step: Told what is looked at next.
    """
    checkup = Checkup(str(address))
    if address.provider in PRESETS:
        checkup.advice = PRESETS[address.provider].advice
    visit = _Visit(checkup, address, settings, patience, environ, on_step)
    try:
        if not await visit.reached():
            return checkup
        if not address.speaks_openai:
            await visit.answered()
            return checkup
        if await visit.structured():
            await visit.seeded()
            await visit.cached()
            if load:
                await visit.loaded(load)
    finally:
        await visit.leave()
    return checkup


class _Visit:
    def __init__(
        self,
        checkup: Checkup,
        address: ModelAddress,
        settings: EndpointSettings,
        timeout: float,
        environ: Mapping[str, str] | None,
        on_step: Callable[[str], None],
    ) -> None:
        self.checkup = checkup
        self._address = address
        self._settings = settings
        self._timeout = timeout
        self._environ = environ
        self._on_step = on_step
        self._open: list[Chat] = []
        self._best = Dialect.first(openai_itself=address.is_openai_itself)

    async def leave(self) -> None:
        for chat in self._open:
            await chat.aclose()

    # --- the steps ---------------------------------------------------------------------------

    async def reached(self) -> bool:
        self._on_step("the server and the key")
        try:
            chat = self._chat()
            await chat.check()
        except Track15Error as error:
            self.checkup.add("reachable", "bad", error.what, error.fix or "")
            return False
        variable = self._settings.key or key_variable(self._address)
        self.checkup.add("reachable", "good", f"{self._address.safe_url} answers")
        if self._address.speaks_openai:
            sent = key_for(self._address, self._environ, variable=self._settings.key)
            said = "none was sent" if sent == NO_KEY else f"the one in {variable} was not refused"
            self.checkup.add("key", "good", said)
            await self._listed(chat)
        return True

    async def _listed(self, chat: Chat) -> None:
        assert isinstance(chat, ChatClient)
        names = await chat.models()
        model = self._address.model
        if names is None:
            self.checkup.add("model", "unknown", "the server does not list its models")
        elif model in names:
            self.checkup.add("model", "good", f"{model} is listed")
        else:
            shown = ", ".join(names[:8]) or "none"
            self.checkup.add(
                "model",
                "warn",
                f"{model} is not listed; the server has: {shown}",
                "take a name from the list, unless the server answers to any",
            )

    async def answered(self) -> None:
        """All that can be asked of a provider whose protocol is not ours."""
        self._on_step("a plain answer")
        reply = await self._ask(self._chat(), max_tokens=LONGEST)
        if reply is not None:
            self._usage(reply)

    async def structured(self) -> bool:
        """Which ways of asking for JSON work. False where the endpoint answers nothing at all."""
        works: list[How] = []
        titles: dict[How, str] = {"schema": "JSON schema", "tool": "tool call", "text": "in words"}
        reply = None
        for how, title in titles.items():
            self._on_step(f"structured replies: {title}")
            chat = self._chat(Dialect(how=how, longest=self._best.longest))
            reply = await self._ask(chat, schema=_SCHEMA, max_tokens=LONGEST)
            if reply is None:
                return False
            assert isinstance(chat, ChatClient)
            self._best = Dialect(self._best.how, chat.dialect.longest, chat.dialect.seeded)
            if reply.how != how:
                self.checkup.add(title, "warn", "refused by the server")
            elif _follows(reply):
                works.append(how)
                self.checkup.add(title, "good", "works")
            elif reply.finish_reason == "length":
                self.checkup.add(
                    title,
                    "warn",
                    f"cut off after {LONGEST} tokens",
                    "a model that thinks first needs a larger --max-tokens, or less --effort",
                )
            else:
                self.checkup.add(title, "warn", "accepted, but the reply does not follow it")
        if not works:
            self.checkup.add(
                "replies",
                "warn",
                "none could be read: most dialogues would be void",
                "try another model, or a larger --max-tokens for one that thinks first",
            )
        elif "schema" not in works:
            self.checkup.add(
                "replies",
                "warn",
                f"track15 will go by {titles[works[0]]} and ask again for what it cannot read",
                "start the server with guided decoding or a grammar, if it has one: fewer replies "
                "have to be asked again",
            )
        if reply is not None:
            self._usage(reply)
        self._best = Dialect(works[0] if works else "text", self._best.longest, self._best.seeded)
        return True

    async def seeded(self) -> None:
        self._on_step("the seed")
        if not self._best.seeded:
            self.checkup.add("seed", "warn", "refused; it is left out")
            return
        chat = self._chat()
        told = [
            await self._ask(chat, _TELL, seed=seed, temperature=self._warm(), max_tokens=96)
            for seed in (11, 11, 12)
        ]
        texts = [reply.text for reply in told if reply is not None]
        if len(texts) < 3:
            self.checkup.add("seed", "unknown", "the server did not answer the question")
        elif texts[0] != texts[1]:
            self.checkup.add(
                "seed",
                "warn",
                "accepted, but the same seed gave two different texts",
                "repeat with --epochs; a run can be replayed from its record all the same",
            )
        elif texts[0] == texts[2]:
            self.checkup.add("seed", "unknown", "one text, whatever the seed")
        else:
            self.checkup.add("seed", "good", "honoured: the same seed gave the same text")

    def _warm(self) -> float | None:
        """Reasoning models refuse a temperature; OpenAI's are told apart by the longest reply."""
        return None if self._address.is_openai_itself else 1.0

    async def cached(self) -> None:
        self._on_step("the prompt cache")
        chat = self._chat()
        last = None
        for question in ("What was gone through?", "When did they meet?"):
            last = await self._ask(chat, f"{_LONG}\n\n{question}", max_tokens=64)
        if last is None:
            self.checkup.add("prompt cache", "unknown", "a prompt of 2,000 tokens got no answer")
        elif last.usage.cached_tokens is None:
            self.checkup.add(
                "prompt cache",
                "unknown",
                "the server does not say how much of a prompt it had cached",
            )
        elif last.usage.cached_tokens == 0:
            self.checkup.add(
                "prompt cache",
                "warn",
                "nothing was cached of a prompt sent twice",
                "turn prefix caching on: prompts here only grow, most of each is the one before",
            )
        else:
            whole = last.usage.prompt_tokens
            of = f" of {whole}" if whole else ""
            said = f"{last.usage.cached_tokens}{of} tokens of a prompt sent twice were cached"
            self.checkup.add("prompt cache", "good", said)

    async def loaded(self, most: int) -> None:
        """How many requests at once are answered faster than half as many."""
        best, rate = 1, 0.0
        for level in [level for level in LEVELS if level <= most]:
            self._on_step(f"{level} requests at once")
            chat = self._chat(connections=level)
            began = time.perf_counter()
            asked: list[Awaitable[ModelReply | None]] = [
                self._ask(chat, max_tokens=16, quiet=True) for _ in range(2 * level)
            ]
            replies = await asyncio.gather(*asked)
            now = len(replies) / (time.perf_counter() - began)
            if None in replies:
                self.checkup.add(
                    "at once",
                    "warn",
                    f"{level} requests at once were too many: some were refused or not answered",
                    f"--max-connections {best}",
                )
                self.checkup.connections = best
                return
            if now < rate * STILL_WORTH:
                break
            best, rate = level, now
        self.checkup.connections = best
        said = f"{best} requests at once gave {rate:,.1f} answers a second, and more gave no more"
        if best == max(level for level in LEVELS if level <= most):
            said = f"{best} requests at once gave {rate:,.1f} answers a second"
        self.checkup.add("at once", "good", said, f"--max-connections {best}")

    # --- asking ------------------------------------------------------------------------------

    def _chat(self, dialect: Dialect | None = None, *, connections: int = 4) -> Chat:
        retry = RetryPolicy(retries=0)
        if self._address.speaks_openai:
            chat: Chat = ChatClient(
                self._address,
                limit=ConnectionLimit(connections),
                retry=retry,
                timeout=self._timeout,
                environ=self._environ,
                key=self._settings.key,
                dialect=dialect or self._best,
            )
        else:
            settings = PoolSettings(
                timeout=self._timeout, endpoints={str(self._address): self._settings}
            )
            chat = EndpointPool(settings, retry=retry, environ=self._environ).chat(self._address)
        self._open.append(chat)
        return chat

    async def _ask(
        self, chat: Chat, question: str = _ASK, *, quiet: bool = False, **options: Any
    ) -> ModelReply | None:
        """A reply; None, and a finding unless ``quiet``, where the endpoint gives none."""
        message: ChatMessage = {"role": "user", "content": question}
        self.checkup.requests += 1
        try:
            reply = await chat.complete([message], **options)
        except ModelError as error:
            if not quiet:
                self.checkup.add("answer", "bad", error.what, error.fix or "")
            return None
        usage = reply.usage
        self.checkup.tokens += (usage.prompt_tokens or 0) + (usage.completion_tokens or 0)
        return reply

    def _usage(self, reply: ModelReply) -> None:
        usage = reply.usage
        if usage.prompt_tokens is None or usage.completion_tokens is None:
            self.checkup.add(
                "usage",
                "warn",
                "the server does not count tokens",
                "limits of tokens and cost then go by estimates",
            )
            return
        said = "tokens are counted"
        if usage.reasoning_tokens:
            said += f"; the model thinks ({usage.reasoning_tokens} of {usage.completion_tokens})"
        self.checkup.add("usage", "good", said)


def _follows(reply: ModelReply) -> bool:
    try:
        return bool(json.loads(reply.text) == {"answer": "yes"})
    except ValueError:
        return False
