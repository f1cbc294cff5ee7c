"""Files with a head in YAML and prose below it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import InputError
from harness.files.heads import read_headed


def file(folder: Path, text: str) -> Path:
    path = folder / "my.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_head_has_lines_of_the_file_and_the_body_is_text(tmp_path: Path) -> None:
    text = "---\n# a comment\nid: x\nitems:\n  - one\n---\n\nFirst *line*.\n---\nSecond.\n\n"
    found = read_headed(file(tmp_path, text))
    assert found.head.data == {"id": "x", "items": ["one"]}
    assert (found.head.line(("id",)), found.head.line(("items", 0))) == (3, 5)
    assert found.body == "First *line*.\n---\nSecond."
    assert found.line == 8


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("id: x\n", ":1", "the file has no head"),
        ("", ":1", "the file has no head"),
        ("---\nid: x\nwords\n", ":1", "the head has no end"),
        ("---\n\n---\nwords\n", ":2", "the head is empty"),
        ("---\nid: [x\n---\nwords\n", ":3", "not valid YAML"),
        ("---\nid: x\nid: y\n---\nwords\n", ":3", "written twice"),
    ],
)
def test_what_is_wrong_is_one_error_at_its_line(
    tmp_path: Path, text: str, where: str, what: str
) -> None:
    path = file(tmp_path, text)
    with pytest.raises(InputError) as caught:
        read_headed(path)
    assert what in caught.value.what
    assert (caught.value.where or "").startswith(f"{path}{where}")
    assert caught.value.fix


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=60))
def test_whatever_stands_below_is_kept(tmp_path_factory: pytest.TempPathFactory, body: str) -> None:
    path = file(tmp_path_factory.getbasetemp(), f"---\nid: x\n---\n{body}\n")
    assert read_headed(path).body == body.strip()
