"""Prose ledgers that judges have made of talks on the small dispute."""

from __future__ import annotations

from typing import Any

from harness.disputes.scenario import Scenario, Twin
from harness.plans.prose_ledger import prose_ledger_rubric
from harness.records.judgement import (
    READ,
    Judge,
    Judgement,
    JudgementRecord,
    JudgementSpec,
    Quote,
    Verdict,
)
from harness.records.transcript import VoidReason, status_of

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
    spec = JudgementSpec(
        inputs={READ: "0" * 16},
        scenario=scenario.id,
        scenario_hash=scenario.digest(),
        twin=Twin.NONE,
        judge=Judge(model=judge),
        rubric=prose_ledger_rubric(scenario),
        seed=0,
        **changes,
    )
    body = Judgement(verdicts=() if void else verdicts)
    return JudgementRecord(id=spec.id, status=status_of(void), spec=spec, void=void, body=body)
