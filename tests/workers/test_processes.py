"""How a worker process ended is told as it was, whoever looks first."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys

import pytest

from harness.workers.processes import ProcessConnection


def ended(pid: int) -> None:
    """Wait, blocking the loop, so that it has not heard of the end when this returns."""
    with contextlib.suppress(ChildProcessError):  # it has, if that was very quick
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ("import os; os.kill(os.getpid(), 9)", "killed by signal 9 (SIGKILL)"),
        ("import sys; sys.exit(7)", "exit code 7"),
    ],
)
@pytest.mark.parametrize("grace", [0.0, 60.0])
async def test_a_worker_that_ended_by_itself_says_how(ends: str, words: str, grace: float) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        ends,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    ended(process.pid)
    assert await ProcessConnection(process).end(grace) == words


async def test_a_worker_that_goes_on_is_killed() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "import time; time.sleep(900)",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    ended = await ProcessConnection(process).end(0.0)
    assert ended == f"killed by signal 9 ({signal.SIGKILL.name})"
