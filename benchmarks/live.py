"""What it costs a run of many dialogues at once that somebody watches it in the viewer.

    python benchmarks/live.py --at-once 200 --dialogues 1000

``benchmarks/mock_server.py`` answers every request after a fixed time. The same dialogues are
played again and again, by turns with nobody looking, and with ``track15 view`` over the folder of
the run and a client that asks for news as the page of a run does: every other second, with the tag
of what it has. One JSON line is printed: dialogues a second, processor seconds of the run, and
those of the viewer, which are what it takes away from a run on a machine that has no core to spare.
``cost`` is their share in the run's own. The client is a process of its own, and is in neither, as
a browser would not be.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from load import make, mock_server, play, replies
from peers.meter import cpu_seconds
from viewer import used, viewing

EVERY_S = 2.0
"""As ``harness/viewer/static/live.js`` asks."""
RUN = "run"
EXAMPLES = Path(__file__).resolve().parents[1] / "transcripts" / "examples"
"""The viewer starts over a folder that has a run in it."""


def ask_on(address: str) -> None:
    """Ask for news for ever, as the page of a run does once it is loaded."""
    tag, loaded = "", False
    while True:
        where = f"{address}/runs/{RUN}" + ("/state" if loaded else "")
        request = urllib.request.Request(where, headers={"If-None-Match": tag} if tag else {})  # noqa: S310
        try:
            with urllib.request.urlopen(request) as answer:  # noqa: S310 - loopback
                answer.read()
                tag, loaded = answer.headers.get("ETag") or "", True
        except urllib.error.URLError:  # nothing new, or the run has not begun
            pass
        time.sleep(EVERY_S)


@contextlib.contextmanager
def looked_at(folder: Path, *, watched: bool) -> Iterator[int | None]:
    """Somebody watches, or nobody does; the process of the viewer."""
    if not watched:
        yield None
        return
    shutil.copytree(next(path.parent for path in EXAMPLES.glob("*/run.json")), folder / "example")
    with viewing(folder) as (address, viewer):
        command = [sys.executable, __file__, "--ask", address]
        with subprocess.Popen(command) as client:  # noqa: S603 - this program
            yield viewer
            client.kill()


def played(url: str, options: argparse.Namespace, seed: int, *, watched: bool) -> dict[str, float]:
    """Play once: seconds, and processor seconds of the run and of the viewer."""
    address = f"openai/mock@{url}/v1"
    plan = make(options.dialogues, options.calls, address, seed=seed)
    warm = make(1, options.calls, address, seed=10_000 + seed)
    began = dict[str, float]()
    with (
        tempfile.TemporaryDirectory() as place,
        looked_at(Path(place), watched=watched) as viewer,
    ):

        def ready() -> None:
            began.update(wall=time.perf_counter(), cpu=cpu_seconds())
            began["viewer"] = 0.0 if viewer is None else used(viewer)

        asyncio.run(play(plan, warm, Path(place, RUN), options.at_once, 1, ready))
        wall, cpu = time.perf_counter() - began["wall"], cpu_seconds() - began["cpu"]
        viewed = 0.0 if viewer is None else used(viewer) - began["viewer"]
    return {"per_s": options.dialogues / wall, "cpu": cpu, "viewer": viewed, "wall": wall}


def measure(url: str, options: argparse.Namespace) -> dict[str, Any]:
    """Play with nobody looking and with somebody, by turns; medians."""
    found: dict[bool, list[dict[str, float]]] = {False: [], True: []}
    for turn in range(options.rounds):
        for watched in (False, True) if turn % 2 == 0 else (True, False):
            found[watched].append(played(url, options, turn, watched=watched))

    def median(name: str, *, watched: bool) -> float:
        return statistics.median(one[name] for one in found[watched])

    cost = [one["viewer"] / one["cpu"] for one in found[True]]
    return {
        "dialogues": options.dialogues,
        "at_once": options.at_once,
        "calls": options.calls,
        "rounds": options.rounds,
        "seconds": round(median("wall", watched=False), 1),
        "dialogues_per_s": round(median("per_s", watched=False), 2),
        "dialogues_per_s_watched": round(median("per_s", watched=True), 2),
        "run_cpu_s": round(median("cpu", watched=False), 2),
        "run_cpu_s_watched": round(median("cpu", watched=True), 2),
        "viewer_cpu_s": round(median("viewer", watched=True), 2),
        "cost": round(statistics.median(cost), 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--at-once", type=int, default=200, help="dialogues in play at a time")
    parser.add_argument("--dialogues", type=int, default=1000)
    parser.add_argument("--calls", type=int, default=12, help="model calls of a dialogue")
    parser.add_argument("--latency", type=float, default=0.5, help="seconds of each answer")
    parser.add_argument("--rounds", type=int, default=3, help="times that it is played either way")
    parser.add_argument("--ask", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ask:
        ask_on(options.ask)
    plan = make(1, options.calls, "scripted")
    answers = replies(next(iter(plan.scenarios.values())), options.calls)
    with mock_server(options.latency, answers) as url:
        print(json.dumps(measure(url, options)))


if __name__ == "__main__":
    main()
