"""What is said of an agent: whether it can play, what it spends, and what it lets slip."""

from __future__ import annotations

import sys
import types
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from harness.delegations.plugins import UserDelegation
from harness.delegations.seating import thread_id
from harness.disputes.scenario import Scenario
from harness.doctor.agent_remarks import AgentCheck, Remark, Step, judge
from harness.models import tracing
from harness.models.reply import AgentUse
from harness.records.spec import TalksSpec
from tests.support.views import track

MOVES = ("dialogue 1, move", "dialogue 2, move")


@dataclass
class Table:
    """One of the two dialogues."""

    name: str
    canary: str
    spec: TalksSpec
    seat: str = "u"


@pytest.fixture(scope="module")
def tables(dispute: Scenario) -> list[Table]:
    return [
        Table(f"dialogue {number}", f"Canary-{number}", track(dispute, "1.5", seed=number))
        for number in (1, 2)
    ]


@pytest.fixture(autouse=True)
def _no_tracing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "_unheeded", {})


def own(**more: Any) -> UserDelegation:
    values = {"source": None, "target": "x:make", "file": None, "value": None, **more}
    return UserDelegation("x:make", "runnable", **values)


def playing(*steps: Step, **more: Any) -> AgentCheck:
    """Of an agent that made a move in both dialogues, before these steps."""
    return AgentCheck("x:make", [*(Step(name, "sent", "came") for name in MOVES), *steps], **more)


def chat(systems: int = 0) -> Any:
    return SimpleNamespace(provider=SimpleNamespace(systems=systems))


def judged(
    found: AgentCheck,
    tables: list[Table],
    *,
    of: UserDelegation | None = None,
    chat: Any = None,
    prompts: Mapping[str, list[str]] | None = None,
    longest: tuple[float, str] = (0.0, ""),
) -> list[Remark]:
    judge(found, of or own(), tables, chat, prompts or {}, longest)
    return found.remarks


CLEAN = Remark("memory", "good", "nothing of one dialogue was found in the other")


# --- whether it can play ---------------------------------------------------------------------


def test_one_that_moves_in_both_dialogues_can_play() -> None:
    assert playing().usable
    assert not AgentCheck("x", [Step(MOVES[0], "", "")]).usable
    again = Step(f"{MOVES[1]} (asked again 1)", "", "")
    refused = [Step(MOVES[0], "", ""), Step(MOVES[1], "", "", "no move")]
    assert not AgentCheck("x", refused).usable
    assert AgentCheck("x", [*refused, again]).usable
    assert not AgentCheck("x", [Step(MOVES[0], "", ""), Step("dialogue 2, debrief", "", "")]).usable


def test_one_that_tells_what_is_private_cannot_play() -> None:
    found = playing()
    found.note("shared state", "warn", "it holds both")
    assert found.usable
    found.note("leak", "bad", "it told", "keep it apart")
    assert found.remarks[-1] == Remark("leak", "bad", "it told", "keep it apart")
    assert not found.usable


def test_every_attempt_is_at_the_same_question() -> None:
    assert Step("dialogue 1, move (asked again 2)", "", "").asked == "dialogue 1, move"
    assert Step("dialogue 1, move", "", "").asked == "dialogue 1, move"


# --- questions that went wrong ---------------------------------------------------------------


def test_nothing_wrong_is_nothing_said_but_that_nothing_leaked(tables: list[Table]) -> None:
    assert judged(playing(), tables) == [CLEAN]


def test_a_question_is_one_remark_however_often_it_was_asked(tables: list[Table]) -> None:
    found = playing(
        Step("dialogue 1, repair", "", "", "no object", "write one"),
        Step("dialogue 2, debrief", "", "", "first"),
        Step("dialogue 2, debrief (asked again 1)", "", "", "second", "a fix"),
        Step("dialogue 1, debrief", "", "", "first"),
        Step("dialogue 1, debrief (asked again 1)", "", ""),
    )
    assert judged(found, tables)[:-1] == [
        Remark("dialogue 1, repair", "warn", "no object", "write one"),
        Remark(
            "dialogue 2, debrief",
            "warn",
            "no usable answer in 2 attempts; the last complaint: second",
            "a fix",
        ),
        Remark(
            "dialogue 1, debrief",
            "warn",
            "a usable answer in 2 attempts; the last complaint: first",
        ),
    ]


def test_a_move_that_failed_is_bad_only_where_nothing_can_be_played(tables: list[Table]) -> None:
    failed = Step(MOVES[0], "", "", "KeyError at x.py:3", "correct it")
    assert judged(AgentCheck("x", [failed]), tables) == [
        Remark(MOVES[0], "bad", "KeyError at x.py:3", "correct it")
    ]
    again = Step(f"{MOVES[0]} (asked again 1)", "", "")
    found = AgentCheck("x", [failed, again, Step(MOVES[1], "", "")])
    assert judged(found, tables)[0].state == "warn"
    unplayed = AgentCheck("x", [Step("dialogue 1, debrief", "", "", "none")])
    assert judged(unplayed, tables)[0].state == "warn", "only moves decide"


# --- models behind it ------------------------------------------------------------------------


def test_calls_of_its_models_are_added_up(tables: list[Table]) -> None:
    uses = [
        AgentUse(calls=2, uncounted=1, models=("b", "a")),
        AgentUse(calls=3, models=("a",), ignored=("max_tokens", "seed")),
        AgentUse(calls=1, ignored=("max_tokens",)),
    ]
    assert judged(playing(uses=uses), tables, chat=chat())[:-1] == [
        Remark("models", "good", "6 calls in 3 answers, of b, a"),
        Remark("tokens", "warn", "those of 1 of 6 calls were not counted"),
        Remark("settings", "warn", "offered and not used: --max-tokens, --seed"),
    ]
    unnamed = judged(playing(uses=[AgentUse(calls=1)]), tables, chat=chat())
    assert unnamed == [Remark("models", "good", "1 call in 1 answer, of unnamed models"), CLEAN]


def test_models_that_nobody_sees_are_warned_of_where_it_plays(tables: list[Table]) -> None:
    (remark, _) = judged(playing(), tables, chat=chat())
    assert (remark.name, remark.state) == ("models", "warn")
    assert "no model call was seen" in remark.said
    assert judged(AgentCheck("x"), tables, chat=chat()) == [], "it never came so far"
    assert judged(playing(), tables, chat=None) == [CLEAN], "a delegation is no runnable"


def test_two_system_messages_at_once_are_warned_of(tables: list[Table]) -> None:
    used = [AgentUse(calls=1)]
    assert "system messages" not in str(judged(playing(uses=used), tables, chat=chat(1)))
    remark = judged(playing(uses=used), tables, chat=chat(2))[1]
    assert (remark.name, remark.state) == ("system messages", "warn")
    assert remark.said.startswith("its model got 2 at once, its own and the briefing")


# --- how it behaves in the process -----------------------------------------------------------


def test_a_loop_that_was_blocked_is_named(tables: list[Table]) -> None:
    remark = judged(playing(), tables, longest=(1.26, "x.py:12"))[0]
    assert remark == Remark(
        "event loop", "warn", "x.py:12 blocked it for 1.3 s; all agents wait", remark.fix
    )
    assert "await" in (remark.fix or "")
    assert judged(playing(), tables, longest=(1.26, "")) == [CLEAN]


def test_tracing_that_is_set_aside_is_said(
    tables: list[Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracing, "_unheeded", {"LANGSMITH_TRACING": None, "OTEL_X": None})
    remark = judged(playing(), tables)[-1]
    assert (remark.name, remark.state) == ("tracing", "warn")
    assert remark.said.startswith("LANGSMITH_TRACING, OTEL_X are ignored, because briefs")
    assert "TRACK15_TRACING=1" in (remark.fix or "")
    monkeypatch.setattr(tracing, "_unheeded", {"LANGSMITH_TRACING": None})
    assert judged(playing(), tables)[-1].said.startswith("LANGSMITH_TRACING is ignored")


def test_what_it_read_of_the_environment_is_said(tables: list[Table]) -> None:
    of = own(environ={"MODEL": "m", "URL": "u"})
    assert judged(playing(), tables, of=of)[-1] == Remark(
        "environment", "good", "part of what determines a dialogue: MODEL=m, URL=u"
    )


# --- what it lets slip -----------------------------------------------------------------------


@pytest.mark.kind("G11")
@pytest.mark.parametrize(("at", "other"), [(0, 1), (1, 0)])
def test_a_private_word_in_the_other_dialogue_is_a_leak(
    tables: list[Table], at: int, other: int
) -> None:
    here, there = tables[at], tables[other]
    asked = {thread_id(here.spec, "u"): ["a prompt", f"It is said: {there.canary}."]}
    said = {here.name: f"We have heard of {there.canary}."}
    for found, prompts in ((playing(), asked), (playing(heard=said), {})):
        (remark,) = judged(found, tables, prompts=prompts)
        assert (remark.name, remark.state) == ("leak", "bad")
        assert remark.said == f"{here.name} was told what only {there.name} may know"
        assert "thread_id" in (remark.fix or "")
        assert not found.usable


@pytest.mark.kind("G11")
def test_a_private_word_in_its_own_dialogue_is_none(tables: list[Table]) -> None:
    prompts = {thread_id(table.spec, "u"): [table.canary] for table in tables}
    prompts[thread_id(tables[0].spec, "o")] = [tables[1].canary]  # nobody of the agent's
    said = {table.name: table.canary for table in tables}
    assert judged(playing(heard=said), tables, prompts=prompts) == [CLEAN]


@pytest.mark.kind("G11")
def test_a_name_that_holds_both_private_words_is_shared_state(
    tables: list[Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = types.ModuleType("users_own")
    monkeypatch.setitem(sys.modules, "users_own", module)
    of = own(module="users_own")
    module.history = [tables[0].canary]  # type: ignore[attr-defined]
    assert judged(playing(), tables, of=of) == [CLEAN]
    module.history.append(tables[1].canary)
    (remark,) = judged(playing(), tables, of=of)
    assert (remark.name, remark.state) == ("shared state", "warn")
    assert remark.said == "history holds private words of both dialogues"
    assert "thread_id" in (remark.fix or "")


def test_nothing_is_said_of_the_memory_of_one_that_did_not_play(tables: list[Table]) -> None:
    assert judged(AgentCheck("x"), tables) == []
