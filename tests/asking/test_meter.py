from __future__ import annotations

import pytest

from harness.asking.meter import Meter
from harness.delegations.base import MadeCall
from harness.records.transcript import Call, Usage


def texts() -> dict[str, tuple[str, str]]:
    return {"a": ("system", "x" * 400), "b": ("user", "y" * 40)}


def made(prompt: int | None, completion: int | None, seconds: float = 1.0) -> MadeCall:
    call = Call(
        index=0,
        seat="o",
        purpose="move",
        model="m",
        prompt=("a", "b"),
        reply="z" * 80,
        usage=Usage(prompt=prompt, completion=completion),
    )
    return MadeCall(call=call, seconds=seconds, attempts=1)


@pytest.mark.parametrize(
    ("prompt", "completion", "tokens"),
    [(10, 5, 15), (None, 5, 110 + 5), (10, None, 10 + 20), (None, None, 130)],
)
def test_what_is_not_counted_is_estimated(
    prompt: int | None, completion: int | None, tokens: int
) -> None:
    meter = Meter("dialogue", token_limit=10_000)
    meter.count([made(prompt, completion)], texts)
    assert meter.tokens == tokens


def test_a_limit_is_passed_when_no_room_is_left() -> None:
    meter = Meter("dialogue", token_limit=30)
    meter.count([made(10, 10)], texts)
    assert meter.passed() is None
    meter.count([made(10, 0)], texts)
    assert meter.passed() == "the dialogue took 30 tokens; it may take 30"


def test_seconds_are_the_models() -> None:
    meter = Meter("dialogue", time_limit=2.5)
    meter.count([made(1, 1, 1.5)], texts)
    assert meter.passed() is None
    meter.count([made(1, 1, 1.5)], texts)
    assert meter.passed() == "the dialogue took 3.0 s of its models; it may take 2.5"


def test_without_a_limit_nothing_is_passed() -> None:
    meter = Meter("dialogue")
    meter.count([made(10**9, 10**9, 1e9)], texts)
    assert meter.passed() is None
