"""A scriptable OpenAI-compatible chat server on loopback, in a thread of its own.

    with MockServer(lambda body: "hello") as server:
        ...  # talk to server.base_url
    assert len(server.requests) == 1

An answer is a string (the reply's text) or an :class:`Answer`, mostly made by one of the functions
below. Answers handed to :meth:`MockServer.queue` are given first, in order.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal

from aiohttp import web

from tests.support.owned_time import Held

PATIENCE = 120.0
"""Seconds for a server to start or stop; none takes as many milliseconds on an idle machine."""

Body = dict[str, Any]
Feature = Literal["schema", "tool"]


@dataclass(frozen=True)
class Answer:
    """What the server does with a request.

    ``cut`` breaks the answer off: ``hang`` never answers, ``reset`` aborts the connection in the
    middle of the body, ``drop`` before the first byte.
    """

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    cut: Literal["hang", "reset", "drop"] | None = None


@dataclass(frozen=True)
class Request:
    """What the server received; header names are in lower case."""

    path: str
    headers: dict[str, str]
    body: Body


Script = Callable[[Body], "str | Answer"]


def payload(value: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    """Any JSON value."""
    return Answer(status, json.dumps(value).encode(), headers=headers or {})


def completion(
    text: str | None,
    *,
    finish_reason: str = "stop",
    refusal: str | None = None,
    usage: dict[str, Any] | None = None,
    tool_calls: list[dict[str, Any]] | None = None,
) -> Answer:
    """A completion: ``finish_reason="length"`` is cut off, ``refusal`` a refusal, and so on."""
    message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": refusal}
    if tool_calls is not None:
        message["tool_calls"] = tool_calls
    value: dict[str, Any] = {
        "id": "chatcmpl-mock",
        "object": "chat.completion",
        "created": 0,
        "model": "mock",
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
    }
    if usage is not None:
        value["usage"] = usage
    return payload(value)


def tool_call(name: str, arguments: str) -> Answer:
    """A completion that calls one function."""
    function = {"name": name, "arguments": arguments}
    calls = [{"id": "call_0", "type": "function", "function": function}]
    return completion(None, finish_reason="tool_calls", tool_calls=calls, usage=USAGE)


def error(status: int, message: str = "no", *, retry_after: str | None = None) -> Answer:
    """An error in OpenAI's form, with or without ``Retry-After``."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    value = {"error": {"message": message, "type": "error", "param": None, "code": None}}
    return payload(value, status=status, headers=headers)


def html(status: int = 200) -> Answer:
    """What a proxy or a wrong path answers."""
    return Answer(status, b"<html><body>Welcome!</body></html>", content_type="text/html")


def truncated() -> Answer:
    """JSON that stops in the middle, properly delivered."""
    return Answer(body=b'{"id": "chatcmpl-mock", "choices": [{"index": 0, "mess')


def empty_choices() -> Answer:
    """A completion without any choice."""
    return payload({"object": "chat.completion", "choices": []})


def hang() -> Answer:
    """No answer at all, until the server stops."""
    return Answer(cut="hang")


def reset() -> Answer:
    """A connection aborted in the middle of the body."""
    return Answer(cut="reset")


def drop() -> Answer:
    """A connection closed before the answer."""
    return Answer(cut="drop")


USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}


class MockServer:
    """The server, running between ``__enter__`` and ``__exit__``.

    Args:
        script: Makes the answer to a request's body; a constant string for any.
        latency: Seconds before an answer is sent.
        together: Nothing is answered before so many requests are open at once, for the first time.
        refuses: Features the server does not have; asking for one is answered with
            ``refusal_status`` and an error that names the feature.

    Attributes:
        requests: What was received, in order.
        max_in_flight: The most requests that were ever open at once.
        held: How many were left hanging.
    """

    def __init__(
        self,
        script: Script | str = "ok",
        *,
        latency: float = 0.0,
        together: int = 1,
        refuses: Collection[Feature] = (),
        refusal_status: int = 400,
    ) -> None:
        self.requests: list[Request] = []
        self.max_in_flight = 0
        self.held = Held()
        self._script = script
        self._latency = latency
        self._together = together
        self._refuses = refuses
        self._refusal_status = refusal_status
        self._queue: deque[str | Answer] = deque()
        self._in_flight = 0
        self._failures: list[Exception] = []
        self._port = 0
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def bodies(self) -> list[Body]:
        return [request.body for request in self.requests]

    def queue(self, *answers: str | Answer) -> None:
        """Give these answers, one a request, before asking the script."""
        self._queue.extend(answers)

    def __enter__(self) -> MockServer:
        self._thread.start()
        if not self._ready.wait(PATIENCE):
            raise RuntimeError("the mock server did not start")
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

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._enough = asyncio.Event()
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
        await site.start()
        self._port = runner.addresses[0][1]
        self._ready.set()
        await self._stop.wait()
        await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        body: Body = json.loads(raw) if raw else {}
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.requests.append(Request(request.path, headers, body))
        self._in_flight += 1
        self.max_in_flight = max(self.max_in_flight, self._in_flight)
        if self._in_flight >= self._together:
            self._enough.set()
        try:
            async with asyncio.timeout(PATIENCE):
                await self._enough.wait()
            if self._latency:
                await asyncio.sleep(self._latency)
            return await self._send(request, self._answer(body))
        finally:
            self._in_flight -= 1

    def _answer(self, body: Body) -> Answer:
        for feature, field_name in (("schema", "response_format"), ("tool", "tools")):
            if feature in self._refuses and field_name in body:
                return error(self._refusal_status, f"unknown field: {field_name}")
        try:
            if self._queue:
                made: str | Answer = self._queue.popleft()
            else:
                made = self._script if isinstance(self._script, str) else self._script(body)
        except Exception as failure:  # noqa: BLE001 - raised again when the server stops
            self._failures.append(failure)
            return error(400, "the test's script failed")
        if isinstance(made, Answer):
            return made
        if "tool_choice" in body:
            return tool_call(body["tool_choice"]["function"]["name"], made)
        return completion(made, usage=USAGE)

    async def _send(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        if answer.cut == "hang":
            self.held.begin()
            await self._stop.wait()
        if answer.cut is None:
            headers = {"Content-Type": answer.content_type, **answer.headers}
            return web.Response(status=answer.status, body=answer.body, headers=headers)
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        response.content_length = 1000
        if answer.cut == "reset":
            await response.prepare(request)
            await response.write(b'{"choices": [')
        if request.transport is not None:
            request.transport.abort()
        return response
