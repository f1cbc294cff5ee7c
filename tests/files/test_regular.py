"""Files that others may have made: regular ones, or an error at once."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.errors import RecordError
from harness.files import regular
from harness.files.regular import (
    FOLLOW_LINKS,
    open_own,
    open_regular,
    read_head,
    read_regular,
    refuse_links,
)


@pytest.fixture
def following() -> Iterator[None]:
    token = FOLLOW_LINKS.set(True)
    yield
    FOLLOW_LINKS.reset(token)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"words")
    return path


def test_a_regular_file_is_read(file: Path) -> None:
    assert read_regular(file) == b"words"
    assert read_head(file, 3) == b"wor"
    assert read_head(file, 30) == b"words"


def test_a_link_is_followed_to_a_regular_file(file: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(file)
    assert read_regular(tmp_path / "link") == b"words"


@pytest.mark.parametrize("kind", ["a pipe", "a socket", "a device"])
def test_what_would_be_waited_for_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x"
    if kind == "a pipe":
        os.mkfifo(path)
    elif kind == "a socket":
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(path))
    else:
        path = Path(os.devnull)
    with pytest.raises(OSError, match=f"it is {kind}, not a regular file") as error:
        open_regular(path)
    assert error.value.errno == errno.EINVAL


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match="it is a folder"):
        open_regular(tmp_path)
    with pytest.raises(FileNotFoundError):
        open_regular(tmp_path / "nothing")


def test_a_file_beyond_reading_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regular, "LARGEST", 5)
    assert read_regular(file) == b"words"
    monkeypatch.setattr(regular, "LARGEST", 4)
    with pytest.raises(OSError, match="larger than 4 bytes") as error:
        read_regular(file)
    assert error.value.errno == errno.EFBIG


def test_a_file_of_a_run_is_made_and_opened_again(tmp_path: Path) -> None:
    for _ in range(2):
        os.close(open_own(tmp_path / "new", os.O_WRONLY | os.O_CREAT))
    assert (tmp_path / "new").read_bytes() == b""


def test_a_file_of_a_run_is_no_link(file: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(file)
    with pytest.raises(OSError, match="leads to") as error:
        open_own(tmp_path / "link", os.O_WRONLY)
    assert error.value.errno == errno.ELOOP
    os.link(file, tmp_path / "second")
    with pytest.raises(OSError, match="a hard link") as error:
        open_own(file, os.O_WRONLY)
    assert error.value.errno == errno.EMLINK


@pytest.mark.usefixtures("following")
def test_links_are_written_through_where_the_user_says_so(file: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(file)
    os.link(file, tmp_path / "second")
    descriptor = open_own(tmp_path / "link", os.O_WRONLY)
    os.write(descriptor, b"W")
    os.close(descriptor)
    assert file.read_bytes() == b"Words"
    refuse_links(tmp_path)


def test_a_link_in_a_run_folder_is_named(file: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    refuse_links(run)
    refuse_links(tmp_path / "nothing")
    (run / "b").symlink_to(file)
    (run / "a").symlink_to(file)
    with pytest.raises(RecordError, match=f"leads to {file}") as error:
        refuse_links(run)
    assert error.value.where == str(run / "a")
