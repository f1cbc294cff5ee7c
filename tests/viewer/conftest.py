"""One small run for the tests that only read it."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from harness.records.reader import RunFolder
from harness.viewer.index import Index
from tests.support.viewer import client_of, small_run


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small run, called ``one``."""
    folder = tmp_path_factory.mktemp("runs")
    small_run(folder)
    return folder


@pytest.fixture(scope="session")
def run(place: Path) -> RunFolder:
    return RunFolder(place / "one")


@pytest.fixture(scope="session")
def index(run: RunFolder) -> Index:
    """The whole index of the small run."""
    made = Index(run)
    made.complete()
    return made


@pytest.fixture(scope="session")
def client(place: Path) -> TestClient:
    return client_of(place)
