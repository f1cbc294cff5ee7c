from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from harness.errors import ModelError, UsageError
from harness.models.address import ModelAddress, parse_address
from harness.models.failure import EndpointError
from harness.models.limits import Counters
from harness.models.pool import EndpointPool
from harness.models.reply import ChatMessage
from harness.models.retry import RetryPolicy
from tests.support import mock_server as mock
from tests.support.mock_server import MockServer

AddressOf = Callable[[MockServer], ModelAddress]
MESSAGES: list[ChatMessage] = [{"role": "user", "content": "hello"}]


async def test_an_address_has_one_client(address_of: AddressOf) -> None:
    with MockServer() as server:
        async with EndpointPool() as pool:
            address = address_of(server)
            chat = pool.chat(address)
            assert pool.chat(parse_address(str(address))) is chat
            assert pool.chat(address.model_copy(update={"model": "n"})) is not chat
            assert chat.address == address


async def test_each_endpoint_has_its_own_limit_and_counters(
    address_of: AddressOf, policy: RetryPolicy
) -> None:
    with MockServer(latency=0.01) as one, MockServer(latency=0.01) as two:
        async with EndpointPool(max_connections=2, retry=policy) as pool:
            addresses = [address_of(one), address_of(two)]
            two.queue(mock.error(500))
            await asyncio.gather(
                *[pool.chat(address).complete(MESSAGES) for address in addresses * 6]
            )
            assert [pool.counters(address).done for address in addresses] == [6, 6]
            assert [pool.counters(address).retries for address in addresses] == [0, 1]
            total = pool.counters()
    assert one.max_in_flight == two.max_in_flight == 2
    assert (total.done, total.retries, total.prompt_tokens) == (12, 1, 132)


async def test_an_endpoint_nobody_asked_for_has_nothing_to_count() -> None:
    async with EndpointPool() as pool:
        assert pool.counters(parse_address("openai/m")) == Counters()
        assert pool.counters() == Counters()


async def test_the_pool_passes_its_settings_on(address_of: AddressOf, policy: RetryPolicy) -> None:
    environ = {"TRACK15_API_KEY": "from-the-mapping", "TRACK15_LOOPBACK_ONLY": "1"}
    with MockServer() as server:
        server.queue(*[mock.hang()] * 4)
        async with EndpointPool(timeout=0.05, retry=policy, environ=environ) as pool:
            with pytest.raises(EndpointError, match="no answer in time"):
                await pool.chat(address_of(server)).complete(MESSAGES)
    assert server.requests[0].headers["authorization"] == "Bearer from-the-mapping"


async def test_what_cannot_be_reached_is_an_error_at_once() -> None:
    async with EndpointPool() as pool:
        with pytest.raises(UsageError, match="scripted"):
            pool.chat(parse_address("scripted"))
        with pytest.raises(ModelError, match="TRACK15_LOOPBACK_ONLY"):
            pool.chat(parse_address("openai/m"))
        assert pool.counters() == Counters()


@pytest.mark.parametrize(
    ("connections", "timeout", "flag"), [(0, 1.0, "--max-connections"), (1, 0.0, "--timeout")]
)
def test_limits_that_stop_everything_are_refused(
    connections: int, timeout: float, flag: str
) -> None:
    with pytest.raises(UsageError, match=flag):
        EndpointPool(max_connections=connections, timeout=timeout)
