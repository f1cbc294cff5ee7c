"""Serves the viewer, on loopback and nowhere else."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from harness.errors import UsageError

HOST: Final = "127.0.0.1"
PORT: Final = 7115
"""The first port that is tried."""
TRIED: Final = 50
"""Ports that are tried, where none is asked for."""


def listening(port: int | None) -> socket.socket:
    """A socket that listens at a port of loopback.

    Args:
        port: The one that was asked for; None for the first free one from :data:`PORT`.

    Raises:
        UsageError: It is in use, or may not be used.
    """
    for number in range(PORT, PORT + TRIED) if port is None else (port,):
        opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            opened.bind((HOST, number))
            opened.listen()
        except OSError as error:
            opened.close()
            if port is None and error.errno == errno.EADDRINUSE:
                continue
            why = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be used: {error}"
            raise UsageError(
                f"port {number} {why}", where="--port", fix="name another, or leave out --port"
            ) from None
        return opened
    raise UsageError(
        f"ports {PORT} to {PORT + TRIED - 1} are in use", fix="name a free one with --port"
    )


def serve(app: ASGIApp, opened: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until the user interrupts.

    Args:
        app: What answers.
        opened: Of :func:`listening`; closed at the end.
        ready: Called once requests are answered.
    """
    config = uvicorn.Config(
        app, log_level="error", access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    try:
        _Server(config, ready).run(sockets=[opened])
    except KeyboardInterrupt:  # that is how one leaves; everything is closed by now
        pass
    finally:
        opened.close()


class _Server(uvicorn.Server):
    """A server that says when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()
