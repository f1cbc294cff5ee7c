"""Where the lines of transcripts stand: read by others, they are the lines that are read here."""

from __future__ import annotations

import io
import os
import shutil
from pathlib import Path

import pytest

from harness.errors import RecordError
from harness.records.folder import TRANSCRIPTS
from harness.records.line_places import KnownLines, LinePlace, can_be_shared, which
from harness.records.parsing import Line
from harness.records.reader import RunFolder
from tests.support.disputes import write
from tests.support.runs import play, tiny_plan


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("played")
    play(tiny_plan(write(folder), epochs=1), folder / "run")
    return folder / "run"


@pytest.fixture
def run(played: Path, tmp_path: Path) -> RunFolder:
    return RunFolder(shutil.copytree(played, tmp_path / "run"))


def read_elsewhere(run: RunFolder) -> list[Line]:
    """The lines as another process reads them."""
    with run.shared_lines() as (descriptor, lines):
        assert descriptor is not None
        return [one.read(descriptor) if isinstance(one, LinePlace) else one for one in lines]


def placed(run: RunFolder) -> bool:
    """Whether it is told where lines stand."""
    with run.shared_lines() as (_, lines):
        return all(isinstance(one, LinePlace) for one in lines)


def test_lines_are_the_same_wherever_they_are_read(run: RunFolder) -> None:
    expected = list(RunFolder(run.path).lines())
    assert len(expected) > 1
    assert placed(RunFolder(run.path))
    assert read_elsewhere(RunFolder(run.path)) == expected
    again = RunFolder(run.path)
    assert [line.held for line in [*again.lines(), *read_elsewhere(again)]] == (
        [False] * len(expected) + [True] * len(expected)
    )


def test_a_dialogue_that_was_played_again_counts_once(run: RunFolder) -> None:
    """Its first line is passed over, and so is a torn one; the others keep their numbers."""
    path = run.path / TRANSCRIPTS
    first, second, *rest = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([first, second, *rest, first, second[:90]]))
    found = read_elsewhere(RunFolder(run.path))
    assert found == list(RunFolder(run.path).lines())
    assert placed(RunFolder(run.path))
    assert [line.number for line in found] == list(range(2, len(rest) + 4))
    assert found[-1].text + b"\n" == first


def test_where_a_line_has_another_head_the_lines_themselves_are_given(run: RunFolder) -> None:
    path = run.path / TRANSCRIPTS
    first, *rest = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([first.replace(b'{"id"', b'{ "id"'), *rest]))
    assert not placed(RunFolder(run.path))
    assert read_elsewhere(RunFolder(run.path)) == list(RunFolder(run.path).lines())


def test_without_transcripts_there_are_no_lines(run: RunFolder) -> None:
    (run.path / TRANSCRIPTS).unlink()
    with RunFolder(run.path).shared_lines() as (descriptor, lines):
        assert (descriptor, list(lines)) == (None, [])
    (run.path / TRANSCRIPTS).touch()
    assert read_elsewhere(RunFolder(run.path)) == []


def test_a_line_that_is_no_transcript_is_an_error_at_the_first(run: RunFolder) -> None:
    path = run.path / TRANSCRIPTS
    path.write_bytes(path.read_bytes() + b"{}\n")
    with RunFolder(run.path).shared_lines() as (_, lines), pytest.raises(RecordError, match="line"):
        next(lines)


def test_of_a_file_that_was_cut_a_line_is_what_is_left(run: RunFolder) -> None:
    path = run.path / TRANSCRIPTS
    size = path.stat().st_size
    with run.shared_lines() as (descriptor, lines):
        places = [one for one in lines if isinstance(one, LinePlace)]
        os.truncate(path, size - 10)
        assert descriptor is not None
        left = [len(one.read(descriptor).text) - one.size for one in places]
    assert left == [0] * (len(places) - 1) + [-9]


def test_an_index_alone_does_not_say_where_lines_are() -> None:
    assert KnownLines({"a": (0, "done")}).places() is None


def test_what_is_in_memory_is_not_shared(tmp_path: Path) -> None:
    assert not can_be_shared(io.BytesIO())
    path = tmp_path / "file"
    path.write_bytes(b"one")
    with path.open("rb") as file:
        assert can_be_shared(file) == (os.name == "posix")
    before = which(path.stat())
    path.write_bytes(b"three")
    assert which(path.stat()) != before
