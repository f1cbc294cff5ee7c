"""What went wrong with a call: one classification of failures, whichever library reported them.

The SDK calls a refused connection a time-out under its aiohttp transport, so the kind of a
connection failure is read from the operating system's error at the bottom of the chain.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from harness.errors import ModelError
from harness.models.address import ModelAddress
from harness.models.credentials import key_variable

Kind = Literal["status", "malformed", "timeout", "refused", "unknown host", "tls", "connection"]

RETRIED_STATUSES = frozenset({408, 409, 429})
_CUT_OFF = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)
"""TLS errors that only say that the connection broke."""
_CONNECTION_WORDS = ("Connection", "Timeout", "Transport")
"""In the names of every HTTP library's connection errors, and of the SDKs built on them."""


class AttemptError(Exception):
    """One attempt failed.

    Args:
        kind: What failed.
        status: HTTP status, for kind ``status``.
        retry_after: Seconds the server asked to wait, if it did.
        detail: What the server or the library said, fit to be shown.
        prompt: Whether the server works, but will never take this very prompt.

    Attributes:
        again: Whether it may pass although its status says otherwise.
        fix: What to do about it, where that is known better than the status tells.
    """

    again: bool = False
    fix: str | None = None

    def __init__(
        self,
        kind: Kind,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        detail: str = "",
        prompt: bool = False,
    ) -> None:
        super().__init__(kind)
        self.prompt = prompt
        self.kind = kind
        self.status = status
        self.retry_after = retry_after
        self.detail = detail

    @property
    def passing(self) -> bool:
        """Whether the same request may succeed later: 408, 409, 429, 5xx, a broken connection,
        nonsense instead of a completion. Not: any other 4xx, a redirect, an untrusted certificate.
        """
        if self.again or self.prompt:
            return not self.prompt
        if self.kind == "status":
            status = self.status or 0
            return status in RETRIED_STATUSES or status >= 500
        return self.kind != "tls"


class EndpointError(ModelError):
    """A model endpoint could not be used, after every attempt it was worth.

    Attributes:
        endpoint: The URL, for display.
        kind: What the last attempt failed of.
        status: Its HTTP status, where it got one.
        attempts: Requests sent.
        final: Whether the server works, but will never take this very prompt.
    """

    def __init__(self, address: ModelAddress, failure: AttemptError, attempts: int) -> None:
        tries = f" ({attempts} attempts)" if attempts > 1 else ""
        said = f": {failure.detail}" if failure.detail else ""
        super().__init__(
            f"{_what(failure)}{tries}{said}",
            where=f"model {address.model} at {address.safe_url}",
            fix=failure.fix or _mend(address, failure),
        )
        self.endpoint = address.safe_url
        self.kind = failure.kind
        self.status = failure.status
        self.attempts = attempts
        self.final = failure.prompt


def attempt_error(error: BaseException, *, detail: str = "") -> AttemptError:
    """The :class:`AttemptError` behind an exception of the OpenAI SDK or of a LangChain provider.

    Their status errors carry ``status_code`` and mostly ``response``; anything that is neither a
    status nor a connection failure counts as a malformed answer.
    """
    if isinstance(error, AttemptError):
        return error
    status = getattr(error, "status_code", None)
    if isinstance(status, int) and (status < 200 or status >= 300):
        headers = getattr(getattr(error, "response", None), "headers", None)
        return AttemptError(
            "status",
            status=status,
            retry_after=retry_after_seconds(headers.get("retry-after") if headers else None),
            detail=detail,
        )
    chain = list(_causes(error))
    kind: Kind = "malformed"
    if any(isinstance(cause, ssl.SSLError) and not isinstance(cause, _CUT_OFF) for cause in chain):
        kind = "tls"
    elif any(isinstance(cause, socket.gaierror) for cause in chain):
        kind = "unknown host"
    elif any(isinstance(cause, ConnectionRefusedError) for cause in chain):
        kind = "refused"
    elif any(isinstance(cause, TimeoutError) for cause in chain):
        kind = "timeout"
    elif any(word in name for name in _class_names(chain) for word in _CONNECTION_WORDS):
        kind = "connection"
    return AttemptError(kind, detail=detail)


def retry_after_seconds(header: object, *, now: datetime | None = None) -> float | None:
    """Seconds from a ``Retry-After`` header: a number or an HTTP date (RFC 9110, 10.2.3).

    Never negative; None where it is absent or says neither.
    """
    if not isinstance(header, str) or not header.strip().isascii():
        return None
    text = header.strip()
    if text.replace(".", "", 1).isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def _class_names(chain: list[BaseException]) -> Iterator[str]:
    yield from (base.__name__ for cause in chain for base in type(cause).__mro__)


def _what(failure: AttemptError) -> str:
    words: dict[Kind, str] = {
        "status": f"the server answered {failure.status}",
        "malformed": "the server's answer is not a chat completion",
        "timeout": "no answer in time",
        "refused": "connection refused",
        "unknown host": "the host name is not known",
        "tls": "no trusted TLS connection",
        "connection": "the connection broke",
    }
    return words[failure.kind]


def _mend(address: ModelAddress, failure: AttemptError) -> str:
    url = address.safe_url
    fixes: dict[Any, str] = {
        "malformed": "is this the base URL of an OpenAI-compatible server? It often ends in /v1",
        "timeout": "raise --timeout, or lower --max-connections",
        "refused": f"is the server running at {url}?",
        "unknown host": "check the host name in the base URL",
        "tls": "check the server's certificate, or use http:// for a server on this machine",
        "connection": "look at the server's own log; run the same command again to resume",
        401: f"put the right key in {_variable(address)}",
        403: f"the key in {_variable(address)} may not use this model",
        404: f"check the model's name (GET {url}/models lists them) and the base URL's path",
        408: "raise --timeout, or lower --max-connections",
        413: "the prompt is too long for this server; lower the number of turns",
        429: "lower --max-connections, raise --max-retries, or check the account's quota",
    }
    fix = fixes.get(failure.status if failure.kind == "status" else failure.kind)
    if fix is not None:
        return fix
    status = failure.status or 0
    if status < 400:
        return "the server redirects; give the final address as base URL"
    if status < 500:
        return "check the model's settings (temperature, max_tokens) against what the server takes"
    return "look at the server's own log; run the same command again to resume"


def _variable(address: ModelAddress) -> str:
    if address.provider == "langchain" and address.base_url is None:
        return f"the variable that LangChain's {address.model.split(':')[0]} provider reads"
    return key_variable(address)
