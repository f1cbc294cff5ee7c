"""Sums over a run: what counts as finished, what stops it, and what other processes add."""

from __future__ import annotations

from typing import Any

import pytest

from harness.delegations.base import MadeCall
from harness.models.settings import EndpointSettings
from harness.records.finished import Finished
from harness.records.transcript import Call, Status, Usage
from harness.workers.progress import Progress
from harness.workers.spending import Spending


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
    progress = Progress()
    progress.call(made())
    progress.call(made(prompt=None, completion=5))
    assert (progress.calls, progress.prompt_tokens, progress.completion_tokens) == (2, 100, 15)
    assert (progress.spending.tokens, progress.spending.uncounted) == (115, 1)


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
    progress = Progress(resumed=4)
    progress.dialogue(given)
    assert (progress.done, progress.deals, progress.void, progress.failed) == counted
    assert progress.finished == 4 + progress.done + progress.void, "a failed one is played again"
    assert progress.stopped is None


def test_a_void_of_another_kind_is_no_void_dialogue() -> None:
    progress = Progress()
    progress.dialogue(finished("void", void="reply"))
    for kind in ("probe", "judgement"):
        progress.dialogue(Finished("b" * 16, kind, "void", b"", b"", {}, void="input"))
    assert (progress.void, progress.void_beside, progress.finished) == (3, 2, 3)


@pytest.mark.parametrize(
    ("detail", "says"), [("110 tokens", "110 tokens"), ("", "the run has reached its budget")]
)
def test_the_runs_own_limit_stops_it(detail: str, says: str) -> None:
    progress = Progress()
    progress.dialogue(finished("failed", void="budget", detail=detail))
    assert (progress.broken_off, progress.failed, progress.stopped) == (1, 0, says)


def test_what_servers_refused_is_told_once() -> None:
    progress = Progress()
    progress.refused({"a": ("no schema", "no seed")})
    progress.refused({"a": ["no schema", "no tools"], "b": ["no seed"]})
    assert progress.refusals == {"a": ("no schema", "no seed", "no tools"), "b": ("no seed",)}


def test_what_is_waited_for_is_told_until_it_is_over() -> None:
    progress = Progress()
    progress.wait("the server loads m")
    assert progress.waiting == "the server loads m"
    progress.wait("")
    assert not progress.waiting


def test_sums_of_workers_are_the_drivers() -> None:
    prices = {"m": EndpointSettings(prompt_price=1.0, completion_price=2.0)}
    here, there = Progress(spending=Spending(prices)), Progress(spending=Spending(prices))
    here.call(made())
    there.call(made(attempts=3))
    there.call(made(attempts=0))
    alone = Progress(spending=Spending(prices))
    for call in (made(), made(attempts=3), made(attempts=0)):
        alone.call(call)
    here.add(there.counts())
    assert here.counts() == pytest.approx(alone.counts())
    assert here.spending.usd == pytest.approx(240e-6)
    assert (here.spending.retries, here.spending.reused) == (2, 1)
    assert type(here.calls) is int, "progress shows no decimals"


def test_a_sum_that_is_not_known_here_is_left_out() -> None:
    progress = Progress()
    progress.add({"calls": 2, "dreams": 7})
    assert progress.calls == 2
    assert "dreams" not in progress.counts()
