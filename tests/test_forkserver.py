"""A forked command is like one that was started: nothing of it stays, and nothing is shared."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest

from tests.support.command import COMMAND, begun, environment, track15
from tests.support.forkserver import ForkServer, Meeting


@pytest.mark.parametrize(
    "arguments",
    [
        ("list", "suites"),
        ("list", "runs", "--json"),
        ("nothing",),
        ("run", "quikstart"),
        ("show", "no-such-run"),
        ("--version",),
    ],
)
def test_a_forked_command_says_what_a_started_one_says(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    forked = track15(*arguments, cwd=tmp_path)
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (forked.code, forked.out, forked.err) == (done.returncode, done.stdout, done.stderr)


def test_each_has_a_folder_and_an_environment_of_its_own(tmp_path: Path) -> None:
    before = (Path.cwd(), dict(os.environ))
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        words = ("run", "quickstart", "--scenario", "opening", "--limit", "2", "--display", "none")
        assert track15(*words, cwd=tmp_path / name, NO_COLOR="1").code == 0
        assert len(list((tmp_path / name / "transcripts").iterdir())) == 1
    assert (Path.cwd(), dict(os.environ)) == before


def test_two_run_at_once(tmp_path: Path) -> None:
    """Each waits for the other to begin: a pipe is opened for writing once somebody reads it."""
    os.mkfifo(tmp_path / "pipe")
    results = []

    def report() -> None:
        results.append(track15("report", "--out", "pipe", cwd=tmp_path).code)

    writing = threading.Thread(target=report)
    writing.start()
    page = (tmp_path / "pipe").read_bytes()
    listed = track15("list", "suites", cwd=tmp_path)
    writing.join()
    assert page.startswith(b"<!")
    assert (results, listed.code) == ([0], 0)


def listens(place: Path) -> bool:
    """Whether a process takes what is said to a socket."""
    with socket.socket(socket.AF_UNIX) as line:
        try:
            line.connect(str(place))
        except ConnectionRefusedError:
            return False
        return True


def test_two_workers_meet_one_process_that_ends_with_the_session(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    meeting = Meeting()
    try:
        one, other = (ForkServer(environment(), meeting.folder, loaded=False) for _ in range(2))
        with pytest.raises(subprocess.TimeoutExpired):
            one.run(["report", "--out", "pipe"], cwd=tmp_path, environ=environment(), timeout=0.5)
        started = (meeting.folder / "socket").stat()
        words = ["list", "suites"]
        code, out, err = other.run(words, cwd=tmp_path, environ=environment(), timeout=900)
        assert (code, err) == (0, "")
        assert "quickstart" in out
        assert os.path.samestat((meeting.folder / "socket").stat(), started)
        os.link(meeting.folder / "socket", tmp_path / "socket")
    finally:
        meeting.close()
    assert not meeting.folder.exists()
    while listens(tmp_path / "socket"):
        time.sleep(0.005)


def test_a_command_that_runs_is_asked_and_killed(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    process = begun("report", "--out", "pipe", cwd=tmp_path)
    assert process.poll() is None
    process.kill()
    assert process.wait() == process.poll() == -signal.SIGKILL
    process.kill()  # it is gone, and its number may be another's
    ended = begun("list", "suites", cwd=tmp_path)
    while ended.poll() is None:
        time.sleep(0.005)
    assert ended.wait() == 0
