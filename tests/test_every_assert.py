"""The guard of the tests themselves: an assert that is never reached fails the session."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command import PATIENCE, environment

CONFTEST = """\
from tests.support import every_assert


def pytest_configure(config):
    every_assert.install()
    config.pluginmanager.register(every_assert.EveryAssert(config), "every_assert")
"""
FILES = {
    "test_condition.py": '''\
"""A docstring."""
from __future__ import annotations


def test_one():
    for number in (1, 2):
        if number == 3:
            assert number  # LINE
        else:
            assert number


class TestClass:
    def test_two(self):
        try:
            assert True
        finally:
            assert self
''',
    "test_nothing.py": """\
def helper(found):
    for one in found:
        assert one  # LINE


def test_loop():
    helper([])


def test_all():
    assert all(one > 0 for one in [])  # LINE
    assert all(one > 0 for one in [1] if one > 0)
    assert not [one for one in []]
""",
    "test_excused.py": """\
import sys


def test_it():
    if sys.platform == "a system of nobody":
        assert False  # not reached: only there
    assert True
""",
    "test_parts.py": """\
import pytest


@pytest.mark.parametrize("number", [1, 2, 3])
def test_each(number):
    if number == 1:
        assert number
    if number == 2:
        assert number
    if number == 3:
        assert number
""",
    "test_skipped.py": """\
import pytest


def test_it():
    if pytest is None:
        assert pytest
    pytest.skip("not here")
""",
}
MISSING = {
    f"{name}:{number}"
    for name, text in FILES.items()
    for number, line in enumerate(text.splitlines(), 1)
    if line.endswith("# LINE")
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("guarded")
    for name, text in {**FILES, "conftest.py": CONFTEST, "pytest.ini": "[pytest]\n"}.items():
        (made / name).write_text(text)
    return made


def session(folder: Path, *more: str) -> tuple[int, set[str], str]:
    """Exit code, lines that are named as missing, and all that was said."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *more],
        cwd=folder,
        env=environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"),  # loading them takes a second
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return done.returncode, set(re.findall(r"^\S+\.py:\d+$", done.stdout, re.M)), done.stdout


@pytest.mark.parametrize("workers", [(), ("-p", "xdist.plugin", "-n", "2")])
def test_what_is_never_reached_fails_the_session(folder: Path, workers: tuple[str, ...]) -> None:
    code, missing, said = session(folder, *workers)
    assert missing == MISSING, said
    assert len(missing) == 3
    assert code == 1


def test_a_file_that_is_not_run_whole_is_not_looked_at(folder: Path) -> None:
    assert session(folder, "-k", "not two and not test_all")[:2] == (0, set())
    one = session(folder, "test_condition.py::test_one", "test_parts.py::test_each[2]")
    assert one[:2] == (0, set())


def test_where_all_is_reached_nothing_is_said(folder: Path) -> None:
    code, missing, said = session(folder, "test_excused.py", "test_parts.py", "test_skipped.py")
    assert (code, missing) == (0, set())
    assert "never reached" not in said


def test_a_test_that_fails_is_all_that_is_said_of_its_file(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_it.py").write_text(
        "def test_it():\n    assert 1 == 2, 'as ever'\n    assert 3\n"
    )
    code, missing, said = session(tmp_path)
    assert (code, missing) == (1, set())
    assert "as ever" in said
