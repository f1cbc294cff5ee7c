"""Runs to view, and a client of the viewer without a server."""

from __future__ import annotations

from pathlib import Path

from starlette.testclient import TestClient

from harness.records.reader import RunFolder
from harness.viewer.app import make_app
from harness.viewer.runs import Runs
from tests.support.disputes import small
from tests.support.run_folders import LEANING, LOPSIDED, MIDDLE, deal, make_run, make_suite

PORT = 4151


def client_of(place: Path) -> TestClient:
    """A client of the viewer over a run, or a folder of runs."""
    return TestClient(make_app(Runs(place), port=PORT), base_url=f"http://127.0.0.1:{PORT}")


def small_run(place: Path, name: str = "one") -> RunFolder:
    """A scored run of four dialogues in two arms; the lopsided one is of the arm ``lean``."""
    scenario = small(place)
    played = [
        deal(scenario, "plain", MIDDLE, words="A fair share of the well."),
        deal(scenario, "plain", LEANING, epoch=2),
        deal(scenario, "lean", LOPSIDED, words="Take the whole of the well."),
        deal(scenario, "lean", LEANING, epoch=2),
    ]
    return make_run(place / name, make_suite(), {"small": scenario}, played)
