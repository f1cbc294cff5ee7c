"""Tracing by other libraries: off, because what would be traced are private briefs.

LangChain, LangGraph and whatever is instrumented for OpenTelemetry post every prompt to a tracing
service as soon as a variable of the environment says so. Such a variable is often set for another
project. So tracing is off for code that the user brought along and for LangChain's models, unless
``TRACK15_TRACING=1`` asks for it; ``TRACK15_LOOPBACK_ONLY=1`` goes before that.

Under ``TRACK15_LOOPBACK_ONLY`` Python's own sockets are bound to this machine besides, whoever
opens them. Libraries that open sockets in C (gRPC) are not reached by that.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from harness.models.address import LOOPBACK_ONLY

TRACING: Final = "TRACK15_TRACING"
"""Asks for the tracing that the environment sets up."""
_OFF: Final = {
    "LANGSMITH_TRACING": "false",
    "LANGSMITH_TRACING_V2": "false",
    "LANGCHAIN_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    # Of the runs that a tracer made by hand would still post, so many are posted.
    "LANGSMITH_TRACING_SAMPLING_RATE": "0",
    "LANGCHAIN_TRACING_SAMPLING_RATE": "0",
    "LANGSMITH_OTEL_ENABLED": "false",
    # Read by every OpenTelemetry SDK, whatever it exports to.
    "OTEL_SDK_DISABLED": "true",
}
_guarded = False
_unheeded: dict[str, None] = {}


def is_set(name: str, environ: Mapping[str, str] | None = None) -> bool:
    """Whether a switch of the environment is on: anything but empty and ``0``."""
    return (os.environ if environ is None else environ).get(name, "0") not in ("", "0")


def wanted(environ: Mapping[str, str] | None = None) -> bool:
    """Whether the user asked for tracing, and nothing may leave the machine for it."""
    return is_set(TRACING, environ) and not is_set(LOOPBACK_ONLY, environ)


def set_up(environ: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Variables of the environment that switch a tracer on; for messages."""
    found = os.environ if environ is None else environ
    names = [name for name in found if name.startswith(("LANGSMITH_", "LANGCHAIN_"))]
    on = [n for n in names if "TRACING" in n and found[n].strip().lower() in ("true", "1")]
    exporters = [n for n in found if n.startswith("OTEL_EXPORTER_") and n.endswith("ENDPOINT")]
    return tuple(sorted(on + exporters))


def unheeded() -> tuple[str, ...]:
    """Variables that switched a tracer on, and were set aside."""
    return tuple(_unheeded)


def switch_off() -> None:
    """Switch tracing off in this process's environment, unless :func:`wanted`; and bind sockets to
    this machine where ``TRACK15_LOOPBACK_ONLY`` says so. To be called before code is loaded that
    may trace, and after it, for it may have changed the environment."""
    if is_set(LOOPBACK_ONLY):
        _guard()
    if wanted():
        return
    _unheeded.update(dict.fromkeys(set_up()))
    os.environ.update(_OFF)
    remembered: Any = getattr(sys.modules.get("langsmith.utils"), "get_env_var", None)
    if hasattr(remembered, "cache_clear"):  # it reads a variable once
        remembered.cache_clear()


@contextmanager
def untraced() -> Iterator[None]:
    """Off for what is called inside, whatever the code called has switched on for itself; nothing
    where :func:`wanted`."""
    module: Any = sys.modules.get("langsmith.run_helpers")
    if module is None and "langchain_core" in sys.modules:
        import langsmith.run_helpers as module  # what LangChain would import a moment later
    if module is None or wanted():
        yield
        return
    with module.tracing_context(enabled=False, parent=False):
        yield


class BeyondLoopbackError(PermissionError):
    """Code tried to reach another machine under ``TRACK15_LOOPBACK_ONLY``."""


def _guard() -> None:
    """Refuse every connection of Python's sockets beyond this machine while the variable is set.
    A hook cannot be taken away again, so it looks at the variable each time."""
    global _guarded
    if not _guarded:
        _guarded = True
        sys.addaudithook(_audit)


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        return
    address = arguments[1]
    if isinstance(address, tuple) and address and is_set(LOOPBACK_ONLY):
        host = str(address[0])
        if not _is_here(host):
            raise BeyondLoopbackError(
                f"{LOOPBACK_ONLY} is set, and {host[:80]} is not on this machine"
            )


def _is_here(host: str) -> bool:
    try:
        number = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host in ("", "localhost")
    mapped = getattr(number, "ipv4_mapped", None)
    number = number if mapped is None else mapped
    return number.is_loopback or number.is_unspecified
