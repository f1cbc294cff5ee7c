"""What a session compiled before its workers start is what they load."""

from __future__ import annotations

import compileall
import marshal
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import compiled, every_assert

CODE = "def test_it():\n    assert 1 + 1 == 2\n"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    """A package of two files, one of which pytest rewrites."""
    (tmp_path / "harness").mkdir()
    (tmp_path / "tests").mkdir()
    plain, rewritten = tmp_path / "harness" / "plain.py", tmp_path / "tests" / "test_it.py"
    for path in (plain, rewritten):
        path.write_text(CODE)
    (tmp_path / "tests" / "test_broken.py").write_text("def :\n")
    monkeypatch.setattr(compiled, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    yield [plain, rewritten]
    every_assert.REACHED.pop(str(rewritten), None)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="compiles in forks")
@pytest.mark.parametrize("cores", [1, 2, 5])
def test_each_file_is_compiled_as_it_is_loaded(
    files: list[Path], cores: int, request: pytest.FixtureRequest
) -> None:
    plain, rewritten = files
    assert not any(compiled.is_current(path) for path in files)
    compiled.compile_all(request.config, cores)
    assert compiled.is_current(plain)
    assert compiled.is_current(rewritten)
    made = compiled.compiled(rewritten)
    assert made.name.startswith("test_it.every-assert.")
    code = marshal.loads(made.read_bytes()[16:])  # noqa: S302 - it was made here
    space = {"__file__": str(rewritten)}
    exec(code, space)  # noqa: S102
    space["test_it"]()  # type: ignore[operator]
    assert every_assert.REACHED[str(rewritten)] == {0}
    before = made.stat().st_mtime_ns
    compiled.compile_all(request.config, cores)
    assert made.stat().st_mtime_ns == before, "what is current is not compiled anew"


def test_what_changed_is_no_longer_current(files: list[Path]) -> None:
    plain, _ = files
    assert compileall.compile_file(plain, quiet=2)
    assert compiled.is_current(plain)
    plain.write_text(CODE + "\n")
    assert not compiled.is_current(plain)
    compiled.compiled(plain).write_bytes(b"cut")
    assert not compiled.is_current(plain)


def test_where_nothing_may_be_written_nothing_is(
    files: list[Path], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    compiled.compile_all(request.config, 2)
    assert not any(compiled.compiled(path).exists() for path in files)
