# /// script
# requires-python = ">=3.11"
# dependencies = ["uvloop==0.23.0"]
# ///
"""A fixed-latency OpenAI-compatible server on loopback, much cheaper than any client of it.

    uv run --no-project benchmarks/mock_server.py --port 9100 --latency 0.05
    python benchmarks/mock_server.py --port 9100 --latency 0.05

The second form needs no package: without uvloop, asyncio's own loop serves. Either way it is one
process that stops by itself after ``--max-seconds``, and says on stderr where it listens.

``POST */chat/completions``
    answers a canned completion after the latency. ``--replies FILE`` names a JSON list of
    ``{"contains": TEXT, "content": TEXT}``: the first whose ``contains`` stands in the raw body of
    the request gives the assistant's text. In a raw body quotation marks inside of texts are
    escaped, and letters beyond ASCII may be. Without a match the text is :data:`CONTENT`.
``GET /v1/models``
    lists one model.
``GET /stats``
    counts since the start, or since the last ``/stats?reset=1``: ``requests`` for completions,
    ``max_in_flight`` of them at once, ``connections`` that carried any, ``cpu_s`` of this process.

Requests are parsed here, at 3 µs each; httptools saves 1 µs of it, which is not worth a package.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib
import json
import resource
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

MODEL: Final = "mock"
CONTENT: Final = (
    "Thank you for the proposal. Our delegation has studied the draft with care and recognises "
    "the effort in it, yet we cannot take the timetable as it is written. We propose a phased "
    "approach instead: four tenths of the withdrawal within six months, verified by monitors "
    "whom both sides name, and the rest once the first phase is certified. In return we would "
    "consider a lower transit fee and ten more years of the lease, subject to ratification. We "
    "believe that this keeps what matters most to either side, and would like to hear which of "
    "these elements your delegation could support today, and which need a further word with "
    "your capital. The text as we would sign it stands in the annex: forty per cent of the "
    "posts in the first phase, the monitors' reports every thirty days, three and a half per "
    "cent of the fee, ten years."
)
"""What the assistant says where no reply of ``--replies`` matches; some 170 tokens."""
LARGEST_HEAD: Final = 2**16
"""Bytes of request line and headers; more are refused with 431."""
LARGEST_BODY: Final = 64 * 2**20
"""Bytes of a request's body; more are refused with 413."""


def response(body: object, status: str = "200 OK", headers: str = "") -> bytes:
    """A whole HTTP response with ``body`` as JSON."""
    data = json.dumps(body).encode()
    head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{headers}"
    return f"{head}content-length: {len(data)}\r\n\r\n".encode() + data


def completion(content: str) -> bytes:
    """The response whose one choice says ``content``."""
    message = {"role": "assistant", "content": content, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return response(
        {
            "id": "chatcmpl-mock",
            "object": "chat.completion",
            "created": 1_700_000_000,
            "model": MODEL,
            "choices": [choice],
            "usage": {"prompt_tokens": 500, "completion_tokens": 170, "total_tokens": 670},
        }
    )


MODEL_CARD: Final = {"id": MODEL, "object": "model", "created": 1_700_000_000, "owned_by": MODEL}
MODELS: Final = response({"object": "list", "data": [MODEL_CARD]})
DEFAULT: Final = completion(CONTENT)


@dataclass(frozen=True)
class Reply:
    """An answer, given where ``contains`` stands in the raw body of a request."""

    contains: bytes
    response: bytes


def read_replies(text: str) -> list[Reply]:
    """The replies of a ``--replies`` file.

    Raises:
        ValueError: it is no JSON list of objects with exactly the two texts.
    """
    entries = json.loads(text)
    if not isinstance(entries, list):
        raise ValueError("a JSON list is wanted")
    replies = []
    for number, entry in enumerate(entries):
        match entry:
            case {"contains": str(contains), "content": str(content), **more} if not more:
                replies.append(Reply(contains.encode(), completion(content)))
            case _:
                wanted = '{"contains": TEXT, "content": TEXT}'
                raise ValueError(f"entry {number}: {wanted} is wanted")
    return replies


def cpu_seconds() -> float:
    """User and system time of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


@dataclass
class Service:
    """What is answered, and what was counted."""

    latency: float = 0.0
    """Seconds from the last byte of a request to the first of its answer."""
    replies: Sequence[Reply] = ()
    requests: int = 0
    in_flight: int = 0
    max_in_flight: int = 0
    connections: int = 0
    resets: int = 0
    cpu_before: float = field(default_factory=cpu_seconds)

    def stats(self) -> dict[str, float]:
        """The counts since the last reset, as ``/stats`` gives them."""
        return {
            "requests": self.requests,
            "max_in_flight": self.max_in_flight,
            "connections": self.connections,
            "cpu_s": round(cpu_seconds() - self.cpu_before, 6),
        }

    def reset(self) -> None:
        """Count anew; what is in flight stays so, and its connections count when used again."""
        self.requests = self.connections = 0
        self.max_in_flight = self.in_flight
        self.cpu_before = cpu_seconds()
        self.resets += 1

    def reply(self, body: bytes) -> bytes:
        """The response to a request for a completion."""
        for reply in self.replies:
            if reply.contains in body:
                return reply.response
        return DEFAULT


class Connection(asyncio.Protocol):
    """One client connection: finds the requests in what arrives, and answers each."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.loop = asyncio.get_running_loop()
        self.buffer = bytearray()
        self.body_at = 0
        """Where the body of the first request in the buffer begins; 0: its head is not complete."""
        self.end = 0
        """Where that body ends."""
        self.counted = -1
        """The number of the last reset after which this connection was counted."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while self.body_at or self.read_head():
            if len(self.buffer) < self.end:
                return
            body = bytes(self.buffer[self.body_at : self.end])
            del self.buffer[: self.end]
            self.body_at = 0
            self.answer(body)

    def read_head(self) -> bool:
        """Read request line and length of the next request; false where that cannot be done."""
        if self.transport.is_closing():
            return False
        head_end = self.buffer.find(b"\r\n\r\n")
        if head_end < 0:
            if len(self.buffer) > LARGEST_HEAD:
                self.refuse("431 Request Header Fields Too Large")
            return False
        head = bytes(self.buffer[:head_end])
        words = head.partition(b"\r\n")[0].split(b" ")
        head = head.lower() + b"\r\n"
        _, given, rest = head.partition(b"\r\ncontent-length:")
        length = rest.partition(b"\r\n")[0].strip() if given else b"0"
        if len(words) != 3 or not length.isdigit():
            self.refuse("400 Bad Request")
        elif b"\r\ntransfer-encoding:" in head:
            self.refuse("411 Length Required")
        elif len(length) > 12 or int(length) > LARGEST_BODY:
            self.refuse("413 Content Too Large")
        else:
            self.method, self.target = words[:2]
            self.body_at = head_end + 4
            self.end = self.body_at + int(length)
            return True
        return False

    def answer(self, body: bytes) -> None:
        """Answer one whole request."""
        path, _, query = self.target.partition(b"?")
        if self.method == b"POST" and path.endswith(b"/chat/completions"):
            self.complete(body)
        elif self.method == b"GET" and path == b"/v1/models":
            self.transport.write(MODELS)
        elif self.method == b"GET" and path == b"/stats":
            self.transport.write(response(self.service.stats()))
            if query == b"reset=1":
                self.service.reset()
        else:
            self.refuse("404 Not Found")

    def complete(self, body: bytes) -> None:
        """Count a request for a completion, and answer it after the latency."""
        service = self.service
        service.requests += 1
        service.in_flight += 1
        service.max_in_flight = max(service.max_in_flight, service.in_flight)
        if self.counted != service.resets:
            self.counted = service.resets
            service.connections += 1
        reply = service.reply(body)
        if service.latency > 0:
            self.loop.call_later(service.latency, self.send, reply)
        else:
            self.send(reply)

    def send(self, reply: bytes) -> None:
        """Send a completion, unless the client has gone."""
        self.service.in_flight -= 1
        if not self.transport.is_closing():
            self.transport.write(reply)

    def refuse(self, status: str) -> None:
        """Say what is wrong in OpenAI's form, and end the connection."""
        error = {"error": {"message": status}}
        self.transport.write(response(error, status, "connection: close\r\n"))
        self.transport.close()


async def listen(service: Service, port: int = 0) -> asyncio.Server:
    """Serve on a loopback port, 0 for a free one. Raises ``OSError`` where it is taken."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: Connection(service), "127.0.0.1", port, backlog=4096)


def url_of(server: asyncio.Server) -> str:
    """Where a server listens, without a trailing slash."""
    host, port = server.sockets[0].getsockname()[:2]
    return f"http://{host}:{port}"


async def serve(service: Service, port: int, max_seconds: float) -> None:
    """Serve until the time is over or the process is told to end."""
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    server = await listen(service, port)
    print(f"mock server on {url_of(server)}", file=sys.stderr, flush=True)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(told.wait(), max_seconds)
    server.close()


def loop_factory() -> Any:
    """What makes the event loop: uvloop where it is installed, else None for asyncio's own."""
    try:
        return importlib.import_module("uvloop").new_event_loop
    except ImportError:
        return None


def main() -> None:
    """Serve as the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--port", type=int, default=9100, help="0: a free one")
    parser.add_argument("--latency", type=float, default=0.05, help="seconds of each answer")
    parser.add_argument("--replies", type=Path, help="canned replies, a JSON file")
    parser.add_argument("--max-seconds", type=float, default=3600, help="the server's lifetime")
    arguments = parser.parse_args()
    service = Service(arguments.latency)
    if arguments.replies:
        try:
            service.replies = read_replies(arguments.replies.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            parser.error(f"--replies {arguments.replies}: {error}")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # one descriptor a connection
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(serve(service, arguments.port, arguments.max_seconds))


if __name__ == "__main__":
    main()
