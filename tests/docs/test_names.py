"""What a page, a docstring or a comment names is there: modules, objects in them, files."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

from tests.support.parsed import parsed

ROOT = Path(__file__).parents[2]
PAGES = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "evals").rglob("*.yaml"),
    *(ROOT / "harness").rglob("*.py"),
    *(ROOT / "benchmarks").rglob("*.py"),
    ROOT / "Makefile",
]
DOTTED = re.compile(r"\bharness((?:\.[A-Za-z_]\w*)+)")
FILE = re.compile(r"(?<![\w./-])(?:harness|tests|docs|benchmarks|evals|prompts)/[\w./-]*\w")
INVENTED = {"tests/ROOM/test_MODULE.py", "benchmarks/peers/NAME.py", "prompts/KIND"}
"""Words that stand for any name."""


@cache
def names_in(path: Path) -> frozenset[str]:
    """Names that a module has: what it defines, assigns or imports."""
    tree = parsed(path.read_text(encoding="utf-8"))
    found = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    }
    found |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    found |= {
        alias.name for node in ast.walk(tree) if hasattr(node, "names") for alias in _of(node)
    }
    return frozenset(found) | {"__version__", "__path__", "py"}


def _of(node: ast.AST) -> list[ast.alias]:
    return list(node.names) if isinstance(node, ast.Import | ast.ImportFrom) else []


def is_there(dotted: str) -> bool:
    """Whether ``harness.a.b.C`` names a module, or an object in one."""
    place, parts = ROOT / "harness", dotted.strip(".").split(".")
    while parts and (place / parts[0]).is_dir():
        place /= parts.pop(0)
    if parts and (place / f"{parts[0]}.py").is_file():
        return len(parts) == 1 or parts[1] in names_in(place / f"{parts[0]}.py")
    return not parts or parts[0] in names_in(place / "__init__.py")


def missing(text: str) -> list[str]:
    """What a text names and is not there."""
    modules = [f"harness{name[1]}" for name in DOTTED.finditer(text) if not is_there(name[1])]
    files = [name for name in FILE.findall(text) if name not in INVENTED]
    return [*modules, *(name for name in files if not (ROOT / name).exists())]


def test_what_is_named_is_there() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in PAGES}
    found = {str(path.relative_to(ROOT)): missing(text) for path, text in texts.items()}
    assert not {page: names for page, names in found.items() if names}
    for name in INVENTED:
        assert any(name in text for text in texts.values()), name


def test_what_is_not_there_is_seen() -> None:
    assert not missing("`harness.errors.InputError`, harness/errors.py, tests/docs, docs/api.md.")
    assert missing("harness.eror, harness.errors.Nothing, harness/eror.py and docs/nothing.md") == [
        "harness.eror",
        "harness.errors.Nothing",
        "harness/eror.py",
        "docs/nothing.md",
    ]
