"""Processes that a command has started."""

from __future__ import annotations

import time
from pathlib import Path

import pytest


def children(pid: int) -> list[int]:
    """Processes whose parent is ``pid``. Skips the test where the system does not tell."""
    if not Path("/proc/self/stat").exists():
        pytest.skip("the children of a process are found in /proc")
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                # "pid (name) state parent ...": the name may hold anything, brackets too.
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:  # it has ended meanwhile
                continue
            if int(fields[1]) == pid and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def alive(pid: int) -> bool:
    """Whether a process, not only what is left of it, is there."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(pids: list[int], patience: float = 300.0) -> bool:
    """Whether all of them end within ``patience`` seconds."""
    end = time.monotonic() + patience
    while any(alive(pid) for pid in pids):
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True
