"""What no dialogue depends on: the seed, the prompt cache, how many requests at once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from harness.doctor import probes
from harness.doctor.checkup import Checkup, Finding
from harness.doctor.listening import HeardChat
from harness.models.address import parse_address
from harness.models.providers.openai_compatible.dialect import Dialect
from harness.models.request import Request
from harness.models.settings import EndpointSettings, PoolSettings
from harness.suite.parts import ModelSettings
from tests.support.chats import FakeChat, in_turn
from tests.support.exchanges import refusal, refused, replied

ADDRESS = parse_address("openai/m@http://127.0.0.1:9/v1")


def only(checkup: Checkup) -> Finding:
    (found,) = checkup.findings
    return found


# --- the seed --------------------------------------------------------------------------------


async def seeded(
    *texts: str | Exception, server: Any = None, settings: ModelSettings | None = None
) -> tuple[Finding, list[Request]]:
    chat, checkup = in_turn(*texts), Checkup("openai/m")
    heard = HeardChat(chat, checkup)
    await probes.seed(checkup, heard, server, settings or ModelSettings())
    return only(checkup), chat.asked


@pytest.mark.parametrize(
    ("texts", "state", "said"),
    [
        (("one", " one\n", "two"), "good", "honoured: the same seed gave the same text"),
        (("one", "two", "three"), "warn", "accepted, but the same seed gave two different texts"),
        (("one", "one", "one"), "unknown", "the same text for every seed"),
        (("one", "", "two"), "unknown", "96 tokens were not enough for a text"),
        (("one", refusal()), "unknown", "the server did not answer the question"),
    ],
    ids=["honoured", "not kept", "without effect", "empty", "refused"],
)
async def test_the_seed_is_judged_by_three_texts(
    texts: tuple[Any, ...], state: str, said: str
) -> None:
    found, asked = await seeded(*texts)
    assert (found.name, found.state, found.said) == ("seed", state, said)
    assert bool(found.change) is (state == "warn")
    assert [request.seed for request in asked] == [11, 11, 12][: len(texts)]


async def test_stories_are_asked_for_as_a_run_asks() -> None:
    settings = ModelSettings(temperature=0.3, max_tokens=700, effort="low", extra={"top_k": 20})
    _, asked = await seeded("one", "one", "two", server=SimpleNamespace(dialect=Dialect()))
    plain = asked[0]
    assert (plain.temperature, plain.max_tokens, plain.extra, plain.schema) == (
        None,
        96,
        None,
        None,
    )
    _, asked = await seeded("one", "one", "two", settings=settings)
    for request in asked:
        assert (request.temperature, request.max_tokens) == (0.3, 96)
        assert request.extra == {"top_k": 20, "reasoning_effort": "low"}


async def test_a_seed_that_was_refused_is_not_tried() -> None:
    notes = ["the system role was refused", "the seed was refused, and is left out: no"]
    server = SimpleNamespace(dialect=Dialect(seeded=False), notes=notes)
    found, asked = await seeded(server=server)
    assert asked == []
    assert found == Finding("seed", "warn", notes[1], "repeat with --epochs")
    server.notes = []
    assert (await seeded(server=server))[0].said == "the seed was refused"


# --- the prompt cache ------------------------------------------------------------------------


def cached(*exchanges: Any) -> Finding:
    checkup = Checkup("openai/m")
    probes.cache(checkup, exchanges)
    return only(checkup)


def test_a_cache_that_is_told_of() -> None:
    found = cached(
        replied(cached=None),
        replied(prompt=900, cached=300),
        replied(prompt=1500, cached=1100),
        replied(prompt=2000, cached=0),
    )
    assert (found.name, found.state, found.change) == ("prompt cache", "good", "")
    assert found.said == "1,100 of 1,500 tokens of a prompt came from the cache"
    found = cached(replied(), replied(cached=300))
    assert found.said == "300 tokens of a prompt came from the cache"


def test_a_cache_that_keeps_nothing() -> None:
    found = cached(replied(cached=0), refused(), replied(cached=0))
    assert found.state == "warn"
    assert "each one is read from its start" in found.said
    assert "prefix caching" in found.change


def test_a_cache_that_nothing_is_said_of() -> None:
    told = replied(cached=300)
    for exchanges in ((), (told,), (refused(), told), (told, replied())):
        found = cached(*exchanges)
        assert (found.state, found.change) == ("unknown", ""), "the first prompt has none before it"


# --- requests at once ------------------------------------------------------------------------


class Loaded:
    """A server that takes so many seconds at each level, and refuses beyond ``most``.

    Attributes:
        levels: That were tried.
        opened: With what the pools were opened.
    """

    def __init__(self, patch: pytest.MonkeyPatch, seconds: list[float], most: int = 999) -> None:
        self.levels: list[int] = []
        self.opened: list[tuple[PoolSettings, dict[str, Any]]] = []
        self.steps: list[str] = []
        self.checkup = Checkup("openai/m")
        self._most = most
        self.asked: list[Request] = []
        times = [time for taken in seconds for time in (50.0, 50.0 + taken)]
        clock = iter(times)
        patch.setattr(probes, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
        patch.setattr(probes, "EndpointPool", self._open)

    async def load(self, most: int, settings: EndpointSettings | None = None) -> Finding:
        await probes.load(
            self.checkup,
            ADDRESS,
            settings or EndpointSettings(),
            most,
            patience=5.0,
            environ={"A": "b"},
            step=self.steps.append,
        )
        return only(self.checkup)

    def _open(self, wire: PoolSettings, **more: Any) -> Loaded:
        self.opened.append((wire, more))
        limit = wire.endpoints[str(ADDRESS)].max_connections
        assert limit is not None
        self.levels.append(limit)
        return self

    def chat(self, address: object) -> FakeChat:
        assert address == ADDRESS
        level = self.levels[-1]
        return FakeChat(lambda _: refusal() if level > self._most else "yes", self.asked)

    async def __aenter__(self) -> Loaded:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing is open."""


async def test_the_fastest_number_of_requests_at_once_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A second a level doubles the answers a second each time: all levels are worth it."""
    server = Loaded(monkeypatch, [1.0] * 4)
    found = await server.load(11)
    assert server.levels == [1, 2, 4, 8], "not beyond the most"
    assert server.steps == ["1 request at a time", *(f"{n} requests at once" for n in (2, 4, 8))]
    assert found == Finding(
        "at once",
        "good",
        "8 requests at once gave 16.0 answers a second",
        "--max-connections 8",
    )
    assert server.checkup.connections == 8
    assert server.checkup.requests == 2 * (1 + 2 + 4 + 8), "all is counted"


async def test_no_more_are_tried_than_are_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """2, 4, then 8 answers in 1.82 s: less than a tenth more a second than 4 in one."""
    server = Loaded(monkeypatch, [1.0, 1.0, 1.82, 1.0])
    found = await server.load(8)
    assert server.levels == [1, 2, 4]
    assert found.said == "2 requests at once gave 4.0 answers a second, and more gave no more"
    assert server.checkup.connections == 2
    worth = Loaded(monkeypatch, [1.0, 1.0, 1.81])
    assert (await worth.load(4)).said == "4 requests at once gave 4.4 answers a second"


async def test_one_at_a_time_may_be_the_fastest(monkeypatch: pytest.MonkeyPatch) -> None:
    found = await Loaded(monkeypatch, [1.0, 2.0]).load(2)
    assert found.said == "1 request at a time gave 2.0 answers a second, and more gave no more"
    assert found.change == "--max-connections 1"


async def test_a_number_that_the_server_does_not_stand_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for most in (1, 2):
        server = Loaded(monkeypatch, [1.0] * 4, most=most)
        found = await server.load(8)
        assert server.levels == [1, 2, 4][: most + 1]
        assert (found.state, found.change) == ("warn", f"--max-connections {most}")
        assert found.said == (
            f"{2 * most} requests at once were too many: some were refused or not answered"
        )
        assert server.checkup.connections == most


async def test_a_server_that_refuses_single_requests_is_not_called_overloaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = Loaded(monkeypatch, [1.0], most=0)
    found = await server.load(8)
    assert (server.levels, server.checkup.connections) == ([1], 1)
    assert (found.state, found.change) == ("warn", "look at the server's own log")
    assert found.said == "not all short questions, sent one after the other, were answered"


async def test_nothing_holds_back_what_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Loaded(monkeypatch, [1.0])
    await server.load(1, EndpointSettings(key="MY_KEY", max_connections=3))
    assert [request.max_tokens for request in server.asked] == [16, 16], "short ones"
    ((wire, more),) = server.opened
    assert (wire.timeout, wire.adaptive) == (5.0, False)
    assert wire.endpoints[str(ADDRESS)] == EndpointSettings(key="MY_KEY", max_connections=1)
    assert more["retry"].retries == 0
    assert more["environ"] == {"A": "b"}, "where the keys of the visit are"
