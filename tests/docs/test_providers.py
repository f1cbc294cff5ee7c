"""The provider of ``CONTRIBUTING.md`` works, with a stand-in for the server's client."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.models.address import ModelAddress
from harness.models.endpoint import Endpoint
from harness.models.failure import EndpointError
from harness.models.limits.retry import RetryPolicy
from harness.models.request import ChatMessage, Request
from harness.models.usage import Usage

PAGE = Path(__file__).parents[2] / "CONTRIBUTING.md"
ADDRESS = ModelAddress(provider="theirs", model="m")
MESSAGES: list[ChatMessage] = [{"role": "user", "content": "Speak."}]


class Client:
    def __init__(self, model: str, key: str) -> None:
        self.named = f"{model} {key}"

    async def chat(self, messages: list[ChatMessage], *, temperature: float | None) -> Any:
        if temperature == 2.0:
            raise ConnectionRefusedError
        said = f"{self.named} {messages[-1]['content']}"
        return SimpleNamespace(text=said, read=3, written=2)


async def test_the_provider_answers_and_fails_as_the_page_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    section = PAGE.read_text(encoding="utf-8").partition("## A model provider")[2]
    source = re.findall(r"```python\n(.*?)```", section, re.DOTALL)[0]
    names: dict[str, Any] = {"MyClient": Client}
    exec(compile(source, PAGE.name, "exec"), names)  # noqa: S102 - the page's own
    monkeypatch.setenv("THEIR_KEY", "k")
    provider = names["MyProvider"](ADDRESS, key="THEIR_KEY")
    endpoint = Endpoint(ADDRESS, provider, retry=RetryPolicy(retries=0))
    reply = await endpoint.complete(Request(MESSAGES))
    assert (reply.text, reply.usage) == ("m k Speak.", Usage(prompt=3, completion=2))
    with pytest.raises(EndpointError, match="connection refused"):
        await endpoint.complete(Request(MESSAGES, temperature=2.0))
