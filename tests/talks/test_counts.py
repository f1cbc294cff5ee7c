"""Talks whose server cuts prompts, or counts nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from harness.delegations.base import Answer, MadeCall
from harness.disputes.scenario import Scenario
from harness.records.transcript import Call, Usage
from harness.suite.parts import Protocol
from harness.talks.table import Table
from harness.view import View
from tests.support.disputes import small
from tests.support.puppets import Puppet, passing, scripted
from tests.support.views import track


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def made(
    count: int, messages: int = 2, *, completion: int = 20, reply: str = "so be it"
) -> MadeCall:
    call = Call(
        index=-1,
        seat="u",
        purpose="move",
        model="openai/m",
        prompt=tuple(f"m{number}" for number in range(messages)),
        reply=reply,
        usage=Usage(prompt=count, completion=completion),
    )
    return MadeCall(call=call, seconds=0.0, attempts=1)


class Thread:
    """A model whose server counts up to a context and reads no more."""

    def __init__(self, context: int) -> None:
        self.calls = 0
        self._context = context

    def answer(self, view: View, complaint: str | None) -> Answer:
        self.calls += 1
        call = made(min(400 * self.calls, self._context), 2 * self.calls)
        return Answer(move=passing(), calls=[call])


@pytest.mark.kind("S10")
def test_a_cut_prompt_voids_the_dialogue_and_names_the_context(scenario: Scenario) -> None:
    spec = track(scenario, "1", protocol=Protocol(rounds=1, turns=8))
    thread = Thread(context=800)
    sitting = {"o": scripted([]), "u": Puppet(thread.answer)}
    transcript = asyncio.run(Table(spec, scenario, sitting).play()).record
    void = transcript.void
    assert void is not None
    assert (transcript.status, void.kind, void.seat) == ("void", "prompt", "u")
    assert "its context of 800 tokens" in void.detail
    assert thread.calls == 4
    assert len(transcript.calls) == 4, "what was paid for is on record"
    assert sum(turn.seat == "u" for turn in transcript.body.turns) == 3
    [warning] = transcript.body.warnings
    assert "seat u counted 800 tokens" in warning


@pytest.mark.kind("S10")
def test_a_dialogue_that_ends_before_is_only_warned_of(scenario: Scenario) -> None:
    spec = track(scenario, "1", protocol=Protocol(rounds=1, turns=3))
    sitting = {"o": scripted([]), "u": Puppet(Thread(context=800).answer)}
    transcript = asyncio.run(Table(spec, scenario, sitting).play()).record
    assert transcript.status == "done"
    assert len(transcript.body.warnings) == 1
    sitting = {"o": scripted([]), "u": Puppet(Thread(context=9000).answer)}
    transcript = asyncio.run(Table(spec, scenario, sitting).play()).record
    assert '"warnings"' not in transcript.model_dump_json(), "older records stay as they were"


@pytest.mark.kind("S6")
def test_a_dialogues_limit_bites_where_a_server_counts_zero(scenario: Scenario) -> None:
    def answer(view: View, complaint: str | None) -> Answer:
        call = made(0, completion=0, reply="x" * 400)
        return Answer(move=passing(), calls=[call])

    spec = track(scenario, "1", protocol=Protocol(rounds=1, turns=8, token_limit=250))
    sitting = {"o": scripted([]), "u": Puppet(answer)}
    transcript = asyncio.run(Table(spec, scenario, sitting).play()).record
    assert transcript.void is not None
    assert transcript.void.kind == "limit"
    assert [call.usage.prompt for call in transcript.calls] == [None] * 3
