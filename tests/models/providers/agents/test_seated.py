"""An agent is told where it sits for as long as it is asked, and no longer."""

from __future__ import annotations

import asyncio

import pytest

from harness.errors import ModelError
from harness.models.providers.agents.seated import SEAT, AgentSeat, SeatedChat
from harness.models.request import Request
from tests.support.chats import FakeChat

ASKED = Request([{"role": "user", "content": "Well?"}])


def seat(name: str) -> AgentSeat:
    return AgentSeat(thread_id=name, offered={})


def tells(request: Request) -> str:
    sitting = SEAT.get()
    return "nobody" if sitting is None else sitting.thread


async def test_each_seat_is_asked_as_itself() -> None:
    chat = FakeChat(tells)
    seats = [SeatedChat(chat, seat(name)) for name in ("a", "b")]
    replies = await asyncio.gather(*(one.complete(ASKED) for one in seats))
    assert [reply.text for reply in replies] == ["a", "b"]
    assert SEAT.get() is None
    assert (await chat.complete(ASKED)).text == "nobody"
    assert seats[0].address is chat.address


async def test_it_is_over_when_the_agent_fails() -> None:
    chat = SeatedChat(FakeChat(lambda _: ModelError("no")), seat("a"))
    with pytest.raises(ModelError):
        await chat.complete(ASKED)
    assert SEAT.get() is None


def test_a_failure_begins_another_thread() -> None:
    sitting = seat("a")
    assert sitting.thread == "a"
    sitting.failures += 2
    assert sitting.thread == "a.2"
