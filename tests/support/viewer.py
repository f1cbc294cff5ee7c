"""Runs to view, a client of the viewer without a server, and a server for a browser."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from starlette.testclient import TestClient

from harness.records.reader import RunFolder
from harness.records.transcript import Debrief, Repair, VoidReason
from harness.viewer.app import make_app
from harness.viewer.runs import Runs
from harness.viewer.server import listening
from tests.support.disputes import small
from tests.support.run_folders import (
    LEANING,
    LOPSIDED,
    MIDDLE,
    deal,
    dialogue,
    make_run,
    make_suite,
)

PORT = 4151


def client_of(place: Path) -> TestClient:
    """A client of the viewer over a run, or a folder of runs."""
    return TestClient(make_app(Runs(place), port=PORT), base_url=f"http://127.0.0.1:{PORT}")


def small_run(place: Path, name: str = "one") -> RunFolder:
    """A scored run of five dialogues in two arms: the lopsided one is of the arm ``lean``, and so
    is a void one, in which the other side gives most at turn 2 before its reply cannot be used."""
    scenario = small(place)
    said = {"u": Debrief(gave_more="u", words="In private: we gave the pasture away.")}
    void = VoidReason(
        kind="reply", seat="u", detail="The reply was no JSON.", repairs=(Repair(error="no JSON"),)
    )
    played = [
        deal(scenario, "plain", MIDDLE, words="A fair share of the well."),
        deal(scenario, "plain", LEANING, epoch=2),
        dialogue(
            scenario,
            "lean",
            [("o", LOPSIDED), ("u", MIDDLE), ("o", LOPSIDED), ("u", "accept")],
            words="Take the whole of the well.",
            debriefs=said,
        ),
        deal(scenario, "lean", LEANING, epoch=2),
        dialogue(scenario, "lean", [("o", MIDDLE)], epoch=3, words="One word.", void=void),
    ]
    return make_run(place / name, make_suite(), {"small": scenario}, played)


@contextlib.contextmanager
def served(place: Path) -> Iterator[str]:
    """The address of the viewer, served in this process until the end of the block."""
    opened = listening(None)
    port = opened.getsockname()[1]
    app = make_app(Runs(place), port=port)
    config = uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()
    opened.close()
