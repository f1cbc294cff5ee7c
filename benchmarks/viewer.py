"""How fast the viewer answers over a run of very many dialogues, and how much memory it takes.

    python benchmarks/viewer.py --dialogues 100000

A few dialogues of the quickstart are played by scripts, scored, and copied with other seeds, ids
and words until there are enough. ``track15 view`` then serves the folder: first without an index,
then, started again, with one. Times are of whole requests on loopback; memory is the most that the
server ever held. One JSON line is printed. ``--folder`` keeps the run for another time.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import random
import re
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

from harness import app
from harness.files.jsonl import write_atomically
from harness.records.folder import PLAN, RUN, SCORES, TRANSCRIPTS
from harness.records.reader import RunFolder

PLAYED = 24
"""Dialogues that are really played."""
WORDS = 40
"""Words that each copy says besides, out of :data:`VOCABULARY`."""
VOCABULARY = 50_000
REPEATS = 5
_SPEC = re.compile(rb'"spec":(\{.*?\}),"(?:inputs|void|calls|body)":')
_SEED = re.compile(rb'"seed":\d+')

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


def multiplied(source: RunFolder, folder: Path, number: int) -> None:
    """A run of ``number`` dialogues that are copies of those of ``source``."""
    folder.mkdir(parents=True)
    info = json.loads((source.path / RUN).read_text())
    (folder / RUN).write_text(json.dumps({**info, "dialogues": number}, indent=1))
    records = (source.path / TRANSCRIPTS).read_bytes().splitlines()
    plan = [json.loads(line) for line in (source.path / PLAN).read_bytes().splitlines()]
    places = {place["stages"]["talks"]: place for place in plan}
    scores: dict[str, list[bytes]] = {}
    for line in (source.path / SCORES).read_bytes().splitlines():
        scores.setdefault(json.loads(line)["id"], []).append(line)
    drawn = random.Random(1)
    copies = [
        (records[n % len(records)], n, n // len(records), drawn.getrandbits(62))
        for n in range(number)
    ]

    def lines() -> Iterator[tuple[bytes, bytes, bytes]]:
        for record, n, epoch, seed in copies:
            found = _SPEC.search(record)
            assert found is not None
            old = record[7:23].decode()
            spec = _SEED.sub(b'"seed":%d' % seed, found.group(1), count=1)
            new = hashlib.sha256(spec).hexdigest()[:16]
            words = random.Random(n)
            said = " ".join(f"w{words.randrange(VOCABULARY)}" for _ in range(WORDS))
            line = record.replace(found.group(1), spec, 1).replace(old.encode(), new.encode(), 1)
            line = line.replace(b'"words":"', b'"words":"%s ' % said.encode(), 1)
            place = {**places[old], "epoch": epoch + 1, "stages": {"talks": new}}
            found_in = b"\n".join(scores[old]).replace(old.encode(), new.encode()) + b"\n"
            yield line + b"\n", json.dumps(place).encode() + b"\n", found_in

    for place, name in enumerate((TRANSCRIPTS, PLAN, SCORES)):
        write_atomically(folder / name, (made[place] for made in lines()))


@contextlib.contextmanager
def viewing(folder: Path, *more: str) -> Iterator[tuple[str, int]]:
    """The address of a viewer over a folder, and its process."""
    command = [sys.executable, "-m", "harness.cli.main", "view", str(folder), "--no-open", *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        yield process.stdout.readline().strip().rstrip("/"), process.pid
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
        state: dict[str, Any] = {"indexed": ""}
        slowest = 0.0
        while state["indexed"] != "100%":
            time.sleep(0.5)
            took, body = asked(f"{address}/runs/{run}/state")
            slowest, state = max(slowest, took), json.loads(body)
        found["index s"] = round(time.perf_counter() - began, 1)
        while not state["finished"]:
            time.sleep(0.5)
            took, body = asked(f"{address}/runs/{run}/state")
            slowest, state = max(slowest, took), json.loads(body)
        found["answer s"] = round(time.perf_counter() - began, 1)
        found["slowest state meanwhile"] = round(slowest, 2)
        found["peak MB, building"] = round(peak_mb(process))
    found["index MB"] = round((folder / run / ".viewer.sqlite").stat().st_size / 1e6)
    return found


def used(process: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


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
        print(json.dumps({"dialogues": arguments.dialogues, **figures, **measured(folder, run)}))


if __name__ == "__main__":
    main()
