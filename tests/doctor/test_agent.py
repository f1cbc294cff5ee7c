"""What the doctor shows of an agent: never a key."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from harness.delegations.base import Answer, MadeCall
from harness.delegations.plugins import UserDelegation
from harness.doctor.agent import check_agent
from harness.errors import ModelError
from harness.models import keys
from harness.records.transcript import Call
from harness.view import View
from tests.support.puppets import passing

KEY = "key-0a1B2c3D4e5F6g7H"


@pytest.fixture(autouse=True)
def _own_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "_in_use", set())
    monkeypatch.setattr(keys, "_needles", ())
    monkeypatch.setenv("SOMEBODYS_API_KEY", KEY)


class Leaking:
    """Says its key in its words, to its model, and at last in an error."""

    async def move(self, view: View, complaint: str | None) -> Answer:
        call = Call(index=-1, seat="u", purpose="move", model="m", prompt=("a",), reply=KEY)
        if complaint is not None:
            raise ModelError("no", fix=f"use {KEY}")
        return Answer(move=passing(KEY), calls=(MadeCall(call, seconds=0.0, attempts=1),))

    caucus = debrief = move

    def messages(self) -> dict[str, tuple[str, str]]:
        return {"a": ("system", f"Your key is {KEY}.")}


class Listening:
    """Passes, and notes what is said of tries when it is asked again."""

    def __init__(self) -> None:
        self.repairs: list[int] = []

    async def move(self, view: View, complaint: str | None) -> Answer:
        if complaint is not None:
            self.repairs.append(view.protocol.repairs)
        return Answer(move=passing("So."))

    async def debrief(self, view: View, complaint: str | None) -> Answer:
        return Answer(problem="None.")

    caucus = debrief

    def messages(self) -> dict[str, tuple[str, str]]:
        return {}


async def test_a_trial_of_a_complaint_promises_no_further_tries() -> None:
    """It is asked for once, so whoever counts tries by the rules of the table finds none."""
    players: list[Listening] = []

    def made() -> Listening:
        players.append(Listening())
        return players[-1]

    own: dict[str, Any] = {"source": None, "target": "x:made", "file": None}
    await check_agent(UserDelegation("x:made", "custom", value=made, **own))
    assert {left for player in players for left in player.repairs} == {0}


@pytest.mark.kind("G11")
@pytest.mark.kind("X5")
async def test_no_key_is_shown() -> None:
    own: dict[str, Any] = {"source": None, "target": "x:Leaking", "file": None}
    found = await check_agent(UserDelegation("x:Leaking", "custom", value=Leaking, **own))
    assert len(found.steps) > 1
    assert KEY not in repr(dataclasses.asdict(found))
    assert "holds a key" in str(found.steps)
