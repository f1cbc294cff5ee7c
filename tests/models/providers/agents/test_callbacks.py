"""The account of one answer of an agent: each model call inside is counted, booked or stopped."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from langchain_core.language_models import FakeListChatModel, FakeListLLM
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langchain_core.outputs import ChatGeneration, Generation, LLMResult

from harness.models.limits.budget import Budget, Spend
from harness.models.providers.agents import callbacks
from harness.models.providers.agents.callbacks import Inside, OverError, handler_class
from harness.models.reply import AgentUse
from harness.models.settings import EndpointSettings
from harness.models.usage import Usage

COUNTED = {"input_tokens": 100, "output_tokens": 20, "total_tokens": 120}


def inside(budget: Budget | None = None, **offered: object) -> Inside:
    """An account. To be called in a loop, which is then that of the run."""
    return Inside(budget, EndpointSettings(), offered)


def response(text: str = "said", *, counted: bool = True, **facts: Any) -> LLMResult:
    """A model's answer; ``facts`` are what its server said of it."""
    usage: Any = COUNTED if counted else None
    message = AIMessage(text, usage_metadata=usage, response_metadata=facts)
    return LLMResult(generations=[[ChatGeneration(message=message)]])


def called(account: Inside, given: LLMResult, *, asked: str = "x", **parameters: Any) -> None:
    """A model call, from its begin to its end."""
    account.begin("key", [asked], 0, parameters)
    account.end("key", given)


# --- what is counted -------------------------------------------------------------------------


async def test_nothing_is_said_of_models_where_none_was_seen() -> None:
    account = inside(temperature=0.5)
    assert account.use() is None
    assert (account.started, account.ended, account.systems) == (0, 0, 0)
    assert account.rest == account.usage == Usage()


async def test_tokens_of_every_call_are_added_up() -> None:
    account = inside()
    called(account, response())
    called(account, response(counted=False))
    called(account, response())
    assert (account.started, account.ended) == (3, 3)
    assert account.usage == account.rest == Usage(prompt=200, completion=40)
    assert account.use() == AgentUse(calls=3, uncounted=1)


@pytest.mark.kind("G4")
@pytest.mark.parametrize(
    ("prompt", "completion", "spent"), [(0, 20, 11 + 20), (100, 0, 100 + 1), (0, 0, 11 + 1)]
)
async def test_a_server_that_says_nothing_was_taken_does_not_count(
    prompt: int, completion: int, spent: int
) -> None:
    """Booked as it says, a run would never reach its limit."""
    budget = Budget(tokens=1000)
    account = inside(budget)
    account.begin("key", ["x" * 41], 0, {})
    usage: Any = {**COUNTED, "input_tokens": prompt, "output_tokens": completion}
    message = AIMessage("said", usage_metadata=usage)
    given = LLMResult(generations=[[ChatGeneration(message=message)]])
    await asyncio.to_thread(account.end, "key", given)
    assert account.use() == AgentUse(calls=1, uncounted=1)
    assert (budget.spent, budget.estimated) == (Spend(spent), 1)


async def test_an_answer_without_a_word_took_no_tokens() -> None:
    account = inside()
    usage: Any = {**COUNTED, "output_tokens": 0}
    message = AIMessage("", usage_metadata=usage)
    called(account, LLMResult(generations=[[ChatGeneration(message=message)]]))
    assert account.use() == AgentUse(calls=1)
    assert account.usage == Usage(prompt=100, completion=0)


async def test_a_call_that_was_never_answered_was_begun() -> None:
    account = inside()
    account.begin("key", ["x"], 0, {})
    assert account.use() == AgentUse(calls=1)
    assert account.ended == 0


async def test_the_most_system_messages_of_one_call_are_kept() -> None:
    account = inside()
    for systems in (1, 2, 0):
        account.begin("key", [], systems, {})
    assert account.systems == 2


async def test_every_prompt_is_told_to_who_watches() -> None:
    told: list[str] = []
    account = Inside(None, EndpointSettings(), {}, told.append)
    account.begin("key", ["A briefing.", "Speak."], 1, {})
    account.begin("other", ["Again."], 0, {})
    assert told == ["A briefing.\nSpeak.", "Again."]


# --- models ----------------------------------------------------------------------------------


def models(account: Inside) -> tuple[str, ...]:
    use = account.use()
    assert use is not None
    return use.models


async def test_models_are_named_as_their_servers_name_them() -> None:
    account = inside()
    called(account, response(model_name="b-2026"), model="b")
    called(account, response(model="a-2026"), model="a")
    called(account, response(model_name="b-2026"))
    assert models(account) == ("b-2026", "a-2026")


async def test_a_model_that_no_server_names_is_named_as_it_was_asked_for() -> None:
    account = inside()
    called(account, response(), model="a")
    called(account, response(model_name=3), model_name="b")
    called(account, response())
    called(account, response(), model=["no name"])
    assert models(account) == ("a", "b")


async def test_calls_that_overlap_are_not_mistaken_for_one_another() -> None:
    account = inside()
    account.begin("first", ["x"], 0, {"model": "a"})
    account.begin("second", ["x"], 0, {"model": "b"})
    account.end("first", response())
    assert models(account) == ("a",)
    account.end("second", response())
    assert models(account) == ("a", "b")


async def test_the_name_of_a_model_can_be_written() -> None:
    account = inside()
    called(account, response(model_name=f"\ud800{'m' * 300}"))
    (name,) = models(account)
    assert len(name) == 200
    assert name.encode().endswith(b"mmm")


async def test_a_response_without_a_message_is_counted_all_the_same() -> None:
    account = inside()
    called(account, LLMResult(generations=[[Generation(text="said")]]), model="a")
    assert account.use() == AgentUse(calls=1, uncounted=1, models=("a",))


# --- settings --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "ignored"),
    [
        ({}, ("max_tokens", "temperature")),
        ({"temperature": 0.5}, ("max_tokens",)),
        ({"temperature": 0.7}, ("max_tokens", "temperature")),
        ({"max_tokens": 700}, ("temperature",)),
        ({"max_completion_tokens": 700}, ("temperature",)),
        ({"max_output_tokens": 700}, ("temperature",)),
        ({"max_completion_tokens": 700, "temperature": 0.5}, ()),
    ],
)
async def test_settings_that_no_call_was_made_with_are_named(
    parameters: dict[str, Any], ignored: tuple[str, ...]
) -> None:
    account = inside(temperature=0.5, max_tokens=700, seed=3)
    account.begin("key", [], 0, parameters)
    use = account.use()
    assert use is not None
    assert use.ignored == ignored, "the seed is not asked of an agent"


async def test_a_setting_that_one_call_was_made_with_is_used() -> None:
    account = inside(temperature=0.5)
    for parameters in ({}, {"temperature": 0.5}, {}):
        account.begin("key", [], 0, parameters)
    use = account.use()
    assert use is not None
    assert use.ignored == ()


# --- the budget ------------------------------------------------------------------------------


@pytest.mark.kind("G4")
async def test_no_call_begins_once_the_run_has_spent_what_it_may() -> None:
    told: list[str] = []
    budget = Budget(tokens=100)
    account = Inside(budget, EndpointSettings(), {}, told.append)
    account.begin("key", ["first"], 0, {})
    before = account.stopped
    budget.book(Spend(100))
    with pytest.raises(OverError, match="has reached its budget"):
        account.begin("other", ["second"], 0, {})
    assert (before, account.stopped) == (False, True)
    assert (account.started, told) == (1, ["first"])


@pytest.mark.kind("G4")
async def test_a_call_is_booked_at_once() -> None:
    budget = Budget(tokens=1000)
    account = inside(budget)
    account.begin("key", ["x"], 0, {})
    assert account.rest == Usage(), "nothing was answered"
    await asyncio.to_thread(account.end, "key", response())
    assert (budget.spent, budget.estimated) == (Spend(120), 0)
    assert account.usage == Usage(prompt=100, completion=20)
    assert account.rest == Usage(prompt=0, completion=0), "all is booked"


@pytest.mark.kind("G4")
async def test_an_answer_is_passed_on_only_when_it_is_booked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else the agent would begin its next call before the last one counts. Here the loop that
    books is the one that waits, so it never comes to it."""
    monkeypatch.setattr(callbacks, "_PATIENCE", 0.0)
    account = inside(Budget(tokens=1000))
    account.begin("key", ["x"], 0, {})
    with pytest.raises(TimeoutError):
        account.end("key", response())


@pytest.mark.kind("G4")
async def test_what_was_not_counted_is_booked_by_its_length() -> None:
    budget = Budget(tokens=1000)
    account = inside(budget)
    account.begin("key", ["x" * 30, "y" * 11], 0, {})
    await asyncio.to_thread(account.end, "key", response("said", counted=False))
    assert (budget.spent, budget.estimated) == (Spend(11 + 1), 1)
    await asyncio.to_thread(account.end, "unknown", response("said it", counted=False))
    assert budget.spent == Spend(11 + 1 + 2), "a call that was not seen to begin"


async def test_a_call_is_booked_at_its_price() -> None:
    budget = Budget(usd=1.0)
    prices = EndpointSettings(prompt_price=2.0, completion_price=10.0, cached_price=1.0)
    account = Inside(budget, prices, {})
    usage: Any = {**COUNTED, "input_token_details": {"cache_read": 50}}
    message = AIMessage("said", usage_metadata=usage)
    given = LLMResult(generations=[[ChatGeneration(message=message)]])
    account.begin("key", ["x"], 0, {})
    await asyncio.to_thread(account.end, "key", given)
    assert budget.spent.usd == pytest.approx((50 * 2 + 50 * 1 + 20 * 10) / 1e6)


# --- the callback ----------------------------------------------------------------------------


def config(account: Inside) -> Any:
    return {"callbacks": [handler_class()(account)]}


async def test_langchain_tells_of_every_call_of_a_chat_model() -> None:
    told: list[str] = []
    account = Inside(None, EndpointSettings(), {"stop": ["."]}, told.append)
    model = FakeListChatModel(responses=["said"])
    prompt = [SystemMessage("Be kind."), SystemMessage("A briefing."), HumanMessage("Speak.")]
    await model.ainvoke(prompt, config(account), stop=["."])
    await model.ainvoke("Again.", config(account))
    assert told == ["Be kind.\nA briefing.\nSpeak.", "Again."]
    assert (account.started, account.ended, account.systems) == (2, 2, 2)
    use = account.use()
    assert use is not None
    assert use.ignored == (), "its parameters are seen"


async def test_langchain_tells_of_every_call_of_a_model_of_texts() -> None:
    told: list[str] = []
    account = Inside(None, EndpointSettings(), {"stop": ["."]}, told.append)
    await FakeListLLM(responses=["said"]).ainvoke("Speak.", config(account), stop=["."])
    assert told == ["Speak."]
    assert account.use() == AgentUse(calls=1, uncounted=1)
    assert (account.ended, account.systems) == (1, 0)


@pytest.mark.kind("G4")
async def test_a_model_is_not_asked_once_the_budget_is_spent(
    caplog: pytest.LogCaptureFixture,
) -> None:
    account = inside(Budget(tokens=0))
    for model in (FakeListChatModel(responses=["said"]), FakeListLLM(responses=["said"])):
        with pytest.raises(OverError):
            await model.ainvoke("Speak.", config(account))
    assert caplog.records == [], "LangChain's word of its callback is not for the user"


def test_what_langchain_says_of_others_is_heard(caplog: pytest.LogCaptureFixture) -> None:
    assert handler_class() is handler_class()
    log = logging.getLogger("langchain_core.callbacks.manager")
    log.warning("Error in %s.on_llm_start callback", "Track15Handler")
    log.warning("Error in %s.on_llm_start callback", "OtherHandler")
    assert [record.args for record in caplog.records] == [("OtherHandler",)]
