"""The cache: a reply is found for the very same request only, and repetitions stay distinct."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.errors import ModelError
from harness.models.address import parse_address
from harness.models.replies.cache import CachedChat
from harness.models.replies.store import ReplyStore
from harness.models.reply import ModelReply
from harness.models.request import ChatMessage, Request
from tests.support.chats import FakeChat, in_turn

ASK: ChatMessage = {"role": "user", "content": "Your turn."}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ReplyStore]:
    with ReplyStore(tmp_path / "cache.sqlite") as opened:
        yield opened


async def test_the_same_request_is_sent_once_and_the_second_costs_nothing(
    store: ReplyStore,
) -> None:
    model = FakeChat(lambda _: ModelReply(text="yes", attempts=2, seconds=3.0))
    first = await CachedChat(model, store, repetition=1).complete(Request((ASK,), seed=1))
    second = await CachedChat(model, store, repetition=1).complete(Request((ASK,), seed=1))
    assert len(model.asked) == 1
    assert first.attempts == 2
    assert second == first.model_copy(update={"attempts": 0, "seconds": 0.0})


@pytest.mark.parametrize(
    "change",
    [
        {"schema": {"type": "object"}},
        {"schema_name": "caucus"},
        {"seed": 2},
        {"temperature": 0.5},
        {"max_tokens": 100},
        {"extra": {"top_p": 0.5}},
    ],
)
async def test_any_other_setting_is_another_request(
    store: ReplyStore, change: dict[str, Any]
) -> None:
    chat = CachedChat(in_turn("a", "b"), store, repetition=1)
    assert (await chat.complete(Request((ASK,)))).text == "a"
    assert (await chat.complete(Request((ASK,), **change))).text == "b"


async def test_repetitions_models_and_servers_stay_distinct(store: ReplyStore) -> None:
    model = in_turn("a", "b", "c", "d")
    assert (await CachedChat(model, store, repetition=1).complete(Request((ASK,)))).text == "a"
    assert (await CachedChat(model, store, repetition=2).complete(Request((ASK,)))).text == "b"
    for letter, address in (("c", "openai/other"), ("d", "openai/fake@http://127.0.0.1:9/v1")):
        other = FakeChat(model.answer, address=parse_address(address))
        assert (
            await CachedChat(other, store, repetition=1).complete(Request((ASK,)))
        ).text == letter
    assert (await CachedChat(model, store, repetition=1).complete(Request((ASK,)))).text == "a"


async def test_a_fresh_dialogue_asks_and_replaces(store: ReplyStore) -> None:
    model = in_turn("bad", "good")
    await CachedChat(model, store, repetition=1).complete(Request((ASK,)))
    fresh = CachedChat(model, store, repetition=1, fresh=True)
    assert (await fresh.complete(Request((ASK,)))).text == "good"
    assert (await CachedChat(model, store, repetition=1).complete(Request((ASK,)))).text == "good"


async def test_a_failure_is_not_kept(store: ReplyStore) -> None:
    chat = CachedChat(in_turn(ModelError("down"), "up"), store, repetition=1)
    with pytest.raises(ModelError):
        await chat.complete(Request((ASK,)))
    assert (await chat.complete(Request((ASK,)))).text == "up"
