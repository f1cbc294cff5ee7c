"""What holds for every answer of the viewer, whichever page gives it.

A page on the internet can make a browser send requests to loopback, and can make a name of its own
point there (DNS rebinding). So a request counts only where it names this server by a loopback name
and its own port, and one that would change something only where it comes from a page of ours. What
is answered may load nothing from elsewhere, and runs no script but the viewer's own file.
"""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NAMES: Final = ("127.0.0.1", "localhost", "[::1]")
"""What loopback is called."""
CONTENT_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Nothing is told to other sites. Under "no-referrer" a browser would not tell this one either
    # where a form comes from: its origin would be "null", as that of a stranger's may be.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
READING: Final = ("GET", "HEAD")


class Guard:
    """Refuses what does not come from a page of this viewer, and seals what it answers.

    Args:
        app: What answers.
        port: That the server listens at.
    """

    def __init__(self, app: ASGIApp, port: int) -> None:
        self.app = app
        self.hosts = frozenset(f"{name}:{port}" for name in NAMES)
        if port == 80:
            self.hosts |= frozenset(NAMES)
        self.origins = frozenset(f"http://{host}" for host in self.hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refused = self._refused(scope)
        await (refused or self.app)(scope, receive, _sealed(send))

    def _refused(self, scope: Scope) -> PlainTextResponse | None:
        """The answer to a request that does not count; None where it does."""
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self.hosts:
            return PlainTextResponse(
                "This server answers at 127.0.0.1 and localhost, at its own port, alone.\n", 421
            )
        if scope["method"] in READING:
            return None
        # A browser tells where a request that changes something comes from.
        if headers.get("origin") not in self.origins:
            return PlainTextResponse("Only pages of this viewer may change anything.\n", 403)
        return None


def _sealed(send: Send) -> Send:
    """``send`` with the headers that every answer has."""

    async def sealed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sealed
