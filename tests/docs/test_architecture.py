"""The picture is what the script draws from the code, and the page names what is there."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from harness import kinds
from harness.kinds import load_kind
from tests.support.parsed import parsed

pytestmark = pytest.mark.xdist_group("structure")  # with the imports that test_structure.py reads
ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGE = (DOCS / "architecture.md").read_text(encoding="utf-8")
KNOWS = re.compile(r'kind\W+"question"|Literal\["question"|QuestionSpec')
ROOMS = {path.parent.name for path in (ROOT / "harness").glob("*/__init__.py")}


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("architecture", DOCS / "architecture.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "architecture", module)
        spec.loader.exec_module(module)
    return module


def test_the_picture_is_that_of_the_code(script: ModuleType) -> None:
    drawn = (DOCS / "architecture.svg").read_text(encoding="utf-8")
    assert drawn == script.picture(), "type: python docs/architecture.py"


def test_every_room_is_drawn(script: ModuleType) -> None:
    texts = set(re.findall(r">([^<>]+)</text>", script.picture()))
    assert {f"{name}/" for name in ROOMS} <= texts


def test_no_arrow_leads_up_or_from_wing_to_wing(script: ModuleType) -> None:
    pairs = script.arrows(script.boxes())
    assert len(pairs) > len(ROOMS)
    for source, target in pairs:
        assert target.floor <= source.floor
        assert {source.wing, target.wing} != {"playing", "measuring"}


def test_what_follows_from_others_is_left_out(script: ModuleType) -> None:
    """The command line imports records, by way of everything else."""
    names = {(source.name, target.name) for source, target in script.arrows(script.boxes())}
    assert ("cli", "records") not in names
    assert ("report", "analysis") in names


def test_every_file_that_the_page_names_is_there() -> None:
    named = re.findall(r"`((?:harness|tests|docs|prompts)/[\w./]+)`", PAGE)
    assert len(named) > 20
    for name in named:
        assert (ROOT / name.replace("KIND", "talks")).exists(), name


def test_the_page_is_one_page() -> None:
    assert len(PAGE.splitlines()) <= 100


def test_what_the_page_calls_by_name_is_there() -> None:
    base = parsed((ROOT / "harness" / "stages" / "base.py").read_text(encoding="utf-8"))
    defined = {
        node.name for node in ast.walk(base) if isinstance(node, ast.ClassDef | ast.FunctionDef)
    }
    words = {"next_stages", "foreseen", "view", "can_play", "empty_body", "InPlay"}
    assert words <= defined
    assert all(f"`{word}`" in PAGE for word in words)


def test_a_kind_is_five_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stage, record, template, evaluator, and the line that registers it: no module of the package
    knows of the tests' kind."""
    monkeypatch.setattr(kinds, "_KINDS", dict(kinds._KINDS))
    kinds._KINDS.pop("question", None)
    support = ROOT / "tests" / "support"
    files = [*support.glob("question*.py"), *support.glob("prompts/question/*")]
    files.remove(support / "questions.py")  # runs of it
    assert len(files) == 4
    for path in files:
        assert f"`{path.relative_to(ROOT)}`" in PAGE
    for path in (ROOT / "harness").rglob("*.py"):
        assert not KNOWS.search(path.read_text(encoding="utf-8")), path
    assert load_kind(f"{support / 'question.py'}:KIND") is kinds.kind_of("question")
