"""Proxies and certificates that the environment names: one line each, naming the variable."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from harness.errors import ModelError
from harness.models.address import parse_address
from harness.models.environment import Proxy, fault, proxy_for, trusted
from harness.models.failure import EndpointError
from harness.models.limits.retry import RetryPolicy
from harness.models.request import ChatMessage, Request
from tests.support import mock_server as mock
from tests.support.endpoints import langchain_endpoint, openai_endpoint

MESSAGES: list[ChatMessage] = [{"role": "user", "content": "hello"}]
SECURE = parse_address("openai/m@https://model.example/v1")
PLAIN = parse_address("openai/m@http://model.example:8000/v1")
LOCAL = parse_address("openai/m@https://127.0.0.1:8000/v1")
GOOD = "http://proxy.example:3128"


@pytest.mark.kind("S7")
@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("ALL_PROXY", "socks://127.0.0.1:1080", "socks:// cannot be used"),
        ("all_proxy", "socks5h://127.0.0.1:1080", "socks5h:// cannot be used"),
        ("HTTPS_PROXY", "://x", "no proxy"),
        ("HTTPS_PROXY", "http://", "no proxy"),
        ("HTTPS_PROXY", "http://h:port", "no proxy"),
        ("HTTPS_PROXY", "http://[::1", "no proxy"),
        ("HTTPS_PROXY", "http://a b:1", "no proxy"),
        ("https_proxy", "ftp://user:hunter2@h:1", "ftp:// cannot be used"),
        ("HTTPS_PROXY", "user:hunter2@h:port", "no proxy"),
    ],
)
async def test_a_proxy_that_is_none_is_named(
    name: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.delenv("TRACK15_LOOPBACK_ONLY")
    for address in (SECURE, parse_address("openai/m")):
        async with openai_endpoint(address) as client:
            with pytest.raises(ModelError) as caught:
                await client.check()
        told = str(caught.value)
        assert told.startswith(f"{name}: ")
        assert says in told
        assert "hunter2" not in told
        assert "NO_PROXY=" in told
    assert proxy_for(LOCAL) is None, "this machine is never reached through a proxy"


@pytest.mark.kind("S7")
@pytest.mark.parametrize(
    ("environ", "proxied"),
    [
        ({"HTTPS_PROXY": GOOD}, "HTTPS_PROXY"),
        ({"HTTPS_PROXY": "proxy.example:3128"}, "HTTPS_PROXY"),
        ({"HTTPS_PROXY": "http://u:p@proxy.example:3128/"}, "HTTPS_PROXY"),
        ({"HTTPS_PROXY": "http://other:1", "https_proxy": GOOD}, "https_proxy"),
        ({"ALL_PROXY": GOOD}, "ALL_PROXY"),
        ({"ALL_PROXY": "socks://127.0.0.1:1", "HTTPS_PROXY": GOOD}, "HTTPS_PROXY"),
        ({"HTTP_PROXY": "://x"}, None),
        ({"HTTPS_PROXY": ""}, None),
        ({"HTTPS_PROXY": GOOD, "NO_PROXY": "*"}, None),
        ({"ALL_PROXY": "socks://h:1", "NO_PROXY": "a.example, model.example"}, None),
        ({"HTTPS_PROXY": GOOD, "NO_PROXY": ".example"}, None),
        ({"HTTPS_PROXY": GOOD, "NO_PROXY": "*.example"}, None),
        ({"HTTPS_PROXY": GOOD, "NO_PROXY": "other.example model.example:443"}, None),
        ({"HTTPS_PROXY": GOOD, "NO_PROXY": "https://model.example/"}, None),
        ({"HTTPS_PROXY": GOOD, "NO_PROXY": "model.example:8443"}, "HTTPS_PROXY"),
        ({"HTTPS_PROXY": GOOD, "NO_PROXY": "del.example,,[,10.0.0.0/99,:"}, "HTTPS_PROXY"),
    ],
)
def test_the_variable_that_counts_is_read(environ: dict[str, str], proxied: str | None) -> None:
    found = proxy_for(SECURE, environ)
    assert (found and (found.url, found.variable)) == (proxied and (GOOD, proxied))
    if found is not None and found.user is not None:
        assert found.user == ("u", "p")
        assert "u:p" not in f"{found} {found!r}"


@pytest.mark.kind("S7")
@pytest.mark.parametrize(
    ("entry", "spared"),
    [
        ("10.0.0.0/8", True),
        ("10.1.2.3", True),
        ("10.1.2.3:8000", True),
        ("10.1.2.0/30", True),
        ("10.1.2.4", False),
        ("10.1.2.3:80", False),
        ("::/0", False),
    ],
)
def test_networks_are_spared(entry: str, spared: bool) -> None:
    address = parse_address("openai/m@http://10.1.2.3:8000/v1")
    found = proxy_for(address, {"HTTP_PROXY": GOOD, "NO_PROXY": entry})
    assert (found is None) is spared


@pytest.mark.kind("S7")
@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
async def test_certificates_that_are_not_there_are_named(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(name, str(tmp_path / "missing"))
    async with openai_endpoint(LOCAL) as client:
        with pytest.raises(ModelError, match="which is not there") as caught:
            await client.complete(Request(MESSAGES))
    assert str(caught.value).startswith(f"{name}: ")
    async with openai_endpoint(parse_address("openai/m@http://127.0.0.1:9")) as client:
        with pytest.raises(EndpointError, match="connection refused"):  # nobody asks for one
            await client.check()


@pytest.mark.kind("S7")
def test_a_file_that_is_no_certificate_is_named(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no certificate")
    with pytest.raises(ModelError, match="holds no certificate"):
        trusted({"SSL_CERT_FILE": str(tmp_path / "text")})
    assert trusted({"SSL_CERT_FILE": ""}) is None


@pytest.mark.kind("S7")
def test_what_no_library_could_use_is_found() -> None:
    assert fault({}) is None
    assert fault({"HTTPS_PROXY": GOOD, "NO_PROXY": "["}) is None
    found = fault({"HTTPS_PROXY": GOOD, "ALL_PROXY": "socks://h:1"})
    assert found is not None
    assert found.where == "ALL_PROXY"


@asynccontextmanager
async def _proxy(answer: bytes) -> AsyncIterator[str]:
    """A proxy on this machine that answers every request alike."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if head.startswith(b"POST"):
            await reader.read(10)
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://user:hunter2@127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.kind("S7")
@pytest.mark.parametrize("status", [407, 403, 502, 503, 504])
async def test_a_proxy_that_does_not_let_through_is_blamed(
    status: int, monkeypatch: pytest.MonkeyPatch, policy: RetryPolicy, waits: list[float]
) -> None:
    monkeypatch.delenv("TRACK15_LOOPBACK_ONLY")
    async with _proxy(f"HTTP/1.1 {status} No\r\ncontent-length: 0\r\n\r\n".encode()) as url:
        monkeypatch.setenv("HTTPS_PROXY", url)
        async with openai_endpoint(SECURE, retry=policy) as client:
            with pytest.raises(EndpointError) as caught:
                await client.complete(Request(MESSAGES))
            with pytest.raises(EndpointError):
                await client.check()
    told = str(caught.value)
    shown = url.replace("user:hunter2@", "")
    assert (caught.value.kind, caught.value.status) == ("proxy", status)
    assert told.count(f"the proxy {shown} (HTTPS_PROXY) answered {status}") == 1
    assert told.count(shown) == 1
    assert ("HTTPS_PROXY=http://USER:PASSWORD@" in told) is (status == 407)
    assert "NO_PROXY=model.example" in told
    assert "hunter2" not in told
    assert len(waits) == (3 if status >= 500 else 0)


@pytest.mark.kind("S7")
@pytest.mark.parametrize("address", [SECURE, PLAIN])
async def test_a_proxy_that_is_gone_is_blamed(
    address: object, monkeypatch: pytest.MonkeyPatch, policy: RetryPolicy
) -> None:
    monkeypatch.delenv("TRACK15_LOOPBACK_ONLY")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    assert address in (SECURE, PLAIN)
    async with openai_endpoint(SECURE if address is SECURE else PLAIN, retry=policy) as client:
        with pytest.raises(EndpointError, match="cannot be reached") as caught:
            await client.check()
    assert caught.value.kind == "proxy"
    assert "the proxy http://127.0.0.1:9" in caught.value.what


@pytest.mark.kind("S7")
async def test_407_without_tls_is_the_proxy_too(
    monkeypatch: pytest.MonkeyPatch, policy: RetryPolicy
) -> None:
    monkeypatch.delenv("TRACK15_LOOPBACK_ONLY")
    async with _proxy(b"HTTP/1.1 407 Who?\r\ncontent-length: 0\r\n\r\n") as url:
        monkeypatch.setenv("HTTP_PROXY", url)
        async with openai_endpoint(PLAIN, retry=policy) as client:
            with pytest.raises(EndpointError, match="wants a user name") as caught:
                await client.check()
    assert caught.value.kind == "proxy"


@pytest.mark.kind("S7")
async def test_a_server_behind_a_proxy_is_spoken_to(
    monkeypatch: pytest.MonkeyPatch, policy: RetryPolicy
) -> None:
    monkeypatch.delenv("TRACK15_LOOPBACK_ONLY")
    body = mock.completion("hello").body
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
    async with _proxy(head.encode() + b"\r\nconnection: close\r\n\r\n" + body) as url:
        monkeypatch.setenv("HTTP_PROXY", url)
        async with openai_endpoint(PLAIN, retry=policy) as client:
            assert (await client.complete(Request(MESSAGES))).text == "hello"


@pytest.mark.kind("S7")
def test_other_libraries_end_in_the_same_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """They read every variable, whatever the server."""

    def build(*_: object, **__: object) -> None:
        raise ValueError("Unknown scheme for proxy URL")

    monkeypatch.setattr("langchain.chat_models.init_chat_model", build)
    monkeypatch.delenv("TRACK15_LOOPBACK_ONLY")
    with pytest.raises(ModelError, match="cannot build this model"):
        langchain_endpoint(parse_address("langchain/other:m"))
    monkeypatch.setenv("ALL_PROXY", "socks://127.0.0.1:1080")
    with pytest.raises(ModelError, match="socks:// cannot be used") as caught:
        langchain_endpoint(parse_address("langchain/other:m"))
    assert caught.value.where == "ALL_PROXY"


@pytest.mark.kind("S7")
async def test_a_proxy_that_is_not_asked_may_be_any(monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenAI's SDK would read every variable."""
    monkeypatch.setenv("ALL_PROXY", "socks://127.0.0.1:1080")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("TRACK15_LOOPBACK_ONLY")
    async with openai_endpoint(parse_address("openai/m")) as client:
        with pytest.raises(EndpointError, match="cannot be reached"):
            await client.check()


def test_a_proxy_says_who_it_is() -> None:
    assert str(Proxy("http://p:1", "HTTPS_PROXY")) == "the proxy http://p:1 (HTTPS_PROXY)"
