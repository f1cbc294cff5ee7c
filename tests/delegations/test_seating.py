"""Who sits down is who the spec names, fresh for each dialogue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.delegations.custom import CustomDelegation
from harness.delegations.language_model import LanguageModelDelegation
from harness.delegations.plugins import load
from harness.delegations.scripted import ScriptedDelegation
from harness.delegations.seating import seat_delegations, thread_id
from harness.disputes.scenario import Scenario
from harness.models.providers.agents.seated import SEAT
from harness.models.request import Request
from harness.prompting.talks import Prompts
from harness.records.spec import TalksSpec
from tests.support.chats import FakeChat, move_json
from tests.support.disputes import small
from tests.support.runs import no_model
from tests.support.views import PlayedTable, track

PATIENT = Path(__file__).parents[2] / "docs" / "examples" / "patient.py"
MODEL = "openai/fake@http://127.0.0.1:9"


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def spec_of(scenario: Scenario, *, seed: int = 1, **o: Any) -> TalksSpec:
    """Seat o as said, and a script in seat u."""
    spec = track(scenario, "1", seed=seed)
    first, second = spec.seats
    script = {"kind": "scripted", "model": None, "tactic": "linear"}
    seats = (first.model_copy(update=o), second.model_copy(update=script))
    return spec.model_copy(update={"seats": seats})


def test_scripts_need_neither_model_nor_prompts(scenario: Scenario) -> None:
    spec = spec_of(scenario, kind="scripted", model=None)
    one, other = (seat_delegations(spec, no_model, None) for _ in range(2))
    assert {name: type(d) for name, d in one.items()} == {
        "o": ScriptedDelegation,
        "u": ScriptedDelegation,
    }
    assert one["o"] is not other["o"]


def test_a_model_is_asked_by_its_address(scenario: Scenario) -> None:
    asked: list[str] = []

    def chat_of(name: str) -> Any:
        asked.append(name)
        return FakeChat(lambda _: "")

    seated = seat_delegations(spec_of(scenario), chat_of, Prompts())
    assert isinstance(seated["o"], LanguageModelDelegation)
    assert isinstance(seated["u"], ScriptedDelegation)
    assert asked == [MODEL]


def test_a_class_of_ones_own_is_made_for_the_seat(scenario: Scenario) -> None:
    own = load(f"{PATIENT}:Patient")
    spec = spec_of(scenario, kind="custom", model=own.name)
    seated = seat_delegations(spec, no_model, None, brought={own.name: own})
    assert isinstance(seated["o"], CustomDelegation)


async def test_an_agent_is_told_where_it_sits(scenario: Scenario) -> None:
    told: list[Any] = []

    def answer(request: Request) -> str:
        told.append(SEAT.get())
        return move_json({"action": "walk_out"})

    spec = spec_of(scenario, kind="runnable", model="m:agent")
    view = PlayedTable(spec, scenario).view("o")
    seated = seat_delegations(spec, lambda _: FakeChat(answer), Prompts())
    await seated["o"].move(view, None)
    (seat,) = told
    assert seat.thread_id == thread_id(spec, "o")
    assert seat.offered["seat"] == "o"
    assert seat.offered["settings"] == spec.seat("o").settings
    assert seat.offered["settings"] is not spec.seat("o").settings, "they belong to the record"
    assert seat.offered["seed"] != spec.seed


def test_a_thread_is_of_one_dialogue_and_seat(scenario: Scenario) -> None:
    spec, other = spec_of(scenario), spec_of(scenario, seed=2)
    ids = {thread_id(s, seat) for s in (spec, other) for seat in ("o", "u")}
    assert len(ids) == 4
    assert thread_id(spec, "o") == thread_id(spec_of(scenario), "o")
