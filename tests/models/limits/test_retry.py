from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.models.address import parse_address
from harness.models.failure import AttemptError, EndpointError
from harness.models.limits.retry import Effort, Retrier, RetryPolicy, timed

ADDRESS = parse_address("openai/m@http://127.0.0.1:8000/v1")


class Calls:
    """An attempt that fails as told, then succeeds; records the waits."""

    def __init__(self, *failures: Exception, cost: float = 0.0) -> None:
        self.failures = list(failures)
        self.cost = cost
        self.waits: list[float] = []
        self.retries = 0
        self.effort = Effort()

    async def attempt(self, effort: Effort) -> str:
        with timed(effort):
            effort.busy += self.cost
            if self.failures:
                raise self.failures.pop(0)
        return "done"

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    def retried(self) -> None:
        self.retries += 1

    async def run(
        self,
        *,
        retries: int = 3,
        total_seconds: float = 100.0,
        seed: int = 0,
        loading: float = 0.0,
    ) -> str:
        policy = RetryPolicy(
            retries=retries, total_seconds=total_seconds, seed=seed, sleep=self.sleep
        )
        retrier = Retrier(ADDRESS, policy, self.retried, loading=loading)
        return await retrier.call(self.attempt, self.effort)


def busy(retry_after: float | None = None) -> AttemptError:
    return AttemptError("status", status=503, retry_after=retry_after)


async def test_waits_double_with_jitter_and_the_effort_is_kept() -> None:
    calls = Calls(busy(), busy(), busy(), cost=1.0)
    assert await calls.run() == "done"
    assert calls.effort.attempts == 4
    assert calls.retries == 3
    for failures, wait in enumerate(calls.waits):
        assert 2**failures / 2 <= wait <= 2**failures
    assert calls.effort.idle == sum(calls.waits)
    assert calls.effort.seconds == pytest.approx(sum(calls.waits) + 4.0, abs=0.5)


async def test_the_same_seed_waits_alike() -> None:
    first, second, other = (Calls(busy(), busy()) for _ in range(3))
    await first.run(seed=1)
    await second.run(seed=1)
    await other.run(seed=2)
    assert first.waits == second.waits != other.waits


async def test_retries_are_finite() -> None:
    calls = Calls(*[busy() for _ in range(10)])
    with pytest.raises(EndpointError, match=r"answered 503 \(3 attempts\)") as caught:
        await calls.run(retries=2)
    assert caught.value.attempts == 3
    assert len(calls.waits) == 2


async def test_no_retries_is_one_attempt() -> None:
    calls = Calls(busy())
    with pytest.raises(EndpointError) as caught:
        await calls.run(retries=0)
    assert (caught.value.attempts, calls.waits) == (1, [])


async def test_retry_after_is_honoured() -> None:
    calls = Calls(busy(retry_after=20))
    await calls.run()
    assert 20 <= calls.waits[0] <= 21


@pytest.mark.kind("S11")
async def test_a_wait_that_is_too_long_is_not_begun() -> None:
    calls = Calls(busy(retry_after=25_920), busy())
    with pytest.raises(EndpointError) as caught:
        await calls.run(total_seconds=600)
    assert (calls.waits, caught.value.attempts) == ([], 1)
    assert "answered 503 and asks to wait for 7 h 12 min, until 20" in caught.value.what
    assert caught.value.fix == "type the same command again then: it resumes"


async def test_a_wait_that_ends_in_time_is_made() -> None:
    calls = Calls(busy(retry_after=25))
    assert await calls.run(total_seconds=30) == "done"
    assert 25 <= calls.waits[0] <= 30


@pytest.mark.kind("S11")
async def test_a_server_that_loads_is_asked_again_for_as_long_as_it_may() -> None:
    def loading() -> AttemptError:
        return AttemptError("status", status=503, loading=True)

    calls = Calls(*[loading() for _ in range(20)])
    assert await calls.run(retries=2, loading=120.0) == "done"
    assert max(calls.waits) == RetryPolicy().loading_wait
    calls = Calls(*[loading() for _ in range(100)])
    with pytest.raises(EndpointError, match="and nothing else so far") as caught:
        await calls.run(retries=2, loading=120.0)
    assert 120 <= sum(calls.waits) <= 125
    assert "raise --timeout" in (caught.value.fix or "")


async def test_slow_attempts_use_up_the_total_time() -> None:
    calls = Calls(*[busy() for _ in range(5)], cost=20.0)
    with pytest.raises(EndpointError):
        await calls.run(retries=5, total_seconds=30)
    assert calls.effort.attempts == 2


async def test_what_will_not_pass_is_not_retried() -> None:
    calls = Calls(AttemptError("status", status=401))
    with pytest.raises(EndpointError, match="401"):
        await calls.run()
    assert (calls.effort.attempts, calls.waits) == (1, [])


@pytest.mark.parametrize("error", [ZeroDivisionError(), asyncio.CancelledError()])
async def test_other_exceptions_pass_through(error: BaseException) -> None:
    calls = Calls()
    calls.failures = [error]  # type: ignore[list-item]
    with pytest.raises(type(error)):
        await calls.run()
    assert calls.effort.attempts == 1


async def test_the_error_leads_to_no_request() -> None:
    calls = Calls(busy())
    with pytest.raises(EndpointError) as caught:
        await calls.run(retries=0)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_fewer_than_no_retries_are_refused() -> None:
    with pytest.raises(UsageError, match="--max-retries"):
        RetryPolicy(retries=-1)


@given(
    failures=st.integers(1, 10_000),
    retry_after=st.none() | st.floats(0, 1e9),
    left=st.floats(-10, 1e6),
    luck=st.floats(0, 1, exclude_max=True),
)
def test_waits_are_bounded(
    failures: int, retry_after: float | None, left: float, luck: float
) -> None:
    policy = RetryPolicy()
    wait = policy.waiting(failures, retry_after, left, luck)
    assert 0 <= wait <= max(0.0, left)
    if retry_after is None:
        assert wait <= policy.longest_wait
    else:
        assert wait >= min(retry_after, max(0.0, left))
