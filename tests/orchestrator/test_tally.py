"""Sums over a run: what counts as finished, what stops it, and what other processes add."""

from __future__ import annotations

from typing import Any

import pytest

from harness.delegations.base import MadeCall
from harness.models.settings import EndpointSettings
from harness.orchestrator.spending import Spending
from harness.orchestrator.tally import Tally
from harness.records.finished import Finished
from harness.records.transcript import Call, Status, Usage


def made(prompt: int | None = 100, completion: int | None = 10, attempts: int = 1) -> MadeCall:
    call = Call(
        index=-1,
        seat="o",
        purpose="move",
        model="m",
        prompt=("h",),
        reply="",
        usage=Usage(prompt=prompt, completion=completion),
    )
    return MadeCall(call=call, seconds=1.0, attempts=attempts)


def finished(status: Status = "done", **more: Any) -> Finished:
    return Finished("a" * 16, "talks", status, b"", b"", {}, **more)


def test_calls_are_summed_and_unknown_counts_add_nothing() -> None:
    tally = Tally()
    tally.call(made())
    tally.call(made(prompt=None, completion=5))
    assert (tally.calls, tally.prompt_tokens, tally.completion_tokens) == (2, 100, 15)
    assert (tally.spending.tokens, tally.spending.uncounted) == (115, 1)


@pytest.mark.parametrize(
    ("given", "counted"),
    [
        (finished("done", deal=True), (1, 1, 0, 0)),
        (finished("done"), (1, 0, 0, 0)),
        (finished("void", void="reply"), (0, 0, 1, 0)),
        (finished("failed", void="endpoint"), (0, 0, 0, 1)),
    ],
)
def test_a_stage_counts_by_how_it_ended(
    given: Finished, counted: tuple[int, int, int, int]
) -> None:
    tally = Tally(resumed=4)
    tally.dialogue(given)
    assert (tally.done, tally.deals, tally.void, tally.failed) == counted
    assert tally.finished == 4 + tally.done + tally.void, "a failed one is played again"
    assert tally.stopped is None


@pytest.mark.parametrize(
    ("detail", "says"), [("110 tokens", "110 tokens"), ("", "the run has spent what it may")]
)
def test_the_runs_own_limit_stops_it(detail: str, says: str) -> None:
    tally = Tally()
    tally.dialogue(finished("failed", void="budget", detail=detail))
    assert (tally.broken_off, tally.failed, tally.stopped) == (1, 0, says)


def test_what_servers_refused_is_told_once() -> None:
    tally = Tally()
    tally.refused({"a": ("no schema", "no seed")})
    tally.refused({"a": ["no schema", "no tools"], "b": ["no seed"]})
    assert tally.refusals == {"a": ("no schema", "no seed", "no tools"), "b": ("no seed",)}


def test_what_is_waited_for_is_told_until_it_is_over() -> None:
    tally = Tally()
    tally.wait("the server loads m")
    assert tally.waiting == "the server loads m"
    tally.wait("")
    assert not tally.waiting


def test_sums_of_workers_are_the_drivers() -> None:
    prices = {"m": EndpointSettings(prompt_price=1.0, completion_price=2.0)}
    here, there = Tally(spending=Spending(prices)), Tally(spending=Spending(prices))
    here.call(made())
    there.call(made(attempts=3))
    there.call(made(attempts=0))
    alone = Tally(spending=Spending(prices))
    for call in (made(), made(attempts=3), made(attempts=0)):
        alone.call(call)
    here.add(there.counts())
    assert here.counts() == pytest.approx(alone.counts())
    assert here.spending.usd == pytest.approx(240e-6)
    assert (here.spending.retries, here.spending.reused) == (2, 1)
    assert type(here.calls) is int, "progress shows no decimals"


def test_a_sum_that_is_not_known_here_is_left_out() -> None:
    tally = Tally()
    tally.add({"calls": 2, "dreams": 7})
    assert tally.calls == 2
    assert "dreams" not in tally.counts()
