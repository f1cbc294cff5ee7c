"""Whatever a runnable gives, no move is read that was not in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.exceptions import OutputParserException
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.runnables import RunnableLambda

from harness.asking.usable import Unusable
from harness.delegations.form import Form
from harness.delegations.replies import parse_move
from harness.models.providers.agents.runnable import read_result
from harness.models.request import Request
from harness.records.transcript import Move
from tests.support.endpoints import agent_endpoint

FORM = Form(
    issues={"well": ("mine", "half"), "fence": ("them", "us")},
    seat="u",
    others=("o",),
    offers=4,
    may_consult=False,
)
PARTS = st.sampled_from(
    ["private_thoughts", "move", "public_words", "action", "accept", "offer", "o-1", "messages"]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | PARTS
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(PARTS | st.text(), inner, max_size=4)
    ),
    max_leaves=12,
)


def usable(action: str = "walk_out") -> dict[str, Any]:
    moves: dict[str, dict[str, Any]] = {
        "walk_out": {"action": "walk_out"},
        "pass": {"action": "pass", "position": {"well": "half"}},
        "accept": {"action": "accept", "offer": "o-2", "commitment": "personal"},
        "propose": {
            "action": "propose",
            "package": {"well": "mine", "fence": "us"},
            "commitment": "binding",
        },
    }
    return {"private_thoughts": "t", "move": moves[action], "public_words": "w"}


MOVES = st.sampled_from(["walk_out", "pass", "accept", "propose"]).map(usable)


@st.composite
def broken_moves(draw: st.DrawFn) -> Any:
    """A usable reply with one thing changed somewhere in it."""
    reply = json.loads(json.dumps(draw(MOVES)))
    place = draw(st.sampled_from([reply, reply["move"]]))
    place[draw(st.sampled_from(sorted(place)) | PARTS)] = draw(VALUES)
    return reply


OBJECTS = VALUES | MOVES | broken_moves()
TEXTS = OBJECTS.map(lambda value: json.dumps(value)) | st.text()


@st.composite
def messages(draw: st.DrawFn) -> BaseMessage:
    text = draw(TEXTS)
    return draw(
        st.sampled_from(
            [
                AIMessage(text),
                AIMessage(text, id="sent"),
                HumanMessage(text),
                SystemMessage(text),
                ToolMessage(text, tool_call_id="1"),
            ]
        )
    )


STATES = st.builds(
    lambda found, extra: {"messages": found, **extra},
    st.lists(messages(), min_size=1, max_size=3),
    st.sampled_from([{}, {"note": 1}]) | OBJECTS.map(lambda value: {"structured_response": value}),
)


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda reply: reply,
        json.dumps,
        lambda reply: AIMessage(json.dumps(reply)),
        lambda reply: {"messages": [HumanMessage("asked"), AIMessage(json.dumps(reply))]},
        lambda reply: {"messages": [AIMessage("done")], "structured_response": reply},
    ],
)
@pytest.mark.parametrize("action", ["walk_out", "pass", "accept", "propose"])
def test_every_way_of_giving_a_move_is_read(wrapped: Callable[..., Any], action: str) -> None:
    read = parse_move(read_result(wrapped(usable(action))).text, FORM)
    assert isinstance(read, Move)
    _same(read, usable(action))


@settings(max_examples=400)
@given(OBJECTS | TEXTS | messages() | st.lists(messages(), max_size=3) | STATES)
def test_no_move_is_made_that_was_not_in_it(result: Any) -> None:
    try:
        reply = read_result(result, {"sent"})
    except (TypeError, ValueError, RecursionError):
        return
    read = parse_move(reply.text, FORM)
    if isinstance(read, Unusable):
        return
    _same(read, _reply_object(result))


def _reply_object(result: Any) -> dict[str, Any]:
    """The reply in a result, found independently of what is tested."""
    if isinstance(result, dict) and result.get("structured_response") is not None:
        result = result["structured_response"]
    elif isinstance(result, dict) and "messages" in result:
        result = result["messages"]
    if isinstance(result, list):
        result = result[-1]
    if isinstance(result, BaseMessage):
        assert isinstance(result, AIMessage)
        assert result.id != "sent"
        result = result.content
    if isinstance(result, str):
        result = json.loads(result)
    assert isinstance(result, dict)
    return result


def _same(read: Move, said: dict[str, Any]) -> None:
    made = said["move"]
    assert read.action.value == made["action"]
    assert read.package == made.get("package")
    assert read.offer == made.get("offer")
    stated = {k: v for k, v in (made.get("position") or {}).items() if v is not None}
    assert (read.position or {}) == stated
    assert read.words == said["public_words"].strip()
    assert read.thoughts == said["private_thoughts"].strip()
    if "commitment" in made:
        assert read.commitment.value == made["commitment"]


async def test_what_its_own_parser_refuses_is_not_read_by_ours() -> None:
    def refuses(_: Any) -> None:
        raise OutputParserException("no", llm_output=json.dumps(usable()))

    chat = agent_endpoint(RunnableLambda(refuses), name="x")
    reply = await chat.complete(Request([{"role": "user", "content": "Speak."}]))
    assert isinstance(parse_move(reply.text, FORM), Unusable)
