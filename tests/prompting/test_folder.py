"""Which files of a folder are templates, and which were meant to be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.errors import InputError
from harness.prompting.folder import LARGEST, hold_names, read_templates, refuse_unused

KNOWN = ("opening", "last_word")


def test_templates_are_read_by_name(tmp_path: Path) -> None:
    (tmp_path / "b.md.j2").write_bytes(b"two\r\nlines\rmore")
    (tmp_path / "a.md.j2").write_text("é", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("mine")
    assert read_templates(tmp_path) == {
        "a": (tmp_path / "a.md.j2", "é"),
        "b": (tmp_path / "b.md.j2", "two\nlines\nmore"),
    }


def test_the_largest_is_read_and_one_byte_more_is_not(tmp_path: Path) -> None:
    path = tmp_path / "a.md.j2"
    path.write_bytes(b"x" * LARGEST)
    assert len(read_templates(tmp_path)["a"][1]) == LARGEST
    path.write_bytes(b"x" * (LARGEST + 1))
    with pytest.raises(InputError, match="larger than 100,000 bytes"):
        read_templates(tmp_path)


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.md.j2").write_bytes(b"\xff")
    with pytest.raises(InputError, match="as UTF-8"):
        read_templates(tmp_path)


def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.md.j2")
    with pytest.raises(InputError, match="not a regular file"):
        read_templates(tmp_path)


def test_a_link_may_not_lead_out(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("key")
    inside = tmp_path / "prompts"
    inside.mkdir()
    (inside / "a.md.j2").symlink_to(tmp_path / "secret")
    with pytest.raises(InputError, match="leads out of the folder"):
        read_templates(inside)


@pytest.mark.parametrize(
    "name", ["last-word.md.j2", "Opening.md.j2", "opening.jinja", "opening.md"]
)
def test_a_name_that_is_nearly_right_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "opening.md.j2").touch()
    (tmp_path / name).touch()
    with pytest.raises(InputError, match="is no template") as error:
        hold_names(tmp_path, KNOWN)
    assert "did you mean" in str(error.value)


def test_a_folder_without_a_template_says_what_they_are_called(tmp_path: Path) -> None:
    (tmp_path / "notes.md").touch()
    with pytest.raises(InputError, match="no prompt template") as error:
        hold_names(tmp_path, KNOWN)
    assert "opening, last_word" in str(error.value)
    (tmp_path / "openning.md.j2").touch()
    with pytest.raises(InputError, match=r"openning\.md\.j2 is no template"):
        hold_names(tmp_path, KNOWN)


def test_one_template_and_notes_are_enough(tmp_path: Path) -> None:
    for name in ("last_word.md.j2", "notes.md", "piece.md.j2"):
        (tmp_path / name).touch()
    hold_names(tmp_path, KNOWN)
    assert len(list(tmp_path.iterdir())) == 3


def test_every_template_is_used_or_included(tmp_path: Path) -> None:
    sources = {
        name: (folder / f"{name}.md.j2", "")
        for name, folder in {
            "opening": tmp_path,
            "piece": tmp_path,
            "shipped": tmp_path / "elsewhere",
        }.items()
    }
    with pytest.raises(InputError, match=r"piece\.md\.j2 is no template, and nothing includes it"):
        refuse_unused(tmp_path, sources, {None}, KNOWN)
    refuse_unused(tmp_path, sources, {"piece.md.j2"}, KNOWN)
    sources["openin"] = (tmp_path / "openin.md.j2", "")
    with pytest.raises(InputError, match=r"openin\.md\.j2") as error:
        refuse_unused(tmp_path, sources, {"piece.md.j2"}, KNOWN)
    assert "did you mean opening.md.j2?" in str(error.value)
