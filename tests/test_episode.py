"""One unit of work: what was said, how long it took and what models were shown, kept apart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.delegations.base import Answer, MadeCall
from harness.delegations.view import View
from harness.episode import Episode, play_episode
from harness.errors import ModelError
from harness.records.spec import Protocol
from harness.records.transcript import Call, Status, Transcript, Usage
from harness.scenario import Scenario
from tests.support.disputes import small
from tests.support.puppets import Puppet, passing, scripted
from tests.support.views import track

Answering = Callable[[View, str | None], Answer]


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def play(
    scenario: Scenario, answering: Answering, on_call: Callable[[MadeCall], None] | None = None
) -> Episode:
    spec = track(scenario, "1", protocol=Protocol(rounds=1, turns=2, repairs=1))
    seated = {"o": scripted([]), "u": Puppet(answering)}
    return asyncio.run(play_episode(spec, scenario, seated, on_call))


def dead(view: View, complaint: str | None) -> Answer:
    raise ModelError("connection refused", where="http://127.0.0.1:9")


def test_a_finished_episode_is_named_by_its_spec(scenario: Scenario) -> None:
    episode = play(scenario, lambda view, complaint: Answer(move=passing()))
    assert episode.transcript.id == episode.transcript.spec.id == episode.timing.id
    assert episode.transcript.talks.outcome.kind == "no_deal"
    text = episode.transcript.model_dump_json(by_alias=True)
    assert Transcript.model_validate_json(text) == episode.transcript
    assert text.startswith(f'{{"id":"{episode.timing.id}","schema_version":1,"status":"done"')


@pytest.mark.parametrize(
    ("answering", "status"),
    [
        (lambda view, complaint: Answer(move=passing()), "done"),
        (lambda view, complaint: Answer(problem="no JSON"), "void"),
        (dead, "failed"),
    ],
)
def test_only_a_broken_endpoint_is_a_failure(
    scenario: Scenario, answering: Answering, status: Status
) -> None:
    assert play(scenario, answering).transcript.status == status


def test_calls_are_numbered_in_order_and_timed_apart(scenario: Scenario) -> None:
    told: list[MadeCall] = []

    def called(view: View, complaint: str | None) -> Answer:
        call = Call(
            index=-1,
            seat="u",
            purpose="move",
            model="fake",
            prompt=("h",),
            reply=f"reply {len(told)}",
            usage=Usage(prompt=5),
        )
        made = MadeCall(call, seconds=1.5, attempts=2, cached_tokens=3)
        if complaint is None:
            return Answer(problem="no JSON", calls=(made,))
        return Answer(move=passing(), calls=(made,))

    episode = play(scenario, called, told.append)
    talks = episode.transcript.talks
    assert len(told) == 4, "two turns, each asked again once"
    assert [call.index for call in talks.calls] == [0, 1, 2, 3]
    assert [call.reply for call in talks.calls] == [f"reply {n}" for n in range(4)]
    own = [turn for turn in talks.turns if turn.seat == "u"]
    assert [turn.calls for turn in own] == [(0, 1), (2, 3)]
    assert [turn.repairs[0].call for turn in own] == [0, 2]
    assert [(t.call, t.seconds, t.attempts, t.cached_tokens) for t in episode.timing.calls] == [
        (n, 1.5, 2, 3) for n in range(4)
    ]
    assert "seconds" not in episode.transcript.model_dump_json()


def test_texts_shown_to_models_are_handed_over(scenario: Scenario) -> None:
    class Shown(Puppet):
        def messages(self) -> dict[str, tuple[str, str]]:
            return {"h": ("system", "You speak for Arden.")}

    spec = track(scenario, "1", protocol=Protocol(rounds=1, turns=1))
    seated = {"o": scripted([]), "u": Shown(lambda view, complaint: Answer(move=passing()))}
    episode = asyncio.run(play_episode(spec, scenario, seated))
    assert episode.messages == {"h": ("system", "You speak for Arden.")}
