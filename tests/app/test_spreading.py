"""Work on lines by several processes: the same results in the same order, whatever goes wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.app import spreading
from harness.app.spreading import LEAST, MOST, processes_for, spread
from harness.errors import RecordError

PARTS = [[0, 1], [2, 3], [4, 5], [6]]


class Doubled:
    """Says which process doubled what; ``fatal`` numbers end every process but ``spared``."""

    def __init__(self, spared: int, fatal: Sequence[int] = ()) -> None:
        self.spared, self.fatal = spared, fatal

    def __call__(self, numbers: Sequence[Any]) -> tuple[int, list[Any]]:
        if set(numbers) & set(self.fatal):
            if os.getpid() != self.spared:
                os.kill(os.getpid(), signal.SIGKILL)
            if 5 in self.fatal:
                raise ValueError("five")
        return os.getpid(), [2 * number for number in numbers]


def doubled(processes: int, *fatal: int) -> list[tuple[int, list[int]]]:
    return list(spread(Doubled, (os.getpid(), fatal), range(7), processes, part=2))


def test_results_come_in_order_from_others() -> None:
    found = doubled(2)
    assert [numbers for _, numbers in found] == [[2 * n for n in part] for part in PARTS]
    assert os.getpid() not in {process for process, _ in found}
    assert len({process for process, _ in found}) == 2


def test_parts_and_results_may_be_longer_than_a_pipe_holds() -> None:
    """Neither side waits for the other one to read: more parts are given than are taken."""
    long = [bytes([n]) * (1 << 20) for n in range(7)]
    found = list(spread(Doubled, (os.getpid(),), long, 2, part=1))
    assert [own for _, own in found] == [[2 * one] for one in long]
    assert os.getpid() not in {process for process, _ in found}


def test_one_process_works_alone() -> None:
    assert {process for process, _ in doubled(1)} == {os.getpid()}
    assert list(spread(Doubled, (0,), [], 1)) == []


@pytest.mark.parametrize("processes", [1, 2])
def test_what_it_is_made_from_may_be_found_while_they_start(processes: int) -> None:
    setups = iter([(0,)])
    found = spread(Doubled, lambda: next(setups), range(3), processes)
    assert [numbers for _, numbers in found] == [[0, 2, 4]]

    def damaged() -> tuple[int]:
        raise RecordError("damaged")

    with pytest.raises(RecordError, match="damaged"):
        list(spread(Doubled, damaged, range(3), processes))


def test_what_a_killed_process_had_is_done_here() -> None:
    found = doubled(2, 2)
    assert [numbers for _, numbers in found] == [[2 * n for n in part] for part in PARTS]
    assert found[1][0] == os.getpid()
    assert found[0][0] != os.getpid()


def test_an_error_is_the_one_that_one_process_gives() -> None:
    with pytest.raises(ValueError, match="five"):
        doubled(1, 5)
    results = spread(Doubled, (os.getpid(), (5,)), range(7), 2, part=2)
    assert [next(results)[1], next(results)[1]] == [[0, 2], [4, 6]]
    with pytest.raises(ValueError, match="five"):
        next(results)


def test_without_other_processes_it_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError("no room for a process")

    monkeypatch.setattr(subprocess, "Popen", refused)
    assert {process for process, _ in doubled(2)} == {os.getpid()}


def test_nobody_is_left_when_it_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    start: Callable[..., subprocess.Popen[bytes]] = subprocess.Popen

    def noted(*args: object, **more: object) -> subprocess.Popen[bytes]:
        started.append(start(*args, **more))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", noted)
    results = spread(Doubled, (os.getpid(),), range(7), 2, part=2)
    next(results)
    results.close()  # what Ctrl-C does to a generator that is being read
    assert [process.poll() for process in started] == [-signal.SIGKILL] * 2


def test_a_process_ends_with_the_one_that_started_it() -> None:
    pipe = subprocess.PIPE
    command = [sys.executable, "-P", "-c", spreading._START, spreading.json.dumps(sys.path)]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe) as process:
        assert process.stdin is not None
        spreading._send(process.stdin, (False, Doubled))
        spreading._send(process.stdin, (0,))
        process.stdin.close()
        assert process.wait(timeout=60) == 0


def test_small_runs_are_measured_in_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)), raising=False)
    assert processes_for(LEAST - 1) == 1
    assert processes_for(LEAST) == MOST
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3}, raising=False)
    assert processes_for(LEAST) == 1
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert processes_for(LEAST) == 2


class Seen:
    """Says what stands in a file that it has by its descriptor alone."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def __call__(self, starts: Sequence[int]) -> tuple[int, list[bytes]]:
        return os.getpid(), [os.pread(self.descriptor, 2, start) for start in starts]


@pytest.mark.skipif(os.name != "posix", reason="descriptors are not handed on there")
def test_another_process_has_a_file_that_is_open_here(tmp_path: Path) -> None:
    """It is the file that was opened, whatever stands in its place by now."""
    path = tmp_path / "file"
    path.write_bytes(b"abcdef")
    with path.open("rb") as file:
        path.unlink()
        path.write_bytes(b"another")
        number = file.fileno()
        found = list(spread(Seen, (number,), [0, 2, 4], 2, part=2, descriptor=number))
    assert [own for _, own in found] == [[b"ab", b"cd"], [b"ef"]]
    assert os.getpid() not in {process for process, _ in found}
