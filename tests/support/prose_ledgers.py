"""Prose ledgers that judges have made of talks on the small dispute."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from harness.disputes.scenario import Scenario
from harness.evaluators.case import Case
from harness.evaluators.words import Words
from harness.plans.prose_ledger import PROSE_LEDGER
from harness.records.judgement import (
    JudgementRecord,
    Quote,
    Verdict,
)
from harness.records.reader import RunFolder
from harness.records.score import Score
from harness.records.transcript import Transcript, VoidReason
from tests.support.disputes import small
from tests.support.judged_lists import judgement_by
from tests.support.packages import MINE_THEM, MINE_US, YOURS_US
from tests.support.run_folders import Placed, dialogue, make_run, make_suite

PLAIN = {
    "was": "unsaid",
    "commitment": "binding",
    "condition": "",
    "in_return": "nothing",
    "authorised": "unsaid",
}


def event(at: int, by: str, of: str, answer: str | None, **fields: str) -> Verdict:
    """An event that stands: in a turn, by a principal, of an item; without an answer the judge
    could not tell."""
    return Verdict(
        item=of,
        answer=answer,
        quotes=(Quote(text=fields.pop("quote", f"words on {of}"), at=at),),
        problem=None if answer else "the judge cannot tell",
        fields={"by": by, **PLAIN, **fields},
    )


def thrown_away(why: str = "its words do not stand in that passage") -> Verdict:
    """An entry that was rejected."""
    fields = {"at": "9", "answer": "half", "by": "a", **PLAIN}
    return Verdict(item="concedes.well", rejected=("not there",), problem=why, fields=fields)


def ledger_by(
    scenario: Scenario,
    *verdicts: Verdict,
    judge: str = "openai/judge",
    void: VoidReason | None = None,
    **changes: Any,
) -> JudgementRecord:
    """The ledger of a judge."""
    return judgement_by(PROSE_LEDGER, scenario, verdicts, judge=judge, void=void, **changes)


SAID: Final = {
    0: "All of the well is ours, and that is our last word. We could live with half of it, "
    "<b>if</b> you mend the fence.",
    1: "Then we leave this table.",
    2: "We mend the fence ourselves.",
    3: "No.",
}
"""Turn -> its words, in the talks of :func:`judged_run`."""


def with_words(talks: Placed, words: Mapping[int, str]) -> Placed:
    """Talks in which other words are said."""
    turns = tuple(
        dataclasses.replace(turn, words=words.get(turn.index, turn.words))
        for turn in talks.body.turns
    )
    body = talks.body.model_copy(update={"turns": turns})
    return Placed.of(talks.model_copy(update={"body": body}), talks.arm)


def words_score(talks: Transcript, scenario: Scenario, ledgers: Iterable[JudgementRecord]) -> Score:
    """What the words of talks come to."""
    named = {f"judged_{number}": one for number, one in enumerate(ledgers)}
    found = Words().score(Case(talks, scenario, None, named))
    return Score(
        id=talks.id,
        evaluator="words",
        version=1,
        values=found.values,
        why_null=found.why_null,
        detail=found.detail,
    )


def judged_run(place: Path, *judges: str) -> RunFolder:
    """A run of one dialogue, whose words these judges have read: the first lists four events, and
    any other one the fence alone."""
    scenario = small(place)
    entries: list[Any] = [("u", MINE_THEM), ("o", YOURS_US), ("u", MINE_US), ("o", "reject")]
    talks = with_words(dialogue(scenario, "lean", entries, words="."), SAID)
    fence = event(2, "a", "concedes.fence", "us", quote="We mend the fence")
    half = event(
        0,
        "a",
        "concedes.well",
        "half",
        quote="We could live with half of it",
        commitment="conditional",
        condition="<b>if</b> you mend the fence",
    )
    last = event(0, "a", "final.well", "mine", quote="that is our last word")
    leave = event(1, "b", "threat", "leave", quote="Then we leave this table")
    ledgers = [
        ledger_by(scenario, *((last, half, leave, fence) if number == 0 else (fence,)), judge=judge)
        for number, judge in enumerate(judges)
    ]
    scores = [words_score(talks, scenario, ledgers)]
    return make_run(place / "judged", make_suite(), {"small": scenario}, [talks], scores)
