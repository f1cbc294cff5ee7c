"""What helps against an error of the operating system."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from harness.files.advice import advice, cannot, reason


def failure(number: int) -> OSError:
    return OSError(number, os.strerror(number))


@pytest.mark.parametrize(
    ("number", "helps"),
    [
        (errno.ENOSPC, "make room"),
        (errno.EDQUOT, "your share of the disk"),
        (errno.EMFILE, "ulimit -n"),
        (errno.EACCES, "give yourself permission to write there"),
        (errno.ELOOP, "--follow-links"),
        (errno.ENOTDIR, "a file, not a folder"),
        (errno.EXDEV, "check the path"),
    ],
)
def test_each_error_has_its_own_advice(number: int, helps: str) -> None:
    assert helps in advice(failure(number))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES])
def test_a_run_goes_elsewhere_with_log_dir_and_a_named_file_does_not(number: int) -> None:
    assert advice(failure(number)).count("choose another folder with --log-dir") == 1
    said = cannot("written", Path("x"), failure(number), elsewhere="name another with --csv").fix
    assert said is not None
    assert "name another with --csv" in said
    assert "--log-dir" not in said
    assert "what is finished is kept" not in said


def test_reading_is_not_writing() -> None:
    for number in (errno.EACCES, errno.EPERM):
        assert "give yourself permission to read" in advice(failure(number), reading=True)
    assert advice(failure(errno.ENOENT), reading=True) == "check the path"
    assert "restore a copy" in advice(failure(errno.EFBIG), reading=True)
    assert advice(failure(errno.ENOSPC), reading=True) == advice(failure(errno.ENOSPC))


def test_an_error_without_words_is_named() -> None:
    assert reason(failure(errno.ENOSPC)) == os.strerror(errno.ENOSPC)
    assert reason(OSError("torn")) == "torn"
    assert reason(OSError()) == "OSError"
    assert "check the path" in advice(OSError("torn"))


@pytest.mark.parametrize(
    ("number", "read_only"), [(errno.EROFS, True), (errno.EACCES, True), (errno.ENOSPC, False)]
)
def test_a_place_that_may_not_be_written_is_told_apart(number: int, read_only: bool) -> None:
    error = cannot("opened", Path("/x"), failure(number))
    assert error.read_only is read_only
    assert error.what == f"cannot be opened: {os.strerror(number)}"
    assert (error.where, error.fix) == ("/x", advice(failure(number)))
