"""The HTTP side: one SDK client per endpoint, which sends our key and our headers, nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from harness.models.address import ModelAddress

if TYPE_CHECKING:
    import httpx2
    import openai

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
_KEEP_ALIVE_SECONDS: Final = 4.0
"""Below the five seconds after which common servers (uvicorn, Node) close an idle connection."""


def open_http_client(address: ModelAddress, key: str, max_connections: int) -> httpx2.AsyncClient:
    """An HTTP client for one endpoint, without time-outs and retries: those are the caller's.

    It never follows a redirect (the prompt would go to a host nobody named) and never sends a
    server on this machine through a proxy. To any server but api.openai.com it sends only the
    headers of the protocol: the SDK would add ``OPENAI_ORG_ID``, ``OPENAI_PROJECT_ID`` and
    ``OPENAI_CUSTOM_HEADERS`` (a key, often) from the environment.
    """
    import httpx2
    import openai

    async def strip(request: httpx2.Request) -> None:
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
        "event_hooks": {} if address.is_openai_itself else {"request": [strip]},
    }
    try:
        return openai.DefaultAioHttpClient(**options)
    except RuntimeError:  # aiohttp is not installed: slower with many connections, same results
        return openai.DefaultAsyncHttpxClient(**options)


def open_sdk_client(address: ModelAddress, key: str, max_connections: int) -> openai.AsyncOpenAI:
    """The SDK's client for one endpoint, with its own retries off."""
    import openai

    return openai.AsyncOpenAI(
        api_key=key,
        base_url=address.safe_url,
        max_retries=0,
        timeout=None,
        http_client=open_http_client(address, key, max_connections),
    )
