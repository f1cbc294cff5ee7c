"""The adapters of ``docs/adapters.md`` answer, with a stand-in for the framework."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.models.providers.agents.seated import AgentSeat, Factory, SeatedChat
from harness.models.request import ChatMessage, Request
from tests.support.endpoints import agent_endpoint

PAGE = Path(__file__).parents[2] / "docs" / "adapters.md"
MESSAGES: list[ChatMessage] = [
    {"role": "system", "content": "The briefing."},
    {"role": "user", "content": "Speak."},
]


class Agent:
    def __init__(self, instructions: str) -> None:
        self.instructions = instructions

    async def run(self, task: str) -> Any:
        return SimpleNamespace(output=f"{self.instructions} {task.splitlines()[0]}")


class Session:
    def __init__(self, system: str) -> None:
        self.heard = [system]

    async def send(self, text: str) -> str:
        self.heard.append(text)
        return " | ".join(self.heard)


def block(index: int) -> dict[str, Any]:
    source = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[index]
    client = SimpleNamespace(chat=lambda messages: SimpleNamespace(text=messages[-1]["content"]))
    names: dict[str, Any] = {"Agent": Agent, "Session": Session, "my_client": client}
    exec(compile(source, PAGE.name, "exec"), names)  # noqa: S102 - the page's own
    return names


@pytest.mark.kind("G13")
async def test_the_adapters_answer() -> None:
    task = agent_endpoint(block(0)["agent"], name="x")
    assert (await task.complete(Request(MESSAGES))).text == "The briefing. user: Speak."
    plain = agent_endpoint(block(2)["agent"], name="x")
    assert (await plain.complete(Request(MESSAGES))).text == "Speak."
    remembers = agent_endpoint(Factory(block(1)["Remembers"]), name="x")
    seat = SeatedChat(remembers, AgentSeat("one", {}))
    longer: list[ChatMessage] = [
        *MESSAGES,
        {"role": "assistant", "content": "said"},
        {"role": "user", "content": "Again."},
    ]
    assert (await seat.complete(Request(MESSAGES))).text == "The briefing. | Speak."
    assert (await seat.complete(Request(longer))).text == "The briefing. | Speak. | Again."
