"""A conversation with a model, as it goes out and as it is recorded.

A thread of messages only ever grows: each prompt is an exact prefix of the next, unusable replies
and complaints included, so every prompt cache hits.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from harness.asking.answer import MadeCall
from harness.asking.jsonreply import thoughts_before, without_reasoning
from harness.models.chat import Chat
from harness.models.reply import ModelReply, shortened_reasoning
from harness.models.request import ChatMessage, Request
from harness.models.usage import Usage
from harness.records.transcript import Call
from harness.records.transcript import Usage as RecordedUsage
from harness.suite.parts import ModelSettings

KEPT_OF_REPLY: Final = 12_000
"""Characters of a reply that stay in its thread: a runaway reply must not fill the prompt."""
NO_REPLY: Final = "(no answer)"
"""Stands in a thread for an empty reply: many chat templates insist that speakers alternate, and
many servers refuse an empty message. The record of the call keeps what really came."""
SEEDS: Final = 2**31
"""Sampling seeds stay below this: some servers take 32 bits."""


def message_hash(role: str, content: str) -> str:
    """First 16 hexadecimal digits of the SHA-256 of ``role``, a NUL and ``content``."""
    return hashlib.sha256(f"{role}\0{content}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class AskedModel:
    """A model in the part that it takes in a stage.

    Attributes:
        name: Who is asked, as records name it: a seat, an author, a reader, a judge.
        chat: The model; shared with other stages.
        model: Its address, for the record.
        settings: How it is sampled.
    """

    name: str
    chat: Chat
    model: str
    settings: ModelSettings


@dataclass
class Thread:
    """The messages of one speaker, and the hash of each."""

    messages: list[ChatMessage] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)

    def add(self, role: Literal["system", "user", "assistant"], content: str) -> None:
        """Add a message."""
        self.messages.append({"role": role, "content": content})
        self.hashes.append(message_hash(role, content))

    def texts(self) -> dict[str, tuple[str, str]]:
        """Every message: hash -> (role, content)."""
        return {
            key: (message["role"], message["content"])
            for key, message in zip(self.hashes, self.messages, strict=True)
        }

    async def ask(
        self,
        asked: AskedModel,
        *,
        purpose: str,
        schema: dict[str, Any] | None,
        seed: int,
        member: str | None = None,
    ) -> tuple[MadeCall, ModelReply]:
        """One call: the thread as it stands goes out, and the reply joins it.

        Args:
            purpose: What is asked for, which is also what the schema is called.
            schema: As in a :class:`~harness.models.request.Request`.
            seed: Of the sampling, below :data:`SEEDS`.
            member: Of a delegation, where the speaker is one.

        Raises:
            ModelError: The model could not be asked.
        """
        prompt, settings = tuple(self.hashes), asked.settings
        request = Request(
            tuple(self.messages),
            schema=schema,
            schema_name=purpose,
            seed=seed,
            temperature=settings.temperature,
            max_tokens=settings.max_tokens,
            extra=settings.fields,
        )
        reply = await asked.chat.complete(request)
        self.add("assistant", _kept(reply))
        reasoning, reasoning_cut = _reasoning(reply)
        call = Call(
            index=-1,  # whoever keeps the calls numbers them
            seat=asked.name,
            member=member,
            purpose=purpose,
            model=asked.model,
            prompt=prompt,
            reply=_encodable(reply.text),
            finish_reason=reply.finish_reason,
            refusal=None if reply.refusal is None else _encodable(reply.refusal),
            how=reply.how,
            usage=_recorded(reply.usage),
            thinking=reply.thinking,
            reasoning=reasoning,
            reasoning_cut=reasoning_cut,
            inside=reply.inside,
        )
        made = MadeCall(
            call=call,
            seconds=reply.seconds,
            attempts=reply.attempts,
            cached_tokens=reply.usage.cached,
        )
        return made, reply


def _recorded(usage: Usage) -> RecordedUsage:
    """What a call took, as its record says it. What was cached stands beside the seconds."""
    return RecordedUsage(
        prompt=usage.prompt, completion=usage.completion, reasoning=usage.reasoning
    )


def _reasoning(reply: ModelReply) -> tuple[str | None, int | None]:
    """What the model thought, for the record alone, and how many characters of it are left out."""
    if reply.reasoning is not None and reply.reasoning_cut is not None:
        return _encodable(reply.reasoning), reply.reasoning_cut
    found = reply.reasoning or thoughts_before(_encodable(reply.text))
    return (None, None) if not found else shortened_reasoning(_encodable(found))


def _kept(reply: ModelReply) -> str:
    """A reply as it stays in the thread: without reasoning, never empty, never endless."""
    said = _encodable(without_reasoning(reply.text)).strip()
    if len(said) > KEPT_OF_REPLY:
        said = f"{said[:KEPT_OF_REPLY]} [cut]"
    return said or NO_REPLY


def _encodable(text: str) -> str:
    """``text`` with unpaired surrogates written out: they cannot be stored or sent as UTF-8.

    The very same object where there are none, so that thread and record share it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text
