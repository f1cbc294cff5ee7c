from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)
from langchain_core.output_parsers import JsonOutputParser, StrOutputParser
from langchain_core.prompts import ChatPromptTemplate, MessagesPlaceholder, PromptTemplate
from langchain_core.runnables import (
    ConfigurableField,
    RunnableConfig,
    RunnableLambda,
    RunnablePassthrough,
)
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.func import entrypoint
from langgraph.graph import START, MessagesState, StateGraph
from pydantic import SecretStr

from harness.errors import ModelError
from harness.models.limits.admission import ConnectionLimit
from harness.models.limits.retry import RetryPolicy
from harness.models.providers.agents.inputs import input_fields
from harness.models.providers.agents.replies import UNREAD
from harness.models.request import ChatMessage, Request
from tests.support import mock_server as mock
from tests.support.endpoints import AgentEndpoint, agent_endpoint
from tests.support.mock_server import MockServer

SECRET = "Our reservation value is 0.42, and nobody may know."
MESSAGES: list[ChatMessage] = [
    {"role": "system", "content": SECRET},
    {"role": "user", "content": "Speak."},
    {"role": "assistant", "content": "An older answer."},
    {"role": "user", "content": "Speak again."},
]
SCHEMA = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
KEY = "made-up-key-0123456789"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A runnable's own client goes where the environment says."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("OPENAI_CUSTOM_HEADERS")


def chat_of(runnable: Any, policy: RetryPolicy | None = None, **options: Any) -> AgentEndpoint:
    if not hasattr(runnable, "ainvoke"):
        runnable = RunnableLambda(runnable)
    return agent_endpoint(runnable, name="agent.py:agent", retry=policy, **options)


def graph_of(node: Callable[..., Any], state: type = MessagesState, **options: Any) -> Any:
    graph = StateGraph(state)
    graph.add_node("node", node)
    graph.add_edge(START, "node")
    return graph.compile(**options)


class Schemed(MessagesState):
    schema: dict[str, Any]


class Odd:
    """Nothing that has a JSON Schema."""


class OddState(MessagesState):
    odd: Odd


# --- what it is given ---------------------------------------------------------------------------


async def test_a_plain_runnable_gets_the_messages() -> None:
    seen: list[Any] = []

    def take(messages: list[BaseMessage]) -> str:
        seen.append(messages)
        return "said"

    reply = await chat_of(take).complete(Request(MESSAGES, schema=SCHEMA))
    assert (reply.text, reply.attempts, reply.how) == ("said", 1, "text")
    (messages,) = seen
    kinds = [SystemMessage, HumanMessage, AIMessage, HumanMessage]
    assert [type(message) for message in messages] == kinds
    assert [message.content for message in messages] == [m["content"] for m in MESSAGES]


async def test_a_graph_gets_a_state_with_the_schema_where_it_takes_one() -> None:
    seen: list[dict[str, Any]] = []

    def node(state: dict[str, Any]) -> dict[str, Any]:
        seen.append(dict(state))
        return {"messages": [AIMessage("said")]}

    for state in (MessagesState, Schemed):
        chat = chat_of(graph_of(node, state))
        reply = await chat.complete(Request(MESSAGES, schema=SCHEMA, schema_name="move"))
        assert reply.text == "said"
    plain, schemed = seen
    assert plain.keys() == {"messages"}
    assert schemed["schema"] == {"title": "move", **SCHEMA}
    assert len(schemed["messages"]) == len(MESSAGES)


async def test_a_chain_over_a_placeholder_gets_a_state() -> None:
    model = FakeListChatModel(responses=["said"])
    prompt = ChatPromptTemplate([("system", "Be kind."), MessagesPlaceholder("messages")])
    assert (
        await chat_of(prompt | model | StrOutputParser()).complete(Request(MESSAGES))
    ).text == "said"


async def test_settings_are_offered_and_memory_is_not_carried_on() -> None:
    seen: list[dict[str, Any]] = []

    def node(state: MessagesState, config: RunnableConfig) -> dict[str, Any]:
        seen.append({**config["configurable"], "count": len(state["messages"])})
        return {"messages": [AIMessage("said")]}

    chat = chat_of(graph_of(node, checkpointer=InMemorySaver()))
    await chat.complete(Request(MESSAGES, seed=7, temperature=0.5))
    await chat.complete(
        Request(MESSAGES, max_tokens=64, extra={"effort": "low", "thread_id": "mine"})
    )
    first, second = seen
    assert (first["seed"], first["temperature"]) == (7, 0.5)
    assert "max_tokens" not in first
    assert (second["max_tokens"], second["effort"], "seed" in second) == (64, "low", False)
    assert second["thread_id"] != "mine"
    assert first["thread_id"] != second["thread_id"]
    assert first["count"] == second["count"] == len(MESSAGES)


async def test_a_configurable_model_takes_the_settings() -> None:
    with MockServer("said") as server:
        model = openai(server).configurable_fields(temperature=ConfigurableField(id="temperature"))
        await chat_of(model).complete(Request(MESSAGES, temperature=0.5))
    assert server.bodies[0]["temperature"] == 0.5


@pytest.mark.kind("G5")
async def test_an_input_that_is_none_of_the_forms_is_told_with_every_complaint() -> None:
    with pytest.raises(ModelError) as caught:
        await chat_of(PromptTemplate.from_template("{question} {style}")).complete(
            Request(MESSAGES)
        )
    assert 'given a dict with "messages": KeyError' in caught.value.what
    assert "given a list of messages: TypeError" in caught.value.what
    assert SECRET not in str(caught.value)


@pytest.mark.kind("G5")
async def test_what_it_says_of_its_input_is_not_taken_for_a_fact() -> None:
    """The input of each is inferred, and inferred wrongly: it is tried all the same."""
    model = FakeListChatModel(responses=["said"])
    prompt = ChatPromptTemplate([("system", "Be kind."), MessagesPlaceholder("messages")])
    seen: list[Any] = []

    def asks_for_the_form(given: Any) -> str:
        seen.append((given.get("schema"), len(given["messages"])))
        return "said"

    def reads_it_elsewhere(given: Any) -> str:
        return asks_for_the_form(given)

    def takes_the_list(given: Any) -> str:
        return "said" if isinstance(given, list) else str(given["messages"].nothing)

    for agent in (
        {"messages": RunnablePassthrough()} | prompt | model,
        RunnableLambda(asks_for_the_form),
        RunnableLambda(reads_it_elsewhere),
        entrypoint()(takes_the_list),
    ):
        chat = chat_of(agent)
        for _ in range(2):
            assert (
                await chat.complete(Request(MESSAGES, schema=SCHEMA, schema_name="move"))
            ).text == "said"
    assert seen[0] == ({"title": "move", **SCHEMA}, len(MESSAGES))
    assert len(seen) == 4


def test_a_state_without_a_json_schema_is_still_a_state() -> None:
    assert "messages" in input_fields(graph_of(lambda state: {}, OddState))


# --- what it gives ------------------------------------------------------------------------------


@pytest.mark.kind("G10")
@pytest.mark.parametrize(
    ("result", "said"),
    [
        (object(), "it gave a value of type object"),
        ({"a": object()}, "TypeError at encoder.py"),
        ([AIMessage("x"), ToolMessage("made", tool_call_id="1")], "is a ToolMessage"),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_what_is_no_answer_is_a_failure_of_the_agent(result: object, said: str) -> None:
    with pytest.raises(ModelError, match=r"agent.py:agent: the agent failed: ") as caught:
        await chat_of(lambda _: result).complete(Request(MESSAGES))
    assert said in caught.value.what
    assert getattr(caught.value, "account", None) == "delegation"


@pytest.mark.kind("G10")
async def test_what_was_sent_is_no_answer() -> None:
    with pytest.raises(ModelError, match="gave back the messages that it was sent"):
        await chat_of(lambda messages: messages).complete(Request(MESSAGES))


FORM = {"type": "object", "properties": {"action": {"type": "string"}}}


@pytest.mark.kind("G10")
async def test_the_reply_object_is_found_by_the_fields_of_its_form() -> None:
    chat = chat_of(lambda _: {"result": {"action": "pass"}, "cost": 3})
    assert (await chat.complete(Request(MESSAGES, schema=FORM))).text == '{"action": "pass"}'


async def test_facts_of_the_last_message_are_kept() -> None:
    cut = AIMessage("half", response_metadata={"finish_reason": "length"})
    assert (await chat_of(lambda _: cut).complete(Request(MESSAGES))).finish_reason == "length"
    refused = AIMessage("", additional_kwargs={"refusal": "I cannot"})
    assert (await chat_of(lambda _: refused).complete(Request(MESSAGES))).refusal == "I cannot"


async def test_what_its_own_parser_cannot_read_is_no_reply() -> None:
    model = FakeListChatModel(responses=["no object"])
    reply = await chat_of(model | JsonOutputParser()).complete(Request(MESSAGES))
    assert reply.text == UNREAD


async def test_every_call_inside_is_counted_whatever_comes_out() -> None:
    with MockServer("said") as server:
        model = openai(server)

        async def twice(messages: list[BaseMessage]) -> str:
            await model.ainvoke(messages)
            return str((await model.ainvoke(messages)).text)

        chat = chat_of(twice)
        reply = await chat.complete(Request(MESSAGES))
        graph = chat_of(graph_of(lambda s: {"messages": [model.invoke(s["messages"])]}))
        once = await graph.complete(Request(MESSAGES))
    assert (reply.text, reply.usage.prompt, reply.usage.completion) == (
        "said",
        22,
        14,
    )
    assert (chat.limit.counters.done, chat.limit.counters.prompt_tokens) == (1, 22)
    assert (once.text, once.usage.prompt) == ("said", 11)


# --- failures -----------------------------------------------------------------------------------


def openai(server: MockServer) -> ChatOpenAI:
    return ChatOpenAI(
        model="m", base_url=server.base_url, api_key=SecretStr(KEY), max_retries=0, timeout=5
    )


async def test_its_own_mistake_is_not_tried_again(policy: RetryPolicy) -> None:
    calls: list[int] = []

    def breaks(_: Any) -> str:
        calls.append(1)
        return str({}["missing"])

    chat = chat_of(breaks, policy, file=__file__)
    with pytest.raises(ModelError) as caught:
        await chat.complete(Request(MESSAGES))
    assert len(calls) == 1
    assert caught.value.where == "delegation agent.py:agent"
    assert "the agent failed: KeyError at test_runnable.py:" in caught.value.what
    assert not caught.value.final
    assert caught.value.__context__ is None
    assert (chat.limit.counters.failed, chat.limit.counters.in_flight) == (1, 0)


async def test_neither_key_nor_prompt_is_in_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_API_KEY", KEY)
    for words in (SECRET, KEY):

        def breaks(_: Any, words: str = words) -> str:
            raise ValueError(f"could not say {words}")

        with pytest.raises(ModelError) as caught:
            await chat_of(breaks).complete(Request(MESSAGES))
        assert words[:20] not in str(caught.value)
        assert "ValueError" in str(caught.value)


async def test_what_may_pass_is_tried_again(policy: RetryPolicy, waits: list[float]) -> None:
    with MockServer("at last") as server:
        server.queue(mock.error(429), mock.reset(), mock.error(503))
        reply = await chat_of(openai(server), policy).complete(Request(MESSAGES))
    assert (reply.text, reply.attempts, len(waits)) == ("at last", 4, 3)


@pytest.mark.parametrize(
    ("answer", "said", "final"),
    [
        (mock.error(401, f"bad key {KEY}"), "the server answered 401", False),
        (mock.error(400, "maximum context length is 10"), "maximum context", True),
    ],
)
async def test_a_server_that_refuses_is_told_with_its_status(
    policy: RetryPolicy,
    monkeypatch: pytest.MonkeyPatch,
    answer: mock.Answer,
    said: str,
    final: bool,
) -> None:
    monkeypatch.setenv("TRACK15_API_KEY", KEY)
    with MockServer(lambda _: answer) as server:
        with pytest.raises(ModelError, match=said) as caught:
            await chat_of(openai(server), policy).complete(Request(MESSAGES))
        assert len(server.requests) == 1
    assert caught.value.final is final
    assert KEY not in str(caught.value)


async def test_a_hanging_runnable_is_cut_off(policy: RetryPolicy, waits: list[float]) -> None:
    async def hangs(_: Any) -> str:
        await asyncio.Event().wait()
        return "never"

    with pytest.raises(ModelError, match=r"no answer in time \(4 attempts\)") as caught:
        await chat_of(hangs, policy, timeout=0.01).complete(Request(MESSAGES))
    # On a busy machine the time may be over before the agent has begun: its calls do not count.
    assert len(waits) == 3
    assert "--timeout" in str(caught.value)


async def test_a_cancellation_that_nobody_asked_for_is_a_failure() -> None:
    async def ends(_: Any) -> str:
        raise asyncio.CancelledError

    with pytest.raises(ModelError, match="CancelledError"):
        await chat_of(ends).complete(Request(MESSAGES))


async def test_a_cancelled_call_is_cancelled() -> None:
    begun = threading.Event()

    async def hangs(_: Any) -> str:
        begun.set()
        await asyncio.Event().wait()
        return "never"

    chat = chat_of(hangs)
    task = asyncio.create_task(chat.complete(Request(MESSAGES)))
    assert await asyncio.to_thread(begun.wait, 60)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert chat.limit.counters.in_flight == 0


async def test_the_limit_holds() -> None:
    now = most = 0
    full = asyncio.Event()

    async def counts(_: Any) -> str:
        nonlocal now, most
        now += 1
        most = max(most, now)
        if most >= 3:
            full.set()
        await full.wait()
        await asyncio.sleep(0)
        now -= 1
        return "said"

    chat = chat_of(counts, limit=ConnectionLimit(3))
    await asyncio.gather(*(chat.complete(Request(MESSAGES)) for _ in range(12)))
    assert most == 3
