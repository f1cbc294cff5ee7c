"""Finds the part of a request that a server refuses, by adding one part after the other.

The server's error message is not used. Only what it accepts and what it refuses counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from harness.doctor.listening import Exchange, HeardChat
from harness.doctor.seats import filler
from harness.errors import ModelError
from harness.models.reply import ModelReply
from harness.models.request import ChatMessage, Request

ASK: Final = 'Answer with the JSON object {"answer": "yes"} and nothing else.'
_SYSTEM: Final = "You answer questions."
_AS_ASKED: Final[dict[str, str]] = {
    "temperature": "leave --temperature out, and 'temperature' in models.yaml and the suite",
    "max_tokens": "leave --max-tokens out, or give a smaller number",
    "extra": "take it out of 'extra' in models.yaml, or leave --effort out",
}


@dataclass(frozen=True)
class Part:
    """What is refused.

    Attributes:
        name: As a noun.
        change: What to do about it; empty where that is for the caller to say.
        long: Whether it is the length of the prompt.
    """

    name: str
    change: str = ""
    long: bool = False


async def refused_part(chat: HeardChat, refused: Exchange, step: Callable[[str], None]) -> Part:
    """The first part of ``refused`` with which a short question is refused as well.

    Takes one question a part, at most six.
    """

    async def taken(what: str, request: Request) -> bool:
        step(f"what is refused: {what}")
        return await answered(chat, request) is not None

    asked = refused.request
    plain: list[ChatMessage] = [{"role": "user", "content": ASK}]
    if not await taken("a plain question", Request(plain)):
        return Part("every question, even a plain one")
    settings = _settings(asked)
    if settings and not await taken("the settings", Request(plain, **settings)):
        for name, value in settings.items() if len(settings) > 1 else ():
            if not await taken(name, Request(plain, **{name: value})):
                return Part(_shown(name, value), _AS_ASKED.get(name, ""))
        name, value = next(iter(settings.items()))
        if len(settings) == 1:
            return Part(_shown(name, value), _AS_ASKED.get(name, ""))
        return Part(f"the settings together ({', '.join(settings)})", "leave one of them out")
    briefed: list[ChatMessage] = [{"role": "system", "content": _SYSTEM}, *plain]
    if not await taken("the system role", Request(briefed, **settings)):
        return Part(
            "a message of the system role",
            "serve the model with a chat template that has one, or use another model",
        )
    if asked.schema is not None:
        form = Request(briefed, asked.schema, asked.schema_name, **settings)
        if not await taken("the form of the reply", form):
            return Part(
                "the form of a move (its JSON schema)",
                "start the server with another engine for guided decoding, or without one: then "
                "the form is asked for in words",
            )
    return await length_or_words(chat, refused, step)


async def length_or_words(chat: HeardChat, refused: Exchange, step: Callable[[str], None]) -> Part:
    """Whether a prompt is refused for its length or for what it says. Takes one question: as long,
    and about nothing."""
    step("what is refused: the length of the prompt")
    as_long: list[ChatMessage] = [
        {"role": message["role"], "content": filler(len(message["content"]))}
        for message in refused.request.messages
    ]
    as_long[-1]["content"] = f"{as_long[-1]['content']}\n\n{ASK}"
    if await answered(chat, Request(as_long, **_settings(refused.request))) is None:
        return Part(f"a prompt of {refused.request.size:,} characters", long=True)
    return Part(
        "what the prompt says, or its parts together",
        "look at the server's own log; a filter may stand before the model",
    )


async def answered(chat: HeardChat, request: Request) -> ModelReply | None:
    """The reply; None where the endpoint gives none."""
    try:
        return await chat.complete(request)
    except ModelError:
        return None


def _settings(asked: Request) -> dict[str, Any]:
    """What goes with a question besides its words and its form."""
    names = ("seed", "temperature", "max_tokens", "extra")
    return {name: value for name in names if (value := getattr(asked, name)) is not None}


def _shown(name: str, value: object) -> str:
    if name == "extra" and isinstance(value, dict):
        return f"one of the fields {', '.join(map(str, value))}"
    return "a seed" if name == "seed" else f"{name} {value}"
