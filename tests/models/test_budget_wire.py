"""The whole client against a server: what is on the wire once a limit is reached."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

from harness.errors import LimitReachedError, ModelError
from harness.models.address import ModelAddress
from harness.models.limits.budget import Budget
from harness.models.limits.retry import RetryPolicy
from harness.models.pool import EndpointPool
from harness.models.providers.openai_compatible.transport import Transport
from harness.models.request import ChatMessage, Request
from harness.models.settings import EndpointSettings, PoolSettings
from tests.support import mock_server as mock
from tests.support.mock_server import MockServer

MESSAGES: list[ChatMessage] = [{"role": "user", "content": "hello " * 50}]
PRICES = EndpointSettings(prompt_price=100.0, completion_price=100.0)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("limit", [{"tokens": 700}, {"usd": 0.07}])
async def test_nothing_is_sent_after_the_limit_is_reached(
    seed: int, limit: dict[str, Any], policy: RetryPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    luck = random.Random(seed)
    faults = [mock.error(429, retry_after="0"), mock.error(503), mock.truncated(), mock.reset()]

    def answer(_: dict[str, Any]) -> Any:
        good = mock.completion("yes", usage=mock.USAGE if luck.random() < 0.8 else None)
        return good if luck.random() < 0.6 else luck.choice(faults)

    budget = Budget(**limit)
    sent = late = 0
    send = Transport.send

    async def watched(self: Transport, method: str, path: str, body: bytes | None = None) -> Any:
        nonlocal sent, late
        sent += 1
        late += budget.reached
        return await send(self, method, path, body)

    monkeypatch.setattr(Transport, "send", watched)
    with MockServer(answer, latency=0.002) as server:
        address = ModelAddress(provider="openai", model="m", base_url=server.base_url)
        settings = PoolSettings(max_connections=8, endpoints={str(address): PRICES})
        async with EndpointPool(settings, retry=policy, budget=budget) as pool:

            async def dialogue() -> str:
                try:
                    while True:
                        await pool.chat(address).complete(Request(MESSAGES))
                except LimitReachedError:
                    return "stopped"
                except ModelError:
                    return "failed"

            ends: list[str] = []
            while "stopped" not in ends:  # all may fail before the limit
                ends += await asyncio.gather(*[dialogue() for _ in range(20)])
            counters = pool.counters()
        assert len(server.requests) == sent
    assert budget.reached
    assert late == 0
    assert budget.under_way == counters.in_flight == counters.waiting == 0
    # Whatever failed and was tried again: beyond the limit there is one request at the most.
    if budget.tokens is not None:
        assert budget.spent.tokens < budget.tokens + 450
