"""A judgement in a file is held against its rubric: it may have been edited."""

from __future__ import annotations

import pytest

from harness.errors import RecordError
from harness.records.judgement import (
    JudgedItem,
    Judgement,
    JudgementRecord,
    Quote,
    Rubric,
    Verdict,
)
from harness.records.parsing import parse_stage
from harness.records.transcript import Status, VoidReason
from tests.support.judging import RUBRIC, YES_NO, of_text

YES = Verdict(item="asks_for_water", answer="yes", quotes=(Quote(text="give us water", at=0),))
NO = Verdict(item="threatens", answer="no")
UNTOLD = Verdict(item="threatens", problem="the judge cannot tell")


def judged(*verdicts: Verdict, status: Status = "done", rubric: Rubric = RUBRIC) -> JudgementRecord:
    spec = of_text("Give us water.", rubric=rubric)
    void = VoidReason(kind="reply", seat="judge", detail="it refused") if status == "void" else None
    body = Judgement(verdicts=verdicts)
    named = {"id": spec.id, "kind": "judgement", "spec": spec, "void": void, "body": body}
    return JudgementRecord(status=status, **named)


QUOTED = tuple(answer.model_copy(update={"quoted": True}) for answer in YES_NO)
LISTED = Rubric(
    id="listed",
    about="All.",
    listed="Every threat.",
    items=(JudgedItem(id="threat", question="?", answers=QUOTED),),
)
THREAT = Verdict(item="threat", answer="yes", quotes=(Quote(text="or else", at=0),))
GOOD = {
    "answers": judged(YES, NO),
    "one abstention": judged(YES, UNTOLD),
    "no usable reply": judged(status="void"),
    "an empty list": judged(rubric=LISTED),
    "a list": judged(THREAT, THREAT, rubric=LISTED),
    "a rejected entry": judged(Verdict(item="what", rejected=("x",)), rubric=LISTED),
}
BAD = {
    "an answer that nobody asked for": (
        judged(YES, Verdict(item="threatens", answer="perhaps")),
        "'perhaps' is not of what was asked: 'threatens' has no such answer",
    ),
    "an answer without its quote": (
        judged(Verdict(item="asks_for_water", answer="yes"), NO),
        "its answer to 'asks_for_water' rests on no quote",
    ),
    "a verdict taken away": (judged(YES), "one for each item of its rubric, in order"),
    "verdicts exchanged": (judged(NO, YES), "one for each item of its rubric, in order"),
    "a verdict twice": (judged(YES, NO, NO), "one for each item of its rubric, in order"),
    "verdicts of a void one": (judged(YES, NO, status="void"), "and no usable reply"),
    "an entry of nothing": (
        judged(Verdict(item="what", answer="yes", quotes=THREAT.quotes), rubric=LISTED),
        "'what' has no such answer",
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_answers_its_rubric_is_read(name: str) -> None:
    line = GOOD[name].model_dump_json(by_alias=True).encode()
    assert parse_stage(line, "judgement.jsonl:1", "judgement", JudgementRecord) == GOOD[name]


@pytest.mark.parametrize("name", BAD)
def test_a_line_that_does_not_answer_its_rubric_is_damaged(name: str) -> None:
    record, why = BAD[name]
    line = record.model_dump_json(by_alias=True).encode()
    with pytest.raises(RecordError) as caught:
        parse_stage(line, "judgement.jsonl:7", "judgement", JudgementRecord)
    assert why in caught.value.what
    assert caught.value.where == "judgement.jsonl:7"
