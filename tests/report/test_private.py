"""What is shown of a dialogue before somebody asks for what was private."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import pytest

from harness.records.transcript import (
    Action,
    CapitalAnswer,
    Debrief,
    Move,
    Repair,
    Turn,
    VoidReason,
)
from harness.report import reading
from harness.report.private import without_private
from harness.report.reading import Reading
from tests.support.disputes import small
from tests.support.readings import read_one
from tests.support.run_folders import LEANING, LOPSIDED, MIDDLE, dialogue, score

CANARY = "canary"


def whole(tmp_path: Path) -> Reading:
    """A dialogue with the canary in all that is private of it."""
    scenario = small(tmp_path)
    debriefs = {"o": Debrief(gave_more="u", words=CANARY), "u": Debrief(problem=CANARY)}
    repairs = [Repair(error=CANARY)]
    played = dialogue(
        scenario,
        "lean",
        [("o", LOPSIDED), ("u", "caucus"), ("u", MIDDLE), ("o", "accept")],
        words="said aloud",
        debriefs=debriefs,
        repairs=repairs,
    )
    turns = [replace(turn, thoughts=CANARY) for turn in played.body.turns]
    turns[1] = replace(turns[1], words=CANARY)
    answer = CapitalAnswer(
        package=LEANING, acceptable=False, value=0.1, reservation=0.3, red_lines=("well",)
    )
    asked = Turn(
        index=len(turns),
        round=1,
        step=2,
        seat="u",
        kind="consultation",
        move=Move(action=Action.CONSULT, package=LEANING, words=CANARY),
        words=CANARY,
        capital=answer,
    )
    outcome = replace(played.body.outcome, ratification={"u": replace(answer, package=MIDDLE)})
    talks = played.body.model_copy(update={"turns": (*turns, asked), "outcome": outcome})
    found = read_one(tmp_path, scenario, played.model_copy(update={"body": talks}))
    delegations = tuple(replace(one, brief=CANARY) for one in found.delegations)
    (only,) = found.rounds
    entries = tuple(replace(entry, calls=(0,), reasoning=((0, CANARY),)) for entry in only.entries)
    rounds = (replace(only, entries=entries),)
    found = replace(found, delegations=delegations, rounds=rounds)
    return replace(found, lost=(CANARY,), lost_calls=(9,))


def test_nothing_private_is_left(tmp_path: Path) -> None:
    found = whole(tmp_path)
    assert repr(found).count(CANARY) > 8
    public = without_private(found)
    assert CANARY not in repr(public)
    entries = public.rounds[0].entries
    assert [entry.turn for entry in entries] == [0, 2, 3]
    assert {entry.words for entry in entries} == {"said aloud"}
    assert all(not entry.held and not entry.calls for entry in entries)
    assert public.approval == ()
    assert "The leadership of Arden does not sign." in found.could
    assert not [said for said in public.could if "leadership" in said]
    assert public.afterwards == ()
    assert all(who.profile == () for who in public.delegations)
    assert (public.ledger, public.trajectory) == (found.ledger, found.trajectory)


def test_why_there_is_no_result_may_repeat_a_reply_and_is_private(tmp_path: Path) -> None:
    scenario, talk = small(tmp_path), [("o", MIDDLE)]
    void = VoidReason(kind="reply", seat="u", detail=f"'why' must be a number, not '{CANARY}'")
    played = dialogue(scenario, "lean", talk, void=void)
    missing = score(played, "settlement.skew", None, why=void.detail)
    lost = read_one(tmp_path / "void", scenario, played, missing)
    assert CANARY in lost.reason
    assert [CANARY in number.note for number in lost.numbers] == [True]
    public = without_private(lost)
    assert CANARY not in repr(public)
    assert public.ending == lost.ending == "Void: no result, by the delegation of Arden"
    left = dialogue(scenario, "lean", [*talk, ("u", "walk_out")])
    told = replace(read_one(tmp_path / "left", scenario, left), reason="it walked out")
    assert without_private(told).reason == "it walked out"


# Fields that everyone may see. What is added to a class is decided on here.
PUBLIC = {
    "Delegation": {"seat", "name", "role", "authority", "played_by", "side"},
    "Entry": {"turn", "step", "seat", "side", "who", "what", "action", "offer", "private"}
    | {"words", "terms", "package", "worths", "given", "besides"},
    "Reading": {"dialogue", "anchor", "label", "title", "arm", "arms", "why", "identity"}
    | {"summary", "delegations", "rounds", "ledger", "trajectory", "ending", "reason", "terms"}
    | {"worths", "could", "most", "most_turns", "numbers", "besides", "valued", "said", "in_words"}
    | {"together"},
}
PRIVATE = {
    "Delegation": {"brief", "profile"},
    "Entry": {"thoughts", "held", "capital", "repairs", "calls", "reasoning"},
    "Reading": {"approval", "afterwards", "lost", "lost_calls"},
}


@pytest.mark.parametrize("name", PUBLIC)
def test_every_field_is_public_or_left_out(tmp_path: Path, name: str) -> None:
    kind = getattr(reading, name)
    assert is_dataclass(kind)
    assert {field.name for field in fields(kind)} == PUBLIC[name] | PRIVATE[name]
    public = without_private(whole(tmp_path))
    shown = {
        "Delegation": public.delegations,
        "Entry": public.rounds[0].entries,
        "Reading": (public,),
    }
    assert all(not getattr(one, field) for one in shown[name] for field in PRIVATE[name])
