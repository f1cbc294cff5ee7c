"""The HTTP side: one connection pool per endpoint, which sends our key and our headers, no others.

There are two HTTP stacks. OpenAI itself is spoken to through the connection pool of its own SDK
(httpx2, over aiohttp where that is installed), and so is whatever stands behind a proxy. Ready
requests are handed to the pool by its ``send``, since the resource methods in front of it copy and
transform every message of every prompt. The servers of others, which answer hundreds of calls a
second where OpenAI's limits allow a few, are spoken to through aiohttp directly; through the pool
again where aiohttp is not installed.

Why two: ``python benchmarks/posting.py`` measures the CPU of one POST with a prompt of 29 kB. It
takes 0.25 ms through aiohttp here, 0.48 ms through the pool, 0.81 ms through the pool without
aiohttp, and 1.0 to 4.6 ms through the SDK's methods. With the pool alone a whole call of
``benchmarks/load.py`` costs a fifth more (medians of five runs each, in turn). aiohttp alone would
be fast enough; but the pool has to be here anyway, for the models of LangChain, which are given an
httpx2 client, and what proxies need is settled once, for both. Nothing outside
``models/providers/`` imports either (tests/test_structure.py).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from harness.models.address import ModelAddress
from harness.models.environment import Proxy, proxy_for, trusted

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

    import httpx2

LARGEST_ANSWER: Final = 4 << 20
"""Bytes of an answer, unpacked, beyond which it is cut off: no chat completion is so long, and
hundreds of them at once must not fill the memory."""
_KEEP_ALIVE_SECONDS: Final = 4.0
"""Below the five seconds after which common servers (uvicorn, Node) close an idle connection."""
_OF_THE_SDK: Final = ("user-agent", "openai-organization", "openai-project")
"""What OpenAI's SDK says of the caller, from the environment; for OpenAI itself only."""


@dataclass(frozen=True)
class Answer:
    """What came back for one request; ``cut`` where it was longer than :data:`LARGEST_ANSWER`."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    cut: bool = False


class Body:
    """The body of one request, handed out once: nobody keeps it while the answer is awaited.

    The prompt of a long dialogue is tens of kilobytes, and thousands of calls may be in flight.
    Iterating twice is a ``RuntimeError``: what is sent again is encoded again.
    """

    __slots__ = ("_content", "size")

    def __init__(self, content: bytes) -> None:
        self.size = len(content)
        self._content: bytes | None = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        content, self._content = self._content, None
        if content is None:
            raise RuntimeError("the body of a request can be sent once")
        yield content


class _Wire(Protocol):
    """What sends the requests of a :class:`Transport`; raises as that does."""

    async def send(self, method: str, url: str, body: Body | None) -> Answer: ...

    async def aclose(self) -> None: ...


class Transport:
    """Sends requests to one endpoint, without time-outs and retries: those are the caller's.

    Belongs to the event loop it is made in.
    """

    def __init__(self, address: ModelAddress, key: str, max_connections: int) -> None:
        import httpx2

        self.proxy = proxy_for(address)
        self._base = str(httpx2.URL(address.safe_url))
        self._root = self._base.removesuffix("/v1")
        self._query = f"?{address.query}" if address.query else ""
        self._wire = _open_wire(address, key, max_connections, self.proxy)

    async def send(self, method: str, path: str, body: Body | None = None) -> Answer:
        """One request, read to its last byte. Redirects are answers like others.

        Raises:
            httpx2.HTTPError, OSError: The connection failed.
        """
        return await self._wire.send(method, self._base + path + self._query, body)

    async def page(self, path: str) -> Answer:
        """A page of the server's own, which stands beside its ``/v1``. Raises as :meth:`send`."""
        return await self._wire.send("GET", self._root + path, None)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._wire.aclose()


def _open_wire(address: ModelAddress, key: str, max_connections: int, proxy: Proxy | None) -> _Wire:
    headers = _headers(address, key)
    if not address.is_openai_itself and proxy is None:
        try:
            return _Direct(address, headers, max_connections)
        except ImportError:  # aiohttp is not installed
            pass
    return _OfTheSdk(address, key, headers, max_connections)


class _Direct:
    """aiohttp, without cookies, redirects and what the environment says."""

    def __init__(
        self, address: ModelAddress, headers: Mapping[str, str], max_connections: int
    ) -> None:
        import aiohttp

        self._failed: type[Exception] = aiohttp.ClientError
        self._payload = aiohttp.AsyncIterablePayload
        tls = _authorities() if address.safe_url.startswith("https:") else True
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=max_connections,
                keepalive_timeout=_KEEP_ALIVE_SECONDS,
                ssl=tls,
            ),
            headers=headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(),
        )

    async def send(self, method: str, url: str, body: Body | None) -> Answer:
        headers, data = None, None
        if body is not None:
            # Said what it is: aiohttp would hold it against one kind of body after another.
            headers, data = {"content-length": str(body.size)}, self._payload(body)
        try:
            async with self._session.request(
                method, url, headers=headers, data=data, allow_redirects=False
            ) as response:
                content, cut = await _read(response.content.iter_any())
                return Answer(response.status, response.headers, content, cut)
        except self._failed as error:
            raise _told(error) from error

    async def aclose(self) -> None:
        await self._session.close()


class _OfTheSdk:
    """The connection pool of the OpenAI SDK, which knows proxies."""

    def __init__(
        self, address: ModelAddress, key: str, headers: Mapping[str, str], max_connections: int
    ) -> None:
        self._headers = headers
        self._http = open_http_client(address, key, max_connections, strip=False)

    async def send(self, method: str, url: str, body: Body | None) -> Answer:
        import httpx2

        headers = self._headers
        if body is not None:
            headers = {**headers, "content-length": str(body.size)}
        request = httpx2.Request(method, url, headers=headers, content=body)
        response = await self._http.send(request, stream=True)
        try:
            content, cut = await _read(response.aiter_bytes())
        finally:
            await response.aclose()
        return Answer(response.status_code, response.headers, content, cut)

    async def aclose(self) -> None:
        await self._http.aclose()


async def _read(arriving: AsyncIterator[bytes]) -> tuple[bytes, bool]:
    """The bytes of an answer, and whether there were more than it may have."""
    parts, size = [], 0
    async for part in arriving:
        parts.append(part)
        size += len(part)
        if size > LARGEST_ANSWER:
            return b"".join(parts), True
    return parts[0] if len(parts) == 1 else b"".join(parts), False


def _told(error: Exception) -> httpx2.RequestError:
    """An error of aiohttp as one of httpx2, so that it does not matter which of them sends."""
    import aiohttp
    import httpx2

    if isinstance(error, aiohttp.ClientConnectionError):
        return httpx2.ConnectError(str(error))
    if isinstance(error, aiohttp.ClientPayloadError):
        if isinstance(error.__cause__, aiohttp.http_exceptions.ContentEncodingError):
            return httpx2.DecodingError(str(error))
        return httpx2.ReadError(str(error))
    return httpx2.RequestError(getattr(error, "message", "") or str(error))


def _headers(address: ModelAddress, key: str) -> dict[str, str]:
    headers = {
        "accept": "application/json",
        "accept-encoding": "gzip, deflate",
        "authorization": f"Bearer {key}",
        "content-type": "application/json",
        "user-agent": "track15",
    }
    if address.query:  # Azure, which takes a key under this name
        headers["api-key"] = key
    if address.is_openai_itself:
        import httpx2
        import openai

        # Only asked for its headers. A client of its own would read all of the environment.
        nowhere = httpx2.AsyncClient(transport=httpx2.AsyncBaseTransport(), trust_env=False)
        with_environment = openai.AsyncOpenAI(
            api_key=key, base_url=address.safe_url, http_client=nowhere
        )
        for name, value in with_environment.default_headers.items():
            if name.lower() in _OF_THE_SDK and isinstance(value, str):
                headers[name.lower()] = value
    return headers


def open_http_client(
    address: ModelAddress, key: str, max_connections: int, *, strip: bool
) -> httpx2.AsyncClient:
    """An HTTP client for one endpoint, without time-outs and retries: those are the caller's.

    It never follows a redirect (the prompt would go to a host nobody named) and never sends a
    server on this machine through a proxy.

    Args:
        strip: Send only the headers of the protocol, whoever hands it a request, to any server but
            api.openai.com: an SDK in front of it would add ``OPENAI_ORG_ID``,
            ``OPENAI_PROJECT_ID`` and ``OPENAI_CUSTOM_HEADERS`` (a key, often) from the environment.

    Raises:
        ModelError: The environment names a proxy or certificates that cannot be used.
    """
    import httpx2
    import openai

    async def strip_headers(request: httpx2.Request) -> None:
        for name in set(request.headers) - _OUR_HEADERS:
            del request.headers[name]
        request.headers["authorization"] = f"Bearer {key}"

    proxy = proxy_for(address)
    options: dict[str, Any] = {
        "timeout": None,
        "follow_redirects": False,
        "trust_env": False,
        "proxy": None if proxy is None else httpx2.Proxy(proxy.url, headers=proxy.headers),
        "verify": _authorities() if _speaks_tls(address, proxy) else _no_tls(),
        "limits": httpx2.Limits(
            max_connections=max_connections,
            max_keepalive_connections=max_connections,
            keepalive_expiry=_KEEP_ALIVE_SECONDS,
        ),
        "event_hooks": {"request": [strip_headers]}
        if strip and not address.is_openai_itself
        else {},
    }
    try:
        return openai.DefaultAioHttpClient(**options)
    except RuntimeError:  # aiohttp is not installed: slower with many connections, same results
        return openai.DefaultAsyncHttpxClient(**options)


def _speaks_tls(address: ModelAddress, proxy: Proxy | None) -> bool:
    urls = (address.safe_url, "" if proxy is None else proxy.url)
    return any(url.startswith("https:") for url in urls)


def _authorities() -> ssl.SSLContext:
    """Who may vouch for a server, whichever of the two stacks asks."""
    import httpx2

    return trusted() or httpx2.create_ssl_context(trust_env=False)


def _no_tls() -> ssl.SSLContext:
    """For a server that is spoken to without: nobody is trusted, and nothing need be read."""
    import ssl

    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


_OUR_HEADERS: Final = frozenset(
    {
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "host",
        "transfer-encoding",
        "user-agent",
        "x-stainless-raw-response",  # the SDK reads it back from the request it sent
    }
)
