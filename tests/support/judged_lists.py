"""Lists that judges have made, of talks and of articles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from harness.disputes.scenario import Scenario, Twin
from harness.plans.rubrics import RUBRICS
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

REFUSED = VoidReason(kind="reply", seat="judge", detail="it refused")


class Entry(NamedTuple):
    """An entry of a list; a quote that does not occur stands at no place."""

    of: str
    answer: str | None
    at: int | None = 0


def list_by(
    rubric: str,
    scenario: Scenario,
    entries: Iterable[tuple[str, str | None] | tuple[str, str | None, int | None]] = (),
    *,
    judge: str = "openai/judge",
    void: VoidReason | None = None,
) -> JudgementRecord:
    """A judgement by a listed rubric."""
    verdicts = tuple(_verdict(Entry(*one)) for one in entries)
    return judgement_by(rubric, scenario, verdicts, judge=judge, void=void)


def judgement_by(
    rubric: str,
    scenario: Scenario,
    verdicts: Iterable[Verdict],
    *,
    judge: str = "openai/judge",
    void: VoidReason | None = None,
    **changes: Any,
) -> JudgementRecord:
    """A judgement by a rubric that a run can be judged by; without verdicts where it is void.

    Args:
        changes: Of its spec.
    """
    spec = JudgementSpec(
        inputs={READ: "0" * 16},
        scenario=scenario.id,
        scenario_hash=scenario.digest(),
        twin=Twin.NONE,
        judge=Judge(model=judge),
        rubric=RUBRICS[rubric].of(scenario),
        seed=0,
        **changes,
    )
    body = Judgement(verdicts=() if void else tuple(verdicts))
    return JudgementRecord(id=spec.id, status=status_of(void), spec=spec, void=void, body=body)


def _verdict(entry: Entry) -> Verdict:
    if entry.at is None:
        return Verdict(item=entry.of, rejected=("not there",), problem="it does not occur")
    quotes = (Quote(text=f"on {entry.of}", at=entry.at),)
    problem = None if entry.answer else "the judge cannot tell"
    return Verdict(item=entry.of, answer=entry.answer, quotes=quotes, problem=problem)
