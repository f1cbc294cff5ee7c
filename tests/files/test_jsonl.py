"""Files of one object a line: every whole line is kept, whatever cuts the file short."""

from __future__ import annotations

import errno
import io
import os
from io import FileIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import RecordError
from harness.files import jsonl
from harness.files.jsonl import Appender, heads_of, read_lines, write_atomically

LINES = [b'{"n":1}', b"", '{"w":"Пакет — 日本"}'.encode(), b'{"n":"' + b"x" * 50 + b'"}']


def lines_of(path: Path) -> list[bytes]:
    return [line for _, line in read_lines(path)]


def append(path: Path, *lines: bytes) -> int:
    """Append ``lines``; the bytes of a torn line that were cut off first."""
    appender = Appender(path)
    try:
        appender.append(list(lines))
    finally:
        appender.close()
    return appender.torn


def test_a_file_cut_at_any_byte_keeps_the_whole_lines_before_it(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    append(path, *LINES)
    whole = path.read_bytes()
    for cut in range(len(whole) + 1):
        path.write_bytes(whole[:cut])
        kept = whole[:cut].count(b"\n")
        assert lines_of(path) == LINES[:kept]
        torn = append(path, b"{}")
        assert lines_of(path) == [*LINES[:kept], b"{}"]
        assert torn == cut - (whole[:cut].rfind(b"\n") + 1)


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 15, 16, 17, 40])
def test_a_torn_line_of_any_length_is_found(
    tmp_path: Path, length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search backwards for the last newline crosses its own step size."""
    monkeypatch.setattr(jsonl, "CHUNK", 8)
    path = tmp_path / "file.jsonl"
    path.write_bytes(b'{"first":1}\n' + b"y" * length)
    assert append(path, b"{}") == length
    assert lines_of(path) == [b'{"first":1}', b"{}"]


@given(
    lines=st.lists(st.binary(max_size=30).filter(lambda b: b"\n" not in b), max_size=8),
    torn=st.binary(max_size=30).filter(lambda b: b"\n" not in b),
)
def test_what_was_appended_is_read_back_with_its_offsets(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], torn: bytes
) -> None:
    path = tmp_path_factory.mktemp("jsonl") / "file.jsonl"
    append(path, *lines)
    with path.open("ab") as file:
        file.write(torn)
    content = path.read_bytes()
    found = list(read_lines(path))
    assert [line for _, line in found] == lines
    assert all(content[at : at + len(line) + 1] == line + b"\n" for at, line in found)


def test_a_missing_file_has_no_lines(tmp_path: Path) -> None:
    assert lines_of(tmp_path / "none.jsonl") == []


def test_a_write_that_takes_a_part_at_a_time_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Sipping(FileIO):
        def write(self, data: object) -> int:
            return super().write(bytes(data)[:3])  # type: ignore[call-overload]

    monkeypatch.setattr("harness.files.jsonl.FileIO", Sipping)
    append(tmp_path / "file.jsonl", *LINES)
    monkeypatch.undo()
    assert lines_of(tmp_path / "file.jsonl") == LINES


@pytest.mark.parametrize("room", [0, 1, 9, 20, 30])
def test_a_disk_that_fills_up_in_mid_line_leaves_whole_lines_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    class Filling(FileIO):
        left = room + len(LINES[0]) + 1

        def write(self, data: object) -> int:
            taken = min(self.left, len(bytes(data)))  # type: ignore[call-overload]
            if not taken:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            self.left -= taken
            return super().write(bytes(data)[:taken])  # type: ignore[call-overload]

    path = tmp_path / "file.jsonl"
    monkeypatch.setattr("harness.files.jsonl.FileIO", Filling)
    appender = Appender(path)
    monkeypatch.undo()
    appender.append(LINES[:1])
    with pytest.raises(RecordError, match="No space left") as error:
        appender.append([LINES[3]])
    assert error.value.fix is not None
    assert path.read_bytes() == LINES[0] + b"\n", "the half line is cut off again"
    appender.close()
    append(path, LINES[3])
    assert lines_of(path) == [LINES[0], LINES[3]]


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_a_file_that_may_not_be_written_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "open", refused)
    path = tmp_path / "file.jsonl"
    for attempt in (lambda: Appender(path), lambda: write_atomically(path, iter([b"x"]))):
        with pytest.raises(RecordError, match=os.strerror(number)) as error:
            attempt()
        assert "--log-dir" in (error.value.fix or "")
        assert str(path) in str(error.value)


def test_an_atomic_write_replaces_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old and much longer")
    write_atomically(path, iter([b"ne", b"w"]))
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


@given(
    lines=st.lists(st.binary(max_size=40).map(lambda one: one.replace(b"\n", b"")), max_size=12),
    torn=st.binary(max_size=9).map(lambda one: one.replace(b"\n", b"")),
    most=st.integers(1, 50),
    chunk=st.integers(1, 64),
)
def test_heads_are_the_beginnings_of_lines(
    lines: list[bytes], torn: bytes, most: int, chunk: int
) -> None:
    file = io.BytesIO(b"".join(one + b"\n" for one in lines) + torn)
    whole = list(jsonl.lines_of(file, Path("x")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("harness.files.jsonl.CHUNK", chunk)
        found = []
        for offset, head in heads_of(file, Path("x"), most):
            found.append((offset, head))
            file.seek(0)  # whoever looks elsewhere meanwhile loses nothing
    assert found == [(offset, line[:most]) for offset, line in whole]


def test_heads_end_where_a_line_is_longer_than_any(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.files.jsonl.LARGEST", 8)
    monkeypatch.setattr("harness.files.jsonl.CHUNK", 4)
    assert list(heads_of(io.BytesIO(b"12345678\n1\n"), Path("x"), 3)) == [(0, b"123"), (9, b"1")]
    for content in (b"1\n123456789\n", b"1\n123456789012345"):
        with pytest.raises(RecordError, match="a line of more than"):
            list(heads_of(io.BytesIO(content), Path("x"), 3))
