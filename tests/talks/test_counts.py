"""Counts that count nothing, and counts that show that a server cuts prompts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.delegations.base import Answer, MadeCall
from harness.delegations.view import View
from harness.episode import play_episode
from harness.records.spec import Protocol
from harness.records.transcript import Call, Usage
from harness.scenario import Scenario
from harness.talks.counts import PromptWatch, as_counted
from tests.support.disputes import small
from tests.support.puppets import Puppet, passing, scripted
from tests.support.views import track


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def made(
    count: int | None,
    messages: int = 2,
    *,
    cached: int | None = None,
    completion: int | None = 20,
    seat: str = "u",
    member: str | None = None,
    reply: str = "so be it",
    thread: str = "m",
) -> MadeCall:
    call = Call(
        index=-1,
        seat=seat,
        member=member,
        purpose="move",
        model="openai/m",
        prompt=tuple(f"{thread}{number}" for number in range(messages)),
        reply=reply,
        usage=Usage(prompt=count, completion=completion),
    )
    return MadeCall(call=call, seconds=0.0, attempts=1, cached_tokens=cached)


@pytest.mark.kind("S6")
@pytest.mark.parametrize(
    ("prompt", "completion", "reply", "found"),
    [
        (0, 0, "so be it", (None, None)),
        (0, 7, "so be it", (None, 7)),
        (11, 0, "so be it", (11, None)),
        (11, 0, "", (11, 0)),
        (0, None, "", (None, None)),
        (11, 7, "so be it", (11, 7)),
        (10**13, 10**30, "so be it", (None, None)),
    ],
)
def test_a_zero_that_cannot_be_is_not_counted(
    prompt: int, completion: int | None, reply: str, found: tuple[int | None, int | None]
) -> None:
    usage = as_counted(made(prompt, completion=completion, reply=reply)).call.usage
    assert (usage.prompt, usage.completion) == found


def looked(calls: Iterable[MadeCall]) -> tuple[list[bool], dict[str, str]]:
    watch = PromptWatch()
    return [watch.look(call) is not None for call in calls], watch.warnings


@pytest.mark.kind("S10")
@pytest.mark.parametrize(
    ("counts", "cut", "warned"),
    [
        ([1500, 2000, 2600, 3100], False, False),
        ([1500, 2048, 2048], False, True),
        ([1500, 2048, 2048, 2048], True, True),
        ([2048, 2048, 2048], True, True),
        ([1500, 2000, 2000, 2000], True, True),
        ([500, 500, 500, 500], False, True),  # never grew, and no context is so long
        ([1500, 2010, 1985, 2040], False, True),  # whole messages are left out
        ([2048, 2048, None, 2048], True, True),
        ([100, 100, 100, 100], False, False),  # a server that makes its counts up
        ([2000, 450, 460, 300], False, False),  # one that leaves out what it had cached
        ([None, None, None], False, False),
    ],
)
def test_counts_that_stop_growing(counts: list[int | None], cut: bool, warned: bool) -> None:
    calls = [made(count, 2 * number) for number, count in enumerate(counts, start=1)]
    voided, warnings = looked(calls)
    assert voided[:-1] == [False] * (len(counts) - 1)
    assert (voided[-1], list(warnings)) == (cut, ["u"] if warned else [])


@pytest.mark.kind("S10")
def test_another_form_counts_otherwise() -> None:
    """Servers count the schema they are sent, and a debrief's is smaller than a move's."""
    calls = [made(count, 2 + 2 * n) for n, count in enumerate((4900, 5300, 5700))]
    asked = made(5600, 8)
    debrief = replace(asked, call=asked.call.model_copy(update={"purpose": "debrief"}))
    by_tool = replace(asked, call=asked.call.model_copy(update={"how": "tool"}))
    assert looked([*calls, debrief])[1] == {}
    assert looked([*calls, by_tool])[1] == {}
    assert looked([*calls, asked])[1] != {}


@pytest.mark.kind("S10")
def test_what_the_server_had_cached_explains_it() -> None:
    """Some count only what they read anew."""
    calls = [made(2048, 2 * n, cached=500 * n) for n in range(1, 5)]
    assert looked(calls) == ([False] * 4, {})
    calls = [made(2048, 2 * n, cached=7) for n in range(1, 4)]
    assert looked(calls)[0] == [False, False, True]


@pytest.mark.kind("S10")
def test_only_a_thread_that_grows_is_looked_at() -> None:
    same = [made(2048, 4) for _ in range(4)]
    others = [made(2048, 2 * n, thread=f"t{n}") for n in range(1, 5)]
    seats = [made(2048, 2 * n, seat=f"x{n}") for n in range(1, 5)]
    members = [made(2048, 2 * n, member=f"m{n}") for n in range(1, 5)]
    for calls in (same, others, seats, members):
        assert looked(calls) == ([False] * 4, {})


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
    transcript = asyncio.run(play_episode(spec, scenario, sitting)).transcript
    void = transcript.talks.void
    assert void is not None
    assert (transcript.status, void.kind, void.seat) == ("void", "prompt", "u")
    assert "its context of 800 tokens" in void.detail
    assert thread.calls == 4
    assert len(transcript.talks.calls) == 4, "what was paid for is on record"
    assert sum(turn.seat == "u" for turn in transcript.talks.turns) == 3
    [warning] = transcript.talks.warnings
    assert "seat u counted 800 tokens" in warning


@pytest.mark.kind("S10")
def test_a_dialogue_that_ends_before_is_only_warned_of(scenario: Scenario) -> None:
    spec = track(scenario, "1", protocol=Protocol(rounds=1, turns=3))
    sitting = {"o": scripted([]), "u": Puppet(Thread(context=800).answer)}
    transcript = asyncio.run(play_episode(spec, scenario, sitting)).transcript
    assert transcript.status == "done"
    assert len(transcript.talks.warnings) == 1
    sitting = {"o": scripted([]), "u": Puppet(Thread(context=9000).answer)}
    transcript = asyncio.run(play_episode(spec, scenario, sitting)).transcript
    assert '"warnings"' not in transcript.model_dump_json(), "older records stay as they were"


@pytest.mark.kind("S6")
def test_a_dialogues_limit_bites_where_a_server_counts_zero(scenario: Scenario) -> None:
    def answer(view: View, complaint: str | None) -> Answer:
        call = made(0, completion=0, reply="x" * 400)
        return Answer(move=passing(), calls=[replace(call, call=call.call)])

    spec = track(scenario, "1", protocol=Protocol(rounds=1, turns=8, token_limit=250))
    sitting = {"o": scripted([]), "u": Puppet(answer)}
    talks = asyncio.run(play_episode(spec, scenario, sitting)).transcript.talks
    assert talks.void is not None
    assert talks.void.kind == "limit"
    assert [call.usage.prompt for call in talks.calls] == [None] * 3
