"""One dialogue at a terminal: what is said of each turn, what is private, and how it ended."""

from __future__ import annotations

import io
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from harness.cli.reading import print_dialogue
from harness.disputes.scenario import Scenario
from harness.errors import UsageError
from harness.records.score import Score
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


def read(
    tmp_path: Path, scenario: Scenario, played: Placed, *scores: Score, **how: Any
) -> list[str]:
    folder = Path(tempfile.mkdtemp(dir=tmp_path))
    run = make_run(folder, make_suite(), {"small": scenario}, [played], scores)
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
    official = official.model_copy(
        update={"kind": "model", "model": "openai/m", "brief": "principal"}
    )
    spec = played.spec.model_copy(update={"seats": (official, other)})
    lines = read(tmp_path, scenario, played.model_copy(update={"id": spec.id, "spec": spec}))
    assert lines[:5] == [
        "A small dispute",
        f"lean, twin none, epoch 2, dialogue {spec.id}",
        "Arden and Boral discuss the Ardenese well.",
        "",
        "Boral (delegate): openai/m",
    ]
    assert lines[5].startswith(
        "    (private) told its principal's points; credit for an agreement 0.00; costs it feels"
    )
    at = lines.index("Arden (delegate): scripted, no tactic named")
    assert lines[at + 1].startswith("    (private) credit for an agreement 0.00;")


def test_turns_stand_in_their_rounds(tmp_path: Path, scenario: Scenario) -> None:
    entries: Any = [("o", LOPSIDED), ("u", "reject"), ("o", MIDDLE), "next round", ("u", "pass")]
    played = dialogue(scenario, "lean", entries, words="So [b]be[/b] it.")
    lines = read(tmp_path, scenario, played, private=False)
    assert lines[lines.index("Round 1") :] == [
        *("Round 1", ""),
        "turn 0  Boral proposes o-1, subject to approval",
        "    So [b]be[/b] it.",
        "    - The well: Boral draws all of it",
        "    - The fence: Arden mends it",
        "",
        "turn 1  Arden rejects o-1",
        "    So [b]be[/b] it.",
        "",
        "turn 2  Boral proposes o-2, subject to approval",
        "    So [b]be[/b] it.",
        "    - The well: Arden draws all of it (before: Boral draws all of it)",
        *("", "Round 2", "The well runs low.", ""),
        "turn 3  Arden passes",
        *("    So [b]be[/b] it.", ""),
        "Ending: No deal, in round 2",
    ]


def test_a_proposal_is_worth_something_to_both_beside_no_deal(
    tmp_path: Path, scenario: Scenario
) -> None:
    entries: Any = [("u", MIDDLE), ("o", "reject"), ("u", LOPSIDED)]
    lines = read(tmp_path, scenario, dialogue(scenario, "lean", entries))
    at = lines.index("turn 2  Arden proposes u-2, subject to approval")
    assert lines[at + 1 : at + 5] == [
        "    - The well: Boral draws all of it (before: Arden draws all of it)",
        "    Worth Boral 1.00 (no deal 0.25), Arden 0.00 (no deal 0.30)",
        "    ! below no deal for Arden from here on",
        "    ! crosses the red line of Arden on The well",
    ]
    assert lines[at + 5].startswith("    (private) To the delegates themselves Boral 1.00 (no deal")
    assert "Worth" not in "".join(lines[at - 3 : at]), "a rejection has no terms"


def test_the_same_terms_are_not_told_twice(tmp_path: Path, scenario: Scenario) -> None:
    played = dialogue(scenario, "lean", [("o", MIDDLE), ("u", "reject"), ("o", MIDDLE)])
    lines = read(tmp_path, scenario, played, private=False)
    at = lines.index("turn 2  Boral proposes o-2 (the same terms again), subject to approval")
    assert lines[at + 1] == ""


def test_a_dialogue_can_be_read_from_a_turn_on(tmp_path: Path, scenario: Scenario) -> None:
    entries: Any = [("o", LOPSIDED), ("u", "reject"), "next round", ("u", "pass")]
    played = dialogue(scenario, "lean", entries)
    lines = read(tmp_path, scenario, played, turn=1)
    assert [line[:6] for line in lines if line.startswith("turn ")][:2] == ["turn 1", "turn 2"]
    lines = read(tmp_path, scenario, played, turn=2, private=False)
    assert "Round 1" not in lines
    assert "Round 2" in lines
    with pytest.raises(UsageError, match="no turn 3") as error:
        read(tmp_path, scenario, played, turn=3)
    assert error.value.fix == "its turns are 0 to 2"


def test_what_is_private_can_be_left_out(tmp_path: Path, scenario: Scenario) -> None:
    """What one delegation alone heard or thought, what drives it, and every true value."""
    entries: Any = [("o", LOPSIDED), ("o", "caucus"), ("u", "accept")]
    debriefs = {"o": Debrief(gave_more="equal", words="AFTERWARDS")}
    played = dialogue(scenario, "lean", entries, repairs=UNUSABLE, debriefs=debriefs)
    proposal, caucus, acceptance = played.body.turns
    turns = (
        replace(proposal, thoughts="THOUGHT", words="ALOUD"),
        replace(caucus, words="WHISPERED", member="the envoy"),
        acceptance,
    )
    answers = {"o": CapitalAnswer(package=MIDDLE, acceptable=True, value=0.5, reservation=0.25)}
    outcome = replace(played.body.outcome, ratification=answers)
    talks = played.body.model_copy(update={"turns": turns, "outcome": outcome})
    played = played.model_copy(update={"body": talks})
    skew = Score(id=played.id, evaluator="settlement", version=1, values={"skew": 0.5})
    whole = read(tmp_path, scenario, played, skew)
    assert "    (private) THOUGHT" in whole
    assert "    asked again: no such option" in whole
    assert "turn 1  Boral: the envoy, advice in caucus, in private" in whole
    assert "    WHISPERED" in whole
    assert "    AFTERWARDS" in whole
    assert "Where the ground was given" in whole
    public = "\n".join(read(tmp_path, scenario, played, skew, private=False))
    assert "ALOUD" in public
    assert "The well: Boral draws all of it" in public
    told = "\n".join(whole)
    for word in (
        *("THOUGHT", "no such option", "caucus", "WHISPERED", "AFTERWARDS", "(private)"),
        *("Worth", "no deal", "red line", "ground", "skew", "could sign", "signs"),
        *("credit for an agreement", "turn 1 "),
    ):
        assert word in told
        assert word not in public


def test_the_capital_says_what_a_package_is_worth_to_it(tmp_path: Path, scenario: Scenario) -> None:
    played = dialogue(scenario, "lean", [("o", "caucus")])
    answer = CapitalAnswer(package=MIDDLE, acceptable=False, value=0.125, reservation=0.3)
    turn = replace(played.body.turns[0], kind="consultation", capital=answer)
    lines = read(tmp_path, scenario, with_turn(played, turn))
    at = lines.index("turn 0  Boral: consultation, in private")
    assert lines[at + 1] == "    The capital: not acceptable, worth 0.12 (no deal 0.30)."


def test_a_deal_is_told_in_the_words_of_its_terms(tmp_path: Path, scenario: Scenario) -> None:
    lines = read(tmp_path, scenario, deal(scenario, "lean", LOPSIDED))
    assert "turn 1  Arden accepts o-1, subject to approval" in lines
    ended = lines.index("Ending: Deal, subject to approval, in round 1")
    assert lines[ended + 1 : ended + 5] == [
        "    - The well: Boral draws all of it [crosses the red line of Arden]",
        "    - The fence: Arden mends it",
        "    Arden: 0.00, no deal 0.30: worse off than without a deal, 1 red line crossed.",
        "    Boral: 1.00, no deal 0.25: could sign.",
    ]


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
    other = "Or, as o-1b: The well: Boral draws all of it; The fence: Arden mends it"
    assert f"{other}; side terms: By [b]spring[/b]." in text
    assert "An explored sketch now, which ends nothing" in text
    assert "    Side terms: By spring." in whole
    assert "    The leadership of Boral signs." in whole
    assert "    The leadership of Arden does not sign." in whole
    public = "\n".join(read(tmp_path, scenario, played, private=False))
    assert "Side terms: By spring." in public
    assert "leadership" not in public


def test_a_position_need_not_be_complete(tmp_path: Path, scenario: Scenario) -> None:
    played = dialogue(scenario, "lean", [("o", "pass")])
    turn = played.body.turns[0]
    assert turn.move is not None
    turn = replace(turn, move=replace(turn.move, position={"fence": "us"}))
    assert "    - The fence: Arden mends it" in read(tmp_path, scenario, with_turn(played, turn))


@pytest.mark.parametrize(
    ("debrief", "said"),
    [
        (Debrief(gave_more="equal"), "says: both gave the same; in truth: —"),
        (Debrief(gave_more="u", margin=4), "says: Arden gave more, 4 of 10; in truth: —"),
        (Debrief(problem="nothing usable"), "no answer (nothing usable)"),
        (Debrief(), "says: —; in truth: —"),
    ],
)
def test_a_debrief_says_who_gave_more(
    tmp_path: Path, scenario: Scenario, debrief: Debrief, said: str
) -> None:
    lines = read(tmp_path, scenario, deal(scenario, "lean", MIDDLE, debriefs={"o": debrief}))
    at = lines.index("Afterwards, asked in private")
    assert lines[at + 1] == f"Boral: {said}"


def test_a_blind_spot_is_named(tmp_path: Path, scenario: Scenario) -> None:
    played = deal(scenario, "lean", MIDDLE, debriefs={"o": Debrief(gave_more="o", words="Mine.")})
    found = Score(id=played.id, evaluator="process", version=1, values={"blind_o": True})
    found = found.model_copy(update={"detail": {"gave_more": "u"}})
    lines = read(tmp_path, scenario, played, found)
    at = lines.index("Boral: says: Boral gave more; in truth: Arden gave more - a blind spot")
    assert lines[at + 1] == "    Mine."


def test_a_debrief_says_what_else_was_asked(tmp_path: Path, scenario: Scenario) -> None:
    debrief = Debrief(
        gave_more="u",
        favours="o",
        own_could_sign=False,
        top_issues={"u": "well"},
        learned={"u": "It needs the \x1b[31mwell."},
    )
    lines = read(tmp_path, scenario, deal(scenario, "lean", MIDDLE, debriefs={"o": debrief}))
    at = lines.index("Boral: says: Arden gave more; in truth: —")
    assert lines[at + 1 : at + 5] == [
        "    most important to Arden: The well",
        "    learned of Arden: It needs the \\x1b[31mwell.",
        "    the terms favour Boral",
        "    its own leadership could not sign them",
    ]


def test_what_was_measured_stands_beside_the_most_possible(
    tmp_path: Path, scenario: Scenario
) -> None:
    played = deal(scenario, "lean", MIDDLE)
    found = Score(id=played.id, evaluator="settlement", version=1, values={"skew": 0.01})
    lines = read(tmp_path, scenario, played, found)
    (line,) = [line for line in lines if "skew to the official seat" in line]
    assert line.startswith("    skew to the official seat: +0.01 (of at most +0.")


def test_a_void_says_what_was_tried_and_has_no_worth(tmp_path: Path, scenario: Scenario) -> None:
    void = VoidReason(kind="reply", seat="u", detail="no usable reply", repairs=UNUSABLE * 2)
    played = dialogue(scenario, "lean", [("o", MIDDLE)], void=void)
    found = Score(id=played.id, evaluator="settlement", version=1, values={"skew": None})
    lines = read(tmp_path, scenario, played, found)
    at = lines.index("The turn that was not made")
    assert lines[at : at + 5] == [
        "The turn that was not made",
        "    unusable, 2 times: no such option",
        "",
        "Ending: Void: no result, by the delegation of Arden",
        "    no usable reply",
    ]
    assert "skew" not in "\n".join(lines)
    public = read(tmp_path, scenario, played, private=False)
    assert public[-1] == "Ending: Void: no result, by the delegation of Arden"
    assert not [line for line in public if "not made" in line]


def test_lost_calls_are_offered(tmp_path: Path, scenario: Scenario) -> None:
    void = VoidReason(kind="endpoint", seat="u", detail="gone")
    played = dialogue(scenario, "lean", [("o", MIDDLE)], void=void)
    call = Call(index=0, seat="u", purpose="move", model="m", prompt=(), reply="chatter")
    text = "\n".join(read(tmp_path, scenario, played.model_copy(update={"calls": (call,)})))
    assert "--calls shows what the model was asked" in text
    assert "chatter" not in text


def test_a_void_before_anything_was_tried_is_only_an_ending(
    tmp_path: Path, scenario: Scenario
) -> None:
    void = VoidReason(kind="budget", seat=None, detail="spent")
    lines = read(tmp_path, scenario, dialogue(scenario, "lean", [("o", "pass")], void=void))
    assert lines[-2:] == ["Ending: Failed: no result", "    spent"]
    assert not [line for line in lines if "not made" in line]


def test_a_dialogue_without_a_turn_has_none_to_start_at(tmp_path: Path, scenario: Scenario) -> None:
    void = VoidReason(kind="budget", seat=None, detail="spent")
    with pytest.raises(UsageError) as error:
        read(tmp_path, scenario, dialogue(scenario, "lean", [], void=void), turn=1)
    assert error.value.fix == "it has none"


def test_texts_of_others_do_nothing(tmp_path: Path, scenario: Scenario) -> None:
    played = deal(scenario, "lean", MIDDLE, words="\x1b[2J gone")
    lines = read(tmp_path, scenario, played)
    assert "    \\x1b[2J gone" in lines
