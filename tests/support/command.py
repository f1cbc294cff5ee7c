"""The real command line in a process of its own, as a user would start it.

:func:`track15` forks it from a process that has loaded the libraries; :data:`COMMAND` starts an
interpreter, for what depends on that.
"""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tests.support.forkserver import AT_START, Forked, ForkServer, Running
from tests.support.owned_time import Held

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "harness.cli.main"]
PATIENCE = 900.0
"""Seconds until a command counts as hanging: no test waits for it, however slow the machine."""
CLUSTER = "--executor"
"""A flag of commands that join a cluster: Ray wants a process in which nothing has begun."""
ON_RAY = ("run", "quickstart", "--executor", "ray", "--workers", "2")
"""The command of docs/scale.md on a cluster of its own. The tests play it once: to start and to end
a cluster takes ten seconds of a processor."""


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str

    def fails(self, code: int, *words: str) -> None:
        """Hold that it ended with one clear message."""
        assert self.code == code, self.err
        assert "Traceback" not in self.err, self.err
        for word in words:
            assert word in self.err, self.err


def environment(**changes: str) -> dict[str, str]:
    hidden = {"COLUMNS", "FORCE_COLOR", "OPENAI_API_KEY", "TRACK15_API_KEY"}
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    return {**kept, "PYTHONPATH": str(ROOT), "TRACK15_LOOPBACK_ONLY": "1", **changes}


MEETING: Path | None = None
"""Where the workers of a session share one process that forks; ``tests/conftest.py`` says it."""


@functools.cache
def _forks() -> ForkServer:
    return ForkServer(environment(), MEETING)


def begun(*arguments: str | Path, cwd: Path) -> Forked:
    """``track15 ARGUMENTS`` while it runs, to be killed: what it says goes nowhere."""
    return _forks().start([os.fspath(one) for one in arguments], cwd=cwd, environ=environment())


def started(*arguments: str | Path, cwd: Path) -> Running:
    """``track15 ARGUMENTS`` while it runs, to be read and sent signals. As a context it is gone at
    the end of the block, however that ends: one left running would fail a test that has nothing to
    do with it."""
    return _forks().start_read(
        [os.fspath(one) for one in arguments], cwd=cwd, environ=environment()
    )


def said_bytes(*arguments: str, cwd: Path, into: IO[bytes] | None = None) -> tuple[bytes, bytes]:
    """Every byte that ``track15 ARGUMENTS`` writes to stdout and stderr.

    Args:
        into: A file that is its stdout, open for reading too.
    """
    named: dict[str, Any] = {"cwd": cwd, "environ": environment(), "timeout": PATIENCE}
    return _forks().run_bytes(list(arguments), into=into, **named)[1:]


def track15(
    *arguments: str | Path,
    cwd: Path,
    timeout: float = PATIENCE,
    held: Held | None = None,
    **env: str,
) -> Result:
    """Run ``track15 ARGUMENTS`` in ``cwd``.

    Args:
        held: Of the server that it speaks to, with a file: time-outs come when that lets them.
    """
    words, whole = [os.fspath(one) for one in arguments], environment(**env)
    apart = any(word.split("=")[0] == CLUSTER for word in words)
    if not apart and not any(f"{name}=".startswith(AT_START) for name in env):
        clock = None if held is None else held.file
        return Result(*_forks().run(words, cwd=cwd, environ=whole, timeout=timeout, held=clock))
    done = subprocess.run(
        [*COMMAND, *words],
        cwd=cwd,
        env=whole,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)
