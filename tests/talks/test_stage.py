"""Talks as a stage: what was said, how long it took and what models were shown, kept apart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from harness.delegations.base import Answer, Delegation, MadeCall
from harness.disputes.scenario import Scenario
from harness.errors import ModelError
from harness.records.finished import Played
from harness.records.spec import TalksSpec
from harness.records.transcript import Call, Status, Transcript, Usage, VoidReason
from harness.stages.base import Bench
from harness.suite.parts import Protocol
from harness.talks.stage import TalksKind
from harness.view import View
from tests.support.disputes import small
from tests.support.puppets import Puppet, passing, scripted
from tests.support.views import track

Answering = Callable[[View, str | None], Answer]


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def played_by(
    scenario: Scenario,
    spec: TalksSpec,
    seated: Mapping[str, Delegation],
    on_call: Callable[[MadeCall], None] = lambda _: None,
) -> Played:
    bench = Bench(scenario=lambda name, twin: scenario, seats=lambda _: seated, on_call=on_call)
    return asyncio.run(TalksKind().play(spec, {}, bench))


def play(
    scenario: Scenario, answering: Answering, on_call: Callable[[MadeCall], None] = lambda _: None
) -> Played:
    spec = track(scenario, "1", protocol=Protocol(rounds=1, turns=2, repairs=1))
    return played_by(scenario, spec, {"o": scripted([]), "u": Puppet(answering)}, on_call)


def dead(view: View, complaint: str | None) -> Answer:
    raise ModelError("connection refused", where="http://127.0.0.1:9")


def test_finished_talks_are_named_by_their_spec(scenario: Scenario) -> None:
    played = play(scenario, lambda view, complaint: Answer(move=passing()))
    assert played.record.id == played.record.spec.id == played.timing.id
    assert played.record.body.outcome.kind == "no_deal"
    text = played.record.model_dump_json(by_alias=True)
    assert Transcript.model_validate_json(text) == played.record
    assert text.startswith(f'{{"id":"{played.timing.id}","schema_version":2,"status":"done"')


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
    assert play(scenario, answering).record.status == status


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

    played = play(scenario, called, told.append)
    record = played.record
    assert len(told) == 4, "two turns, each asked again once"
    assert [call.index for call in record.calls] == [0, 1, 2, 3]
    assert [call.reply for call in record.calls] == [f"reply {n}" for n in range(4)]
    own = [turn for turn in record.body.turns if turn.seat == "u"]
    assert [turn.calls for turn in own] == [(0, 1), (2, 3)]
    assert [turn.repairs[0].call for turn in own] == [0, 2]
    assert [(t.call, t.seconds, t.attempts, t.cached_tokens) for t in played.timing.calls] == [
        (n, 1.5, 2, 3) for n in range(4)
    ]
    assert "seconds" not in played.record.model_dump_json()


def test_texts_shown_to_models_are_handed_over(scenario: Scenario) -> None:
    class Shown(Puppet):
        def messages(self) -> dict[str, tuple[str, str]]:
            return {"h": ("system", "You speak for Arden.")}

    spec = track(scenario, "1", protocol=Protocol(rounds=1, turns=1))
    seated = {"o": scripted([]), "u": Shown(lambda view, complaint: Answer(move=passing()))}
    played = played_by(scenario, spec, seated)
    assert played.messages == {"h": ("system", "You speak for Arden.")}


def test_talks_that_were_not_played_have_their_order_and_the_reason(scenario: Scenario) -> None:
    spec = track(scenario, "1")
    why = VoidReason(kind="endpoint", seat="u", detail="connection refused")
    body = TalksKind().empty_body(spec, why)
    real = played_by(scenario, spec, {"o": scripted([]), "u": scripted([])}).record.body
    assert body.order == real.order
    assert (body.outcome.kind, body.outcome.reason) == ("void", "connection refused")
    assert (body.turns, body.debriefs) == ((), {})
