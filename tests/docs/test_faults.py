"""Every kind of fault that docs/faults.md calls closed has a test that holds it, and the other way
round."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

from tests.support.parsed import parsed

ROOT = Path(__file__).parents[2]
_ROW = re.compile(r"^\| ([SFXG]\d{1,2}) \| (.+?) \| (.+?) \|$", re.MULTILINE)
FAMILIES = {"S": 15, "F": 13, "X": 10, "G": 13}


def rows() -> dict[str, tuple[str, str]]:
    """Kind -> what happened, what is right."""
    text = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
    found = _ROW.findall(text)
    assert len(found) == len({kind for kind, *_ in found}), "a kind has two rows"
    return {kind: (happened, right) for kind, happened, right in found}


@cache
def marked() -> dict[str, list[str]]:
    """Kind -> the test files that hold it."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if "mark.kind" not in text:
            continue
        for node in ast.walk(parsed(text)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "kind"
                and ast.unparse(node.func) == "pytest.mark.kind"
            ):
                for argument in node.args:
                    name = ast.literal_eval(argument)
                    found.setdefault(name, []).append(str(path.relative_to(ROOT)))
    return found


def test_every_family_is_whole() -> None:
    expected = {f"{name}{i}" for name, last in FAMILIES.items() for i in range(1, last + 1)}
    assert set(rows()) == expected


def test_every_kind_has_a_test() -> None:
    held_by_none = sorted(rows().keys() - marked().keys())
    assert not held_by_none, "docs/faults.md says they are closed"


def test_every_marked_test_names_a_kind() -> None:
    unknown = {kind: files for kind, files in marked().items() if kind not in rows()}
    assert not unknown
