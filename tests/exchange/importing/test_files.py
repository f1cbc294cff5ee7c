"""Files of strangers: told apart from what they are not, with one clear error."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.errors import InputError
from harness.exchange.importing import files
from harness.exchange.importing.files import (
    document_of,
    lines_of_text,
    negotiation_of,
    text_of,
)
from tests.support.negotiations import CAR, changed

WHAT = "a file of the test's"


def listed(path: Path) -> list[tuple[str, str | None]]:
    return list(lines_of_text(path, WHAT))


@pytest.mark.kind("X8")
@pytest.mark.parametrize("read", [text_of, lambda path, what: listed(path)])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"  \n", "the file is empty"),
        (b"<!DOCTYPE html><html></html>", "a web page"),
        (b"\xef\xbb\xbf <HTML>", "a web page"),
        (b"PK\x03\x04abc", "no text file"),
        (b"\x1f\x8b\x08abc", "no text file"),
        (b"a\0b", "no text file"),
    ],
)
def test_what_is_no_text_is_refused(
    tmp_path: Path, read: Callable[[Path, str], object], content: bytes, words: str
) -> None:
    path = tmp_path / "data"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words) as found:
        read(path, WHAT)
    assert found.value.where == str(path)
    assert WHAT in (found.value.fix or "")


@pytest.mark.parametrize("read", [text_of, lambda path, what: listed(path)])
def test_what_cannot_be_read_says_why(tmp_path: Path, read: Callable[[Path, str], object]) -> None:
    with pytest.raises(InputError, match="No such file") as found:
        read(tmp_path / "none", WHAT)
    assert found.value.fix == "check the path"
    with pytest.raises(InputError, match="folder") as found:
        read(tmp_path, WHAT)
    assert found.value.fix == "name a file in it"


def test_no_utf8_and_no_json_name_the_line(tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_bytes(b'{"a":\n"\xff"}')
    with pytest.raises(InputError, match="no UTF-8") as found:
        document_of(path, WHAT)
    assert found.value.where == f"{path}:2"
    path.write_bytes(b'{"a":\n1,}')
    with pytest.raises(InputError, match="no JSON") as found:
        document_of(path, WHAT)
    assert found.value.where == f"{path}:2"
    path.write_text("[" * 100_000)
    with pytest.raises(InputError, match="no JSON"):
        document_of(path, WHAT)
    path.write_bytes(b'\xef\xbb\xbf{"a": 1}')
    assert document_of(path, WHAT) == {"a": 1}


def test_lines_have_their_numbers_and_a_bad_one_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LONGEST_LINE", 8)
    path = tmp_path / "data"
    path.write_bytes(b"\xef\xbb\xbfone\n\n\xff\n" + b"x" * 30 + b"\nlast")
    at = [where.rpartition(":")[2] for where, _ in listed(path)]
    assert at == ["1", "3", "4", "5"]
    assert [text and text.strip() for _, text in listed(path)] == ["one", None, None, "last"]


def test_a_problem_says_where_what_and_the_fix() -> None:
    found = negotiation_of(changed(CAR, outcome={"kind": "del"}), "f:1")
    assert found.negotiation is None
    assert found.problem.startswith("outcome.kind: ")
    assert "did you mean 'deal'?" in found.problem
    assert negotiation_of(["no"], "f:1").problem
    two = negotiation_of(changed(CAR, colour=1, outcome=None), "f:1")
    assert "(and 1 more)" in two.problem
    sound = negotiation_of(CAR, "f:1")
    assert sound.negotiation is not None
    assert sound.problem == ""
