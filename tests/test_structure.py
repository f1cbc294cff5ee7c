"""The house: imports run downwards only, and the two wings meet in ``harness.app`` alone."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.support.command import environment
from tests.support.parsed import parsed

ROOT = Path(__file__).parents[1]
HARNESS = ROOT / "harness"
PLAYING = {"asking", "view", "prompting", "delegations", "talks", "stages", "kinds", "models"}
PLAYING |= {"probing", "judging", "influence", "workers", "orchestrator", "doctor"}
MEASURING = {"evaluators", "analysis", "report", "viewer", "exchange"}
# From the ground up; a room imports its own floor and those below it.
FLOORS = (
    {"errors"},
    {"files"},
    {"seeds", "memo", "visible", "texts", "plugins"},
    {"disputes", "bargaining", "models"},
    {"incentives"},
    {"suite"},
    {"records"},
    {"plans"},
    {"planted"},
    {"asking", "view", "evaluators"},
    {"prompting", "analysis"},
    {"delegations"},
    {"stages"},
    {"talks"},
    {"probing", "judging", "influence"},
    {"kinds", "report"},
    {"viewer", "exchange", "workers"},
    {"orchestrator"},
    {"doctor"},
    {"app"},
    {"cli"},
)


# In one process, so that each file is read once.
pytestmark = pytest.mark.xdist_group("structure")
LONGEST_FILE = 400
LONGEST_FUNCTION = 80


def module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module(path): path for path in HARNESS.rglob("*.py")}


def room(path: Path) -> str:
    return path.relative_to(HARNESS).parts[0].removesuffix(".py")


def statements(nodes: Iterable[ast.AST], *, types: bool) -> Iterator[ast.AST]:
    """These and what stands inside them. An import is a statement, so that no expression has to be
    looked into.

    Args:
        types: What is imported for types alone as well.
    """
    for node in nodes:
        if isinstance(node, ast.stmt | ast.excepthandler | ast.match_case):
            yield node
            for_types = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
            inside = node.orelse if for_types and not types else ast.iter_child_nodes(node)
            yield from statements(inside, types=types)


@functools.cache
def imported_modules(path: Path, *, types: bool = True) -> frozenset[str]:
    """Modules of harness that a file imports, inside functions too.

    Args:
        types: Those as well that are imported for types alone.
    """
    found: set[str] = set()
    for node in statements(parsed(path.read_text(encoding="utf-8")).body, types=types):
        if isinstance(node, ast.ImportFrom) and node.module:
            members = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (members & MODULES.keys()) or {node.module}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return frozenset((found & MODULES.keys()) - {"harness", module(path)})


def imports(path: Path) -> set[str]:
    """Rooms of harness that a file imports, for types alone too."""
    return {name.split(".")[1] for name in imported_modules(path)}


def without_docstring(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function, without its docstring and its decorators."""
    assert function.end_lineno is not None
    lines = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function, clean=False) is not None:
        first = function.body[0]
        assert first.end_lineno is not None
        lines -= first.end_lineno - first.lineno + 1
    return lines


def long_functions(source: str) -> dict[str, int]:
    """Functions over the limit, and their lines."""
    return {
        node.name: lines
        for node in ast.walk(parsed(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := without_docstring(node)) > LONGEST_FUNCTION
    }


FILES = sorted(p for p in HARNESS.rglob("*.py") if p.name != "__init__.py" or p.parent != HARNESS)
assert len(FILES) > 500


def wrong(problem: Callable[[Path], object]) -> dict[str, object]:
    """Every file that has the problem, and what it is. One test looks at all files: a test for each
    would be a fifth of all tests."""
    found = {str(path.relative_to(HARNESS)): problem(path) for path in FILES}
    return {name: what for name, what in found.items() if what}


def test_the_wings_never_import_each_other() -> None:
    def forbidden(path: Path) -> set[str]:
        own = room(path)
        foreign = MEASURING if own in PLAYING else PLAYING if own in MEASURING else set()
        return imports(path) & (foreign | ({"cli"} if own != "cli" else set()))

    assert wrong(forbidden) == {}


def test_imports_run_downwards() -> None:
    floor = {name: level for level, names in enumerate(FLOORS) for name in names}
    assert {room(path) for path in FILES} <= floor.keys(), "a room has no floor"

    def above(path: Path) -> set[str]:
        own = room(path)
        return {other for other in imports(path) - {own} if floor[other] > floor[own]}

    assert wrong(above) == {}


# What cli may import of the two wings beside app: words and tables, which belong to a terminal, and
# the choice that whoever owns the process makes for its garbage collector.
CLI_MAY = {
    "harness.report.answer_words",
    "harness.report.label_words",
    "harness.report.calibration_words",
    "harness.report.plan_reading",
    "harness.report.plan_words",
    "harness.report.judged_answers",
    "harness.report.tables",
    "harness.report.terminal",
    "harness.report.wording",
    "harness.workers.garbage",
}


def test_the_wings_meet_in_app_alone() -> None:
    wings = PLAYING | MEASURING

    def meeting(path: Path) -> set[str]:
        modules = imported_modules(path, types=False)
        reached = {name for name in modules if name.split(".")[1] in wings}
        if room(path) == "cli":
            return reached - CLI_MAY
        rooms = {name.split(".")[1] for name in reached}
        both = room(path) != "app" and rooms & PLAYING and rooms & MEASURING
        return rooms if both else set()

    assert wrong(meeting) == {}


def test_every_exception_is_used() -> None:
    used = {name for path in FILES if room(path) == "cli" for name in imported_modules(path)}
    assert used >= CLI_MAY


# What is done in one place: words of source that stand nowhere else.
ONCE = {
    "guessing a name": ("errors.py", ("difflib",)),
    "loading code of users": (
        "plugins.py",
        ("spec_from_file_location", "SourceFileLoader", "import entry_points"),
    ),
}


@pytest.mark.parametrize("what", ONCE)
def test_what_is_done_in_one_place(what: str) -> None:
    place, words = ONCE[what]
    for word in words:
        found = [
            str(path.relative_to(HARNESS))
            for path in FILES
            if word in path.read_text(encoding="utf-8")
        ]
        assert found == [place], word


# Which library that speaks HTTP is imported where, inside functions and for types too. There are
# two stacks, aiohttp and httpx2 below openai, side by side in one file, which says why there are
# two; the others name errors and types of httpx2.
TRANSPORT = "models/providers/openai_compatible/transport.py"
HTTP = {
    "aiohttp": {TRANSPORT},
    "openai": {TRANSPORT},
    "httpx2": {
        TRANSPORT,
        "models/providers/openai_compatible/client.py",
        "models/providers/langchain.py",
    },
    **{name: set() for name in ("httpx", "httpcore", "httpcore2", "requests", "urllib3")},
}


def libraries(source: str) -> set[str]:
    """Top-level names of what a source imports, wherever in it."""
    found = set[str]()
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def test_http_is_spoken_by_providers_alone() -> None:
    found: dict[str, set[str]] = {name: set() for name in HTTP}
    for path in FILES:
        source = path.read_text(encoding="utf-8")
        if re.search(rf"\b(import|from)\b.*\b({'|'.join(HTTP)})\b", source):  # else not parsed
            for name in libraries(source) & HTTP.keys():
                found[name].add(str(path.relative_to(HARNESS)))
    assert found == HTTP


def test_imports_of_libraries_are_seen_wherever_they_stand() -> None:
    source = "import a.b, c\ndef f():\n    from d.e import g\nif TYPE_CHECKING:\n    import h\n"
    assert libraries(source) == {"a", "c", "d", "h"}


def test_no_file_is_two() -> None:
    def too_long(path: Path) -> int:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        return lines if lines > LONGEST_FILE else 0

    assert wrong(too_long) == {}


def test_no_function_is_two() -> None:
    assert wrong(lambda path: long_functions(path.read_text(encoding="utf-8"))) == {}


def test_a_docstring_makes_no_function_long() -> None:
    body = "    x = 1\n" * (LONGEST_FUNCTION - 1)
    explained = '    """' + "Why.\n" * 20 + '    """\n'
    assert not long_functions(f"def f():\n{explained}{body}")
    assert long_functions(f"async def f():\n{explained}{body}    x = 1\n") == {
        "f": LONGEST_FUNCTION + 1
    }


def test_no_modules_import_one_another() -> None:
    """Not inside functions either: a circle hides which of two depends on which."""
    graph = {name: imported_modules(path) for name, path in MODULES.items()}
    assert sum(map(len, graph.values())) > len(MODULES), "imports are seen"
    TopologicalSorter(graph).prepare()  # a CycleError names the circle


def test_no_rooms_import_one_another() -> None:
    graph = {
        own: {other for path in FILES if room(path) == own for other in imports(path)} - {own}
        for own in {room(path) for path in FILES}
    }
    TopologicalSorter(graph).prepare()


# Modules that nothing can be held of alone: what holds of them is held where they are used.
HOLDS_NO_BEHAVIOUR = {
    "delegations/base.py": "types: a protocol and an answer",
    "models/chat.py": "types: a protocol",
    "models/settings.py": "fields and their bounds, which tests of the pool and the shares use",
    "records/score.py": "fields of a line",
    "report/reading.py": "fields of a dialogue as it is shown: report/layout.py fills them",
    "analysis/effect.py": "fields of an answer",
    "analysis/summaries.py": "fields of what analysis/values.py sums up",
}


def own_tests(path: Path) -> Path:
    """Where the tests of a module stand."""
    place = path.relative_to(HARNESS)
    return ROOT / "tests" / place.parent / f"test_{place.name}"


def test_every_module_has_a_test_of_its_name() -> None:
    modules = {str(p.relative_to(HARNESS)): p for p in FILES if p.name != "__init__.py"}
    missing = {name for name, path in modules.items() if not own_tests(path).exists()}
    assert missing == HOLDS_NO_BEHAVIOUR.keys()


def test_importing_the_package_loads_no_library() -> None:
    libraries = ("openai", "langchain", "numpy", "pydantic")
    code = f"import sys, harness; print([m for m in {libraries} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
