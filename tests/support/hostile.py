"""A run in which everything that a user or a model can write tries to break out of the page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.disputes.scenario import Scenario
from harness.records.reader import RunFolder
from harness.records.transcript import (
    Action,
    CapitalAnswer,
    Debrief,
    Repair,
    Turn,
    VoidReason,
)
from tests.support.run_folders import (
    LEANING,
    LOPSIDED,
    MIDDLE,
    Placed,
    deal,
    dialogue,
    make_run,
    make_suite,
)

ATTACK = (
    "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 2'>"
    '"><svg onload=window.pwned=3>]]></style></title></text></svg><b>{{ 7 * 7 }}</b> '
    "javascript:alert(1) \x00\x1b[31m\u202edesrever &lt; \x07\x7f\x9b31m\u200b\u2028\u2066\ufeff"
    "\U000e0041"
)


def hostile_scenario(scenario: Scenario) -> Scenario:
    """``scenario`` with the attack in every text of it."""
    document: dict[str, Any] = scenario.model_dump(mode="json", by_alias=True)
    attack = ATTACK.replace("$", "")
    document["title"] = attack
    document["summary"] = attack
    for issue in document["issues"]:
        issue["name"] = issue["question"] = attack
        for option in issue["options"]:
            option["text"] = attack
    for pid, principal in document["principals"].items():
        principal["name"] = principal["adjective"] = f"{pid} {attack}"
        for line in principal["red_lines"]:
            line["why"] = attack
    for reality in document["realities"]:
        reality["text"] = attack
    return Scenario.model_validate(document)


def hostile_run(path: Path, scenario: Scenario) -> RunFolder:
    """Deals, a second round, a void, a caucus, a consultation, repairs and debriefs."""
    suite = make_suite(
        title=ATTACK,
        question=ATTACK,
        arms={"plain": {"track": "1", "title": ATTACK}, "lean": {"track": "1.5", "title": ATTACK}},
        contrasts={
            "primary": {"name": ATTACK, "treatment": "lean", "control": "plain", "claim": ATTACK}
        },
        checks=[
            {
                "name": ATTACK,
                "arm": "lean",
                "measure": "settlement.skew",
                "max": -1,
                "why": ATTACK,
            }
        ],
    )
    hostile = hostile_scenario(scenario)
    debriefs = {
        "o": Debrief(
            gave_more=ATTACK,
            reservations={"u": 0.3},
            top_issues={"u": ATTACK},
            favours=ATTACK,
            learned={"u": ATTACK},
            words=ATTACK,
        ),
        "u": Debrief(problem=ATTACK, words=ATTACK),
    }
    void = VoidReason(kind="reply", seat="u", detail=ATTACK)
    played = [
        deal(hostile, "plain", MIDDLE, words=ATTACK, debriefs=debriefs),
        dialogue(
            hostile,
            "lean",
            [("o", LOPSIDED), ("u", "caucus"), ("u", MIDDLE), "next round", ("o", LEANING)],
            words=ATTACK,
            repairs=[Repair(error=ATTACK)],
        ),
        deal(hostile, "lean", LOPSIDED, epoch=2, words=ATTACK),
        dialogue(hostile, "lean", [("o", MIDDLE)], epoch=3, words=ATTACK, void=void),
        deal(hostile, ATTACK, LEANING, words=ATTACK),
    ]
    return make_run(
        path,
        suite,
        {hostile.id: hostile},
        [_deepened(transcript) for transcript in played],
        models={ATTACK: ATTACK},
        command=ATTACK,
        version=ATTACK,
    )


def _deepened(transcript: Placed) -> Placed:
    """The transcript with thoughts in every turn and a consultation at its end."""
    talks = transcript.body
    turns = [replace(turn, thoughts=ATTACK, member=ATTACK) for turn in talks.turns]
    last = next(turn for turn in turns if turn.move is not None and turn.move.package is not None)
    assert last.move is not None
    assert last.move.package is not None
    answer = CapitalAnswer(
        package=last.move.package, acceptable=False, value=0.5, reservation=0.4, red_lines=("well",)
    )
    asked = Turn(
        index=len(turns),
        round=talks.outcome.round,
        step=1,
        seat="u",
        kind="consultation",
        move=replace(last.move, action=Action.CONSULT),
        words=ATTACK,
        capital=answer,
    )
    deeper = talks.model_copy(update={"turns": (*turns, asked)})
    return transcript.model_copy(update={"body": deeper})
