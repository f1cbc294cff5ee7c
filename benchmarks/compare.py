"""What a model call costs on top of the model: track15 beside its peers, in one run.

    python benchmarks/compare.py --dialogues 200 --calls 12 --latency 0.05 --repeat 3

Installs each script of ``benchmarks/peers/`` with uv, starts ``benchmarks/mock_server.py`` on a
free loopback port and runs one peer after another against it, ``--repeat`` rounds of all; then
prints the medians, cheapest call first. ``--only NAME`` (more than once if wished) picks rows.
track15 itself, the rows of ``benchmarks/load.py``, starts a mock server of its own, with replies
that are valid moves: ``track15`` plays dialogues, and ``track15_question`` as many stages of one
call each.

Every peer has a row: one that could not be installed or run says so, with the reason, and then the
exit code is 1. The peers hold a plain two-agent dialogue; Inspect and track15 also record and
score. Only one of these processes and its mock server are at work at any time, so leave the machine
alone meanwhile: CPU per call bears company rather well, wall time does not.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent
PEERS = {path.stem: path for path in HERE.glob("peers/*.py") if path.stem != "meter"}
TRACK15: dict[str, tuple[str, ...]] = {
    "track15": (),
    "track15_question": ("--kind", "question"),
}
"""Its rows, and what each asks of ``benchmarks/load.py``."""
NAMES = (*sorted(PEERS), *TRACK15)
FIGURES = ("cpu_ms_per_call", "wall_s", "dialogues_per_s", "peak_rss_mb")
"""What differs from run to run, and of which the medians are taken."""
HEADINGS = (
    "peer",
    "version",
    "CPU ms/call",
    "wall s",
    "wall/ideal",
    "dialogues/s",
    "peak MB",
    "runs",
)


class CannotError(Exception):
    """Something could not be installed, started or measured; the message says why."""


@dataclass
class Row:
    """What was measured of one peer."""

    peer: str
    lines: list[dict[str, Any]] = field(default_factory=list)
    """One a run, as the peer printed it."""
    failure: str = ""
    """Why there are fewer lines than rounds; empty where there are not."""

    def middle(self, figure: str) -> float:
        """The median over the runs."""
        return float(median(line[figure] for line in self.lines))

    def cells(self) -> tuple[str, ...]:
        """The row of the printed table, under :data:`HEADINGS`."""
        wall, ideal = self.middle("wall_s"), self.lines[0]["ideal_s"]
        return (
            self.peer,
            str(self.lines[0]["version"]),
            f"{self.middle('cpu_ms_per_call'):.2f}",
            f"{wall:.2f}",
            f"{wall / ideal:.1f}" if ideal else "-",
            f"{self.middle('dialogues_per_s'):.1f}",
            f"{self.middle('peak_rss_mb'):.0f}",
            str(len(self.lines)),
        )


def find_uv() -> str:
    """The uv to install and run with: the one beside this Python, else the one on the path."""
    beside = Path(sys.executable).with_name("uv")
    found = str(beside) if beside.exists() else shutil.which("uv")
    if not found:
        raise CannotError("uv was not found; install it with: python -m pip install uv")
    return found


def finish(command: Sequence[str], seconds: float) -> str:
    """Run a command to its end and return its stdout.

    Raises:
        CannotError: it failed, with the end of its stderr, or took longer than ``seconds``.
    """
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603 - our own scripts
        command, stdout=pipe, stderr=pipe, text=True, start_new_session=True
    ) as process:
        try:
            out, err = process.communicate(timeout=seconds)
        except BaseException as error:
            end(process)
            if isinstance(error, subprocess.TimeoutExpired):
                raise CannotError(f"not done after {seconds:g} s") from None
            raise
    if process.returncode:
        last = "\n".join(err.strip().splitlines()[-12:])
        raise CannotError(f"exit code {process.returncode}\n{last}".strip())
    return out


def end(process: subprocess.Popen[str]) -> None:
    """End a process that leads a session, and whatever it started there."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


@contextlib.contextmanager
def mock_server(uv: str, latency: float, seconds: float) -> Iterator[str]:
    """The mock server in a process of its own, for ``seconds`` at most; its URL."""
    command = [uv, "run", "--quiet", "--no-project", str(HERE / "mock_server.py"), "--port=0"]
    command += [f"--latency={latency}", f"--max-seconds={seconds}"]
    with subprocess.Popen(  # noqa: S603 - our own script
        command,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            assert process.stderr
            said = ""
            for line in process.stderr:
                said += line
                if found := re.search(r"mock server on (http://\S+)", line):
                    # Read on, or the server would stop when the pipe is full.
                    threading.Thread(target=process.stderr.read, daemon=True).start()
                    yield found[1]
                    return
            raise CannotError(f"the mock server did not start\n{said.strip()}")
        finally:
            end(process)


def only_line(out: str) -> dict[str, Any]:
    """The one JSON line that a script printed."""
    try:
        line = json.loads(out)
        if all(isinstance(line[name], (int, float)) for name in (*FIGURES, "ideal_s")):
            return dict(line)
    except (ValueError, KeyError, TypeError):
        pass
    raise CannotError(f"printed something else than its one JSON line\n{out.strip()[-500:]}")


def track15_command(row: str, load: Sequence[str]) -> list[str]:
    """What measures track15: in the project's own environment, with a mock server of its own."""
    return [sys.executable, str(HERE / "load.py"), *load, *TRACK15[row]]


def peer_command(uv: str, peer: str, url: str, load: Sequence[str]) -> list[str]:
    """What measures a peer, in the environment that its script pins."""
    return [uv, "run", "--quiet", "--no-project", str(PEERS[peer]), "--url", url, *load]


def install(row: Row, uv: str, seconds: float) -> None:
    """Install what a peer's script pins; track15 runs where it is."""
    if row.peer in TRACK15:
        return
    say(f"installing {row.peer}")
    try:
        finish([uv, "sync", "--quiet", "--script", str(PEERS[row.peer])], seconds)
    except CannotError as error:
        row.failure = f"could not be installed: {error}"


def measure(row: Row, command: Sequence[str], seconds: float) -> None:
    """Run a script once more; one that failed before is left alone."""
    if row.failure:
        return
    say(f"running {row.peer}, run {len(row.lines) + 1}")
    try:
        row.lines.append(only_line(finish(command, seconds)))
    except CannotError as error:
        row.failure = f"failed in run {len(row.lines) + 1}: {error}"


def compare(arguments: argparse.Namespace) -> list[Row]:
    """Install and measure what is asked for.

    Raises:
        CannotError: uv or the mock server is missing, so that nothing can be measured.
    """
    uv, seconds = find_uv(), arguments.timeout
    load = [f"--{name}={getattr(arguments, name)}" for name in ("dialogues", "calls", "latency")]
    rows = [Row(name) for name in NAMES if name in (arguments.only or NAMES)]
    for row in rows:
        install(row, uv, seconds)
    lifetime = seconds * (len(rows) * arguments.repeat + 1)
    with mock_server(uv, arguments.latency, lifetime) as url:
        for row in rows * arguments.repeat:
            own = row.peer in TRACK15
            measure(
                row,
                track15_command(row.peer, load) if own else peer_command(uv, row.peer, url, load),
                seconds,
            )
    return rows


def table(rows: Sequence[Row]) -> str:
    """The rows that were measured, cheapest call first, in columns."""
    done = sorted((row for row in rows if row.lines), key=lambda row: row.middle(FIGURES[0]))
    lines = [HEADINGS, *(row.cells() for row in done)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column < 2 else cell.rjust(width)  # names left, figures right
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def as_json(arguments: argparse.Namespace, rows: Sequence[Row], load: float) -> dict[str, Any]:
    """Everything that was measured, with the machine it was measured on."""
    return {
        "load": {name: getattr(arguments, name) for name in ("dialogues", "calls", "latency")},
        "machine": {
            "cores": os.cpu_count(),
            "system": platform.platform(),
            "python": platform.python_version(),
            "load_average_before": round(load, 2),
        },
        "peers": [
            {
                "peer": row.peer,
                "medians": {name: row.middle(name) for name in FIGURES} if row.lines else None,
                "runs": row.lines,
                "failure": row.failure or None,
            }
            for row in rows
        ],
    }


def say(text: str) -> None:
    """Progress, apart from the results."""
    print(text, file=sys.stderr, flush=True)


def read_arguments() -> argparse.Namespace:
    """The command line; leaves with a message where it is wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--dialogues", type=int, default=200, help="all at once")
    parser.add_argument("--calls", type=int, default=12, help="model calls of a dialogue")
    parser.add_argument("--latency", type=float, default=0.05, help="seconds of each answer")
    parser.add_argument("--repeat", type=int, default=3, help="runs to take the medians of")
    parser.add_argument("--only", action="append", choices=NAMES)
    parser.add_argument("--json", type=Path, help="write every run to this file")
    parser.add_argument("--timeout", type=float, default=900, help="seconds of one install or run")
    arguments = parser.parse_args()
    if min(arguments.repeat, arguments.dialogues, arguments.calls) < 1 or arguments.latency < 0:
        parser.error("--repeat, --dialogues, --calls: 1 or more; --latency: 0 or more")
    return arguments


def main() -> int:
    """Print the table; 1 where a peer is missing from it, 2 where nothing could be measured."""
    arguments, load = read_arguments(), os.getloadavg()[0]
    try:
        rows = compare(arguments)
    except CannotError as error:
        say(str(error))
        return 2
    print(
        f"{arguments.dialogues} dialogues at once x {arguments.calls} calls x "
        f"{arguments.latency:g} s; medians of {arguments.repeat}; {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, load average before {load:.1f}\n"
    )
    print(table(rows))
    failed = [row for row in rows if row.failure]
    for row in failed:
        print(f"\n{row.peer} {row.failure}")
    if arguments.json:
        text = json.dumps(as_json(arguments, rows, load), indent=2)
        arguments.json.write_text(text + "\n", encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
