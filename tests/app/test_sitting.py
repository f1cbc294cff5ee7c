"""A sitting from Python: played, scored, revealed, replayed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.app.playing import sit
from harness.app.sitting import (
    Revealed,
    SitDown,
    reveal,
    session_of_replay,
    session_of_sitting,
)
from harness.delegations.person import DebriefForm, MoveForm
from harness.errors import PersonLeftError, UsageError
from harness.orchestrator.session import Session
from harness.records.folder import TRANSCRIPTS
from harness.records.reader import RunFolder
from harness.records.transcript import Action, Commitment, Debrief, Move
from tests.support.disputes import write


class Sitter:
    """A person who gives way and then takes what is there; leaves after ``moves`` moves."""

    def __init__(self, moves: int = 99) -> None:
        self.left = moves

    async def move(self, form: MoveForm) -> Move:
        self.left -= 1
        if self.left < 0:
            raise PersonLeftError
        can = [one for one in form.standing if one.accept]
        if can and form.last is not None:
            words = {"commitment": Commitment.PERSONAL, "words": "Agreed."}
            return Move(action=Action.ACCEPT, offer=can[-1].id, **words)
        package = {"well": "mine", "fence": "them" if form.last is None else "us"}
        words = {"commitment": Commitment.PERSONAL, "words": "The well is ours."}
        return Move(action=Action.PROPOSE, package=package, **words)

    async def advise(self, form: MoveForm, title: str) -> str:
        raise AssertionError("nobody advises")

    async def debrief(self, form: DebriefForm) -> Debrief:
        return Debrief(
            gave_more="o",
            margin=5.0,
            favours="equal" if form.agreed else None,
            own_could_sign=True if form.agreed else None,
            reservations={"o": 0.9},
            top_issues={"o": "well"},
            learned={"o": "nothing"},
        )


def session(cwd: Path, moves: int = 99, **options: Any) -> Session:
    down = SitDown(str(write(cwd)), seed=4, rounds=1, turns=3, **options)

    def person(leave: Callable[[], None]) -> Sitter:
        leave()  # nobody is waited for yet, so nothing happens
        return Sitter(moves)

    return session_of_sitting(down, person, log_dir=cwd / "runs", command="track15 play small")


def held(cwd: Path, moves: int = 99, **options: Any) -> Revealed:
    played = session(cwd, moves, **options)
    asyncio.run(sit(played))
    return reveal(played.folder)


def test_a_sitting_is_played_scored_and_revealed(tmp_path: Path) -> None:
    truth = held(tmp_path)
    assert (truth.seat, truth.role, truth.status, truth.left) == ("u", "unofficial", "done", False)
    reading = truth.reading
    assert reading.ending.startswith("Deal, in a personal capacity")
    assert [one.played_by for one in reading.delegations] == ["scripted, linear", "a person"]
    assert any(line.seat == "u" for line in reading.ledger)
    assert any("no deal" in sentence for sentence in reading.could)
    mine = next(one for one in reading.afterwards if one.seat == "u")
    assert mine.said == "Boral gave more, 5 of 10"
    assert mine.truth != "—"
    scored = {score.evaluator for score in truth.folder.scores()}
    assert {"settlement", "concessions", "process"} <= scored
    assert truth.folder.info.models == {"unofficial": "person"}


def test_who_leaves_keeps_what_was_played(tmp_path: Path) -> None:
    truth = held(tmp_path, moves=1)
    assert (truth.status, truth.left) == ("void", True)
    (transcript,) = truth.folder.transcripts()
    assert len([turn for turn in transcript.body.turns if turn.seat == "u"]) == 1
    assert truth.folder.finished() == 1, "a finished result, which nobody plays again"
    assert truth.reading.could == ()


@pytest.mark.parametrize("moves", [99, 1])
def test_a_sitting_is_replayed_from_its_record(tmp_path: Path, moves: int) -> None:
    truth = held(tmp_path, moves)
    again = session_of_replay(truth.folder.path.name, log_dir=tmp_path / "runs")
    asyncio.run(sit(again))
    assert again.folder.name == f"{truth.folder.path.name}-replay"
    lines = [(path / TRANSCRIPTS).read_bytes() for path in (truth.folder.path, again.folder)]
    assert lines[0] == lines[1]
    assert reveal(again.folder).reading == truth.reading


def test_each_sitting_has_a_folder_of_its_own(tmp_path: Path) -> None:
    folders = {held(tmp_path).folder.path for _ in range(2)}
    assert len(folders) == 2
    dialogues = {next(iter(RunFolder(path).transcripts())).id for path in folders}
    assert len(dialogues) == 2


def test_a_family_of_scenarios_is_too_many(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="one is played at a time") as raised:
        session_of_sitting(SitDown("neutral"), lambda _: Sitter(), log_dir=tmp_path)
    assert "neutral-01" in (raised.value.fix or "")


@pytest.mark.parametrize("role", ["official", "unofficial", "judge"])
def test_an_opponent_has_the_seat_that_is_left_and_no_other_role(tmp_path: Path, role: str) -> None:
    with pytest.raises(UsageError, match="names a role") as raised:
        session(tmp_path, opponent=f"{role}=openai/x@http://127.0.0.1:9/v1")
    assert raised.value.fix == "name the model alone: --opponent openai/x@http://127.0.0.1:9/v1"


def test_an_opponent_that_is_no_address_is_named_by_its_flag(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        session(tmp_path, opponent="gpt")
    assert raised.value.where == "--opponent"


def test_a_cost_limit_needs_a_price(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="price"):
        session(tmp_path, opponent="openai/x@http://127.0.0.1:9/v1", limits={"cost_limit": 1.0})
    assert session(tmp_path, settings={"temperature": 0.5}).budget is None
