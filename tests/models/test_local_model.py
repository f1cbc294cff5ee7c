"""The client against a real llama.cpp server, which compiles schemas to grammars."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from harness.models.address import parse_address
from harness.models.failure import EndpointError
from harness.models.limits.retry import RetryPolicy
from harness.models.request import ChatMessage, Request
from tests.support.command import track15
from tests.support.disputes import write
from tests.support.endpoints import OpenAIEndpoint, openai_endpoint
from tests.support.tiny_server import CONTEXT, TinyServer, is_available

pytestmark = [
    pytest.mark.local_model,
    pytest.mark.skipif(not is_available(), reason="needs xllamacpp and gguf"),
]


class Reply(BaseModel):
    model_config = ConfigDict(extra="forbid")

    words: str = Field(max_length=60)
    action: Literal["propose", "accept", "reject"]
    fee: int = Field(ge=0, le=100)


@pytest.fixture(scope="module")
def server() -> Iterator[TinyServer]:
    with TinyServer(slots=2) as running:
        yield running


@pytest.fixture
def client(server: TinyServer) -> OpenAIEndpoint:
    return openai_endpoint(parse_address(f"openai/{server.model}@{server.base_url}"))


def prompt(words: str) -> list[ChatMessage]:
    return [{"role": "system", "content": "we offer"}, {"role": "user", "content": words}]


async def test_constrained_replies_validate(client: OpenAIEndpoint) -> None:
    schema = Reply.model_json_schema()
    async with client:
        replies = await asyncio.gather(
            *[
                client.complete(
                    Request(prompt(f"offer {i}"), schema=schema, seed=i, max_tokens=300)
                )
                for i in range(12)
            ]
        )
    for reply in replies:
        assert (reply.how, reply.finish_reason) == ("schema", "stop")
        Reply.model_validate_json(reply.text)
        assert reply.usage.prompt
        assert reply.usage.completion
    assert len({reply.text for reply in replies}) > 1


async def test_it_tells_what_it_serves_and_no_folder(client: OpenAIEndpoint) -> None:
    async with client:
        await client.check()
        found = await client.identity()
        await client.complete(Request(prompt("we"), max_tokens=3))
        said = client.provider.said
    assert found.server == "llama.cpp"
    assert found.weights is not None
    assert found.weights.endswith(".gguf")
    assert found.parameters
    assert found.size
    assert found.quantization == "all F32"
    assert found.context_length == CONTEXT
    assert not any("/" in str(value) for value in found.told.values())
    assert "/" not in "".join(said.get("model", ()))


async def test_the_same_seed_says_the_same(client: OpenAIEndpoint) -> None:
    async with client:
        texts = [
            (await client.complete(Request(prompt("we"), seed=seed, max_tokens=40))).text
            for seed in (1, 1, 2)
        ]
    assert texts[0] == texts[1] != texts[2]


async def test_a_reply_that_is_cut_off_says_so(client: OpenAIEndpoint) -> None:
    async with client:
        schema: dict[str, Any] = Reply.model_json_schema()
        reply = await client.complete(Request(prompt("we"), schema=schema, max_tokens=3))
    assert reply.finish_reason == "length"
    with pytest.raises(json.JSONDecodeError):
        json.loads(reply.text)


async def test_a_prompt_that_does_not_fit_is_an_error(client: OpenAIEndpoint) -> None:
    async with client:
        with pytest.raises(EndpointError) as caught:
            await client.complete(Request(prompt("budget " * 20_000)))
    assert (caught.value.status, caught.value.attempts) == (400, 1)
    assert "context" in str(caught.value)


async def test_a_stopped_server_is_named() -> None:
    with TinyServer(slots=1) as running:
        address = parse_address(f"openai/{running.model}@{running.base_url}")
    async with openai_endpoint(address, retry=RetryPolicy(retries=0)) as client:
        with pytest.raises(EndpointError, match="is the server running at"):
            await client.complete(Request(prompt("we")))


SUITE = """\
schema: track15/suite/1
id: nonsense
title: Nonsense in valid moves
question: Does the doctor play with a model that says nothing sensible?
scenarios: [small.yaml]
seed: 4
protocol: {rounds: 1, turns: 2, repairs: 5, consultations: 0}
arms: {track-1: {track: "1"}}
"""


@pytest.mark.kind("S1")
def test_doctor_plays_with_a_real_server(server: TinyServer, tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "nonsense.yaml").write_text(SUITE)
    model = ("--model", f"llamacpp/tiny@{server.base_url}", "--max-tokens", "600")
    done = track15("doctor", "nonsense.yaml", *model, cwd=tmp_path)
    assert done.code == 0, done.out + done.err
    said = {line[4:].split("  ")[0]: line[:2].strip() for line in done.out.splitlines()[1:]}
    assert said["replies"] == said["usage"] == said["seed"] == said["prompt cache"] == "ok"
    assert said["model"] == "!", "the server calls it by its file's name"
    assert said["first move"] in ("ok", "!"), "a random model may have to be asked again"
    assert said["longest prompt"] in ("ok", "!"), "it was taken; what came back is nonsense"
    assert "It can play: by JSON schema, at most about " in done.out
    # A character is nearly a token to this model: what quickstart takes does not fit.
    long = track15("doctor", "quickstart", *model, cwd=tmp_path)
    assert long.code == 1, long.out + long.err
    assert "exceeds the available context size" in " ".join(long.out.split())
    assert "-c of llama-server" in long.out
    assert "It cannot play yet (see: longest prompt)" in long.out
