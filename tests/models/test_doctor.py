"""The doctor says what is there, and never that something works which does not."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import Any

import pytest

from harness.models.address import parse_address
from harness.models.doctor import Checkup, examine
from harness.models.settings import EndpointSettings
from tests.support import mock_server as mock
from tests.support.mock_server import Answer, Body, MockServer

YES = json.dumps({"answer": "yes"})


def able(body: Body) -> Answer:
    """A server that can do everything."""
    if "messages" not in body:
        return mock.payload({"object": "list", "data": [{"id": "m"}, {"id": "other"}]})
    question = body["messages"][-1]["content"]
    usage: dict[str, Any] = {"prompt_tokens": 9, "completion_tokens": 3}
    if "tell a story" in question.lower():
        return mock.completion(f"Story {body.get('seed')}.", usage=usage)
    if "When did they meet?" in question:
        details = {"cached_tokens": 1800}
        usage = {**usage, "prompt_tokens": 2000, "prompt_tokens_details": details}
    if body.get("tools"):
        function = {"name": "reply", "arguments": YES}
        call = {"id": "1", "type": "function", "function": function}
        return mock.completion(None, usage=usage, tool_calls=[call])
    return mock.completion(YES, usage=usage)


async def visited(
    script: Callable[[Body], str | Answer], *, load: int = 0, **server: Any
) -> Checkup:
    with MockServer(script, **server) as running:
        address = parse_address(f"openai/m@{running.base_url}")
        return await examine(address, EndpointSettings(), patience=2.0, load=load)


def states(checkup: Checkup) -> dict[str, str]:
    return {finding.name: finding.state for finding in checkup.findings}


async def test_a_server_that_can_do_everything() -> None:
    checkup = await visited(able, load=4)
    assert checkup.usable
    assert set(states(checkup).values()) == {"good"}
    assert set(states(checkup)) == {
        *("reachable", "key", "model", "JSON schema", "tool call", "in words"),
        *("usage", "seed", "prompt cache", "at once"),
    }
    assert checkup.connections in (1, 2, 4)
    assert checkup.requests >= 3 + 3 + 2 + 2


async def test_what_is_refused_is_told_apart_from_what_fails() -> None:
    checkup = await visited(able, refuses=("schema",))
    found = states(checkup)
    assert checkup.usable
    assert (found["JSON schema"], found["tool call"], found["replies"]) == ("warn", "good", "warn")
    said = {finding.name: finding.said for finding in checkup.findings}
    assert said["JSON schema"] == "refused by the server"
    assert "tool call" in said["replies"]


async def test_a_schema_that_is_ignored_does_not_work() -> None:
    def chatty(body: Body) -> str | Answer:
        return "Certainly! Here you are." if "response_format" in body else able(body)

    checkup = await visited(chatty)
    assert states(checkup)["JSON schema"] == "warn"
    assert any("does not follow" in finding.said for finding in checkup.findings)


async def test_a_model_that_answers_nothing_usable_is_said_to() -> None:
    checkup = await visited(lambda _: mock.completion("What a day."))
    assert "most dialogues would be void" in {f.name: f.said for f in checkup.findings}["replies"]
    assert states(checkup)["usage"] == "warn"


async def test_a_seed_without_effect_and_one_that_is_not_kept() -> None:
    count = 0

    def restless(body: Body) -> str | Answer:
        nonlocal count
        count += 1
        if "messages" in body and "story" in body["messages"][-1]["content"]:
            return f"Story {count}."
        return able(body)

    assert states(await visited(restless))["seed"] == "warn"

    def deaf(body: Body) -> str | Answer:
        if "messages" in body and "story" in body["messages"][-1]["content"]:
            return "The one story."
        return able(body)

    assert states(await visited(deaf))["seed"] == "unknown"


async def test_a_wrong_key_ends_the_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACK15_API_KEY", "a-very-wrong-key-0123456789")
    checkup = await visited(lambda _: mock.error(401, "wrong key a-very-wrong-key-0123456789"))
    assert not checkup.usable
    assert states(checkup) == {"reachable": "bad"}
    assert "TRACK15_API_KEY" in checkup.findings[0].change
    assert "a-very-wrong-key" not in repr(checkup)
    assert checkup.requests == 0


async def test_nobody_there() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        checkup = await examine(parse_address(f"vllm/m@{url}"), EndpointSettings(), patience=2.0)
    assert not checkup.usable
    assert "is the server running" in checkup.findings[0].change
    assert checkup.advice, "what a vLLM server needs is said all the same"


async def test_a_server_that_breaks_under_load_gets_a_number_it_stands() -> None:
    def fragile(body: Body) -> str | Answer:
        if len(running.requests) > 9 and running.max_in_flight > 4:
            return mock.error(429)
        return able(body)

    with MockServer(fragile, latency=0.05) as running:
        address = parse_address(f"openai/m@{running.base_url}")
        checkup = await examine(address, EndpointSettings(), patience=2.0, load=32)
    assert checkup.usable
    assert states(checkup)["at once"] == "warn"
    assert checkup.connections is not None
    assert checkup.connections <= 4
