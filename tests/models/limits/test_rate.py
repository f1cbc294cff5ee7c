from __future__ import annotations

import asyncio
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.models.limits.rate import MINUTE, Begun, RateLimit
from tests.support.virtual_time import now, run

_SLACK = 1e-6


def paced(requests: float | None = None, tokens: float | None = None) -> RateLimit:
    return RateLimit(requests, tokens, clock=now)


async def arrive(
    rate: RateLimit, at: float, tokens: int, log: list[tuple[float, int, int]]
) -> Begun:
    """Ask at a time; note when it began."""
    number = len(log)
    log.append((math.inf, tokens, number))
    await asyncio.sleep(at)
    begun = await rate.begin(tokens)
    log[number] = (now(), tokens, number)
    return begun


def most_in_a_window(begun: list[tuple[float, float]], span: float = MINUTE) -> float:
    """Largest sum of amounts that began in any half-open window."""
    return max(
        sum(amount for time, amount in begun if start <= time < start + span - _SLACK)
        for start, _ in begun
    )


@given(
    limit=st.integers(1, 7),
    arrivals=st.lists(st.floats(0, 200), min_size=1, max_size=40),
)
def test_no_window_holds_more_requests_than_allowed(limit: int, arrivals: list[float]) -> None:
    log: list[tuple[float, int, int]] = []

    async def main() -> None:
        rate = paced(requests=limit)
        await asyncio.gather(*[arrive(rate, at, 1, log) for at in arrivals])
        assert rate.waiting == 0

    run(main())
    assert most_in_a_window([(time, 1) for time, _, _ in log]) <= limit


@given(
    limit=st.integers(100, 400),
    arrivals=st.lists(st.tuples(st.floats(0, 200), st.integers(0, 300)), min_size=1, max_size=30),
)
def test_no_window_holds_more_tokens_than_allowed(
    limit: int, arrivals: list[tuple[float, int]]
) -> None:
    log: list[tuple[float, int, int]] = []

    async def main() -> None:
        rate = paced(tokens=limit)
        await asyncio.gather(*[arrive(rate, at, size, log) for at, size in arrivals])

    run(main())
    begun = [(time, size) for time, size, _ in log]
    alone = max(size for _, size in begun)
    assert most_in_a_window(begun) <= max(limit, alone)
    for time, size in begun:
        if size > limit:  # could never begin otherwise, but must be alone
            others = [s for t, s in begun if time - MINUTE + _SLACK < t <= time]
            assert sum(others) == size


@given(
    requests=st.integers(1, 5),
    tokens=st.integers(100, 500),
    arrivals=st.lists(
        st.tuples(st.floats(0, 100), st.integers(1, 200), st.integers(0, 400), st.floats(0, 90)),
        min_size=1,
        max_size=25,
    ),
)
def test_settled_counts_hold_from_then_on(
    requests: int, tokens: int, arrivals: list[tuple[float, int, int, float]]
) -> None:
    """Whatever is reported when: at the time of each beginning, what was known then fits."""
    known: list[list[float]] = []

    async def call(rate: RateLimit, at: float, guess: int, took: int, seconds: float) -> None:
        await asyncio.sleep(at)
        begun = await rate.begin(guess)
        window = [entry for entry in known if entry[0] > now() - MINUTE + _SLACK]
        assert len(window) + 1 <= requests
        before = sum(entry[1] for entry in window)
        assert before + guess <= tokens or before == 0
        entry = [now(), float(guess)]
        known.append(entry)
        await asyncio.sleep(seconds)
        rate.settle(begun, took)
        entry[1] = took

    async def main() -> None:
        rate = paced(requests, tokens)
        await asyncio.gather(*[call(rate, *arrival) for arrival in arrivals])

    run(main())


def test_first_come_first_served() -> None:
    order: list[int] = []

    async def call(rate: RateLimit, number: int, tokens: int) -> None:
        await rate.begin(tokens)
        order.append(number)

    async def main() -> None:
        rate = paced(tokens=100)
        # The second is too large to begin at once; the small ones after it do not overtake.
        sizes = [60, 90, 5, 5, 5, 95]
        await asyncio.gather(*[call(rate, n, size) for n, size in enumerate(sizes)])

    run(main())
    assert order == [0, 1, 2, 3, 4, 5]


def test_the_whole_limit_is_used_minute_after_minute() -> None:
    async def main() -> float:
        rate = paced(requests=30)
        for _ in range(30 * 5 + 1):
            await rate.begin(1)
        return now()

    assert run(main()) == pytest.approx(5 * MINUTE, abs=0.1)


def test_a_settled_request_makes_room_at_once() -> None:
    async def main() -> None:
        rate = paced(tokens=1000)
        first = await rate.begin(900)
        second = asyncio.create_task(rate.begin(500))
        await asyncio.sleep(10)
        assert rate.waiting == 1
        rate.settle(first, 400)
        await second
        assert now() == pytest.approx(10, abs=0.01)

    run(main())


def test_a_withdrawn_request_never_began() -> None:
    async def main() -> None:
        rate = paced(1, 100)
        rate.withdraw(await rate.begin(100))
        await rate.begin(100)
        assert now() == 0

    run(main())


def test_what_is_reported_a_minute_later_is_forgotten() -> None:
    async def main() -> None:
        rate = paced(tokens=100)
        late = await rate.begin(100)
        await asyncio.sleep(MINUTE)
        rate.settle(late, 5000)
        rate.withdraw(late)
        await rate.begin(100)
        assert now() == pytest.approx(MINUTE)

    run(main())


def test_less_than_one_a_minute_is_one_in_so_many_seconds() -> None:
    async def main() -> list[float]:
        rate, times = paced(requests=0.25), []
        for _ in range(3):
            await rate.begin(1)
            times.append(now())
        return times

    assert run(main()) == pytest.approx([0, 240, 480], abs=0.01)


def test_a_part_of_a_request_is_not_allowed() -> None:
    async def main() -> float:
        rate = paced(requests=2.9)
        for _ in range(3):
            await rate.begin(1)
        return now()

    assert run(main()) == pytest.approx(60, abs=0.01)


@pytest.mark.parametrize("cancelled", [0, 1, 2])
def test_who_goes_away_holds_nobody_up(cancelled: int) -> None:
    async def main() -> None:
        rate = paced(requests=1)
        await rate.begin(1)
        waiting = [asyncio.create_task(rate.begin(1)) for _ in range(3)]
        await asyncio.sleep(1)
        waiting[cancelled].cancel()
        done = await asyncio.gather(*waiting, return_exceptions=True)
        assert [isinstance(item, asyncio.CancelledError) for item in done].count(True) == 1
        assert rate.waiting == 0
        assert now() == pytest.approx(2 * MINUTE, abs=0.01)

    run(main())


def test_who_waits_sleeps_once_not_again_and_again() -> None:
    naps: list[float] = []

    async def sleep(seconds: float) -> None:
        naps.append(seconds)
        await asyncio.sleep(seconds)

    async def main() -> None:
        rate = RateLimit(2, clock=now, sleep=sleep)
        for _ in range(10):
            await rate.begin(1)

    run(main())
    assert len(naps) <= 2 * 4
    assert sum(naps) == pytest.approx(4 * MINUTE, abs=0.1)


@pytest.mark.parametrize("limit", [0, -1, math.nan, math.inf])
def test_a_limit_is_positive_and_finite(limit: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        RateLimit(requests=limit)
    with pytest.raises(ValueError, match="positive"):
        RateLimit(tokens=limit)
