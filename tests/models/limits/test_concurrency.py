from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.models.failure import AttemptError
from harness.models.limits.admission import ConnectionLimit
from harness.models.limits.concurrency import START, AdaptiveConcurrency
from harness.models.reply import ModelReply
from tests.support.virtual_time import now, run


@dataclass
class Endpoint:
    """A simulated server: how long an answer takes with so many at once, or a refusal (None).

    ``patience``: seconds that are waited for it."""

    seconds: Callable[[int], float | None]
    patience: float = math.inf
    in_flight: int = 0
    refused: int = 0
    late: int = 0
    levels: list[int] = field(default_factory=list)
    _free: float = 0.0

    async def ask(self, limit: ConnectionLimit) -> bool:
        """One request; whether it was answered."""
        try:
            async with limit.slot() as request:
                self.in_flight += 1
                try:
                    seconds = self.seconds(self.in_flight)
                    await asyncio.sleep(0.01 if seconds is None else min(seconds, self.patience))
                    if seconds is None:
                        raise AttemptError("status", status=429)
                    if seconds > self.patience:
                        raise AttemptError("timeout")
                finally:
                    self.in_flight -= 1
                self.levels.append(limit.allowed)
                request.answered(ModelReply(text="yes"))
        except AttemptError as failure:
            self.refused += failure.kind == "status"
            self.late += failure.kind == "timeout"
            return False
        return True


def drive(endpoint: Endpoint, limit: ConnectionLimit, dialogues: int, calls: int) -> float:
    """So many dialogues at once of so many calls each; seconds they took."""

    async def dialogue(number: int) -> None:
        luck = random.Random(number)
        left = calls
        while left:
            if await endpoint.ask(limit):
                left -= 1
            else:
                await asyncio.sleep(0.1 + luck.random() / 10)

    async def main() -> float:
        await asyncio.gather(*map(dialogue, range(dialogues)))
        return now()

    return run(main())


@pytest.mark.parametrize(("dialogues", "seconds"), [(16, 0.05), (200, 0.05), (1000, 0.5)])
def test_a_healthy_server_is_given_everything_at_once(dialogues: int, seconds: float) -> None:
    plain = drive(Endpoint(lambda _: seconds), ConnectionLimit(dialogues), dialogues, 12)
    limit = ConnectionLimit(dialogues, adaptive=True)
    endpoint = Endpoint(lambda _: seconds)
    adaptive = drive(endpoint, limit, dialogues, 12)
    assert plain == pytest.approx(12 * seconds)
    # The growth costs less than three round trips.
    assert adaptive <= plain + 3 * seconds
    assert limit.allowed == dialogues


def test_a_server_that_batches_is_not_throttled_for_answering_slower() -> None:
    limit = ConnectionLimit(200, adaptive=True)
    drive(Endpoint(lambda n: 1 + n / 64), limit, 200, 15)
    assert limit.allowed == 200


def queueing(n: int) -> float:
    """16 a second, and one that comes last waits for all before it."""
    return max(2.0, n / 16)


def test_a_queue_that_is_waited_for_is_filled() -> None:
    """31 s of it: no shorter were it to stand before the server."""
    plain = drive(Endpoint(queueing), ConnectionLimit(500), 500, 12)
    limit = ConnectionLimit(500, adaptive=True)
    assert drive(Endpoint(queueing), limit, 500, 12) <= 1.1 * plain
    assert limit.allowed == 500


def test_a_queue_that_takes_too_long_is_kept_short() -> None:
    """With all 500 at once nothing would ever be answered."""
    endpoint = Endpoint(queueing, patience=20.0)
    seconds = drive(endpoint, ConnectionLimit(500, adaptive=True), 500, 12)
    settled = endpoint.levels[len(endpoint.levels) // 2 :]
    assert 32 <= min(settled) <= max(settled) <= 20 * 16 + 32
    assert endpoint.late < 0.2 * 500 * 12
    assert seconds <= 1.5 * 500 * 12 / 16


def test_a_server_that_refuses_is_held_near_what_it_takes() -> None:
    def limited(n: int) -> float | None:
        return 1.0 if n <= 20 else None

    plain = Endpoint(limited)
    drive(plain, ConnectionLimit(100), 100, 15)
    endpoint = Endpoint(limited)
    seconds = drive(endpoint, ConnectionLimit(100, adaptive=True), 100, 15)
    settled = endpoint.levels[len(endpoint.levels) // 2 :]
    assert 8 <= sum(settled) / len(settled) <= 30
    assert endpoint.refused < plain.refused / 10
    assert endpoint.refused < 0.15 * 100 * 15
    assert seconds < 2 * 100 * 15 / 20  # half of what it could do, at the least


@pytest.mark.parametrize("most", [16, 200])
def test_replies_of_very_different_length_are_no_trouble(most: int) -> None:
    luck = random.Random(1)
    limit = ConnectionLimit(most, adaptive=True)
    endpoint = Endpoint(lambda _: luck.lognormvariate(0, 1))
    drive(endpoint, limit, most, 30)
    settled = endpoint.levels[len(endpoint.levels) // 10 :]
    assert sum(settled) / len(settled) > 0.95 * most


def test_prompts_that_grow_are_no_trouble() -> None:
    """Six times the latency at the end, whatever the number at once."""
    luck, asked = random.Random(2), 0

    def growing(_: int) -> float:
        nonlocal asked
        asked += 1
        return luck.lognormvariate(0, 0.8) * (1 + 5 * asked / 6000)

    endpoint = Endpoint(growing)
    drive(endpoint, ConnectionLimit(200, adaptive=True), 200, 30)
    settled = endpoint.levels[len(endpoint.levels) // 10 :]
    assert sum(settled) / len(settled) > 0.9 * 200


def test_a_window_recovers_from_one_refusal_in_a_dozen_round_trips() -> None:
    adaptive = AdaptiveConcurrency(2000, start=2000)
    adaptive.refused(adaptive.begin())
    assert adaptive.allowed == 1000
    trips = 0
    while adaptive.allowed < 2000:
        for _ in range(adaptive.allowed):
            adaptive.begin()
            adaptive.answered(adaptive.allowed)
        trips += 1
    assert trips <= 12


def test_the_refusals_of_one_round_trip_are_one() -> None:
    adaptive = AdaptiveConcurrency(64, start=64)
    under_way = [adaptive.begin() for _ in range(64)]
    for number in under_way:
        adaptive.refused(number)
    assert adaptive.allowed == 32
    adaptive.refused(adaptive.begin())
    assert adaptive.allowed == 16


def test_one_that_is_late_halves_the_window_once_a_round_trip() -> None:
    adaptive = AdaptiveConcurrency(64, start=64)
    answers(adaptive, 1000)
    under_way = [adaptive.begin() for _ in range(64)]
    for number in under_way:
        adaptive.late(number)
    assert adaptive.allowed == 32
    adaptive.late(adaptive.begin())
    assert adaptive.allowed == 16


def test_refusals_by_chance_are_borne() -> None:
    adaptive = AdaptiveConcurrency(64, start=64)
    answers(adaptive, 100)
    for _ in range(50):
        adaptive.refused(adaptive.begin())
        answers(adaptive, 49)
        assert adaptive.allowed == 64


def test_more_than_one_in_ten_is_no_chance() -> None:
    adaptive = AdaptiveConcurrency(64, start=64)
    answers(adaptive, 1000)
    for _ in range(3):
        adaptive.refused(adaptive.begin())
        assert adaptive.allowed == 64
    adaptive.refused(adaptive.begin())
    assert adaptive.allowed == 32
    answers(adaptive, 8)
    before = adaptive.allowed
    adaptive.refused(adaptive.begin())
    assert adaptive.allowed == before // 2, "a refusal is not forgotten at once"


def answers(adaptive: AdaptiveConcurrency, count: int) -> None:
    """So many requests, one after the other, with the whole window in use."""
    for _ in range(count):
        adaptive.begin()
        adaptive.answered(adaptive.allowed)


def test_slow_start_ends_with_the_first_trouble() -> None:
    adaptive = AdaptiveConcurrency(10_000, start=8)
    began = adaptive.allowed
    for _ in range(began):
        adaptive.answered(began)
    assert adaptive.allowed >= 2 * began
    adaptive.refused(adaptive.begin())
    halved = adaptive.allowed
    for _ in range(halved):
        adaptive.answered(halved)
    assert halved < adaptive.allowed <= halved + max(1, halved // 16)


def test_what_nobody_uses_does_not_grow() -> None:
    adaptive = AdaptiveConcurrency(1000)
    began = adaptive.allowed
    for _ in range(500):
        adaptive.answered(1)
    assert adaptive.allowed == began


@given(
    ceiling=st.integers(1, 300),
    events=st.lists(
        st.tuples(st.sampled_from(["ok", "no", "old", "late"]), st.integers(0, 400)),
        max_size=300,
    ),
)
def test_never_under_one_nor_over_the_ceiling(ceiling: int, events: list[tuple[str, int]]) -> None:
    adaptive = AdaptiveConcurrency(ceiling)
    assert adaptive.allowed <= max(START, ceiling // 8)
    for kind, in_flight in events:
        number = adaptive.begin()
        if kind == "ok":
            adaptive.answered(in_flight)
        elif kind == "late":
            adaptive.late(number)
        else:
            adaptive.refused(number if kind == "no" else max(0, number - 5))
        assert 1 <= adaptive.allowed <= ceiling


@pytest.mark.parametrize(("ceiling", "start"), [(0, None), (4, 0)])
def test_nothing_at_once_is_refused(ceiling: int, start: int | None) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        AdaptiveConcurrency(ceiling, start)
