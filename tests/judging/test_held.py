"""A judgement that was kept is one of what was asked and read, or it is none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.judging.held import fits
from harness.records.judgement import JudgementRecord, Quote, Verdict
from harness.records.transcript import VoidReason
from tests.support.judging import judged, of_text, verdicts


@pytest.fixture(scope="module")
def record() -> JudgementRecord:
    answer = verdicts(asks_for_water=("yes", ["give us the “water”"]), threatens=("no", []))
    found, _ = judged(of_text('Please.\n\nGive us  the "water".'), lambda _: answer)
    return found


def changed(record: JudgementRecord, **first: Any) -> JudgementRecord:
    one, *rest = record.body.verdicts
    body = record.body.model_copy(update={"verdicts": (replace(one, **first), *rest)})
    return record.model_copy(update={"body": body})


def test_what_a_judge_has_answered_fits(record: JudgementRecord) -> None:
    assert fits(record)
    assert fits(changed(record, answer=None, problem="it cannot tell"))
    void = VoidReason(kind="reply", seat="judge", detail="it refused")
    nothing = record.body.model_copy(update={"verdicts": ()})
    assert fits(record.model_copy(update={"status": "void", "void": void, "body": nothing}))
    assert not fits(record.model_copy(update={"status": "void", "void": void}))


def test_a_quote_that_ends_in_a_loose_accent_fits() -> None:
    answer = verdicts(asks_for_water=("yes", ["water for the cafe\u0301"]), threatens=("no", []))
    found, _ = judged(of_text("Give water for the cafe\u0301."), lambda _: answer)
    assert found.body.verdicts[0].quotes
    assert fits(found)


@pytest.mark.parametrize(
    "first",
    [
        {"item": "asks_for_wine"},
        {"answer": "zzz"},
        {"quotes": ()},
        {"quotes": (Quote(text="give us the wine", at=1),)},
        {"quotes": (Quote(text="Give us the", at=0),)},
        {"quotes": (Quote(text="Give us the", at=9),)},
    ],
)
def test_what_was_not_asked_or_not_read_does_not(
    record: JudgementRecord, first: dict[str, object]
) -> None:
    assert not fits(changed(record, **first))


def test_a_verdict_too_few_does_not(record: JudgementRecord) -> None:
    fewer: tuple[Verdict, ...] = record.body.verdicts[:-1]
    body = record.body.model_copy(update={"verdicts": fewer})
    assert not fits(record.model_copy(update={"body": body}))
