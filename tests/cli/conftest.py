"""A run that was played once, for all tests of the commands that read one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.inprocess import typed


@pytest.fixture(scope="session")
def _played_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cwd = tmp_path_factory.mktemp("played")
    done = typed("run", "quickstart", "--scenario", "opening", "--epochs", "1", cwd=cwd)
    assert done.code == 0, done.err
    return cwd


@pytest.fixture
def played(_played_once: Path, tmp_path: Path) -> Path:
    """A folder of its own, with four scripted dialogues of quickstart in ``transcripts``."""
    shutil.copytree(_played_once, tmp_path, dirs_exist_ok=True)
    return tmp_path
