"""The mock server that benchmarks measure against: what it answers, and what it counts."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.mock_server import (
    CONTENT,
    LARGEST_BODY,
    LARGEST_HEAD,
    MODEL,
    Service,
    listen,
    read_replies,
)
from tests.support.command import PATIENCE, ROOT, environment


class Client:
    """One keep-alive connection, with the bytes in the test's hands."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, *packets: bytes) -> None:
        """Send each packet by itself: the server reads one before it gets the next."""
        for packet in packets:
            self.writer.write(packet)
            await self.writer.drain()
            for _ in range(3):
                await asyncio.sleep(0)

    async def answer(self) -> tuple[int, Any]:
        """Status and JSON of the next response."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        length = int(head.lower().partition("content-length: ")[2].partition("\r\n")[0])
        return int(head.split()[1]), json.loads(await self.reader.readexactly(length))

    async def get(self, target: str) -> Any:
        await self.send(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        return (await self.answer())[1]

    async def said(self) -> str:
        """The assistant's text in the next response."""
        status, body = await self.answer()
        assert status == 200
        return str(body["choices"][0]["message"]["content"])


def post(body: bytes, target: str = "/v1/chat/completions") -> bytes:
    head = f"POST {target} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@contextlib.asynccontextmanager
async def client_of(service: Service, clients: int = 1) -> AsyncIterator[list[Client]]:
    server = await listen(service)
    port = server.sockets[0].getsockname()[1]
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(server.close)
        made = []
        for _ in range(clients):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            stack.callback(writer.close)
            made.append(Client(reader, writer))
        yield made


async def test_a_completion_is_what_an_openai_client_reads() -> None:
    async with client_of(Service()) as [client]:
        await client.send(post(b"{}", "/any/prefix/chat/completions?x=1"))
        status, body = await client.answer()
    assert status == 200
    assert body["object"] == "chat.completion"
    [choice] = body["choices"]
    assert choice["finish_reason"] == "stop"
    assert choice["message"] == {"role": "assistant", "content": CONTENT, "refusal": None}
    usage = body["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


async def test_the_first_reply_whose_text_stands_in_the_raw_body_is_given() -> None:
    entries = [
        {"contains": '"name":"move"', "content": "a move"},
        {"contains": "name", "content": "a naïve name"},
    ]
    async with client_of(Service(replies=read_replies(json.dumps(entries)))) as [client]:
        said = []
        for body in (b'{"name":"move"}', b'{"name": "move"}', b'{"other":1}'):
            await client.send(post(body))
            said.append(await client.said())
    assert said == ["a move", "a naïve name", CONTENT]


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '["a"]',
        '[{"contains": "a"}]',
        '[{"contains": "a", "content": 1}]',
        '[{"contains": "a", "content": "b", "c": 1}]',
        "[",
    ],
)
def test_replies_of_another_form_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - JSON's own message is as good
        read_replies(text)


async def test_a_request_may_come_in_any_packets() -> None:
    marker = [{"contains": "at the very end", "content": "seen whole"}]
    request = post(b'{"messages": "' + b"x" * 500 + b' at the very end"}')
    async with client_of(Service(replies=read_replies(json.dumps(marker)))) as [client]:
        for cut in range(1, len(request), 7):
            await client.send(request[:cut], request[cut:])
            assert await client.said() == "seen whole"
        await client.send(*(request[i : i + 1] for i in range(len(request))))
        assert await client.said() == "seen whole"
        assert (await client.get("/stats"))["requests"] == len(range(1, len(request), 7)) + 1


async def test_requests_may_share_a_packet() -> None:
    entries = [{"contains": str(i), "content": f"reply {i}"} for i in range(3)]
    whole = b"".join(post(str(i).encode()) for i in range(3))
    async with client_of(Service(replies=read_replies(json.dumps(entries)))) as [client]:
        await client.send(whole[:-1], whole[-1:])
        assert [await client.said() for _ in range(3)] == ["reply 0", "reply 1", "reply 2"]


async def test_a_body_larger_than_any_packet_is_read_whole() -> None:
    marker = [{"contains": "end", "content": "seen whole"}]
    async with client_of(Service(replies=read_replies(json.dumps(marker)))) as [client]:
        await client.send(post(b"x" * 2_000_000 + b"end"))
        assert await client.said() == "seen whole"


async def test_stats_count_completions_alone_and_start_again_when_reset() -> None:
    service = Service(latency=0.2)
    async with client_of(service, clients=4) as [first, *others]:
        for client in (first, *others[:2]):
            await client.send(post(b"{}"))
        while (during := await others[2].get("/stats"))["requests"] < 3:
            pass
        for client in (first, *others[:2]):
            await client.said()
        service.latency = 0
        for _ in range(2):
            await first.send(post(b"{}"))
            await first.said()
        assert (await first.get("/v1/models"))["data"][0]["id"] == MODEL
        before, after = [await first.get("/stats?reset=1") for _ in range(2)]
        await others[0].send(post(b"{}"))
        await others[0].said()
        last = await first.get("/stats")
    assert during["max_in_flight"] == 3
    del during["cpu_s"]
    assert {"requests": 5, "max_in_flight": 3, "connections": 3}.items() <= before.items()
    assert {"requests": 0, "max_in_flight": 0, "connections": 0}.items() <= after.items()
    assert {"requests": 1, "max_in_flight": 1, "connections": 1}.items() <= last.items()
    assert before["cpu_s"] >= 0


async def test_the_answer_comes_after_the_latency_and_not_before() -> None:
    loop = asyncio.get_running_loop()
    async with client_of(Service(latency=0.05)) as [client]:
        start = loop.time()
        await client.send(post(b"{}"))
        await client.said()
    assert loop.time() - start >= 0.05 - 0.002  # the clock's grain


async def test_a_client_that_leaves_is_not_in_flight_for_ever() -> None:
    service = Service(latency=0.02)
    async with client_of(service, clients=2) as [leaver, stayer]:
        await leaver.send(post(b"{}"))
        while (await stayer.get("/stats"))["requests"] < 1:
            pass
        leaver.writer.close()
        await stayer.send(post(b"{}"))
        await stayer.said()
    assert (service.requests, service.in_flight) == (2, 0)


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET /nothing HTTP/1.1\r\n\r\n", 404),
        (b"GET /v1/chat/completions HTTP/1.1\r\n\r\n", 404),
        (b"nonsense\r\n\r\n", 400),
        (b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST /v1/chat/completions HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
        (post(b"").replace(b" 0", f" {LARGEST_BODY + 1}".encode()), 413),
        (b"GET / HTTP/1.1\r\nx: " + b"x" * LARGEST_HEAD, 431),
    ],
)
async def test_what_it_cannot_serve_ends_the_connection_with_an_error(
    request_bytes: bytes, status: int
) -> None:
    service = Service()
    async with client_of(service) as [client]:
        await client.send(request_bytes)
        answered, body = await client.answer()
        assert await client.reader.read() == b""
    assert answered == status
    assert body["error"]["message"].startswith(str(status))
    assert service.requests == 0


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "benchmarks/mock_server.py", "--port", "0", *arguments],
        cwd=ROOT,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_process_says_where_it_listens_and_ends_by_itself() -> None:
    with start("--max-seconds", "0.1") as process:
        _, err = process.communicate(timeout=PATIENCE)
    assert err.startswith("mock server on http://127.0.0.1:")
    assert process.returncode == 0


def test_the_process_ends_when_told() -> None:
    with start("--max-seconds", "60") as process:
        assert process.stderr
        assert process.stderr.readline().startswith("mock server on ")
        process.terminate()
        assert process.wait(timeout=PATIENCE) == 0


def test_unusable_replies_are_a_usage_error(tmp_path: Path) -> None:
    file = tmp_path / "replies.json"
    file.write_text('[{"contains": "a"}]', encoding="utf-8")
    with start("--replies", str(file)) as process:
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert "entry 0" in err
    assert "Traceback" not in err
