"""What every peer script shares: its arguments, the dialogue that is held, and the measuring.

Two delegations speak in turn, one model call a turn, and each sees everything that was said so far.
All dialogues are held at once. One dialogue is held before the clock starts, so that imports, lazy
set-up and the first connection are not counted. Standard library only.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import ipaddress
import json
import os
import resource
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal

MODEL = "mock"
API_KEY = "none"
MAX_TOKENS = 300
BRIEFS = tuple(
    f"You are the chief negotiator of the delegation of {land}. " * 12
    for land in ("Xland", "Yland")
)
"""The system prompt of either seat."""
OPENING = "The floor is yours: make your opening proposal on the transit treaty."

Role = Literal["system", "user", "assistant"]
Dialogue = Callable[[], Awaitable[Sequence[str]]]
"""Holds one dialogue and returns what was said, one text a call."""


@dataclass(frozen=True)
class Load:
    """How much is asked of a peer."""

    url: str
    """Of the mock server, without ``/v1``."""
    dialogues: int
    calls: int
    """Model calls of one dialogue."""
    latency: float
    """Seconds that the mock server takes to answer; not set here, only reckoned with."""

    @property
    def base_url(self) -> str:
        """What an OpenAI client calls its base URL."""
        return f"{self.url}/v1"


def load_from_arguments() -> Load:
    """The load that the command line names; leaves with a message where it cannot be had."""
    parser = argparse.ArgumentParser(description="Cost of a peer's model calls, as one JSON line.")
    parser.add_argument("--url", required=True, help="of benchmarks/mock_server.py")
    parser.add_argument("--dialogues", type=int, default=200)
    parser.add_argument("--calls", type=int, default=12, help="model calls of a dialogue")
    parser.add_argument("--latency", type=float, default=0.05, help="the mock server's, in seconds")
    arguments = parser.parse_args()
    if arguments.dialogues < 1 or arguments.calls < 1:
        parser.error("--dialogues and --calls: 1 or more")
    host = urllib.parse.urlsplit(arguments.url).hostname or ""
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(host).is_loopback:
            alone()
            url = arguments.url.rstrip("/")
            return Load(url, arguments.dialogues, arguments.calls, arguments.latency)
    return parser.error("--url: a loopback address such as http://127.0.0.1:9100 is wanted")


SETTINGS = ("openai_", "langsmith_", "langchain_")


def alone() -> None:
    """Keep the user's keys, tracing and proxies from the peer; allow a socket for every call."""
    for name in map(str.lower, list(os.environ)):
        if name.startswith(SETTINGS) or name.endswith("_proxy"):
            for spelling in (name, name.upper()):
                os.environ.pop(spelling, None)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def view(said: Sequence[str], seat: int) -> list[tuple[Role, str]]:
    """The dialogue as ``seat`` (0 or 1; 0 opens) sees it before it speaks."""
    seen: list[tuple[Role, str]] = [("system", BRIEFS[seat])]
    if seat == 0:
        seen.append(("user", OPENING))
    for turn, text in enumerate(said):
        seen.append(("assistant" if turn % 2 == seat else "user", text))
    return seen


def messages(said: Sequence[str], seat: int) -> list[dict[str, str]]:
    """:func:`view` as a request to OpenAI carries it."""
    return [{"role": role, "content": text} for role, text in view(said, seat)]


def cpu_seconds() -> float:
    """User and system time of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def peak_rss_mb() -> float:
    """Largest resident size of this process so far, in MB."""
    with contextlib.suppress(OSError):  # ru_maxrss of Linux includes who started the process
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def requests_seen(load: Load, reset: bool = False) -> int:
    """Requests for completions that the mock server counted since it was last reset."""
    address = f"{load.url}/stats" + ("?reset=1" if reset else "")
    with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310 - loopback
        return int(json.load(answer)["requests"])


@contextlib.contextmanager
def measured(load: Load, package: str) -> Iterator[list[Sequence[str]]]:
    """Measure the block, which appends what was said in each dialogue; print the JSON line.

    ``package`` is the distribution whose version is printed. Leaves with a message where not every
    dialogue was held to its end, or the server saw another number of requests than was asked for.
    """
    said: list[Sequence[str]] = []
    requests_seen(load, reset=True)
    cpu, clock = cpu_seconds(), time.perf_counter()
    yield said
    wall, cpu = time.perf_counter() - clock, cpu_seconds() - cpu
    seen, calls = requests_seen(load), load.dialogues * load.calls
    texts = [sum(map(bool, dialogue)) for dialogue in said]
    if texts != [load.calls] * load.dialogues or seen != calls:
        sys.exit(f"not what was asked for: {sum(texts)} texts, {seen} requests, {calls} calls")
    line = {
        "peer": Path(sys.argv[0]).stem,
        "version": version(package),
        "dialogues": load.dialogues,
        "calls": load.calls,
        "latency": load.latency,
        "wall_s": round(wall, 3),
        "ideal_s": round(load.calls * load.latency, 3),
        "cpu_ms_per_call": round(cpu / calls * 1000, 3),
        "dialogues_per_s": round(load.dialogues / wall, 1),
        "peak_rss_mb": round(peak_rss_mb()),
    }
    print(json.dumps(line))


async def measure(load: Load, package: str, dialogue: Dialogue) -> None:
    """Hold one dialogue to warm up, then all of them at once, measured."""
    await dialogue()
    with measured(load, package) as said:
        said += await asyncio.gather(*(dialogue() for _ in range(load.dialogues)))
