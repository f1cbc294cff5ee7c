"""The schemas against a real llama.cpp server, which compiles them to grammars."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from harness.asking.usable import Unusable
from harness.delegations.form import Form, caucus_schema, debrief_schema, move_schema
from harness.delegations.replies import parse_caucus, parse_move
from harness.models.address import parse_address
from harness.models.request import ChatMessage, Request
from tests.support.disputes import small
from tests.support.endpoints import openai_endpoint
from tests.support.tiny_server import TinyServer, is_available
from tests.support.views import PlayedTable, track

pytestmark = [
    pytest.mark.local_model,
    pytest.mark.skipif(not is_available(), reason="needs xllamacpp and gguf"),
]

PROMPT: list[ChatMessage] = [{"role": "user", "content": "we offer"}]


async def test_a_server_that_holds_to_the_schemas_gives_usable_replies(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    form = Form.of(PlayedTable(track(scenario, "1"), scenario).view("u"))
    with TinyServer(slots=2) as server:
        async with openai_endpoint(
            parse_address(f"openai/{server.model}@{server.base_url}")
        ) as client:

            async def texts(schema: dict[str, object], name: str, calls: int) -> list[str]:
                replies = await asyncio.gather(
                    *[
                        client.complete(
                            Request(PROMPT, schema=schema, schema_name=name, seed=i, max_tokens=400)
                        )
                        for i in range(calls)
                    ]
                )
                assert {reply.how for reply in replies} == {"schema"}
                return [reply.text for reply in replies if reply.finish_reason == "stop"]

            moves = [parse_move(text, form) for text in await texts(move_schema(form), "move", 8)]
            # A random model may say nothing at all; the grammar cannot ask for words.
            unusable = [m.problem for m in moves if isinstance(m, Unusable)]
            assert not [said for said in unusable if "'public_words' is empty" not in said]
            assert len(unusable) < len(moves)
            advice = [parse_caucus(text) for text in await texts(caucus_schema(), "caucus", 4)]
            assert any(isinstance(words, str) for words in advice)
            assert await texts(debrief_schema(form), "debrief", 2)
