"""The house: imports run downwards only, the two wings never meet but in the hall."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command import environment

ROOT = Path(__file__).parents[1]
HARNESS = ROOT / "harness"
PLAYING = {"asking", "delegations", "talks", "episode", "orchestrator", "models", "prompting"}
PLAYING |= {"doctor"}
PROMPTS = {"prompt_facts", "prompt_points", "prompt_bounds", "prompt_folder", "prompt_meter"}
PLAYING |= PROMPTS
MEASURING = {"evaluators", "analysis", "report"}
# From the ground up; a room imports its own floor and those below it.
FLOORS = (
    {"errors"},
    {"files", "problems"},
    {"seeds", "yamlfile", "identity", "visible", "texts", "kinds"},
    {"scenario_parts", "bargaining", "models"},
    {"scenario_checks"},
    {"scenario"},
    {"incentives", "games", "game_payoffs", "game_issues", "catalogue"},
    {"stake", "suite", "suite_checks", "records", "schemas"},
    {"asking"},
    {"delegations", "prompting", *PROMPTS, "evaluators"},
    {"talks", "analysis"},
    {"episode", "report"},
    {"orchestrator"},
    {"doctor"},
    {"cli"},
)


def room(path: Path) -> str:
    return path.relative_to(HARNESS).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Rooms of harness that a file imports, except for types alone."""
    found: set[str] = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
            if node.module == "harness":
                names = [f"harness.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("harness.")}
    return found - {"__version__"}


FILES = sorted(p for p in HARNESS.rglob("*.py") if p.name != "__init__.py" or p.parent != HARNESS)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(HARNESS)))
def test_the_wings_never_import_each_other(path: Path) -> None:
    own, others = room(path), imports(path)
    if own in PLAYING:
        assert not others & MEASURING
    if own in MEASURING:
        assert not others & PLAYING
    if own != "cli":
        assert "cli" not in others


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(HARNESS)))
def test_imports_run_downwards(path: Path) -> None:
    floor = {name: level for level, names in enumerate(FLOORS) for name in names}
    own = room(path)
    assert own in floor, f"{own} has no floor"
    assert not {other for other in imports(path) - {own} if floor[other] > floor[own]}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(HARNESS)))
def test_no_file_is_two(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


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
