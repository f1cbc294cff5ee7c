"""What a move or an ending holds besides its terms, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.records.moves import Action, CapitalAnswer, Move
from harness.records.transcript import Outcome, Turn
from harness.report.extras import besides, ended_with
from tests.support.disputes import small

PACKAGE = {"well": "half", "fence": "us"}


def turn(move: Move | None, **more: Any) -> Turn:
    return Turn(index=0, round=1, step=1, seat="u", kind="statement", move=move, **more)


def test_a_turn_tells_what_goes_with_its_terms(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    bare = Move(action=Action.PROPOSE, package=PACKAGE)
    assert besides(scenario, turn(bare, offer="u-3")) == []
    assert besides(scenario, turn(None)) == []
    rich = Move(
        action=Action.PROPOSE,
        package=PACKAGE,
        or_package={"well": "mine", "fence": "us"},
        side_terms="By spring.",
        agreed={"fence": "us"},
    )
    assert besides(scenario, turn(rich, offer="u-3", explored=True)) == [
        "or, as u-3b: The well: Arden draws all of it; The fence: Arden mends it",
        "side terms: By spring.",
        "takes as agreed: The fence: Arden mends it",
        "an explored sketch now, which ends nothing",
    ]


def test_an_ending_tells_what_is_left_and_who_signs() -> None:
    who = {"o": "Boral", "u": "Arden"}
    assert ended_with(Outcome(kind="no_deal", round=1), who) == []
    left = Outcome(kind="no_deal", round=1, explored=("u-1", "o-2b"))
    assert ended_with(left, who) == ["Sketches left on the table: u-1, o-2b"]
    answers = {
        seat: CapitalAnswer(package=PACKAGE, acceptable=signs, value=0.5, reservation=0.25)
        for seat, signs in (("o", True), ("u", False))
    }
    deal = Outcome(
        kind="deal", package=PACKAGE, round=1, side_terms="By spring.", ratification=answers
    )
    public = ["Side terms: By spring."]
    assert ended_with(deal, who, private=False) == public
    assert ended_with(deal, who) == [
        *public,
        "The leadership of Boral signs",
        "The leadership of Arden does not sign",
    ]
