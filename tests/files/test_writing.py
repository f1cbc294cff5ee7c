"""Files are replaced whole, and never through what is not meant."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.files.advice import UnwritableError
from harness.files.writing import (
    STDOUT,
    hold_writable,
    is_stdout,
    stream_out,
    write_out,
    write_together,
    write_whole,
)


def test_a_file_is_made_or_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_whole(path, [b"one ", b"two"])
    assert path.read_bytes() == b"one two"
    write_whole(path, [b"three"])
    assert path.read_bytes() == b"three"
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]


def test_the_rights_of_a_file_stay(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write_whole(path, [b"new"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_the_old_file_stands_where_the_new_one_fails(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def chunks() -> Iterator[bytes]:
        yield b"new"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(path, chunks())
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_a_link_is_written_through_only_where_that_is_meant(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    with pytest.raises(UnwritableError, match="it is a link, and leads to"):
        write_whole(link, [b"new"])
    assert target.read_bytes() == b"old"
    write_whole(link, [b"new"], follow=True)
    assert target.read_bytes() == b"new"
    assert link.is_symlink()


@pytest.mark.parametrize("name", ["", "no/such/file"])
def test_a_place_that_takes_no_file_is_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with pytest.raises(UnwritableError, match="cannot be written") as error:
        write_whole(path, [b"x"])
    assert error.value.where == str(path)
    with pytest.raises(UnwritableError, match="cannot be written"):
        write_out(path, b"x")
    with pytest.raises(UnwritableError, match="cannot be written") as early:
        hold_writable(path)
    assert early.value.where == str(path)


def test_whether_a_place_takes_a_file_is_told_before_and_changes_nothing(tmp_path: Path) -> None:
    old, link = tmp_path / "old", tmp_path / "link"
    old.write_bytes(b"old")
    link.symlink_to(tmp_path / "elsewhere" / "file")
    for place in (old, tmp_path / "new", STDOUT, Path(os.devnull)):
        hold_writable(place)
    with pytest.raises(UnwritableError, match="cannot be written"):
        hold_writable(link)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["link", "old"]
    assert old.read_bytes() == b"old"


def test_what_is_asked_for_goes_to_a_file_or_a_device(tmp_path: Path) -> None:
    write_out(tmp_path / "page", b"page")
    assert (tmp_path / "page").read_bytes() == b"page"
    write_out(Path(os.devnull), b"nowhere")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode), "the device stands"


def test_a_dash_is_the_output(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert is_stdout(STDOUT)
    write_out(STDOUT, b"page")
    assert capsysbinary.readouterr().out == b"page"


def test_another_file_is_not_the_output(tmp_path: Path) -> None:
    assert not is_stdout(tmp_path / "nothing")
    (tmp_path / "file").touch()
    assert not is_stdout(tmp_path / "file")


def test_content_is_written_as_it_comes(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    for place in (tmp_path / "file", Path(os.devnull), STDOUT):
        stream_out(place, iter([b"one ", b"two"]))
    assert (tmp_path / "file").read_bytes() == b"one two"
    assert capsysbinary.readouterr().out == b"one two"


def test_a_pipe_gets_what_is_written_to_it(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        stream_out(pipe, [b"one ", b"two"])
        assert os.read(reader, 100) == b"one two"
    finally:
        os.close(reader)


def test_files_of_one_folder_are_put_there_together(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "here"
    write_together(folder, {"a": [b"1"], "b": [b"2", b"3"]})
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"a": b"1", "b": b"23"}
    (folder / "mine").write_text("mine")
    write_together(folder, {"a": [b"4"]})
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "a": b"4",
        "b": b"23",
        "mine": b"mine",
    }


def test_files_whose_names_are_told_one_by_one_are_put_there_together(tmp_path: Path) -> None:
    order: list[str] = []

    def told(*, breaks: bool) -> Iterator[tuple[str, Iterator[bytes]]]:
        for name in ("a", "b"):
            order.append(f"name {name}")
            yield name, iter([name.encode()])
            order.append(f"{name} was written")
        if breaks:
            raise RuntimeError("no more")

    folder = tmp_path / "folder"
    write_together(folder, told(breaks=False))
    assert order == ["name a", "a was written", "name b", "b was written"]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"a": b"a", "b": b"b"}
    (folder / "a").write_bytes(b"old")
    with pytest.raises(RuntimeError, match="no more"):
        write_together(folder, told(breaks=True))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"a": b"old", "b": b"b"}


@pytest.mark.parametrize("there", [True, False])
def test_where_one_of_them_fails_the_old_ones_stand(tmp_path: Path, there: bool) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise RuntimeError("no more")

    folder = tmp_path / "folder"
    if there:
        write_together(folder, {"a": [b"old"], "b": [b"old"]})
    with pytest.raises(RuntimeError, match="no more"):
        write_together(folder, {"a": [b"new"], "b": broken()})
    if there:
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
            "a": b"old",
            "b": b"old",
        }
    else:
        assert not folder.exists()


def test_a_link_among_them_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    folder, target = tmp_path / "folder", tmp_path / "target"
    folder.mkdir()
    target.write_text("theirs")
    (folder / "b").symlink_to(target)
    with pytest.raises(UnwritableError, match="cannot be written"):
        write_together(folder, {"a": [b"new"], "b": [b"new"]})
    assert target.read_text() == "theirs"
    assert [path.name for path in folder.iterdir()] == ["b"]
