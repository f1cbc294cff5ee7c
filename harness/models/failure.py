"""What went wrong with a call: one classification of failures, whichever library reported them.

The SDK calls a refused connection a time-out under its aiohttp transport, so the kind of a
connection failure is read from the operating system's error at the bottom of the chain.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

from harness.errors import ModelError
from harness.models.address import ModelAddress
from harness.models.credentials import key_variable
from harness.models.environment import Proxy, certificate_advice
from harness.models.limits.deadlines import in_words, seconds_asked
from harness.visible import writable

Kind = Literal[
    "status", "malformed", "timeout", "refused", "unknown host", "tls", "connection", "proxy"
]

RETRIED_STATUSES = frozenset({408, 409, 425, 429})
SETTINGS = frozenset({400, 415, 422})
"""What servers answer to a request with a setting that they do not take."""
_CUT_OFF = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)
"""TLS errors that only say that the connection broke."""
_CONNECTION_WORDS = ("Connection", "Timeout", "Transport")
"""In the names of every HTTP library's connection errors, and of the SDKs built on them."""


_PROXY_ERRORS = frozenset({"ProxyError", "ClientProxyConnectionError", "ClientHttpProxyError"})
"""Names of the errors by which HTTP libraries say that it was the proxy."""


class AttemptError(Exception):
    """One attempt failed.

    Args:
        kind: What failed.
        status: HTTP status, for kind ``status``.
        retry_after: Seconds the server asked to wait, if it did.
        detail: What the server or the library said, fit to be shown.
        prompt: Whether the server works, but will never take this very prompt.
        loading: Whether the server is there and has yet to load its model.

    Attributes:
        proxy: What stands between here and the server; None for nothing. With kind ``proxy`` it is
            the proxy that failed.
        too_long: Whether the wait that the server asks for is longer than a call may wait.
        again: Whether it may pass although its status says otherwise.
        said: Whether, in place of a completion, the server spoke of an error, without a status.
        fix: What to do about it, where that is known better than the status tells.
    """

    again: bool = False
    said: bool = False
    fix: str | None = None

    def __init__(
        self,
        kind: Kind,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        detail: str = "",
        prompt: bool = False,
        loading: bool = False,
    ) -> None:
        super().__init__(kind)
        self.prompt = prompt
        self.loading = loading
        self.proxy: Proxy | None = None
        self.too_long = False
        self.kind = kind
        self.status = status
        self.retry_after = retry_after
        self.detail = writable(detail)

    @property
    def passing(self) -> bool:
        """Whether the same request may succeed later: 408, 409, 425, 429, 5xx, a broken connection,
        nonsense instead of a completion. Not: any other 4xx, a redirect, an untrusted certificate.
        """
        if self.again or self.prompt:
            return not self.prompt
        if self.kind == "status":
            status = self.status or 0
            return status in RETRIED_STATUSES or status >= 500
        if self.kind == "proxy":  # one that is gone may come back; one that refuses will refuse
            return self.status is None or self.status >= 500
        return self.kind != "tls"

    def through(self, proxy: Proxy | None) -> AttemptError:
        """This failure of a request that went through ``proxy``: whether it is the proxy's own.

        A connection is made to the proxy alone, so what fails before a request is sent is the
        proxy's; so is 407, which only proxies answer.
        """
        self.proxy = proxy
        if proxy is not None and (
            self.kind in ("refused", "unknown host") or (self.kind, self.status) == ("status", 407)
        ):
            self.kind = "proxy"
        return self


class EndpointError(ModelError):
    """A model endpoint could not be used, even after retries.

    Attributes:
        endpoint: The URL, for display.
        kind: Why the last attempt failed.
        status: Its HTTP status, where it got one.
        attempts: Requests sent.
        final: Whether the server works, but will never take this very prompt.
        said: What the server said was wrong, fit to be shown; else empty.
    """

    def __init__(self, address: ModelAddress, failure: AttemptError, attempts: int) -> None:
        tries = f" ({attempts} attempts)" if attempts > 1 else ""
        said = f": {failure.detail}" if failure.detail else ""
        way = f" through {failure.proxy}" if failure.proxy and failure.kind != "proxy" else ""
        super().__init__(
            f"{_what(failure)}{tries}{said}",
            where=f"model {address.model} at {address.safe_url}{way}",
            fix=_fix(address, failure),
        )
        self.endpoint = address.safe_url
        self.kind = failure.kind
        self.status = failure.status
        self.attempts = attempts
        self.final = failure.prompt
        self.said = failure.detail if failure.said or failure.kind == "status" else ""


def attempt_error(error: BaseException, *, detail: str = "") -> AttemptError:
    """The :class:`AttemptError` behind an exception of the OpenAI SDK or of a LangChain provider.

    Their status errors carry ``status_code`` and mostly ``response``; anything that is neither a
    status nor a connection failure counts as a malformed answer.
    """
    if isinstance(error, AttemptError):
        return error
    chain = list(_causes(error))
    if any(type(cause).__name__ in _PROXY_ERRORS for cause in chain):
        return AttemptError("proxy", status=_proxy_status(chain), detail=detail)
    status = getattr(error, "status_code", None)
    if isinstance(status, int) and (status < 200 or status >= 300):
        headers = getattr(getattr(error, "response", None), "headers", None)
        return AttemptError(
            "status",
            status=status,
            retry_after=seconds_asked(headers, status),
            detail=detail,
        )
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


def _proxy_status(chain: list[BaseException]) -> int | None:
    """What a proxy answered when it was asked for a way to the server; None for nothing."""
    for cause in chain:
        status = getattr(cause, "status", None)
        if isinstance(status, int):
            return status
        words = str(cause).split(maxsplit=1)  # httpcore's: "407 Proxy Authentication Required"
        if words and len(words[0]) == 3 and words[0].isdigit():
            return int(words[0])
    return None


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
    if failure.kind == "proxy":
        if failure.status is None:
            return f"{failure.proxy or 'the proxy'} cannot be reached"
        wants = ", it wants a user name and a password" if failure.status == 407 else ""
        return f"{failure.proxy or 'the proxy'} answered {failure.status}{wants}"
    more = ", and nothing else so far" if failure.loading else ""
    if failure.too_long and failure.retry_after is not None:
        more = _later(failure.retry_after)
    words: dict[Kind, str] = {
        "status": f"the server answered {failure.status}{more}",
        "malformed": "the server answered with an error"
        if failure.said
        else "the server's answer is not a chat completion",
        "timeout": "no answer in time",
        "refused": "connection refused",
        "unknown host": "the host name is not known",
        "tls": "no trusted TLS connection",
        "connection": "the connection broke",
        "proxy": "",
    }
    return words[failure.kind]


def _fix(address: ModelAddress, failure: AttemptError) -> str:
    if failure.prompt:
        return (
            "if it says that the prompt is too long, serve the model with a longer context, or "
            "play fewer turns"
        )
    if failure.fix:
        return failure.fix
    url = address.safe_url
    if failure.kind == "proxy":
        return _proxy_fix(address, failure)
    if failure.too_long:
        return "type the same command again then: it resumes"
    if failure.loading:
        return "wait until it has loaded its model, or raise --timeout; the same command resumes"
    if failure.kind == "tls" and (advice := certificate_advice()) is not None:
        return advice
    fixes: dict[Any, str] = {
        "malformed": "is this the base URL of an OpenAI-compatible server? It often ends in /v1",
        "timeout": "raise --timeout, or lower --max-connections",
        "refused": f"is the server running at {url}?",
        "unknown host": "check the host name in the base URL",
        "tls": (
            "set SSL_CERT_FILE to the certificate of the authority that signed the server's, or "
            "use http:// for a server on this machine"
        ),
        "connection": "look at the server's own log",
        402: "check the account's credit",
        401: f"put the right key in {_variable(address)}",
        403: f"the key in {_variable(address)} may not use this model",
        404: f"check the model's name (GET {url}/models lists them) and the base URL's path",
        405: f"check the base URL's path: {url}/chat/completions takes no request",
        410: "the model is gone; take another",
        408: "raise --timeout, or lower --max-connections",
        413: "the prompt is too long for this server; lower the number of turns",
        429: "lower --max-connections, raise --max-retries, or check the account's quota",
    }
    if failure.said:
        return "read its message, and the server's own log"
    fix = fixes.get(failure.status if failure.kind == "status" else failure.kind)
    if fix is not None:
        return fix
    status = failure.status or 0
    if status < 400:
        return "the server redirects; give the final address as base URL"
    if 400 <= status < 500 and status not in SETTINGS:
        return "read its message, and the server's own log"
    if status < 500:
        return (
            "check the model's settings (temperature, max_tokens) against what the server accepts"
        )
    return "look at the server's own log"


def _later(seconds: float) -> str:
    """How long to wait and when that is over, to the minute."""
    seconds = min(seconds, 366 * 86_400.0)
    when = datetime.now(UTC) + timedelta(seconds=seconds + 60)
    return f" and asks to wait for {in_words(seconds)}, until {when:%Y-%m-%d %H:%M} UTC"


def _proxy_fix(address: ModelAddress, failure: AttemptError) -> str:
    name = failure.proxy.variable if failure.proxy else "HTTPS_PROXY"
    host = urlsplit(address.safe_url).hostname or "HOST"
    if failure.status == 407:
        return f"{name}=http://USER:PASSWORD@HOST:PORT, or NO_PROXY={host} to go without it"
    return f"check the proxy, unset {name}, or set NO_PROXY={host} to go without it"


def _variable(address: ModelAddress) -> str:
    if address.provider == "langchain" and address.base_url is None:
        return f"the variable that LangChain's {address.model.split(':')[0]} provider reads"
    return key_variable(address)
