"""No module imports itself by way of others, not even for types alone."""

from __future__ import annotations

import ast
import functools
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.support.parsed import parsed

pytestmark = pytest.mark.xdist_group("structure")  # so that each file is read once
HARNESS = Path(__file__).parents[1] / "harness"


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(HARNESS.parent).with_suffix("").parts).removesuffix(
        ".__init__"
    )


@functools.cache
def imported(path: Path) -> frozenset[str]:
    """What a file imports anywhere, in functions and for types too."""
    found: set[str] = set()
    for node in ast.walk(parsed(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return frozenset(found) - {name_of(path)}


def circle(graph: dict[str, set[str]]) -> list[str] | None:
    """The modules of a circle, the first one again at its end; None where there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return None


def test_a_circle_is_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": set()}) is None
    found = circle({"a": {"b"}, "b": {"a"}})
    assert found is not None
    assert set(found) == {"a", "b"}


@pytest.mark.parametrize("wing", ["evaluators", "analysis", "report", ""])
def test_imports_run_in_no_circle(wing: str) -> None:
    paths = {name_of(path): path for path in (HARNESS / wing).rglob("*.py")}
    assert len(paths) > 5
    graph = {name: set(imported(path) & paths.keys()) for name, path in paths.items()}
    assert circle(graph) is None
