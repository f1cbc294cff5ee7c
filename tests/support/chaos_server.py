"""An OpenAI-compatible server on loopback that fails as real ones do, by a seeded plan.

    with ChaosServer(lambda body, attempt: "hello", mixed(seed=1, rate=0.3)) as server:
        ...  # talk to server.base_url
    server.log  # every request, and what was done to it

Whatever fails is chosen from the request alone - its sampling seed and how often it was sent
before - so a run meets the same faults at any concurrency. The log is the independent account that
a test holds the harness to: a move that no :attr:`Answered.text` of the log gave was made up.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Any, Final

from tests.support import mock_server as mock
from tests.support.chaos_wire import HUGE, Wire, response
from tests.support.mock_server import PATIENCE, Answer, Body
from tests.support.owned_time import Held


class Fault(StrEnum):
    """One way to fail. What each is to a client stands in the three sets below."""

    LIMITED = "429 with Retry-After"
    LIMITED_UNTOLD = "429 without Retry-After"
    ERROR_500 = "500"
    ERROR_502 = "502 with an HTML page"
    ERROR_503 = "503"
    HUGE_ERROR = "500 with a huge body"
    LATE = "answered too late"
    HANG = "no byte at all"
    STALL = "headers without a body"
    TRICKLE = "a byte at a time, without end"
    RESET = "reset in mid-body"
    SHORT = "closed in mid-body"
    DROP = "closed before any byte"
    TRUNCATED = "truncated JSON of the announced length"
    WRONG_TYPE = "an HTML page in place of a completion"
    NO_COMPLETION = "JSON that is no completion"
    FLOOD = "a body without end, at full speed"
    NO_CHOICE = "no choice"
    NO_TEXT = "a choice without text"
    CUT_OFF = "finish_reason length"
    REFUSAL = "a refusal"
    NO_MOVE = "JSON that is no move"
    HUGE_REPLY = "a huge reply"
    SLOW = "slow but complete"


SLOW_BUT_GOOD: Final = frozenset({Fault.SLOW})
"""Tries a client's patience, but answers well."""

UNUSABLE: Final = frozenset(
    {
        Fault.NO_CHOICE,
        Fault.NO_TEXT,
        Fault.CUT_OFF,
        Fault.REFUSAL,
        Fault.NO_MOVE,
        Fault.HUGE_REPLY,
        Fault.FLOOD,
    }
)
"""The server works and the model failed: asking again in the same words would be no repair."""

UNANSWERED: Final = frozenset(Fault) - UNUSABLE - SLOW_BUT_GOOD
"""The server failed: the same request may be sent again."""

HUGE_FAULTS: Final = frozenset({Fault.HUGE_ERROR, Fault.HUGE_REPLY, Fault.FLOOD})

HELD_FAULTS: Final = frozenset({Fault.LATE, Fault.HANG, Fault.STALL, Fault.TRICKLE})
"""The server keeps the client waiting until that gives up."""


@dataclass(frozen=True)
class Asked:
    """A request for a completion, as a plan sees it.

    Attributes:
        number: How many came before it, whatever they asked.
        attempt: How often this very request came before.
        call: Hash of its body; the attempts of one call share it.
        seed: Sampling seed in it: the tag that tells calls, and dialogues, apart.
    """

    number: int
    attempt: int
    call: str
    seed: int | None


Plan = Callable[[Asked], Fault | None]


@dataclass
class Answered:
    """What the server did with one request.

    Attributes:
        fault: None for a good answer at once.
        text: The good answer that was sent, or would have been in time; None for any other fault.
        hung_up: The client closed the connection before the server was through.
    """

    asked: Asked
    body: Body
    fault: Fault | None
    text: str | None
    hung_up: bool = False

    @property
    def seed(self) -> int | None:
        return self.asked.seed


def always(fault: Fault, *, after: int = 0) -> Plan:
    """Answer ``after`` requests well, then fail every one of them in the same way."""
    return lambda asked: fault if asked.number >= after else None


def first(*faults: Fault) -> Plan:
    """Fail the first attempts of every call, one fault each, then answer well."""
    return lambda asked: faults[asked.attempt] if asked.attempt < len(faults) else None


def mixed(seed: int, rate: float, weights: Mapping[Fault, float] | None = None) -> Plan:
    """Fail a share ``rate`` of all requests; ``weights`` of the faults, all alike if None."""
    kinds = list(weights or Fault)
    shares = None if weights is None else list(weights.values())

    def choose(asked: Asked) -> Fault | None:
        # By its tag where it has one: other words in a prompt are no other fate.
        tag = asked.call if asked.seed is None else asked.seed
        luck = random.Random(f"{seed}/{tag}/{asked.attempt}")
        return luck.choices(kinds, shares)[0] if luck.random() < rate else None

    return choose


class ChaosServer:
    """The server, running in a thread of its own between ``__enter__`` and ``__exit__``.

    Nothing it does is without end: a connection is held for at most ``hold`` seconds, and after
    ``most`` requests it answers no more and the test fails. No test waits for either: a client
    that is kept waiting gives up by a clock that the test owns (:mod:`tests.support.owned_time`).

    Args:
        answer: Makes the good answer, the reply's text, to the body of a request and the number
            of times that the same was asked before.
        plan: Chooses the fault of a request. May be replaced while the server runs.
        held: Counts the requests that are kept waiting; None for one in this process.
        retry_after: What :attr:`Fault.LIMITED` asks for.

    Attributes:
        log: Every request for a completion, in order of arrival.
        listed: Requests for the list of models, always answered.
    """

    def __init__(
        self,
        answer: Callable[[Body, int], str],
        plan: Plan,
        *,
        held: Held | None = None,
        retry_after: str = "0",
        hold: float = 120.0,
        most: int = 20_000,
    ) -> None:
        self.plan = plan
        self.log: list[Answered] = []
        self.listed = 0
        self.held = held or Held()
        self._answer = answer
        self._retry_after = retry_after
        self._hold = hold
        self._most = most
        self._attempts: Counter[str] = Counter()
        self._failures: list[BaseException] = []
        self._open: set[asyncio.Task[None]] = set()
        self._port = 0
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    def counts(self) -> Counter[Fault | None]:
        """Requests by fault; under None those that were answered well."""
        return Counter(item.fault for item in self.log)

    def calls(self) -> dict[str, list[Answered]]:
        """The attempts of every call, in order."""
        grouped: dict[str, list[Answered]] = {}
        for item in self.log:
            grouped.setdefault(item.asked.call, []).append(item)
        return grouped

    def __enter__(self) -> ChaosServer:
        self._thread.start()
        if not self._ready.wait(PATIENCE):
            raise RuntimeError("the chaos server did not start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(PATIENCE)
        if self._failures and value is None:
            raise self._failures[0]

    # --- connections -------------------------------------------------------------------------

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0, backlog=1024)
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = self._loop.create_task(self._converse(reader, writer))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client left
        except Exception as failure:  # noqa: BLE001 - raised again when the server stops
            self._failures.append(failure)
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request; whether the connection can carry another."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = next(
            (line[15:] for line in head.split("\r\n") if line.startswith("content-length:")), "0"
        )
        raw = await reader.readexactly(int(length))
        if not head.split(" ")[1].endswith("/chat/completions"):
            self.listed += 1
            writer.write(response(mock.payload({"object": "list", "data": []})))
            await writer.drain()
            return True
        if len(self.log) >= self._most:
            raise AssertionError(f"the client sent more than {self._most} requests")
        item = self._note(raw)
        wire = Wire(reader, writer, self._hold)
        try:
            return await self._act(wire, item)
        except ConnectionError:
            wire.hung_up = True  # while the answer was being sent
            return False
        finally:
            item.hung_up = wire.hung_up

    def _note(self, raw: bytes) -> Answered:
        body: Body = json.loads(raw)
        call = hashlib.sha256(raw).hexdigest()[:16]
        asked = Asked(len(self.log), self._attempts[call], call, body.get("seed"))
        self._attempts[call] += 1
        fault = self.plan(asked)
        good = fault is None or fault in SLOW_BUT_GOOD or fault is Fault.LATE
        text = self._answer(body, asked.attempt) if good else None
        item = Answered(asked, body, fault, text)
        self.log.append(item)
        return item

    # --- faults ------------------------------------------------------------------------------

    async def _act(self, wire: Wire, item: Answered) -> bool:
        fault = item.fault
        if fault in HELD_FAULTS:
            self.held.begin()
        if fault is None:
            return await wire.send(response(mock.completion(item.text, usage=mock.USAGE)))
        broken = _BROKEN.get(fault)
        if broken is not None:
            return await broken(wire)
        if fault in (Fault.LATE, Fault.SLOW):
            answer = response(mock.completion(item.text, usage=mock.USAGE))
            if fault is Fault.SLOW:
                return await wire.send_slowly(answer)
            await wire.wait(self._hold)
            return not wire.hung_up and await wire.send(answer)
        if fault is Fault.LIMITED:
            return await wire.send(
                response(mock.error(429, "slow down", retry_after=self._retry_after))
            )
        if fault in (Fault.CUT_OFF, Fault.REFUSAL):
            # The hardest case: whole and valid, were it not for the mark.
            whole = self._answer(item.body, item.asked.attempt)
            refusal = "I cannot help with that." if fault is Fault.REFUSAL else None
            finish = "length" if fault is Fault.CUT_OFF else "stop"
            return await wire.send(
                response(mock.completion(whole, finish_reason=finish, refusal=refusal))
            )
        return await wire.send(_ready_made(fault))


_BROKEN: Final[dict[Fault, Callable[[Wire], Coroutine[Any, Any, bool]]]] = {
    Fault.HANG: Wire.hang,
    Fault.STALL: Wire.stall,
    Fault.TRICKLE: Wire.trickle,
    Fault.RESET: Wire.reset,
    Fault.SHORT: Wire.short,
    Fault.DROP: Wire.drop,
    Fault.FLOOD: Wire.flood,
}


def _ready_made(fault: Fault) -> bytes:
    """Answers that do not depend on the request."""
    made: dict[Fault, Callable[[], Answer]] = {
        Fault.LIMITED_UNTOLD: lambda: mock.error(429, "slow down"),
        Fault.ERROR_500: lambda: mock.error(500, "out of memory"),
        Fault.ERROR_502: lambda: mock.html(502),
        Fault.ERROR_503: lambda: mock.error(503, "the model is loading"),
        Fault.HUGE_ERROR: lambda: mock.error(500, "no " * (HUGE // 3)),
        Fault.TRUNCATED: mock.truncated,
        Fault.WRONG_TYPE: mock.html,
        Fault.NO_COMPLETION: lambda: mock.payload({"answer": 42}),
        Fault.NO_CHOICE: mock.empty_choices,
        Fault.NO_TEXT: lambda: mock.completion(None, usage=mock.USAGE),
        Fault.NO_MOVE: lambda: mock.completion('{"move": {"action": "accept"}}', usage=mock.USAGE),
        Fault.HUGE_REPLY: lambda: mock.completion("a" * HUGE, usage=mock.USAGE),
    }
    return response(made[fault]())
