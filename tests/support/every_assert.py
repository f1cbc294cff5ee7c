"""Holds that every assert of the tests is reached: one that never is holds nothing.

Each ``assert`` of a test file is given a mark that it leaves when it is reached, and so is what an
``all(...)`` of it looks at: over nothing, ``all`` is true of anything. At the end of a session, a
file whose tests were all run and all passed must have left all its marks; else the session fails
and names the lines. A file that was not run whole (one test by name, ``-k``, a skipped test) is
not looked at, so single tests run as ever.

What is right when it is never reached is said on the line: ``# not reached: REASON``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from _pytest.assertion import rewrite

from tests.support.parsed import parsed

REACHED: Final[dict[str, set[int]]] = {}
"""Test file -> numbers of its marks that were left. Test modules write into it themselves."""

_SET: Final = "@every_assert_reached"
_EXCUSED: Final = re.compile(r"#\s*not reached: \S")
_TAIL: Final = ".every-assert" + rewrite.PYC_TAIL


def marks(source: str) -> dict[int, int]:
    """Mark -> line, of every assert of a test file that has to be reached."""
    tree = parsed(source)
    lines = source.splitlines()
    excused = {number for number, line in enumerate(lines, 1) if _EXCUSED.search(line)}
    places = [place for place, _ in _places(tree)]
    return {
        number: place.lineno
        for number, place in enumerate(places)
        if excused.isdisjoint(range(place.lineno, (place.end_lineno or place.lineno) + 1))
    }


def _places(tree: ast.AST) -> Iterator[tuple[ast.expr | ast.Assert, ast.Assert]]:
    """What is given a mark, in a fixed order, each with its assert."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            yield node, node
            for part in ast.walk(node.test):
                if (
                    isinstance(part, ast.Call)
                    and isinstance(part.func, ast.Name)
                    and part.func.id == "all"
                    and len(part.args) == 1
                    and isinstance(part.args[0], ast.GeneratorExp | ast.ListComp)
                ):
                    yield part.args[0], node


def add_marks(tree: ast.Module) -> None:
    """Make a test file's asserts leave their marks in :data:`REACHED`."""
    before: dict[ast.Assert, ast.stmt] = {}
    for number, (place, _) in enumerate(_places(tree)):
        if isinstance(place, ast.Assert):
            before[place] = ast.Expr(_leave(number, place))
        elif isinstance(place, ast.GeneratorExp | ast.ListComp):
            # A condition that always holds, looked at for each element: add() gives None.
            holds = ast.Compare(_leave(number, place), [ast.Is()], [ast.Constant(None)])
            place.generators[-1].ifs.append(ast.copy_location(holds, place))
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            found = getattr(node, field, None)
            if isinstance(found, list) and any(statement in before for statement in found):
                found[:] = [new for old in found for new in _marked(old, before)]
    made = parsed(
        "import tests.support.every_assert as reached\n"
        "reached = reached.REACHED.setdefault(__file__, set())"
    ).body
    for statement in made:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and node.id == "reached":
                node.id = _SET
            elif isinstance(node, ast.alias):
                node.asname = _SET
    tree.body[_start(tree) : _start(tree)] = made
    ast.fix_missing_locations(tree)


def _leave(number: int, place: ast.AST) -> ast.Call:
    reached = ast.Attribute(ast.Name(_SET, ast.Load()), "add", ast.Load())
    call = ast.Call(reached, [ast.Constant(number)], [])
    for node in ast.walk(call):
        ast.copy_location(node, place)
    return call


def _marked(old: Any, before: dict[ast.Assert, ast.stmt]) -> Iterable[ast.stmt]:
    mark = before.get(old)
    return (old,) if mark is None else (ast.copy_location(mark, old), old)


def _start(tree: ast.Module) -> int:
    """Where the first statement may stand: after the docstring and ``from __future__``."""
    start = 0
    for start, statement in enumerate(tree.body):
        docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        if not (docstring or future):
            return start
    return start + 1


def install() -> None:
    """Mark what pytest rewrites from now on. Rewritten files are cached under another name, so
    that a session with marks and one without do not read each other's."""
    if rewrite.PYC_TAIL == _TAIL:
        return
    rewritten = rewrite.rewrite_asserts

    def with_marks(tree: ast.Module, source: bytes, *more: Any) -> None:
        if Path(more[0] or "").name.startswith("test_"):
            add_marks(tree)
        rewritten(tree, source, *more)

    rewrite.rewrite_asserts = with_marks
    rewrite.PYC_TAIL = _TAIL


class EveryAssert:
    """The plugin. Under xdist the workers hand what they reached to the session that started them.

    Args:
        config: The session's.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._tests: dict[str, set[str]] = {}
        self._passed: set[str] = set()
        self._spoilt: set[str] = set()
        self._unreached: dict[str, list[int]] = {}

    # --- in the session that runs the tests --------------------------------------------------

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        self._spoilt |= {str(item.path) for item in items}

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        for item in getattr(session, "items", ()):
            self._tests.setdefault(str(item.path), set()).add(item.nodeid)
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output["every_assert"] = {
                "tests": {path: sorted(ids) for path, ids in self._tests.items()},
                "spoilt": sorted(self._spoilt),
                "reached": {path: sorted(found) for path, found in REACHED.items()},
            }
            return
        self._unreached = self._look()
        if self._unreached and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    # --- in the session that sees their results ----------------------------------------------

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        output = getattr(node, "workeroutput", {}).get("every_assert")
        if output is None:  # it died, and with it what its tests reached
            self._spoilt |= set(self._tests)
            return
        for path, ids in output["tests"].items():
            self._tests.setdefault(path, set()).update(ids)
        self._spoilt |= set(output["spoilt"])
        for path, found in output["reached"].items():
            REACHED.setdefault(path, set()).update(found)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.outcome == "passed" and not hasattr(report, "wasxfail"):
            self._passed.add(report.nodeid)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if not self._unreached:
            return
        terminalreporter.section("asserts that were never reached", sep="=", red=True)
        for path, lines in sorted(self._unreached.items()):
            shown = _relative(path, self._config.rootpath)
            for line in lines:
                terminalreporter.line(f"{shown}:{line}")
        terminalreporter.line(
            "fix: let a test reach it, take it away, or say on its line '# not reached: REASON'"
        )

    def _look(self) -> dict[str, list[int]]:
        """File -> lines whose mark is missing, of the files that were run whole."""
        named = [a.split("::")[0] for a in self._config.args if "::" in a]
        one_by_one = {str(Path(self._config.invocation_params.dir, name)) for name in named}
        found = {}
        for path, ids in self._tests.items():
            if path in self._spoilt or path in one_by_one or not ids <= self._passed:
                continue
            reached = REACHED.get(path)
            if reached is None:  # not rewritten: it is not Python, or is none of ours
                continue
            wanted = marks(Path(path).read_text(encoding="utf-8"))
            missing = sorted({line for mark, line in wanted.items() if mark not in reached})
            if missing:
                found[path] = missing
        return found


def _relative(path: str, root: Path) -> Path:
    given = Path(path)
    return given.relative_to(root) if given.is_relative_to(root) else given
