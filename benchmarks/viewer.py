"""How fast the viewer answers over a run of very many dialogues, and how much memory it takes.

    python benchmarks/viewer.py --dialogues 100000

A few dialogues of the quickstart are played by scripts, scored, and copied with other seeds, ids
and words until there are enough. ``track15 view`` then serves the folder: first without an index,
then, started again, with one. Times are of whole requests on loopback; memory is the most that the
server ever held. ``track15 show`` then lists dialogues of the run, with the index and without.
Processor time is of a process and all that it has started. One JSON line is printed. ``--folder``
keeps the run for another time; it may be any folder with one scored run in it, such as the one that
``benchmarks/measuring.py --keep FOLDER/run`` has left.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from synthetic import multiplied

from harness import app
from harness.records.folder import RUN
from harness.viewer.sidecar import NAME

PLAYED = 24
"""Dialogues that are really played."""
REPEATS = 5

REQUESTS = {
    "first page": "/runs/{run}",
    "filter": "/runs/{run}?filter=skew+%3E+.2+and+arm+%3D%3D+%22track-1.5%22",
    "filter and sort by a score": "/runs/{run}?filter=gain_u+%3C+.1&sort=-concessions.gap",
    "sort by a field": "/runs/{run}?sort=-turns",
    "last page": "/runs/{run}?page=9999999",
    "rare word": "/runs/{run}/search?q=w4711",
    "common word": "/runs/{run}/search?q=the",
    "two common words": "/runs/{run}/search?q=the+council",
    "phrase": "/runs/{run}/search?q=%22on+the%22",
    "private too": "/runs/{run}/search?q=the&private=1",
    "state": "/runs/{run}/state",
    "all runs": "/",
}


@contextlib.contextmanager
def viewing(folder: Path, *more: str) -> Iterator[tuple[str, int]]:
    """The address of a viewer over a folder, and its process."""
    command = [sys.executable, "-m", "harness.cli.main", "view", str(folder), "--no-open", *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        address = process.stdout.readline().strip().rstrip("/")
        if not address:
            raise SystemExit("the viewer has not started")
        yield address, process.pid
        process.send_signal(signal.SIGINT)


def asked(address: str) -> tuple[float, bytes]:
    """Seconds that a request took, and what was answered."""
    began = time.perf_counter()
    with urllib.request.urlopen(address) as answer:  # noqa: S310 - loopback
        body = answer.read()
    return time.perf_counter() - began, body


def peak_mb(process: int) -> float:
    """The most memory that a process has held."""
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found.group(1)) / 1024


def built(folder: Path, run: str) -> dict[str, Any]:
    """What building the index and working out the answer takes."""
    found: dict[str, Any] = {}
    with viewing(folder, "--rebuild") as (address, process):
        began = time.perf_counter()
        found["first page without an index"] = round(asked(f"{address}/runs/{run}")[0], 2)
        slowest, pages = 0.0, list[float]()

        def until(done: str, value: object) -> None:
            """Ask as the page does until the state has this value, and load a page now and then."""
            nonlocal slowest
            state: dict[str, Any] = {done: None}
            while state[done] != value:
                time.sleep(2.0)
                took, body = asked(f"{address}/runs/{run}/state")
                slowest, state = max(slowest, took), json.loads(body)
                pages.append(asked(f"{address}/runs/{run}?filter=skew+%3E+.2")[0])
            found[f"{done} s"] = round(time.perf_counter() - began, 1)
            found[f"{done} cpu s"] = round(used(process), 1)

        until("indexed", "100%")
        until("finished", True)
        found["slowest state meanwhile"] = round(slowest, 2)
        found["pages meanwhile"] = [round(max(pages), 2), round(sorted(pages)[len(pages) // 2], 2)]
        found["peak MB, building"] = round(peak_mb(process))
    found["index MB"] = round((folder / run / NAME).stat().st_size / 1e6)
    return found


def used(process: int) -> float:
    """Seconds of processor time that a process has used, and those that it has waited for."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def measured(folder: Path, run: str) -> dict[str, Any]:
    """What pages take once the index is built: seconds the first time, the median of all, and
    seconds of processor time the first time, which other work on the machine does not change."""
    found: dict[str, Any] = {}
    with viewing(folder) as (address, process):
        for name, path in REQUESTS.items():
            before = used(process)
            times = [asked(address + path.format(run=run))[0]]
            processor = used(process) - before
            times += [asked(address + path.format(run=run))[0] for _ in range(REPEATS - 1)]
            median = sorted(times)[REPEATS // 2]
            found[name] = [round(times[0], 2), round(median, 2), round(processor, 2)]
        found["peak MB"] = round(peak_mb(process))
    return found


LISTS = {
    "nothing": ["--version"],
    "worst": ["show", "{run}", "--worst", "3"],
    "filter and sort": ["show", "{run}", "--filter", "skew > .05", "--sort", "-gap"],
    "grep": ["show", "{run}", "--grep", "w4711"],
}


def listing(folder: Path) -> dict[str, float]:
    """Seconds of processor time that lists at the terminal take, start and end included."""
    found = {}
    for name, words in LISTS.items():
        command = [word.format(run=folder) for word in words]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "harness.cli.main", *command],
            stdout=subprocess.PIPE,
            check=False,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        found[name] = round(spent, 2)
    return found


def listed(folder: Path, run: str) -> dict[str, Any]:
    """Lists with the index, and without."""
    path = folder / urllib.parse.unquote(run)
    found = {"show, indexed": listing(path)}
    aside = path.with_name("index-aside")
    (path / NAME).rename(aside)
    found["show, not indexed"] = listing(path)
    aside.rename(path / NAME)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--dialogues", type=int, default=2_000)
    parser.add_argument("--folder", type=Path, help="Where the run is kept; made where it is not.")
    parser.add_argument("--built", action="store_true", help="Its index is built: pages alone.")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as aside:
        folder = arguments.folder or Path(aside) / "runs"
        if not folder.is_dir():
            played = app.run("quickstart", limit=PLAYED, log_dir=Path(aside) / "played")
            multiplied(played.folder, folder / "many", arguments.dialogues)
        [run] = [urllib.parse.quote(path.parent.name) for path in folder.glob(f"*/{RUN}")]
        figures = {} if arguments.built else built(folder, run)
        figures |= measured(folder, run) | listed(folder, run)
        print(json.dumps({"dialogues": arguments.dialogues, **figures}))


if __name__ == "__main__":
    main()
