"""Which part of a refused question is refused: by what is taken, not by what is said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harness.doctor.checkup import Checkup
from harness.doctor.listening import Exchange, HeardChat
from harness.doctor.parts import ASK, Part, answered, length_or_words, refused_part
from harness.models.request import Request
from tests.support.chats import FakeChat
from tests.support.exchanges import refusal

Refuses = Callable[[Request], bool]
SETTINGS: dict[str, Any] = {
    "seed": 7,
    "temperature": 0.3,
    "max_tokens": 700,
    "extra": {"top_k": 20, "min_p": 0.1},
}
SCHEMA = {"type": "object"}
WORDS = "A dispute of which nobody may speak. " * 30


def question(**settings: Any) -> Request:
    """What a run would ask."""
    return Request(
        [
            {"role": "system", "content": "A briefing."},
            {"role": "user", "content": WORDS},
            {"role": "assistant", "content": "An answer."},
            {"role": "user", "content": "Go on."},
        ],
        SCHEMA,
        "move",
        **settings,
    )


class Trial:
    """What is found out of a server that refuses some questions."""

    def __init__(self, refuses: Refuses) -> None:
        self.server = FakeChat(lambda asked: refusal() if refuses(asked) else "yes")
        self.chat = HeardChat(self.server, Checkup("openai/m"))
        self.steps: list[str] = []

    async def part(self, asked: Request) -> Part:
        return await refused_part(self.chat, Exchange(asked, error=refusal()), self.steps.append)

    async def length(self, asked: Request) -> Part:
        return await length_or_words(self.chat, Exchange(asked, error=refusal()), self.steps.append)


def has(name: str) -> Refuses:
    return lambda asked: getattr(asked, name) is not None


@pytest.mark.parametrize(
    ("refuses", "name", "change"),
    [
        (lambda asked: True, "every question, even a plain one", ""),
        (has("seed"), "a seed", ""),
        (has("temperature"), "temperature 0.3", "leave --temperature out"),
        (has("max_tokens"), "max_tokens 700", "leave --max-tokens out"),
        (has("extra"), "one of the fields top_k, min_p", "take it out of 'extra'"),
        (
            lambda asked: asked.seed is not None and asked.temperature is not None,
            "the settings together (seed, temperature, max_tokens, extra)",
            "leave one of them out",
        ),
        (lambda asked: asked.briefed, "a message of the system role", "a chat template"),
        (has("schema"), "the form of a move (its JSON schema)", "guided decoding"),
        (
            lambda asked: WORDS in str(asked.messages),
            "what the prompt says",
            "the server's own log",
        ),
    ],
    ids=["all", "seed", "temperature", "tokens", "fields", "together", "role", "form", "words"],
)
async def test_the_part_that_is_refused_is_named(refuses: Refuses, name: str, change: str) -> None:
    trial = Trial(refuses)
    part = await trial.part(question(**SETTINGS))
    assert part.name.startswith(name)
    assert part.change.startswith(change) or change in part.change
    assert bool(part.change) is bool(change)
    assert not part.long
    assert len(trial.steps) == len(trial.server.asked) <= 6


async def test_one_part_is_added_after_the_other() -> None:
    trial = Trial(lambda asked: WORDS in str(asked.messages))
    await trial.part(question(**SETTINGS))
    plain, settings, role, form, length = trial.server.asked
    assert plain == Request([{"role": "user", "content": ASK}])
    assert settings == Request(plain.messages, **SETTINGS)
    assert [message["role"] for message in role.messages] == ["system", "user"]
    assert role == Request(role.messages, **SETTINGS)
    assert form == Request(role.messages, SCHEMA, "move", **SETTINGS)
    assert length == Request(length.messages, **SETTINGS)
    assert trial.steps == [
        "what is refused: a plain question",
        "what is refused: the settings",
        "what is refused: the system role",
        "what is refused: the form of the reply",
        "what is refused: the length of the prompt",
    ]


async def test_what_was_not_asked_for_is_not_tried() -> None:
    trial = Trial(lambda asked: False)
    await trial.part(Request(question().messages))
    assert len(trial.server.asked) == 3, "no settings and no form"


@pytest.mark.parametrize("name", SETTINGS)
async def test_a_single_setting_is_tried_once(name: str) -> None:
    trial = Trial(has(name))
    part = await trial.part(question(**{name: SETTINGS[name]}))
    assert len(trial.server.asked) == 2
    assert part.name != "every question, even a plain one"
    assert "together" not in part.name


async def test_two_settings_are_told_apart() -> None:
    part = await Trial(has("temperature")).part(question(seed=7, temperature=0.3))
    assert part.name == "temperature 0.3"


async def test_the_length_is_tried_with_words_about_nothing() -> None:
    asked = question(**SETTINGS)
    trial = Trial(lambda asked: asked.size > 1000)
    part = await trial.length(asked)
    assert part == Part(f"a prompt of {asked.size:,} characters", long=True)
    (tried,) = trial.server.asked
    assert [m["role"] for m in tried.messages] == [m["role"] for m in asked.messages]
    assert tried.size == asked.size + len(f"\n\n{ASK}")
    assert tried.messages[-1]["content"].endswith(f"\n\n{ASK}")
    assert WORDS[:20] not in str(tried.messages)
    assert tried.schema is None


async def test_an_endpoint_that_gives_no_reply_gives_none() -> None:
    asked = question()
    trial = Trial(lambda asked: False)
    reply = await answered(trial.chat, asked)
    assert reply is not None
    assert reply.text == "yes"
    assert await answered(Trial(lambda asked: True).chat, asked) is None
