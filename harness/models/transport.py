"""The HTTP side: one connection pool per endpoint, which sends our key and our headers, no others.

The pool is the OpenAI SDK's own (``DefaultAioHttpClient``); ready requests are handed to it by its
``send``. The SDK's resource methods in front of it copy and transform every message of every
prompt, which costs more than all the rest of a call (docs/performance.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from harness.models.address import ModelAddress

if TYPE_CHECKING:
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


class Transport:
    """Sends requests to one endpoint, without time-outs and retries: those are the caller's.

    Belongs to the event loop it is first used in.
    """

    def __init__(self, address: ModelAddress, key: str, max_connections: int) -> None:
        import httpx2

        self._base = address.safe_url
        self._headers = httpx2.Headers(_headers(address, key))
        self._urls: dict[str, httpx2.URL] = {}
        self._http = open_http_client(address, key, max_connections, strip=False)

    async def send(self, method: str, path: str, body: bytes | None = None) -> Answer:
        """One request, read to its last byte. Redirects are answers like others.

        Raises:
            httpx2.HTTPError, OSError: The connection failed.
        """
        import httpx2

        url = self._urls.get(path)
        if url is None:
            url = self._urls[path] = httpx2.URL(self._base + path)
        request = httpx2.Request(method, url, headers=self._headers, content=body)
        response = await self._http.send(request, stream=True)
        try:
            parts, size = [], 0
            async for part in response.aiter_bytes():
                parts.append(part)
                size += len(part)
                if size > LARGEST_ANSWER:
                    break
        finally:
            await response.aclose()
        content = parts[0] if len(parts) == 1 else b"".join(parts)
        return Answer(response.status_code, response.headers, content, cut=size > LARGEST_ANSWER)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def _headers(address: ModelAddress, key: str) -> dict[str, str]:
    headers = {
        "accept": "application/json",
        "accept-encoding": "gzip, deflate",
        "authorization": f"Bearer {key}",
        "content-type": "application/json",
        "user-agent": "track15",
    }
    if address.is_openai_itself:
        import openai

        with_environment = openai.AsyncOpenAI(api_key=key, base_url=address.safe_url)
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
    """
    import httpx2
    import openai

    async def strip_headers(request: httpx2.Request) -> None:
        for name in set(request.headers) - _OUR_HEADERS:
            del request.headers[name]
        request.headers["authorization"] = f"Bearer {key}"

    options: dict[str, Any] = {
        "timeout": None,
        "follow_redirects": False,
        "trust_env": not address.is_loopback,
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
