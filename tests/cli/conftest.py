"""What commands in this process print to, and a run that was played once to be read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.inprocess import typed
from tests.support.mock_server import MockServer
from tests.support.run_judges import RunJudge


@pytest.fixture(autouse=True)
def _plain_and_of_usual_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands in this process print as those in a process of their own do, whatever terminal the
    tests are started from."""
    for name in ("COLUMNS", "LINES", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


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


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    """A server of the judge of the test that runs: see :func:`judge`."""
    judges: list[RunJudge] = [RunJudge()]
    with MockServer(lambda body: judges[0](body)) as running:
        running.judge = judges  # type: ignore[attr-defined]
        yield running


@pytest.fixture
def judge(server: MockServer) -> RunJudge:
    """A judge of the test's own, behind :func:`server`."""
    made: list[RunJudge] = server.judge  # type: ignore[attr-defined]
    made[0] = RunJudge()
    return made[0]
