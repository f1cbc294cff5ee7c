"""Providers that other packages bring: one method, and whatever else they do breaks no run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from harness.errors import ModelError, UsageError
from harness.models.address import POINT, ModelAddress, parse_address
from harness.models.failure import EndpointError
from harness.models.limits.retry import RetryPolicy
from harness.models.pool import EndpointPool
from harness.models.provider import Ask, Provider
from harness.models.reply import ModelReply
from harness.models.request import ChatMessage, Request
from harness.models.settings import EndpointSettings, PoolSettings
from harness.models.usage import Usage

MESSAGES: list[ChatMessage] = [{"role": "user", "content": "our secret"}]
ASK = Request(MESSAGES)
ADDRESS = ModelAddress(provider="theirs", model="m")
Install = Callable[[Any], None]


@dataclass
class Point:
    """An entry point."""

    made: Any
    value: str = "package:Maker"
    name: str = "theirs"

    def load(self) -> Any:
        if isinstance(self.made, Exception):
            raise self.made
        return self.made


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Make something the provider ``theirs``."""

    def put(made: Any) -> None:
        def entry_points(*, group: str, name: str | None = None) -> tuple[Point, ...]:
            assert group == POINT.group
            return (Point(made),) if name in ("theirs", None) else ()

        monkeypatch.setattr("importlib.metadata.entry_points", entry_points)

    return put


class Echo(Provider):
    """What the documentation shows."""

    def __init__(self, address: ModelAddress) -> None:
        self.address = address
        self.closed = False

    async def send(self, request: Request) -> ModelReply:
        said = request.messages[-1]["content"]
        return ModelReply(text=said, usage=Usage(prompt=0, completion=len(said)))

    async def check(self) -> None:
        raise ModelError("no key")

    async def aclose(self) -> None:
        self.closed = True

    @property
    def notes(self) -> tuple[str, ...]:
        return ("The seed was refused.",)


async def test_one_method_is_enough(install: Install) -> None:
    made: list[Echo] = []

    def make(address: ModelAddress) -> Echo:
        made.append(Echo(address))
        return made[-1]

    install(make)
    async with EndpointPool() as pool:
        endpoint = pool.chat(ADDRESS)
        reply = await endpoint.complete(ASK)
        assert (reply.text, reply.attempts, endpoint.address) == ("our secret", 1, ADDRESS)
        assert reply.usage == Usage(prompt=None, completion=10), "no prompt has no tokens"
        assert pool.counters(ADDRESS).done == 1
        assert pool.notes() == {"theirs/m": ("The seed was refused.",)}
        with pytest.raises(ModelError, match="no key"):
            await endpoint.check()
    assert (made[0].address, made[0].closed) == (ADDRESS, True)


async def test_it_is_given_what_it_asks_for_by_name(install: Install) -> None:
    given: list[dict[str, Any]] = []

    class Keyed(Echo):
        def __init__(
            self, address: ModelAddress, *, key: str, environ: Any, max_connections: int
        ) -> None:
            super().__init__(address)
            given.append({"key": key, "environ": environ, "max_connections": max_connections})

    install(Keyed)
    settings = PoolSettings(
        max_connections=3, endpoints={str(ADDRESS): EndpointSettings(key="MY_KEY")}
    )
    async with EndpointPool(settings, environ={"MY_KEY": "x"}) as pool:
        pool.chat(ADDRESS)
    assert given == [{"key": "MY_KEY", "environ": {"MY_KEY": "x"}, "max_connections": 3}]


class Raises(Provider):
    def __init__(self, error: Exception) -> None:
        self.error = error
        self.sent = 0

    async def send(self, request: Request) -> ModelReply:
        self.sent += 1
        raise self.error


class StatusError(Exception):
    status_code = 401


@pytest.mark.parametrize(
    ("error", "kind", "sent"),
    [
        (KeyError("our secret"), "malformed", 4),
        (StatusError("our secret"), "status", 1),
        (ConnectionRefusedError("our secret"), "refused", 4),
        (TimeoutError("our secret"), "timeout", 4),
    ],
)
async def test_whatever_it_raises_is_a_failure_of_the_endpoint(
    install: Install, policy: RetryPolicy, error: Exception, kind: str, sent: int
) -> None:
    provider = Raises(error)
    install(lambda address: provider)
    async with EndpointPool(retry=policy) as pool:
        with pytest.raises(EndpointError) as caught:
            await pool.chat(ADDRESS).complete(ASK)
    assert (caught.value.kind, caught.value.attempts, provider.sent) == (kind, sent, sent)
    assert "our secret" not in str(caught.value)
    assert caught.value.__context__ is None
    if kind == "malformed":
        assert "the provider 'theirs' raised KeyError" in caught.value.what


async def test_what_it_gives_is_a_reply_or_a_failure(install: Install, policy: RetryPolicy) -> None:
    class Text(Provider):
        async def send(self, request: Request) -> ModelReply:
            return "yes"  # type: ignore[return-value]

    install(lambda address: Text())
    async with EndpointPool(retry=policy) as pool:
        with pytest.raises(EndpointError, match="the provider 'theirs' raised AttributeError"):
            await pool.chat(ADDRESS).complete(ASK)


async def test_it_may_answer_in_a_way_of_its_own(install: Install) -> None:
    class Own(Echo):
        async def answer(self, request: Request, ask: Ask) -> ModelReply:
            reply = await super().answer(request, ask)
            return reply.model_copy(update={"text": f"{reply.text}!"})

    install(Own)
    async with EndpointPool() as pool:
        assert (await pool.chat(ADDRESS).complete(ASK)).text == "our secret!"


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda address: object(), "gave an object of type object"),
        (lambda address: 1 // 0, "failed: ZeroDivisionError"),
        (ImportError("gone"), "failed: ImportError at test_provider.py:\\d+: gone"),
    ],
)
async def test_what_is_no_provider_is_one_message(install: Install, made: Any, words: str) -> None:
    install(made)
    async with EndpointPool() as pool:
        with pytest.raises(ModelError, match=words) as caught:
            pool.chat(ADDRESS)
    assert caught.value.where == "model m"
    assert "package:Maker" in (caught.value.fix or "")


async def test_a_provider_that_nobody_brings_is_named(install: Install) -> None:
    install(Echo)
    assert parse_address("theirs/m") == ADDRESS
    async with EndpointPool() as pool:
        with pytest.raises(UsageError, match="unknown provider 'others'"):
            pool.chat(ModelAddress(provider="others", model="m"))
