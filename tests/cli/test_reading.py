"""One dialogue at a terminal: what is said of each turn, what is private, and how it ended."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from harness.cli.reading import print_dialogue
from harness.disputes.scenario import Scenario
from harness.records.transcript import Call, CapitalAnswer, Debrief, Repair, Turn, VoidReason
from tests.support.disputes import small
from tests.support.run_folders import (
    LOPSIDED,
    MIDDLE,
    Placed,
    deal,
    dialogue,
    make_run,
    make_suite,
)

UNUSABLE = (Repair(error="no such option"),)


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def read(tmp_path: Path, scenario: Scenario, played: Placed, **how: Any) -> list[str]:
    run = make_run(tmp_path / "run", make_suite(), {"small": scenario}, [played], [])
    file = io.StringIO()
    print_dialogue(run, played, Console(file=file, width=120), **how)
    return file.getvalue().splitlines()


def with_turn(played: Placed, turn: Turn, **more: Any) -> Placed:
    """The dialogue with another first turn."""
    talks = played.body.model_copy(update={"turns": (turn, *played.body.turns[1:]), **more})
    return played.model_copy(update={"body": talks})


def test_it_opens_with_what_is_played_and_by_whom(tmp_path: Path, scenario: Scenario) -> None:
    played = deal(scenario, "lean", MIDDLE, epoch=2)
    official, other = played.spec.seats
    official = official.model_copy(update={"kind": "model", "model": "openai/m"})
    spec = played.spec.model_copy(update={"seats": (official, other)})
    assert read(tmp_path, scenario, played.model_copy(update={"spec": spec}))[:4] == [
        "A small dispute",
        f"lean - twin none - epoch 2 - {played.id}",
        "Boral (delegate): openai/m",
        "Arden (delegate): scripted, no tactic named",
    ]


def test_turns_stand_in_their_rounds(tmp_path: Path, scenario: Scenario) -> None:
    entries: Any = [("o", LOPSIDED), ("u", "reject"), "next round", ("u", "pass")]
    lines = read(tmp_path, scenario, dialogue(scenario, "lean", entries, words="So [b]be[/b] it."))
    assert lines[lines.index("Round 1") :] == [
        *("Round 1", ""),
        "turn 0: Boral (delegate)",
        "    [propose o-1, ad referendum] The well: yours; The fence: us",
        *("    So [b]be[/b] it.", ""),
        "turn 1: Arden (delegate)",
        *("    [reject o-1]", "    So [b]be[/b] it.", ""),
        *("Round 2", "    The well runs low.", ""),
        "turn 2: Arden (delegate)",
        *("    [pass]", "    So [b]be[/b] it.", ""),
        "Ending: no deal",
        "Boral (delegate): no deal is worth 0.25 to the principal",
        "Arden (delegate): no deal is worth 0.20 to the principal",
    ]


def test_what_is_private_can_be_left_out(tmp_path: Path, scenario: Scenario) -> None:
    entries: Any = [("o", MIDDLE), ("o", "caucus"), ("u", "accept")]
    debriefs = {"o": Debrief(gave_more="equal", words="AFTERWARDS")}
    played = dialogue(scenario, "lean", entries, repairs=UNUSABLE, debriefs=debriefs)
    proposal, caucus, acceptance = played.body.turns
    turns = (
        replace(proposal, thoughts="THOUGHT", words="ALOUD"),
        replace(caucus, words="WHISPERED", member="the envoy"),
        acceptance,
    )
    talks = played.body.model_copy(update={"turns": turns})
    played = played.model_copy(update={"body": talks})
    whole = read(tmp_path, scenario, played)
    assert "    (private) THOUGHT" in whole
    assert "    asked again: no such option" in whole
    assert "turn 1: Boral (delegate), the envoy - caucus (private)" in whole
    assert "    WHISPERED" in whole
    assert whole[-1].endswith("AFTERWARDS")
    public = read(tmp_path, scenario, played, private=False)
    assert "    ALOUD" in public
    assert [line for line in public if line not in whole] == []
    hidden = "\n".join(line for line in whole if line not in public)
    for word in ("THOUGHT", "no such option", "caucus", "WHISPERED", "AFTERWARDS"):
        assert word in hidden


def test_the_capital_says_what_a_package_is_worth_to_it(tmp_path: Path, scenario: Scenario) -> None:
    played = dialogue(scenario, "lean", [("o", "caucus")])
    answer = CapitalAnswer(package=MIDDLE, acceptable=False, value=0.125, reservation=0.3)
    turn = replace(played.body.turns[0], kind="consultation", capital=answer)
    lines = read(tmp_path, scenario, with_turn(played, turn))
    at = lines.index("turn 0: Boral (delegate) - to the capital (private)")
    assert lines[at + 1] == "    The capital: not acceptable; worth 0.12 to it, no deal 0.30"


def test_a_deal_is_told_in_the_words_of_its_terms(tmp_path: Path, scenario: Scenario) -> None:
    lines = read(tmp_path, scenario, deal(scenario, "lean", LOPSIDED))
    assert "    [accept o-1, ad referendum]" in lines
    ended = lines.index("Ending: deal (ad referendum)")
    assert lines[ended + 1 : -1] == [
        "    The well: Boral draws all of it",
        "    The fence: Arden mends it",
        "Boral (delegate): the deal is worth 1.00; no deal is worth 0.25 to the principal",
    ]
    worth = "the deal is worth 0.00; no deal is worth 0.30 to the principal"
    assert lines[-1] == f"Arden (delegate): {worth}; crosses its red lines on The well"


def test_what_goes_with_a_proposal_and_a_deal_is_told(tmp_path: Path, scenario: Scenario) -> None:
    played = deal(scenario, "lean", MIDDLE)
    first, last = played.body.turns
    assert first.move is not None
    move = replace(first.move, or_package=LOPSIDED, side_terms="By [b]spring[/b].")
    answers = {
        seat: CapitalAnswer(package=MIDDLE, acceptable=signs, value=0.5, reservation=0.25)
        for seat, signs in (("o", True), ("u", False))
    }
    outcome = replace(played.body.outcome, side_terms="By spring.", ratification=answers)
    turns = (replace(first, move=move), replace(last, explored=True))
    talks = played.body.model_copy(update={"turns": turns, "outcome": outcome})
    played = played.model_copy(update={"body": talks})
    whole = read(tmp_path, scenario, played)
    text = " ".join(" ".join(whole).split())
    assert ". Or, as o-1b: The well: yours; The fence: us. Side terms: By [b]spring[/b]." in text
    assert "An explored sketch now, which ends nothing" in text
    assert "    Side terms: By spring." in whole
    assert "    The leadership of Boral (delegate) signs" in whole
    assert "    The leadership of Arden (delegate) does not sign" in whole
    public = "\n".join(read(tmp_path, scenario, played, private=False))
    assert "Side terms: By spring." in public
    assert "leadership" not in public


def test_a_position_need_not_be_complete(tmp_path: Path, scenario: Scenario) -> None:
    played = dialogue(scenario, "lean", [("o", "pass")])
    turn = played.body.turns[0]
    assert turn.move is not None
    turn = replace(turn, move=replace(turn.move, position={"fence": "us"}))
    assert "    [pass] The fence: us" in read(tmp_path, scenario, with_turn(played, turn))


@pytest.mark.parametrize(
    ("debrief", "said"),
    [
        (Debrief(gave_more="equal", words="Fine."), "both gave the same. Fine."),
        (Debrief(gave_more="u", words="Fine."), "Arden (delegate) gave more. Fine."),
        (Debrief(gave_more="u2"), "u2 gave more. "),
        (Debrief(problem="nothing usable"), "no answer (nothing usable). "),
        (Debrief(words="Who knows?"), "no word on who gave more. Who knows?"),
    ],
)
def test_a_debrief_says_who_gave_more(
    tmp_path: Path, scenario: Scenario, debrief: Debrief, said: str
) -> None:
    played = deal(scenario, "lean", MIDDLE, debriefs={"o": debrief})
    last = read(tmp_path, scenario, played)[-1]
    assert last == f"Boral (delegate), asked in private: {said}"


def test_a_debrief_says_what_else_was_asked(tmp_path: Path, scenario: Scenario) -> None:
    debrief = Debrief(
        gave_more="u",
        margin=4,
        favours="o",
        own_could_sign=False,
        top_issues={"u": "well"},
        learned={"u": "It needs the \x1b[31mwell."},
    )
    played = deal(scenario, "lean", MIDDLE, debriefs={"o": debrief})
    assert read(tmp_path, scenario, played)[-5:] == [
        "Boral (delegate), asked in private: Arden (delegate) gave more, 4 of 10. ",
        "    the terms favour Boral (delegate)",
        "    its own leadership could not sign them",
        "    most important to Arden (delegate): The well",
        "    learned of Arden (delegate): It needs the \\x1b[31mwell.",
    ]


def test_a_void_says_what_was_tried_and_has_no_worth(tmp_path: Path, scenario: Scenario) -> None:
    void = VoidReason(kind="reply", seat="u", detail="no usable reply", repairs=UNUSABLE)
    played = dialogue(scenario, "lean", [("o", MIDDLE)], void=void)
    ending = ["Ending: void", "    no usable reply"]
    lines = read(tmp_path, scenario, played)
    assert lines[-6:] == [
        *("", "the turn of Arden (delegate) that was not made", "    unusable: no such option"),
        *("", *ending),
    ]
    public = read(tmp_path, scenario, played, private=False)
    assert public[-3:] == ["", *ending]
    assert not [line for line in public if "not made" in line]


def test_each_call_stands_once_where_it_was_made(tmp_path: Path, scenario: Scenario) -> None:
    """Of a turn, of a debrief, or of the turn that was not made."""
    void = VoidReason(kind="reply", seat="u", detail="no usable reply")
    debriefs = {"o": Debrief(gave_more="equal", calls=(1,))}
    played = dialogue(scenario, "lean", [("o", MIDDLE)], void=void, debriefs=debriefs)
    calls = tuple(
        Call(index=i, seat="o", purpose=what, model="m", prompt=(), reply=f"REPLY {i}")
        for i, what in enumerate(("move", "debrief", "move"))
    )
    made = with_turn(played, replace(played.body.turns[0], calls=(0,)))
    lines = read(tmp_path, scenario, made.model_copy(update={"calls": calls}), prompts=True)
    headings = ("reply to call", "turn 0:", "the turn of", "Ending:", "Boral (delegate), asked")
    assert [
        line.strip(" -").split(",")[0] for line in lines if any(h in line for h in headings)
    ] == [
        "reply to call 0 (move)",
        "turn 0: Boral (delegate)",
        "the turn of Arden (delegate) that was not made",
        "reply to call 2 (move)",
        "Ending: void",
        "reply to call 1 (debrief)",
        "Boral (delegate)",
    ]


def test_a_void_of_nobody_names_nobody(tmp_path: Path, scenario: Scenario) -> None:
    void = VoidReason(kind="limit", seat=None, detail="too long", repairs=UNUSABLE)
    played = dialogue(scenario, "lean", [("o", MIDDLE)], void=void)
    assert "the turn that was not made" in read(tmp_path, scenario, played)


def test_a_void_before_anything_was_tried_is_only_an_ending(
    tmp_path: Path, scenario: Scenario
) -> None:
    void = VoidReason(kind="budget", seat="u", detail="spent")
    lines = read(tmp_path, scenario, dialogue(scenario, "lean", [("o", MIDDLE)], void=void))
    assert lines[-2:] == ["Ending: void", "    spent"]
    assert not [line for line in lines if "not made" in line]


def test_texts_of_others_do_nothing(tmp_path: Path, scenario: Scenario) -> None:
    played = deal(scenario, "lean", MIDDLE, words="\x1b[2J gone")
    lines = read(tmp_path, scenario, played)
    assert "    \\x1b[2J gone" in lines
