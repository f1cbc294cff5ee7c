from __future__ import annotations

import asyncio
import json
import shutil
import ssl
import subprocess
import sys
from pathlib import Path

import httpx2
import openai
import pytest

from harness.models.address import parse_address
from harness.models.failure import EndpointError
from harness.models.limits.retry import RetryPolicy
from harness.models.providers.openai_compatible import transport
from harness.models.providers.openai_compatible.transport import Body, Transport
from harness.models.request import ChatMessage, Request
from tests.models.conftest import OPENAI_KEY
from tests.support import mock_server as mock
from tests.support.endpoints import openai_endpoint
from tests.support.mock_server import MockServer
from tests.support.owned_time import NEVER, owned_time

MESSAGES: list[ChatMessage] = [{"role": "user", "content": "hello"}]


async def test_openai_itself_gets_its_key_and_its_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a network: a transport in memory stands for api.openai.com."""
    monkeypatch.delenv("TRACK15_LOOPBACK_ONLY")
    monkeypatch.delenv("OPENAI_CUSTOM_HEADERS")
    monkeypatch.setenv("TRACK15_API_KEY", "for-another-server")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://192.0.2.1/v1")
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        made = mock.completion("hello")
        return httpx2.Response(200, content=made.body, headers={"Content-Type": made.content_type})

    monkeypatch.setattr(
        transport,
        "open_http_client",
        lambda *_, **__: httpx2.AsyncClient(transport=httpx2.MockTransport(answer)),
    )
    async with openai_endpoint(parse_address("openai/m")) as client:
        assert (await client.complete(Request(MESSAGES, max_tokens=64))).text == "hello"
    [request] = seen
    assert str(request.url) == "https://api.openai.com/v1/chat/completions"
    assert request.headers["authorization"] == f"Bearer {OPENAI_KEY}"
    assert json.loads(request.content)["max_completion_tokens"] == 64


@pytest.fixture
def _no_aiohttp(monkeypatch: pytest.MonkeyPatch) -> None:
    class Missing:
        def __init__(self, **_: object) -> None:
            raise RuntimeError("To use the aiohttp client you must have installed ...")

    monkeypatch.setattr(openai, "DefaultAioHttpClient", Missing)
    monkeypatch.setitem(sys.modules, "aiohttp", None)


@pytest.mark.usefixtures("_no_aiohttp")
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (mock.reset(), "connection"),
        (mock.drop(), "connection"),
        (mock.hang(), "timeout"),
        (mock.error(503), "status"),
    ],
)
async def test_without_aiohttp_everything_works_alike(
    policy: RetryPolicy, fault: mock.Answer, kind: str
) -> None:
    with MockServer("hello") as server:
        address = parse_address(f"openai/m@{server.base_url}")
        async with openai_endpoint(address, retry=policy, timeout=NEVER) as client:
            reply = await client.complete(Request(MESSAGES))
            assert reply.text == "hello"
            server.queue(*[fault] * 4)
            async with owned_time(server.held, lambda: client.limit.counters.in_flight):
                with pytest.raises(EndpointError) as caught:
                    await client.complete(Request(MESSAGES))
    assert (caught.value.kind, caught.value.attempts) == (kind, 4)
    assert OPENAI_KEY not in repr([request.headers for request in server.requests])


@pytest.mark.usefixtures("_no_aiohttp")
async def test_without_aiohttp_nobody_listens(policy: RetryPolicy) -> None:
    async with openai_endpoint(
        parse_address("openai/m@http://127.0.0.1:9"), retry=policy
    ) as client:
        with pytest.raises(EndpointError, match="is the server running at") as caught:
            await client.complete(Request(MESSAGES))
    assert caught.value.kind == "refused"


@pytest.mark.usefixtures("_no_aiohttp")
async def test_without_aiohttp_the_body_has_its_length(policy: RetryPolicy) -> None:
    with MockServer("hello") as server:
        address = parse_address(f"openai/m@{server.base_url}")
        async with openai_endpoint(address, retry=policy) as client:
            await client.complete(Request(MESSAGES))
    _assert_whole(server)


async def test_the_body_has_its_length(policy: RetryPolicy) -> None:
    """Not every server takes a body in chunks."""
    with MockServer("hello") as server:
        address = parse_address(f"openai/m@{server.base_url}")
        async with openai_endpoint(address, retry=policy) as client:
            await client.complete(Request(MESSAGES))
    _assert_whole(server)


def _assert_whole(server: MockServer) -> None:
    [request] = server.requests
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert int(headers["content-length"]) > 0
    assert "transfer-encoding" not in headers
    assert request.body["messages"] == MESSAGES


async def test_a_body_is_handed_out_once() -> None:
    body = Body(b"hello")
    assert (body.size, [part async for part in body]) == (5, [b"hello"])
    with pytest.raises(RuntimeError, match="once"):
        [part async for part in body]


async def test_nobody_keeps_a_body_that_was_sent() -> None:
    content = b"hello" * 1000
    held = sys.getrefcount(content)
    body = Body(content)
    async for part in body:
        assert part is content
        del part
    assert sys.getrefcount(content) == held


@pytest.mark.parametrize("by", ["aiohttp", "the SDK"])
@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"hello world\r\n\r\n", "malformed"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nhello", "malformed"),
        (b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000 + b"\r\n\r\n", "malformed"),
        (
            b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 5\r\n\r\nhello",
            "malformed",
        ),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhello", "connection"),
    ],
    ids=["no HTTP", "no chunk", "endless header", "not packed", "too short"],
)
async def test_what_is_no_http_is_a_failure_of_the_endpoint(
    policy: RetryPolicy, monkeypatch: pytest.MonkeyPatch, by: str, raw: bytes, kind: str
) -> None:
    if by == "the SDK":
        monkeypatch.setitem(sys.modules, "aiohttp", None)
        monkeypatch.setattr(openai, "DefaultAioHttpClient", openai.DefaultAsyncHttpxClient)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        address = parse_address(f"openai/m@http://127.0.0.1:{port}/v1")
        async with openai_endpoint(address, retry=policy) as client:
            with pytest.raises(EndpointError) as caught:
                await client.complete(Request(MESSAGES))
    assert caught.value.attempts == 4
    if by == "aiohttp":
        assert caught.value.kind == kind


def test_openai_and_proxies_are_left_to_the_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRACK15_LOOPBACK_ONLY", raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    opened: list[str] = []
    for name in ("_Direct", "_OfTheSdk"):
        monkeypatch.setattr(transport, name, lambda *_, name=name: opened.append(name))
    there, here = parse_address("openai/m@http://192.0.2.1/v1"), parse_address("vllm/m")
    Transport(there, "key", 1)
    monkeypatch.setenv("NO_PROXY", "*.example")  # alone, no proxy
    Transport(there, "key", 1)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    Transport(there, "key", 1)
    Transport(here, "key", 1)  # on this machine: never through a proxy
    Transport(parse_address("openai/m"), "key", 1)
    assert opened == ["_Direct", "_Direct", "_OfTheSdk", "_Direct", "_OfTheSdk"]


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1, signed by itself, and its key, in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl to make a certificate")
    key, made = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*command, "-keyout", key, "-out", made], check=True, capture_output=True)
    made.write_text(made.read_text() + key.read_text())
    return made


@pytest.mark.kind("S7")
async def test_tls_with_a_certificate_that_is_trusted_and_one_that_is_not(
    policy: RetryPolicy, monkeypatch: pytest.MonkeyPatch, certificate: Path
) -> None:
    reply = mock.completion("hello", usage=mock.USAGE).body
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(reply)}"

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head.encode() + b"\r\nconnection: close\r\n\r\n" + reply)
        await writer.drain()
        writer.close()

    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(certificate)
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=served)
    async with server:
        port = server.sockets[0].getsockname()[1]
        address = parse_address(f"openai/m@https://127.0.0.1:{port}/v1")
        async with openai_endpoint(address, retry=policy) as client:
            with pytest.raises(EndpointError) as caught:
                await client.complete(Request(MESSAGES))
        assert (caught.value.kind, caught.value.attempts) == ("tls", 1)

        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        async with openai_endpoint(address, retry=policy) as client:
            with pytest.raises(EndpointError, match=r"SSL_CERT_FILE=\$REQUESTS_CA_BUNDLE"):
                await client.complete(Request(MESSAGES))

        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        async with openai_endpoint(address, retry=policy) as client:
            assert (await client.complete(Request(MESSAGES))).text == "hello"


@pytest.mark.kind("S13")
async def test_azure_is_asked_with_its_version_and_its_key(
    policy: RetryPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACK15_API_KEY", "azure-key-0123456789")
    heads: list[str] = []
    body = mock.completion("hello").body

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
        writer.write(head.encode() + b"\r\nconnection: close\r\n\r\n" + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        place = f"http://127.0.0.1:{port}/openai/deployments/m?api-version=2024-10-21"
        async with openai_endpoint(parse_address(f"openai/m@{place}"), retry=policy) as client:
            assert (await client.complete(Request(MESSAGES))).text == "hello"
    [head] = heads
    assert head.startswith(
        "POST /openai/deployments/m/chat/completions?api-version=2024-10-21 HTTP/1.1"
    )
    assert "api-key: azure-key-0123456789" in head
