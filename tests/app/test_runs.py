"""``load``: a run by any of its names."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import app
from harness.errors import RecordError
from tests.app.conftest import SHORT


def test_a_run_is_found_by_any_of_its_names(here: Path) -> None:
    run = app.run("quickstart", **SHORT, log_dir="mine")
    assert app.load(run) is run.folder
    assert app.load(run.folder) is run.folder
    for name in (run.path, str(run.path), run.path.name, run.path.name[:12], "latest", None):
        assert app.load(name, log_dir="mine").path == run.path


def test_there_must_be_one(here: Path) -> None:
    with pytest.raises(RecordError, match="no run 'mine'"):
        app.load("mine")
