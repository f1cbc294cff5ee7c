"""Openers are balanced by design, the same in all arms, and twins are the same talks."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from harness.disputes.scenario import Twin
from harness.orchestrator.openers import opener_of, unbalanced
from harness.records.reader import RunFolder
from harness.suite.suite import Arm
from tests.support.disputes import write
from tests.support.runs import play, tiny_plan, tiny_suite

THREE = Arm.model_validate({"track": "1", "also": [{"principal": "c"}]})


def test_principals_take_turns_and_keep_theirs_in_every_twin() -> None:
    arm = Arm(track="1")
    openers = {twin: [opener_of(arm, twin, epoch) for epoch in (1, 2, 3, 4)] for twin in Twin}
    assert openers[Twin.NONE] == openers[Twin.NAMES] == ["o", "u", "o", "u"]
    assert openers[Twin.SEATS] == openers[Twin.BOTH] == ["u", "o", "u", "o"]


def test_every_delegation_of_three_opens() -> None:
    assert [opener_of(THREE, Twin.NONE, epoch) for epoch in range(1, 5)] == ["o", "u", "x1", "o"]


@pytest.mark.parametrize(
    ("twins", "epochs", "balanced"),
    [
        (["none", "seats"], 1, True),
        (["none"], 2, True),
        (["none"], 1, False),
        (["none", "names"], 3, False),
        (["none", "names", "seats", "both"], 3, True),
    ],
)
def test_an_arm_whose_chairs_open_unequally_is_named(
    twins: list[str], epochs: int, balanced: bool, tmp_path: Path
) -> None:
    suite = tiny_suite(write(tmp_path), twins=twins, epochs=epochs)
    assert unbalanced(suite) == (() if balanced else ("one", "half"))
    plan = tiny_plan(write(tmp_path), twins=twins, epochs=epochs)
    opened = Counter(way.talks.opener for way in plan.ways() if way.arm == "one")
    assert (opened["o"] == opened["u"]) is balanced


def test_arms_of_a_pair_are_opened_by_the_same_seat(tmp_path: Path) -> None:
    ways = list(tiny_plan(write(tmp_path)).ways())
    for one, half in zip(ways[::2], ways[1::2], strict=True):
        assert one.talks.opener == half.talks.opener


def test_scripted_name_twins_are_the_same_and_seat_twins_exchange_the_chairs(
    tmp_path: Path,
) -> None:
    plan = tiny_plan(write(tmp_path), twins=["none", "names", "seats"], epochs=2)
    play(plan, tmp_path / "run")
    ids = {(way.arm, way.epoch, way.twin): way.talks.id for way in plan.ways() if way.arm == "one"}
    records = {record.id: record for record in RunFolder(tmp_path / "run").transcripts()}

    def moves(twin: Twin, epoch: int, *, exchange: bool = False) -> list[tuple[object, ...]]:
        body = records[ids["one", epoch, twin]].body
        seat = {"o": "u", "u": "o"} if exchange else {"o": "o", "u": "u"}
        return [
            (turn.round, seat[turn.seat], turn.move.action, turn.move.package)
            for turn in body.turns
            if turn.move is not None
        ]

    for epoch in (1, 2):
        assert moves(Twin.NONE, epoch)
        assert moves(Twin.NONE, epoch) == moves(Twin.NAMES, epoch)
        assert moves(Twin.NONE, epoch) == moves(Twin.SEATS, epoch, exchange=True)
