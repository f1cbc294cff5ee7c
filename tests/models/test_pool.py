from __future__ import annotations

import asyncio
import importlib
import math
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from harness.errors import MissingExtraError, ModelError, UsageError
from harness.models.address import ModelAddress, parse_address
from harness.models.failure import EndpointError
from harness.models.limits.admission import Counters
from harness.models.limits.retry import RetryPolicy
from harness.models.pool import EndpointPool
from harness.models.request import ChatMessage, Request
from harness.models.settings import EndpointSettings, PoolSettings
from tests.support import mock_server as mock
from tests.support.mock_server import MockServer
from tests.support.owned_time import JUMP, owned_time

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
    with MockServer(latency=0.01, together=2) as one, MockServer(latency=0.01, together=2) as two:
        async with EndpointPool(PoolSettings(max_connections=2), retry=policy) as pool:
            addresses = [address_of(one), address_of(two)]
            two.queue(mock.error(500))
            await asyncio.gather(
                *[pool.chat(address).complete(Request(MESSAGES)) for address in addresses * 6]
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
        settings = PoolSettings(timeout=JUMP / 2)
        async with (
            EndpointPool(settings, retry=policy, environ=environ) as pool,
            owned_time(server.held, lambda: pool.counters().in_flight),
        ):
            with pytest.raises(EndpointError, match="no answer in time"):
                await pool.chat(address_of(server)).complete(Request(MESSAGES))
    assert server.requests[0].headers["authorization"] == "Bearer from-the-mapping"


async def test_what_cannot_be_reached_is_an_error_at_once() -> None:
    async with EndpointPool() as pool:
        with pytest.raises(UsageError, match="scripted"):
            pool.chat(parse_address("scripted"))
        with pytest.raises(ModelError, match="TRACK15_LOOPBACK_ONLY"):
            pool.chat(parse_address("openai/m"))
        assert pool.counters() == Counters()


@pytest.mark.parametrize("wrong", [{"max_connections": 0}, {"timeout": 0.0}, {"timeout": math.nan}])
def test_limits_that_stop_everything_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        PoolSettings.model_validate(wrong)


def test_settings_travel_as_json() -> None:
    endpoints = {"openai/m@http://127.0.0.1:1/v1": EndpointSettings(key="MY_KEY", prompt_price=0.5)}
    settings = PoolSettings(max_connections=3, endpoints=endpoints)
    assert PoolSettings.model_validate_json(settings.model_dump_json()) == settings
    assert settings.of("openai/other") == EndpointSettings()


async def test_an_endpoint_may_have_a_limit_of_its_own(address_of: AddressOf) -> None:
    with MockServer(latency=0.01) as server:
        address = address_of(server)
        endpoints = {str(address): EndpointSettings(max_connections=1)}
        async with EndpointPool(PoolSettings(max_connections=9, endpoints=endpoints)) as pool:
            await asyncio.gather(
                *[pool.chat(address).complete(Request(MESSAGES)) for _ in range(6)]
            )
    assert server.max_in_flight == 1


# --- providers of installed packages -------------------------------------------------------------

PROVIDER = """
import os
import sys

from harness.models.provider import Provider

print("loading")


class Made(Provider):
    def __init__(self, address):
        print("made")




def leaks(address, **options):
    raise ValueError(os.environ["MY_PROVIDER_API_KEY"])


def leaves(address, **options):
    sys.exit(1)


def lacks(address, **options):
    from harness.errors import MissingExtraError

    raise MissingExtraError("ray", "ray")
"""


@pytest.fixture
def provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package that brings providers, as an installer leaves it."""
    monkeypatch.setenv("TRACK15_LOOPBACK_ONLY", "0")
    monkeypatch.syspath_prepend(tmp_path)
    metadata = tmp_path / "brings-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: brings\nVersion: 1.0\n")
    names = ("Made", "leaks", "leaves", "lacks", "nothing")
    points = "\n".join(f"{name.lower()} = brings_providers:{name}" for name in names)
    (metadata / "entry_points.txt").write_text(f"[track15.models]\n{points}\n")
    monkeypatch.delitem(sys.modules, "brings_providers", raising=False)
    file = tmp_path / "brings_providers.py"
    file.write_text(PROVIDER)
    return file


@pytest.mark.usefixtures("provider")
async def test_a_provider_of_an_installed_package(capsys: pytest.CaptureFixture[str]) -> None:
    async with EndpointPool() as pool:
        address = parse_address("made/m")
        assert pool.chat(address).address == address
    out, err = capsys.readouterr()
    assert (out, err) == ("", "loading\nmade\n")


@pytest.mark.usefixtures("provider")
@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("leaks", "the provider 'leaks' failed: ValueError at brings_providers.py:18"),
        ("leaves", "SystemExit at brings_providers.py:22: it called sys.exit(1)"),
        ("nothing", "the provider 'nothing' failed: AttributeError at "),
    ],
)
def test_a_provider_that_fails_is_one_message(
    monkeypatch: pytest.MonkeyPatch, name: str, what: str
) -> None:
    monkeypatch.setenv("MY_PROVIDER_API_KEY", "made-up-key-0123456789")
    with pytest.raises(ModelError) as caught:
        EndpointPool().chat(parse_address(f"{name}/m"))
    assert what in caught.value.what
    assert "made-up-key" not in str(caught.value)
    assert "brings_providers" in (caught.value.fix or "")


def test_a_provider_whose_module_fails_is_the_same(provider: Path) -> None:
    provider.write_text("import nowhere_to_be_found\n")
    with pytest.raises(ModelError, match=r"ModuleNotFoundError at brings_providers\.py:1"):
        EndpointPool().chat(parse_address("made/m"))
    provider.write_text("raise SystemExit\n")
    importlib.invalidate_caches()
    with pytest.raises(ModelError, match="it called sys"):
        EndpointPool().chat(parse_address("made/m"))


@pytest.mark.usefixtures("provider")
def test_a_provider_that_says_what_is_wrong_is_heard() -> None:
    with pytest.raises(MissingExtraError, match="ray"):
        EndpointPool().chat(parse_address("lacks/m"))
