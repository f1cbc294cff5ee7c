"""What a session runs, compiled once before its workers start.

In a fresh checkout nothing is compiled. The workers read the same files in the same order, so each
would compile all of them. Here the process that starts them compiles each file once, on every core.
"""

from __future__ import annotations

import compileall
import importlib.util
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest
from _pytest.assertion import rewrite

ROOT: Final = Path(__file__).parents[2]


def compile_all(config: pytest.Config, cores: int) -> None:
    """Compile the package and the tests, where that was not done before.

    Args:
        config: Of the session; pytest rewrites the asserts of test files as this says.
        cores: How many processes share the work.
    """
    if sys.dont_write_bytecode or not hasattr(os, "fork"):
        return
    files = [path for path in _files() if not is_current(path)]
    children = []
    for core in range(cores):
        share = files[core::cores]
        if share:
            children.append(os.fork())
            if children[-1] == 0:
                _compile(share, config)
    for child in children:
        os.waitpid(child, 0)


def _files() -> Iterable[Path]:
    for folder in ("harness", "benchmarks", "tests"):
        yield from sorted((ROOT / folder).rglob("*.py"))


def is_rewritten(path: Path) -> bool:
    """Whether pytest rewrites the asserts of a file."""
    return path.name.startswith("test_") or path.name == "conftest.py"


def compiled(path: Path) -> Path:
    """Where a file's compiled form is kept."""
    if is_rewritten(path):
        return rewrite.get_cache_dir(path) / (path.stem + rewrite.PYC_TAIL)
    return Path(importlib.util.cache_from_source(str(path)))


def is_current(path: Path) -> bool:
    """Whether the compiled form of a file was made of what the file says now."""
    try:
        with compiled(path).open("rb") as file:
            head = file.read(16)
    except OSError:
        return False
    if len(head) < 16 or head[:4] != importlib.util.MAGIC_NUMBER:
        return False
    if head[4] & 1:  # made of a text, and not of a time
        return head[8:] == importlib.util.source_hash(path.read_bytes())
    now = path.stat()
    return head[8:] == b"".join(
        (int(part) & 0xFFFFFFFF).to_bytes(4, "little") for part in (now.st_mtime, now.st_size)
    )


def _compile(files: Iterable[Path], config: pytest.Config) -> None:
    """Compile files and end this process. What cannot be compiled is left to whoever imports it,
    who says what is wrong with it."""
    try:
        for path in files:
            if is_rewritten(path):
                _rewrite(path, config)
            else:
                compileall.compile_file(path, quiet=2)
    finally:
        os._exit(0)


def _rewrite(path: Path, config: pytest.Config) -> None:
    try:
        source, code = rewrite._rewrite_test(path, config)
    except (SyntaxError, ValueError):
        return
    place = compiled(path)
    if rewrite.try_makedirs(place.parent):
        rewrite._write_pyc(config.stash[rewrite.assertstate_key], code, source, place)
