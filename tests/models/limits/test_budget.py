from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import LimitReachedError
from harness.models.address import parse_address
from harness.models.failure import AttemptError, EndpointError, Kind
from harness.models.limits.admission import ConnectionLimit
from harness.models.limits.budget import NOTHING, Budget, Spend, cost
from harness.models.limits.rate import RateLimit
from harness.models.limits.retry import Effort, Retrier, RetryPolicy, timed
from harness.models.reply import ModelReply
from harness.models.request import Request
from harness.models.settings import EndpointSettings
from harness.models.usage import Usage
from tests.support.virtual_time import now, run

PRICES = EndpointSettings(prompt_price=2.0, cached_price=0.5, completion_price=8.0)


@dataclass
class Paying:
    """A simulated endpoint that charges: what began when, and whether the limit stood then."""

    budget: Budget
    limit: ConnectionLimit
    luck: random.Random
    failing: float
    counting: float
    charged: Spend = NOTHING
    begun_after: int = 0
    sizes: list[Spend] = field(default_factory=list)
    in_flight_when_reached: int | None = None

    async def call(self, retrier: Retrier, calls: int) -> int:
        """One dialogue: so many calls in turn; how many were answered."""
        for done in range(calls):
            try:
                await retrier.call(self.attempt, Effort())
            except (LimitReachedError, EndpointError):
                return done
        return calls

    async def attempt(self, effort: Effort) -> ModelReply:
        size = self.luck.randint(10, 4000)
        asked = Request([{"role": "user", "content": "x" * size}], max_tokens=300)
        async with self.limit.slot(asked) as request:
            # From here on the request is on the wire.
            self.begun_after += self.budget.reached
            with timed(effort):
                await asyncio.sleep(self.luck.expovariate(1))
            if self.luck.random() < self.failing:
                status = self.luck.choice([None, None, 429, 503, 500])
                kind: Kind = "status" if status else self.luck.choice(["timeout", "malformed"])
                raise AttemptError(kind, status=status)
            usage = Usage()
            if self.luck.random() < self.counting:
                prompt, completion = size // 3, self.luck.randint(1, 900)
                usage = Usage(prompt=prompt, completion=completion)
                self.sizes.append(Spend(prompt + completion, cost(PRICES, prompt, completion) or 0))
            return request.answered(ModelReply(text="x" * 200, usage=usage))


@given(
    seed=st.integers(0, 2**32),
    dialogues=st.integers(1, 30),
    connections=st.integers(1, 20),
    tokens=st.one_of(st.none(), st.integers(1, 40_000)),
    usd=st.one_of(st.none(), st.floats(1e-4, 0.2)),
    failing=st.sampled_from([0.0, 0.3, 0.8]),
    counting=st.sampled_from([1.0, 0.5, 0.0]),
    paced=st.booleans(),
)
def test_no_request_begins_after_the_limit_is_reached(
    seed: int,
    dialogues: int,
    connections: int,
    tokens: int | None,
    usd: float | None,
    failing: float,
    counting: float,
    paced: bool,
) -> None:
    budget = Budget(tokens=tokens, usd=usd)
    most_aside = NOTHING

    async def main() -> None:
        nonlocal most_aside
        rate = RateLimit(200, 20_000, clock=now) if paced else None
        limit = ConnectionLimit(connections, adaptive=True, rate=rate, budget=budget, prices=PRICES)
        endpoint = Paying(budget, limit, random.Random(seed), failing, counting)
        under_way: list[int] = []
        settle = budget.settle

        def watched(estimate: Spend, spent: Spend, *, counted: bool = True) -> None:
            before = budget.reached
            settle(estimate, spent, counted=counted)
            if budget.reached and not before:
                under_way.append(budget.under_way)

        budget.settle = watched  # type: ignore[method-assign]
        policy = RetryPolicy(retries=3, first_wait=0.5)
        retrier = Retrier(parse_address("openai/m"), policy, lambda: None)
        done = await asyncio.gather(*[endpoint.call(retrier, 6) for _ in range(dialogues)])
        assert endpoint.begun_after == 0
        assert budget.under_way == 0
        assert (limit.counters.in_flight, limit.counters.waiting) == (0, 0)
        if failing == 0 and not budget.reached:
            assert sum(done) == 6 * dialogues  # nothing was refused while there was room
        if budget.reached:
            # One request passed the limit; besides it only those that were under way.
            largest = 4000 // 3 + 1 + 900 if counting else 4000 + 900
            over = budget.spent.tokens - (tokens or budget.spent.tokens)
            assert over <= (1 + under_way[0]) * largest

    run(main())


def test_good_estimates_leave_no_room_for_a_second_over_the_limit() -> None:
    """A hundred connections are no hundred requests over the limit."""

    async def main() -> None:
        budget = Budget(tokens=10_000)

        async def ask() -> None:
            await budget.begin(Spend(300))
            await asyncio.sleep(1)
            budget.settle(Spend(300), Spend(300))

        results = await asyncio.gather(*[ask() for _ in range(100)], return_exceptions=True)
        assert sum(isinstance(r, LimitReachedError) for r in results) == 100 - 34
        assert budget.spent == Spend(10_200)

    run(main())


def test_a_large_request_is_let_in_alone_rather_than_never() -> None:
    async def main() -> None:
        budget = Budget(tokens=100)
        await budget.begin(Spend(5000))
        waiting = asyncio.create_task(budget.begin(Spend(1)))
        await asyncio.sleep(1)
        assert not waiting.done()
        budget.settle(Spend(5000), Spend(10))
        await waiting
        assert budget.spent == Spend(10)

    run(main())


def test_those_who_wait_come_in_their_order_and_are_all_turned_away_in_the_end() -> None:
    order: list[int] = []

    async def main() -> None:
        budget = Budget(usd=1.0)

        async def ask(number: int, estimate: float) -> None:
            await budget.begin(Spend(1, estimate))
            order.append(number)
            await asyncio.sleep(1)
            budget.settle(Spend(1, estimate), Spend(1, 0.3))

        await asyncio.gather(ask(0, 0.9), ask(1, 0.8), ask(2, 0.01), ask(3, 0.01))
        late = await asyncio.gather(*[ask(n, 0.1) for n in (4, 5)], return_exceptions=True)
        assert order == [0, 1, 2, 3]
        assert all(isinstance(error, LimitReachedError) for error in late)
        assert "--cost-limit" in str(late[0])

    run(main())


@pytest.mark.parametrize("when", ["waiting", "let in"])
def test_who_goes_away_holds_nobody_up(when: str) -> None:
    async def main() -> None:
        budget = Budget(tokens=100)
        await budget.begin(Spend(90))
        gone = asyncio.create_task(budget.begin(Spend(50)))
        stays = asyncio.create_task(budget.begin(Spend(50)))
        await asyncio.sleep(1)
        if when == "waiting":
            gone.cancel()
            await asyncio.sleep(1)
        budget.settle(Spend(90), Spend(10))
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        assert gone.cancelled()
        await stays
        assert budget.under_way == 1

    run(main())


def test_an_earlier_sitting_counts() -> None:
    async def main() -> None:
        budget = Budget(tokens=100, spent=Spend(100))
        assert budget.reached
        with pytest.raises(LimitReachedError, match="100 of its 100 tokens"):
            await budget.begin(NOTHING)

    run(main())


def test_a_budget_without_a_limit_lets_everything_in() -> None:
    async def main() -> None:
        budget = Budget()
        assert not budget.limited
        for _ in range(3):
            await budget.begin(Spend(10**9, 1e9))
        assert not budget.reached

    run(main())


@pytest.mark.parametrize(
    ("prompt", "completion", "cached", "usd"),
    [
        (1_000_000, 0, None, 2.0),
        (1_000_000, 0, 1_000_000, 0.5),
        (1_000_000, 1_000_000, 400_000, 1.2 + 0.2 + 8.0),
        (100, 0, 5000, 100 * 0.5e-6),  # more cached than there is: as much as there is
        (None, 5, None, None),
        (5, None, None, None),
    ],
)
def test_cost(
    prompt: int | None, completion: int | None, cached: int | None, usd: float | None
) -> None:
    found = cost(PRICES, prompt, completion, cached)
    assert found is None if usd is None else found == pytest.approx(usd)


def test_cost_without_a_price_is_unknown_not_nothing() -> None:
    assert cost(EndpointSettings(prompt_price=1.0), 5, 5) is None
    assert cost(EndpointSettings(), 5, 5) is None
    assert cost(EndpointSettings(prompt_price=0, completion_price=0), 5, 5) == 0


def test_nobody_waits_for_the_last_request_to_be_told_that_it_is_over() -> None:
    async def main() -> None:
        budget = Budget(tokens=100)
        await budget.begin(Spend(40))
        await budget.begin(Spend(60))
        waiting = asyncio.create_task(budget.begin(Spend(1)))
        await asyncio.sleep(1)
        budget.settle(Spend(40), Spend(100))
        with pytest.raises(LimitReachedError):
            await waiting
        assert budget.under_way == 1

    run(main())
