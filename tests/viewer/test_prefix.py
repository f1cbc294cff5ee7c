"""Whether a file has only grown."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.viewer.prefix import opened, print_of, size_of, stamp_of


def told(path: Path, size: int) -> str:
    file = opened(path)
    assert file is not None
    with file:
        return print_of(file, size)


@pytest.mark.parametrize("size", [1, 1000, 1025, 200_000])
def test_what_is_appended_changes_nothing_before_it(tmp_path: Path, size: int) -> None:
    path = tmp_path / "file"
    text = bytes(place % 251 for place in range(size))
    path.write_bytes(text)
    before = told(path, size)
    path.write_bytes(text + b"more")
    assert told(path, size) == before


@pytest.mark.parametrize("place", [0, 500, 199_999])
def test_another_start_or_end_is_another_file(tmp_path: Path, place: int) -> None:
    path = tmp_path / "file"
    text = bytearray(200_000)
    path.write_bytes(text)
    before = told(path, len(text))
    text[place] = 1
    path.write_bytes(text)
    assert told(path, len(text)) != before


def test_what_is_not_there_has_no_size_and_no_stamp(tmp_path: Path) -> None:
    assert opened(tmp_path / "none") is None
    assert size_of(None) == 0
    assert stamp_of(tmp_path / "none") == ()
    assert stamp_of(tmp_path) != ()
