"""What a delegation of the user's own gives reaches no record where it holds a key."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from harness.delegations.base import Answer, MadeCall
from harness.disputes.scenario import Scenario
from harness.errors import ModelError
from harness.models import keys
from harness.models.keys import WITHHELD
from harness.records.transcript import Action, Call, Debrief, Move
from harness.suite.parts import Protocol
from harness.talks.table import PlayedTalks, Table
from harness.view import View
from tests.support.disputes import small
from tests.support.puppets import Puppet, passing, scripted
from tests.support.views import track

KEY = "key-0a1B2c3D4e5F6g7H"


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


@pytest.fixture(autouse=True)
def _own_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "_in_use", set())
    monkeypatch.setattr(keys, "_needles", ())
    monkeypatch.setenv("SOMEBODYS_API_KEY", KEY)


class Leaking(Puppet):
    """Gives the same answer until it is complained of, and has shown its model a key."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(lambda _, complaint: Answer(move=passing()) if complaint else answer)

    async def debrief(self, view: View, complaint: str | None) -> Answer:
        words = "None." if complaint else f"It is {KEY}."
        return Answer(debrief=Debrief(gave_more="equal", margin=0.0, words=words))

    def messages(self) -> dict[str, tuple[str, str]]:
        return {"a": ("system", f"Your key is {KEY}."), "b": ("user", "Hello.")}


def call(reply: str = "fine", model: str = "m") -> MadeCall:
    made = Call(index=-1, seat="u", purpose="move", model=model, prompt=("a",), reply=reply)
    return MadeCall(call=made, seconds=0.0, attempts=1)


def play(scenario: Scenario, answer: Answer) -> PlayedTalks:
    spec = track(scenario, "1", protocol=Protocol(rounds=1, turns=1, repairs=1))
    seats = tuple(
        seat.model_copy(update={"kind": "custom", "model": "x:Y"}) if seat.seat == "u" else seat
        for seat in spec.seats
    )
    spec = spec.model_copy(update={"seats": seats})
    sitting = {"o": scripted([]), "u": Leaking(answer)}
    return asyncio.run(Table(spec, scenario, sitting).play())


@pytest.mark.kind("X5")
@pytest.mark.parametrize(
    "answer",
    [
        Answer(move=passing(f"Take my {KEY}.")),
        Answer(move=Move(action=Action.PASS, words="No.", thoughts=f"The key is {KEY}")),
        Answer(move=Move(action=Action.REJECT, offer=KEY, words="No.")),
        Answer(problem=f"it said {KEY}"),
        Answer(words=f"{KEY}"),
    ],
)
def test_an_answer_that_holds_a_key_is_asked_again(scenario: Scenario, answer: Answer) -> None:
    played = play(scenario, answer)
    assert KEY not in played.record.model_dump_json()
    assert KEY not in repr(played.messages)
    assert played.messages["b"] == ("user", "Hello.")
    talks = played.record.body
    assert played.record.status == "done"
    [turn] = [turn for turn in talks.turns if turn.seat == "u"]
    assert "secret key" in turn.repairs[0].error
    assert "secret key" in talks.debriefs["u"].repairs[0].error


@pytest.mark.kind("X5")
def test_a_call_that_holds_a_key_is_kept_without_it(scenario: Scenario) -> None:
    calls = [call(f"I am {KEY}"), call(), call(model=KEY)]
    played = play(scenario, Answer(move=passing(), calls=calls))
    assert KEY not in played.record.model_dump_json()
    held, fine, named = played.record.calls
    assert (held.reply, held.finish_reason) == ("", WITHHELD)
    assert (fine.reply, fine.finish_reason) == ("fine", None)
    assert "withheld" in named.model


@pytest.mark.kind("X5")
def test_what_is_said_of_a_failure_holds_no_key(scenario: Scenario) -> None:
    """Whoever raised it: a client of another package, or a delegation, may put it in any part."""

    def fails(view: View, complaint: str | None) -> Answer:
        raise ModelError("refused", where="somewhere", fix=f"try {KEY} again")

    spec = track(scenario, "1", protocol=Protocol(rounds=1, turns=1))
    seats = tuple(
        seat.model_copy(update={"kind": "custom", "model": "x:Y"}) if seat.seat == "u" else seat
        for seat in spec.seats
    )
    spec = spec.model_copy(update={"seats": seats})
    seated = {"o": scripted("o"), "u": Puppet(fails)}
    played = asyncio.run(Table(spec, scenario, seated).play())
    assert KEY not in played.record.model_dump_json()
    assert played.record.void is not None
    assert "holds a key" in played.record.void.detail
