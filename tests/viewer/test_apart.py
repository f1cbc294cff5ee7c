"""A process that works apart says what it found, and never outlives the one that has started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.viewer.apart import Apart

PATIENCE_S = 20.0
STARTS_ONE = (
    "import sys, time\n"
    "from harness.viewer.apart import Apart\n"
    "other = Apart('import time; print(1, flush=True); time.sleep(600)')\n"
    "assert next(other.lines()) == '1'\n"
    "print(other.process.pid, flush=True)\n"
    "time.sleep(600)\n"
)


def test_it_says_what_it_found() -> None:
    with Apart("import sys; print(sys.argv[1:]); print('é'); sys.exit(3)", "a b") as other:
        assert list(other.lines()) == ["['a b']", "é"]
        assert not other.wait()
    with Apart("pass") as other:
        assert list(other.lines()) == []
        assert other.wait()


def test_leaving_the_block_ends_it() -> None:
    with Apart("import time; time.sleep(600)") as other:
        assert other.process.poll() is None
    assert other.process.returncode is not None


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are looked up in /proc")
def test_it_does_not_outlive_a_killed_viewer() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STARTS_ONE], stdout=subprocess.PIPE, text=True
    ) as viewer:
        assert viewer.stdout is not None
        other = int(viewer.stdout.readline())
        assert _lives(other)
        viewer.send_signal(signal.SIGKILL)
    end = time.monotonic() + PATIENCE_S
    while _lives(other) and time.monotonic() < end:
        os.sched_yield()
    assert not _lives(other)


def _lives(process: int) -> bool:
    """Whether a process runs; one that has ended and was not fetched yet does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in ("Z", "X")
