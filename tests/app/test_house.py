"""Where people sit down: what is offered, how many may, and how all of it ends."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.app import house as room
from harness.app.house import HeldSitting, House
from harness.app.sitting import Revealed, SitDown
from harness.errors import UsageError
from harness.records.reader import RunFolder
from harness.viewer.play_house import Start
from tests.support.disputes import write
from tests.support.waiting import until


def asked(held: HeldSitting) -> None:
    until(lambda: held.now().state == "move")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(room, "list_files", lambda _: [write(tmp_path), tmp_path / "none.yaml"])
    return House(SitDown("", rounds=1, turns=2, seed=4), log_dir=tmp_path / "runs")


def test_what_is_offered(house: House, tmp_path: Path) -> None:
    choices = house.choices()
    assert choices.scenarios == {"small": "A small dispute"}
    assert choices.opponents == ("scripted",)
    assert choices.first.scenario == "small"
    model = House(SitDown(str(tmp_path / "small.yaml"), opponent="openai/x@http://127.0.0.1:9/v1"))
    assert model.choices().opponents == ("openai/x@http://127.0.0.1:9/v1", "scripted")
    assert House(SitDown("", opponent=" Scripted ")).choices().opponents == ("scripted",)
    with pytest.raises(UsageError) as raised:
        House(SitDown("", opponent="gpt"))
    assert raised.value.where == "--opponent"


def test_what_is_not_offered_is_not_begun(house: House) -> None:
    start = Start("../small", "unofficial", "scripted", "1.5", "principal")
    with pytest.raises(UsageError, match="not offered"):
        house.sit(start)
    assert house.sittings() == ()


def test_a_server_that_ends_keeps_what_was_played(house: House) -> None:
    held = house.sit(Start("small", "official", "scripted", "1.5", "principal", rounds=1, turns=2))
    asked(held)
    assert house.sitting(held.name) is held
    assert house.sitting("none") is None
    assert house.close() == 1
    assert held.over
    truth = held.now().truth
    assert truth is not None
    assert (truth.left, truth.done, truth.seat) == (True, False, "o")
    (transcript,) = RunFolder(held.session.folder).transcripts()
    assert transcript.void is not None
    assert transcript.void.kind == "person"
    held.leave()
    assert house.close() == 0, "it is over"


def test_sittings_are_bounded(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST", 1)
    start = house.choices().first
    house.sit(start)
    with pytest.raises(UsageError, match="1 sittings are held already"):
        house.sit(start)
    house.close()
    house.sit(start)
    assert house.close() == 1


def test_what_breaks_down_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise ValueError("CRACK")

    monkeypatch.setattr(room, "reveal", breaks)
    held = house.sit(house.choices().first)
    house.close()
    until(lambda: held.over)
    problem = held.now().problem
    assert problem is not None
    assert "the sitting broke down" in problem.what


def test_a_sitting_that_does_not_end_is_told_of(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    patient = House(house._base, log_dir=house._log_dir, notify=said.append)
    held = patient.sit(patient.choices().first)
    asked(held)
    monkeypatch.setattr(room, "PATIENCE_S", 0.0)
    monkeypatch.setattr(held, "wait", lambda _: False)
    patient.close()
    assert any("could not be ended in time" in line for line in said)


def test_what_is_being_scored_when_the_server_ends_is_not_cut_short(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = house.sit(house.choices().first)
    asked(held)
    real, scoring, go_on = room.reveal, threading.Event(), threading.Event()

    def slowly(*args: Any) -> Revealed:
        scoring.set()
        assert go_on.wait(30)
        return replace(real(*args), left=False)

    monkeypatch.setattr(room, "reveal", slowly)
    held.leave()
    assert scoring.wait(30)
    go_on.set()
    assert house.close() == 0
    assert held.over
