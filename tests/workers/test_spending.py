from __future__ import annotations

from pathlib import Path

import pytest

from harness.delegations.base import MadeCall
from harness.models.settings import EndpointSettings
from harness.records.transcript import (
    Call,
    Debrief,
    Move,
    Outcome,
    Repair,
    Talks,
    Transcript,
    Turn,
    Usage,
    VoidReason,
)
from harness.workers.spending import Spending
from tests.support.disputes import small
from tests.support.transcripts import make_spec

PRICES = {"m": EndpointSettings(prompt_price=1000.0, cached_price=100.0, completion_price=2000.0)}


def call(
    index: int = 0, *, model: str = "m", prompt: int | None = 10, completion: int | None = 5
) -> Call:
    return Call(
        index=index,
        seat="o",
        purpose="move",
        model=model,
        prompt=(),
        reply="",
        usage=Usage(prompt=prompt, completion=completion),
    )


def made(call: Call, *, attempts: int = 1, cached: int | None = None) -> MadeCall:
    return MadeCall(call=call, seconds=1.0, attempts=attempts, cached_tokens=cached)


def test_tokens_dollars_and_retries_are_summed() -> None:
    spending = Spending(PRICES)
    spending.call(made(call(), attempts=3))
    spending.call(made(call(), cached=10))
    assert (spending.tokens, spending.retries) == (30, 2)
    assert spending.words() == ["30 tokens", "$0.0310", "2 retries"]


def test_unknown_is_said_and_never_counted_as_nothing() -> None:
    spending = Spending(PRICES)
    spending.call(made(call()))
    spending.call(made(call(prompt=None)))
    spending.call(made(call(model="another")))
    assert (spending.uncounted, spending.unpriced) == (1, 2)
    assert spending.words() == ["at least 35 tokens", "at least $0.0200"]


@pytest.mark.kind("S6")
def test_where_nothing_was_counted_there_is_no_number() -> None:
    spending = Spending()
    spending.call(made(call(prompt=None, completion=None)))
    assert spending.words() == ["tokens not counted"]


def test_without_any_price_no_dollars_are_named() -> None:
    spending = Spending()
    spending.call(made(call()))
    assert spending.words() == ["15 tokens"]


def test_what_was_not_paid_for_now_counts_for_nothing() -> None:
    spending = Spending(PRICES)
    spending.call(made(call(), attempts=0))
    assert (spending.tokens, spending.usd, spending.unpriced) == (0, 0.0, 0)


def test_where_nothing_was_asked_there_is_no_price(tmp_path: Path) -> None:
    for prices in (dict[str, EndpointSettings](), PRICES):
        spending = Spending(prices)
        spending.call(made(call(), attempts=0))
        spending.call(made(call(), attempts=0))
        assert spending.words() == ["0 tokens", "all 2 replies known before"]
        spending.stage(stage_with_repairs(tmp_path))
        assert spending.words()[1] == "3 unusable replies", "they took nothing now"
        spending.call(made(call()))
        assert spending.words()[-1] == "2 replies known before"
        assert spending.words()[0] == "15 tokens"


def stage_with_repairs(folder: Path) -> Transcript:
    """In a turn, in a debrief, and in the turn that could not be made."""
    talks = Talks(
        order=("o", "u"),
        turns=(
            Turn(
                index=0,
                round=1,
                step=1,
                seat="o",
                kind="statement",
                move=Move(action="pass"),  # type: ignore[arg-type]
                repairs=(Repair(error="no", call=0),),
                calls=(0, 1),
            ),
        ),
        debriefs={"u": Debrief(repairs=(Repair(error="no", call=2),))},
        outcome=Outcome(kind="void", round=1),
    )
    spec = make_spec(small(folder))
    return Transcript(
        id=spec.id,
        status="void",
        spec=spec,
        void=VoidReason(
            kind="reply",
            seat="o",
            detail="",
            repairs=(Repair(error="no", call=3), Repair(error="x")),
        ),
        calls=(call(0), call(1), call(2), call(3, completion=None)),
        body=talks,
    )


def test_replies_that_had_to_be_asked_again(tmp_path: Path) -> None:
    spending = Spending()
    spending.stage(stage_with_repairs(tmp_path))
    assert (spending.repeated, spending.repeated_tokens) == (3, 15 + 15 + 10)
    assert spending.repeated_uncounted == 1
    assert "at least 40 tokens on 3 unusable replies" in spending.words()
