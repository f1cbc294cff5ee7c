"""What a dialogue of a real suite takes: CPU, disk and memory, through the real command line.

    python benchmarks/footprint.py --suite track-contrast --workers 2

Plays the suite against a mock server on loopback that answers after 50 ms in prose that differs
every time and never agrees; first with one epoch, then with ``--epochs``. The difference is what
the further dialogues took, start-up apart. CPU is that of every process of the harness, to the
report; the driver's is read from ``/proc``, so this runs on Linux alone. Prints one JSON line.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from harness.records.reader import RunFolder
from harness.records.spend import paid_calls
from tests.support.command import COMMAND, environment
from tests.support.mock_server import MockServer
from tests.support.player import never_agrees

LATENCY = 0.05
POLL = 0.02
"""Seconds between two looks at the driver; what it takes after the last one is not seen."""
BRIEFING = b'"role":"system"'
"""Messages that a run holds once, however many dialogues it has."""


@dataclass(frozen=True)
class Took:
    """What one run took.

    Attributes:
        dialogues, calls: How many.
        cpu: Seconds of all processes.
        driver: Seconds of the driver alone.
        bytes: Of the run folder.
        peak_mb: Largest resident size of the driver.
    """

    dialogues: int
    calls: int
    cpu: float
    driver: float
    bytes: int
    peak_mb: float


def play(folder: Path, suite: str, epochs: int, workers: int, connections: int) -> Took:
    """Play a suite in ``folder``."""
    before = _children()
    with MockServer(never_agrees(random.Random(15)), latency=LATENCY) as server:
        words = ["run", suite, "--model", f"openai/mock@{server.base_url}", "--log-dir", "runs"]
        words += ["--epochs", str(epochs), "--workers", str(workers), "--display", "none"]
        words += ["--max-connections", str(connections)]
        process = subprocess.Popen(  # noqa: S603 - this very program
            [*COMMAND, *words],
            cwd=folder,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        driver = peak = 0.0
        while process.poll() is None:
            driver, peak = _seen(process.pid) or (driver, peak)
            time.sleep(POLL)
        said = process.communicate()[1].decode(errors="replace")
    if process.returncode:
        raise SystemExit(f"{said}track15 {' '.join(words)} ended with code {process.returncode}")
    [run] = (folder / "runs").iterdir()
    size = sum(path.stat().st_size for path in run.iterdir())
    size -= sum(len(line) for line in _lines(run / "messages.jsonl") if BRIEFING in line)
    dialogues = len(RunFolder(run).index())
    calls = sum(1 for _ in paid_calls(run))
    return Took(dialogues, calls, _children() - before, driver, size, peak)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _seen(pid: int) -> tuple[float, float] | None:
    """CPU seconds and peak MB of a process so far; None when it has ended."""
    try:
        fields = Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()
        status = Path("/proc", str(pid), "status").read_text()
    except OSError:
        return None
    if "VmHWM" not in status:  # it has ended, and nobody has asked how
        return None
    seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return seconds, int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--suite", default="track-contrast")
    parser.add_argument("--epochs", type=int, default=3, help="of the second run; 2 or more")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--max-connections", type=int, default=200)
    arguments = parser.parse_args()
    if arguments.epochs < 2:
        parser.error("--epochs: 2 or more")
    if not sys.platform.startswith("linux"):
        parser.error("this reads /proc: it runs on Linux alone")
    few, many = (_in_a_folder_of_its_own(arguments, epochs) for epochs in (1, arguments.epochs))
    dialogues, calls = many.dialogues - few.dialogues, many.calls - few.calls
    line = {
        "suite": arguments.suite,
        "workers": arguments.workers,
        "dialogues": dialogues,
        "calls_per_dialogue": round(calls / dialogues, 1),
        "cpu_ms_per_call": round((many.cpu - few.cpu) / calls * 1000, 2),
        "driver_ms_per_dialogue": round((many.driver - few.driver) / dialogues * 1000, 1),
        "bytes_per_call": round((many.bytes - few.bytes) / calls),
        "driver_peak_mb": round(many.peak_mb),
    }
    print(json.dumps(line))


def _in_a_folder_of_its_own(arguments: argparse.Namespace, epochs: int) -> Took:
    with tempfile.TemporaryDirectory() as folder:
        where, suite = Path(folder), arguments.suite
        if Path(suite).is_file():
            suite = str(Path(suite).resolve())
        return play(where, suite, epochs, arguments.workers, arguments.max_connections)


if __name__ == "__main__":
    main()
