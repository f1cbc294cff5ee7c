"""What agents of the user's may do to a run: nothing but play."""

from __future__ import annotations

import asyncio
import io
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import AIMessage, BaseMessage, SystemMessage
from langchain_core.runnables import RunnableConfig, RunnableLambda
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from pydantic import SecretStr

from harness.cli.console import console_on
from harness.errors import LimitReachedError, ModelError
from harness.models import isolation
from harness.models.limits.admission import ConnectionLimit
from harness.models.limits.budget import Budget, Spend
from harness.models.limits.retry import RetryPolicy
from harness.models.providers.agents.seated import AgentSeat, Factory, SeatedChat
from harness.models.reply import AgentUse
from harness.models.request import ChatMessage, Request
from harness.visible import GuardedStream
from tests.support import mock_server as mock
from tests.support.endpoints import AgentEndpoint, agent_endpoint
from tests.support.mock_server import USAGE, Answer, Body, MockServer, completion

MESSAGES: list[ChatMessage] = [
    {"role": "system", "content": "A private briefing."},
    {"role": "user", "content": "Speak."},
]
SCHEMA = {"type": "object", "properties": {"action": {"type": "string"}}}
LONG = 60.0
"""Seconds that nothing here takes."""


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("OPENAI_CUSTOM_HEADERS")


@pytest.fixture
def held() -> Iterator[threading.Event]:
    """What keeps an agent until the test is over."""
    event = threading.Event()
    yield event
    event.set()


def chat_of(agent: Any, policy: RetryPolicy | None = None, **options: Any) -> AgentEndpoint:
    return agent_endpoint(agent, name="agent.py:agent", file=__file__, retry=policy, **options)


def openai(server: MockServer, **options: Any) -> ChatOpenAI:
    key = SecretStr("made-up-key")
    return ChatOpenAI(model="m", base_url=server.base_url, api_key=key, max_retries=0, **options)


def graph_of(node: Callable[..., Any], **options: Any) -> Any:
    graph = StateGraph(MessagesState)
    graph.add_node("node", node)
    graph.add_edge(START, "node")
    return graph.compile(**options)


def looping(server: MockServer) -> Any:
    """A graph that asks its model again and again."""
    model = openai(server)

    async def ask(state: MessagesState) -> dict[str, Any]:
        return {"messages": [await model.ainvoke(state["messages"][:2])]}

    graph = StateGraph(MessagesState)
    graph.add_node("ask", ask)
    graph.add_edge(START, "ask")
    graph.add_edge("ask", "ask")
    return graph.compile()


# --- spending inside an attempt ------------------------------------------------------------------


@pytest.mark.kind("G4")
async def test_every_call_inside_is_booked_and_none_begins_beyond_the_budget() -> None:
    budget = Budget(tokens=100)
    limit = ConnectionLimit(4, budget=budget)
    with MockServer(lambda _: completion("more", usage=USAGE)) as server:
        with pytest.raises(LimitReachedError):
            await chat_of(looping(server), limit=limit).complete(Request(MESSAGES))
        asked = len(server.bodies)
    one = USAGE["prompt_tokens"] + USAGE["completion_tokens"]
    assert budget.spent == Spend(asked * one)
    assert 100 <= budget.spent.tokens < 100 + one
    assert (budget.under_way, limit.counters.in_flight) == (0, 0)


@pytest.mark.kind("G4")
async def test_plain_code_that_goes_on_without_its_model_is_stopped_too() -> None:
    budget = Budget(tokens=10)
    with MockServer(lambda _: completion("more", usage=USAGE)) as server:
        model = openai(server)

        def stubborn(messages: list[BaseMessage]) -> str:
            for _ in range(3):
                try:
                    model.invoke(messages)
                except Exception:  # noqa: BLE001, S112 - as careless code does
                    continue
            return "said all the same"

        chat = chat_of(RunnableLambda(stubborn), limit=ConnectionLimit(1, budget=budget))
        with pytest.raises(LimitReachedError):
            await chat.complete(Request(MESSAGES))
        assert len(server.bodies) == 1


@pytest.mark.kind("G4")
async def test_what_an_answer_takes_is_booked_once() -> None:
    budget = Budget(tokens=1000)
    with MockServer(lambda _: completion("said", usage=USAGE)) as server:
        model = openai(server)
        chat = chat_of(
            graph_of(lambda s: {"messages": [model.invoke(s["messages"])]}),
            limit=ConnectionLimit(1, budget=budget),
        )
        reply = await chat.complete(Request(MESSAGES, temperature=0.5))
    one = USAGE["prompt_tokens"] + USAGE["completion_tokens"]
    assert (budget.spent, budget.estimated) == (Spend(one), 0)
    assert reply.inside == AgentUse(calls=1, models=("mock",), ignored=("temperature",))


@pytest.mark.kind("G4")
async def test_calls_that_are_not_counted_are_estimated_and_said() -> None:
    budget = Budget(tokens=1000)
    with MockServer(lambda _: completion("said", usage=None)) as server:
        chat = chat_of(openai(server), limit=ConnectionLimit(1, budget=budget))
        reply = await chat.complete(Request(MESSAGES))
    assert budget.spent.tokens > 0
    assert budget.estimated == 1
    assert reply.inside is not None
    assert reply.inside.uncounted == 1


@pytest.mark.kind("G4")
async def test_a_loop_ends_and_is_not_tried_again(policy: RetryPolicy) -> None:
    with MockServer(lambda _: completion("more", usage=USAGE)) as server:
        with pytest.raises(ModelError, match="and did not end") as caught:
            await chat_of(looping(server), policy).complete(Request(MESSAGES))
        assert len(server.bodies) <= 50
    assert "recursion_limit" in (caught.value.fix or "")
    assert getattr(caught.value, "account", None) == "delegation"


@pytest.mark.kind("G4")
async def test_the_agents_own_number_of_steps_holds() -> None:
    with MockServer(lambda _: completion("more", usage=USAGE)) as server:
        agent = looping(server).with_config(recursion_limit=3)
        with pytest.raises(ModelError, match="and did not end"):
            await chat_of(agent).complete(Request(MESSAGES))
        assert len(server.bodies) == 3


@pytest.mark.kind("G4")
async def test_a_time_out_after_answers_is_not_tried_again(policy: RetryPolicy) -> None:
    model, calls = FakeListChatModel(responses=["more"]), []

    async def asks_and_hangs(messages: list[BaseMessage]) -> str:
        calls.append(1)
        await model.ainvoke(messages)
        await asyncio.Event().wait()
        return "never"

    chat = chat_of(RunnableLambda(asks_and_hangs), policy, timeout=2.0)
    with pytest.raises(ModelError, match="after 1 answer of its model"):
        await chat.complete(Request(MESSAGES))
    assert len(calls) == 1


# --- time-outs, interrupts, threads --------------------------------------------------------------


@pytest.mark.kind("G7")
async def test_a_swallowed_cancellation_does_not_hold_the_run(
    policy: RetryPolicy, held: threading.Event
) -> None:
    async def stubborn(messages: Any) -> str:
        while not held.is_set():
            try:
                await asyncio.sleep(0.01)
            except asyncio.CancelledError:
                continue
        return "at last"

    chat = chat_of(stubborn, RetryPolicy(retries=0), timeout=0.05)
    async with asyncio.timeout(LONG):
        with pytest.raises(ModelError, match="no answer in time"):
            await chat.complete(Request(MESSAGES))
        assert isolation.left_behind()
        asking = asyncio.create_task(chat_of(stubborn).complete(Request(MESSAGES)))
        await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking


@pytest.mark.kind("G6")
@pytest.mark.kind("G7")
async def test_a_blocked_loop_is_named_and_others_get_another(held: threading.Event) -> None:
    async def blocks(messages: Any) -> str:
        held.wait(LONG)  # here
        return "never"

    async def answers(messages: Any) -> str:
        return "said"

    here = blocks.__code__.co_firstlineno + 1
    async with asyncio.timeout(LONG):
        with pytest.raises(ModelError, match=f"test_agents.py:{here} blocks the event loop"):
            await chat_of(blocks, timeout=0.05).complete(Request(MESSAGES))
        assert (await chat_of(answers).complete(Request(MESSAGES))).text == "said"


@pytest.mark.kind("G6")
@pytest.mark.parametrize("plain", [True, False])
async def test_plain_agents_never_wait_for_each_other(plain: bool) -> None:
    """More than any default executor has threads, and each ends only when all have begun."""
    count = 64
    together = threading.Barrier(count)

    def waits(messages: Any) -> str:
        together.wait(LONG)
        return "said"

    agent = waits if plain else RunnableLambda(waits)
    chat = chat_of(agent, limit=ConnectionLimit(count), timeout=LONG)
    replies = await asyncio.gather(*(chat.complete(Request(MESSAGES)) for _ in range(count)))
    assert {reply.text for reply in replies} == {"said"}


@pytest.mark.kind("G8")
async def test_an_exit_is_a_failure_and_the_next_call_is_answered() -> None:
    async def leaves(messages: Any) -> str:
        await asyncio.gather(leaves_inside())
        return "never"

    async def leaves_inside() -> None:
        sys.exit(0)

    for agent in (leaves, RunnableLambda(lambda _: sys.exit(0)), lambda messages: sys.exit(0)):
        with pytest.raises(ModelError, match="the agent failed: SystemExit"):
            await chat_of(agent).complete(Request(MESSAGES))
    assert (await chat_of(lambda messages: "said").complete(Request(MESSAGES))).text == "said"


@pytest.mark.kind("G8")
async def test_what_is_printed_goes_to_stderr(monkeypatch: pytest.MonkeyPatch) -> None:
    out, err = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)

    async def talks(messages: Any) -> str:
        print("awaited")  # noqa: T201
        return "said"

    def says(messages: Any) -> str:
        print("plain")  # noqa: T201
        return "said"

    for agent in (talks, says):
        await chat_of(agent).complete(Request(MESSAGES))
    print("result")  # noqa: T201
    assert out.getvalue() == "result\n"
    assert err.getvalue() == "awaited\nplain\n"


def test_colours_still_reach_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard of stdout would write out the console's own, as it does with everybody else's."""
    out, err = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stdout", GuardedStream(out))
    monkeypatch.setattr(sys, "stderr", GuardedStream(err))
    isolation.aside(lambda: print("\x1b[1m loading"))  # noqa: T201
    console_on(sys.stdout).file.write("\x1b[1m a title")
    print("\x1b[1m words")  # noqa: T201
    assert out.getvalue() == "\x1b[1m a title\\u001b[1m words\n"
    assert err.getvalue() == "\\u001b[1m loading\n"


@pytest.mark.kind("G8")
async def test_code_is_loaded_where_no_loop_runs() -> None:
    async def nothing() -> str:
        return "loaded"

    assert isolation.aside(lambda: asyncio.run(nothing())) == "loaded"
    with pytest.raises(SystemExit):
        isolation.aside(lambda: sys.exit(3))


# --- who it is -----------------------------------------------------------------------------------


def seated(chat: AgentEndpoint, thread_id: str, **offered: Any) -> SeatedChat:
    return SeatedChat(chat, AgentSeat(thread_id, {"seat": "u", "seed": 1, **offered}))


@pytest.mark.kind("G11")
async def test_a_seat_has_one_thread_and_its_own_ids() -> None:
    seen: list[tuple[str, list[str]]] = []

    def node(state: MessagesState, config: RunnableConfig) -> dict[str, Any]:
        ids = [str(message.id) for message in state["messages"]]
        seen.append((config["configurable"]["thread_id"], ids))
        return {"messages": [AIMessage("said", id=f"own-{len(seen)}")]}

    chat = chat_of(graph_of(node, checkpointer=InMemorySaver()))
    one, other = seated(chat, "one"), seated(chat, "other")
    longer: list[ChatMessage] = [
        *MESSAGES,
        {"role": "assistant", "content": "said"},
        {"role": "user", "content": "Speak again."},
    ]
    await one.complete(Request(MESSAGES))
    await other.complete(Request(MESSAGES))
    await one.complete(Request(longer))
    threads = [thread for thread, _ in seen]
    assert threads == ["one", "other", "one"]
    # The checkpointer has the answer already: it is known by its id, and stands there once.
    assert seen[2][1] == ["one-0", "one-1", "own-1", "one-3"]
    assert not set(seen[0][1]) & set(seen[1][1])


@pytest.mark.kind("G11")
async def test_a_factory_makes_an_agent_for_each_seat() -> None:
    made: list[dict[str, Any]] = []

    def factory(thread_id: str, seat: str) -> Any:
        made.append({"thread_id": thread_id, "seat": seat})
        told: list[int] = []

        def agent(messages: Any) -> str:
            told.append(1)
            return f"{thread_id}: {len(told)}"

        return RunnableLambda(agent) if len(made) > 1 else agent

    chat = chat_of(Factory(factory))
    one, other = seated(chat, "one"), seated(chat, "other", seat="o")
    said = [(await seat.complete(Request(MESSAGES))).text for seat in (one, other, one, one)]
    assert said == ["one: 1", "other: 1", "one: 2", "one: 3"]
    assert made == [{"thread_id": "one", "seat": "u"}, {"thread_id": "other", "seat": "o"}]


@pytest.mark.kind("G11")
async def test_what_a_failure_left_in_a_checkpointer_is_read_by_nobody() -> None:
    counts: list[int] = []

    def node(state: MessagesState) -> dict[str, Any]:
        counts.append(len(state["messages"]))
        if len(counts) == 1:
            raise ConnectionResetError
        return {"messages": [AIMessage("said")]}

    async def at_once(_: float) -> None: ...

    policy = RetryPolicy(retries=1, sleep=at_once)
    chat = chat_of(graph_of(node, checkpointer=InMemorySaver()), policy)
    await seated(chat, "one").complete(Request(MESSAGES))
    assert counts == [2, 2]


@pytest.mark.kind("G12")
async def test_two_system_messages_that_are_refused_are_merged() -> None:
    def strict(body: Body) -> Answer:
        roles = [message["role"] for message in body["messages"]]
        if roles.count("system") > 1:
            return mock.error(400, "only one system message, at the beginning")
        return completion("said", usage=USAGE)

    with MockServer(strict) as server:
        model = openai(server)

        async def styled(state: MessagesState) -> dict[str, Any]:
            messages = [SystemMessage("Be kind."), *state["messages"]]
            return {"messages": [await model.ainvoke(messages)]}

        chat = chat_of(graph_of(styled), RetryPolicy(retries=0))
        for _ in range(2):
            assert (await chat.complete(Request(MESSAGES))).text == "said"
        bodies = server.bodies
    assert len(bodies) == 3
    for body in bodies[1:]:
        assert [m["role"] for m in body["messages"]] == ["system", "user"]
        assert body["messages"][1]["content"] == "A private briefing.\n\nSpeak."


@pytest.mark.kind("G12")
async def test_agents_that_are_refused_at_once_are_all_merged() -> None:
    def strict(body: Body) -> Answer:
        if [message["role"] for message in body["messages"]].count("system") > 1:
            return mock.error(400, "only one system message, at the beginning")
        return completion("said", usage=USAGE)

    with MockServer(strict, together=3) as server:
        model = openai(server)

        async def styled(state: MessagesState) -> dict[str, Any]:
            messages = [SystemMessage("Be kind."), *state["messages"]]
            return {"messages": [await model.ainvoke(messages)]}

        chat = chat_of(graph_of(styled), RetryPolicy(retries=0))
        replies = await asyncio.gather(*(chat.complete(Request(MESSAGES)) for _ in range(3)))
    assert [reply.text for reply in replies] == ["said"] * 3


@pytest.mark.kind("G5")
async def test_a_form_that_one_call_found_is_no_fault_of_another(held: threading.Event) -> None:
    begun = threading.Event()

    def picky(given: Any) -> str:
        if not isinstance(given, list):
            return str(given["messages"][-1].content)
        if given[-1].content == "Wait.":
            begun.set()
            held.wait(LONG)
        raise TypeError("a dict, please")

    chat = chat_of(RunnableLambda(picky), RetryPolicy(retries=0))
    slow = asyncio.create_task(chat.complete(Request([{"role": "user", "content": "Wait."}])))
    assert await asyncio.to_thread(begun.wait, LONG)
    assert (await chat.complete(Request(MESSAGES))).text == "Speak."
    held.set()
    assert (await slow).text == "Wait."


@pytest.mark.kind("G12")
async def test_a_refusal_that_is_left_names_both_system_messages() -> None:
    with MockServer(lambda _: mock.error(400, "no")) as server:
        model = openai(server)

        async def styled(messages: list[BaseMessage]) -> BaseMessage:
            return await model.ainvoke([SystemMessage("Be kind."), *messages])

        with pytest.raises(ModelError, match="two system messages"):
            await chat_of(RunnableLambda(styled), RetryPolicy(retries=0)).complete(
                Request(MESSAGES)
            )


# --- functions -----------------------------------------------------------------------------------


@pytest.mark.kind("G13")
async def test_a_function_of_messages_answers() -> None:
    seen: list[Any] = []

    async def full(messages: Any, schema: Any, *, thread_id: str, temperature: float) -> str:
        seen.append((messages, schema, thread_id, temperature))
        return "said"

    def short(history: Any) -> dict[str, str]:
        return {"action": "pass"}

    def two(history: Any, form: Any) -> str:
        return str(form["title"])

    def anything(**given: Any) -> str:
        return ",".join(sorted(given))

    chat = seated(chat_of(full), "one")
    reply = await chat.complete(
        Request(MESSAGES, schema=SCHEMA, schema_name="move", temperature=0.5)
    )
    assert (reply.text, reply.inside) == ("said", None)
    assert seen == [(MESSAGES, {"title": "move", **SCHEMA}, "one", 0.5)]
    plain = await chat_of(short).complete(Request(MESSAGES, schema=SCHEMA, temperature=0.5, seed=3))
    assert (plain.text, plain.inside) == (
        '{"action": "pass"}',
        AgentUse(calls=0, ignored=("temperature",)),
    )
    assert (await chat_of(two).complete(Request(MESSAGES, schema_name="move"))).text == "move"
    asked = await chat_of(anything).complete(Request(MESSAGES, seed=3))
    assert asked.text == "messages,schema,seed,thread_id"


@pytest.mark.kind("G1")
async def test_what_an_agent_is_given_is_its_own() -> None:
    schema = {"type": "object", "properties": {"action": {"enum": ["pass"]}}}
    extra: dict[str, Any] = {"deep": {"list": [1]}}
    messages = [dict(message) for message in MESSAGES]

    def wrecks(messages: Any, schema: Any, deep: Any) -> str:
        messages.clear()
        schema["properties"]["action"]["enum"].clear()
        deep["list"].clear()
        return "said"

    await chat_of(wrecks).complete(Request(messages, schema=schema, extra=extra))  # type: ignore[arg-type]
    assert messages == MESSAGES
    assert schema["properties"] == {"action": {"enum": ["pass"]}}
    assert extra == {"deep": {"list": [1]}}
