from __future__ import annotations

import asyncio
import contextlib

import pytest

from harness.errors import LimitReachedError
from harness.models.failure import AttemptError
from harness.models.limits.admission import ConnectionLimit, Counters, limit_of
from harness.models.limits.budget import Budget
from harness.models.limits.rate import RateLimit
from harness.models.reply import ModelReply
from harness.models.request import Request
from harness.models.settings import EndpointSettings, PoolSettings
from harness.models.usage import Usage
from tests.support.virtual_time import now, run


async def test_slots_are_limited_and_given_back() -> None:
    limit = ConnectionLimit(2)
    most = 0

    async def work(number: int) -> None:
        nonlocal most
        async with limit.slot():
            most = max(most, limit.counters.in_flight)
            await asyncio.sleep(0)
            if number == 3:
                raise ValueError

    results = await asyncio.gather(*map(work, range(10)), return_exceptions=True)
    assert sum(isinstance(result, ValueError) for result in results) == 1
    assert most == 2
    assert (limit.counters.in_flight, limit.counters.waiting) == (0, 0)


async def test_a_cancelled_wait_is_not_counted_for_ever() -> None:
    limit = ConnectionLimit(1)

    async def wait() -> None:
        async with limit.slot():
            pytest.fail("got a slot")

    async with limit.slot():
        task = asyncio.create_task(wait())
        await asyncio.sleep(0)
        assert limit.counters.waiting == 1
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert limit.counters.waiting == 0
    async with limit.slot():
        assert limit.counters.in_flight == 1


def test_missing_token_counts_are_counted_not_added() -> None:
    counters = Counters()
    counters.answered(Usage(prompt=5, completion=3))
    counters.answered(Usage())
    counters.answered(Usage(prompt=2))
    assert (counters.prompt_tokens, counters.completion_tokens) == (7, 3)
    assert (counters.done, counters.uncounted) == (3, 2)
    assert (counters + counters).uncounted == 4


def test_a_limit_is_positive() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        ConnectionLimit(0)


# --- what a request counts for ---------------------------------------------------------------


async def asked(limit: ConnectionLimit, reply: ModelReply | BaseException | int) -> None:
    """One request of 400 characters that ends as told: answered, failed, or with a status."""
    async with limit.slot(
        Request([{"role": "user", "content": "x" * 400}], max_tokens=100)
    ) as request:
        if isinstance(reply, ModelReply):
            request.answered(reply)
        elif isinstance(reply, int):
            request.refused(reply)
        else:
            raise reply


def counted(prompt: int | None, completion: int | None) -> ModelReply:
    usage = Usage(prompt=prompt, completion=completion)
    return ModelReply(text="word" * 10, usage=usage)


@pytest.mark.parametrize(
    ("reply", "tokens", "by_estimate"),
    [
        (counted(30, 12), 42, False),
        (counted(None, 12), 100 + 12, True),
        (counted(30, None), 30 + 10, True),
        (counted(None, None), 100 + 10, True),
        (429, 0, False),
        (400, 0, False),
        (AttemptError("status", status=503), 0, False),
        (AttemptError("refused"), 0, False),
        (AttemptError("unknown host"), 0, False),
        (AttemptError("tls"), 0, False),
        (AttemptError("timeout"), 200, True),
        (AttemptError("connection"), 200, True),
        (AttemptError("malformed"), 200, True),
        (asyncio.CancelledError(), 200, True),
    ],
)
async def test_what_a_request_counts_for(
    reply: ModelReply | BaseException | int, tokens: int, by_estimate: bool
) -> None:
    budget = Budget(tokens=10_000, usd=1.0)
    prices = EndpointSettings(prompt_price=1.0, completion_price=1.0)
    limit = ConnectionLimit(1, budget=budget, prices=prices)
    with contextlib.suppress(AttemptError, asyncio.CancelledError):
        await asked(limit, reply)
    assert budget.spent.tokens == tokens
    assert budget.spent.usd == pytest.approx(tokens / 1e6)
    assert budget.estimated == by_estimate
    assert budget.under_way == limit.counters.in_flight == 0


@pytest.mark.parametrize(
    ("failure", "allowed"),
    [
        (AttemptError("timeout"), 8),
        (AttemptError("status", status=429), 8),
        (AttemptError("status", status=503), 8),
        (AttemptError("status", status=500), 16),
        (AttemptError("connection"), 16),
        (AttemptError("refused"), 16),
        (asyncio.CancelledError(), 16),
    ],
)
async def test_what_takes_from_the_window(failure: BaseException, allowed: int) -> None:
    limit = ConnectionLimit(128, adaptive=True)
    assert limit.allowed == 16
    with contextlib.suppress(AttemptError, asyncio.CancelledError):
        await asked(limit, failure)
    assert limit.allowed == allowed
    assert limit.counters.lost == (
        getattr(failure, "kind", "cancelled") in ("timeout", "connection", "cancelled")
    )


async def test_a_failure_inside_another_error_is_seen() -> None:
    class WrapperError(Exception):
        failure = AttemptError("status", status=400)

    budget = Budget(tokens=1000)
    with pytest.raises(WrapperError):
        await asked(ConnectionLimit(1, budget=budget), WrapperError())
    assert (budget.spent.tokens, budget.estimated) == (0, 0)


async def test_estimates_follow_what_the_server_counts() -> None:
    budget = Budget(tokens=10**9)
    limit = ConnectionLimit(1, budget=budget)
    for _ in range(100):
        await asked(limit, counted(200, 50))
    assert limit.guess.prompt(400) == pytest.approx(200, abs=2)
    assert limit.guess.reply(None) == pytest.approx(50, abs=1)
    spent = budget.spent.tokens
    with pytest.raises(AttemptError):
        await asked(limit, AttemptError("timeout"))
    assert budget.spent.tokens - spent == pytest.approx(250, abs=3)


async def test_a_reached_limit_gives_everything_back() -> None:
    budget = Budget(tokens=100)
    rate = RateLimit(1000, 10**6)
    limit = ConnectionLimit(2, budget=budget, rate=rate)
    await asked(limit, counted(90, 20))
    for _ in range(5):
        with pytest.raises(LimitReachedError):
            await asked(limit, counted(1, 1))
    assert (limit.counters.in_flight, limit.counters.waiting, budget.under_way) == (0, 0, 0)


def test_a_budget_spent_while_a_request_waits_for_its_pace_stops_it() -> None:
    async def main() -> None:
        budget = Budget(tokens=1000)
        slow = ConnectionLimit(5, budget=budget, rate=RateLimit(1, clock=now))
        other = ConnectionLimit(5, budget=budget)
        await asked(slow, counted(1, 1))
        waiting = asyncio.create_task(asked(slow, counted(1, 1)))
        await asyncio.sleep(1)
        await asked(other, counted(900, 200))
        with pytest.raises(LimitReachedError):
            await waiting
        assert now() == pytest.approx(60, abs=0.1)
        assert budget.spent.tokens == 2 + 1100

    run(main())


def test_pace_and_connections_hold_together() -> None:
    begun: list[float] = []

    async def main() -> None:
        limit = ConnectionLimit(3, rate=RateLimit(10, clock=now))

        async def ask() -> None:
            async with limit.slot() as request:
                begun.append(now())
                await asyncio.sleep(5)
                request.answered(counted(1, 1))

        await asyncio.gather(*[ask() for _ in range(40)])

    run(main())
    assert begun == sorted(begun)
    assert begun[-1] >= 180
    for start in begun:
        window = [t for t in begun if start <= t < start + 60 - 1e-6]
        assert len(window) <= 10
        assert len([t for t in begun if start <= t < start + 5 - 1e-6]) <= 3


@pytest.mark.parametrize("handed_over", [False, True])
async def test_who_goes_away_leaves_the_connection_to_the_next(handed_over: bool) -> None:
    limit = ConnectionLimit(1)
    await limit.take()
    gone, last = (asyncio.create_task(limit.take()) for _ in range(2))
    await asyncio.sleep(0)
    if handed_over:
        limit.give_back()
        gone.cancel()  # before it could take what it was given
    else:
        gone.cancel()
        await asyncio.sleep(0)
        limit.give_back()
    await asyncio.gather(gone, last, return_exceptions=True)
    assert gone.cancelled()
    assert not last.cancelled()
    limit.give_back()
    async with limit.slot():
        assert limit.counters.in_flight == 1


def test_settings_make_the_limit() -> None:
    settings = PoolSettings(
        max_connections=7,
        requests_per_minute=60,
        endpoints={"openai/own": EndpointSettings(max_connections=3, tokens_per_minute=5)},
    )
    assert limit_of("openai/m", settings).max_connections == 7
    assert limit_of("openai/own", settings).max_connections == 3
    assert limit_of("openai/m", settings).rate is not None
    assert limit_of("openai/m", PoolSettings()).rate is None
    assert limit_of("openai/m", PoolSettings(max_connections=100)).allowed == 12
    assert limit_of("openai/m", PoolSettings(max_connections=100, adaptive=False)).allowed == 100
