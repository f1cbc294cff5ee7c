"""The table of what a degree says is the one that the code makes, and its bounds are those of the
code."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.incentives.profiles import IncentiveProfile
from harness.prompting.stakes import stakes
from tests.support.command import ROOT

DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return loaded()


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("degrees", DOCS / "degrees.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCRIPT = loaded()
CREDIT = SCRIPT.bounds(lambda x: IncentiveProfile(deal_reward=x), "credit")


def test_the_page_shows_the_table(script: ModuleType) -> None:
    page = (DOCS / "suites.md").read_text(encoding="utf-8")
    assert script.page(page) == page, "type: python docs/degrees.py"


def test_every_degree_of_the_code_has_a_row(script: ModuleType) -> None:
    rows = list(script.lines())
    assert sum("`deal_reward`" in row for row in rows) == 5
    [nothing] = [row for row in rows if row.startswith("| `deal_reward` | 0 |")]
    assert "does nothing for your own reputation" in nothing
    assert "| `access_reward` | 0 | (nothing) |" in rows
    assert "| `deal_reward` | 0.02, below 0.03 |" in "\n".join(rows)
    assert rows[-1].startswith("| `internalised`, each kind of cost | 1 | all of")
    assert not any("{" in row or "\n" in row for row in rows)


@given(st.floats(0, 1))
@example(0.02)
@example(0.3)
def test_a_degree_between_two_bounds_has_the_word_of_its_row(degree: float) -> None:
    word = stakes(IncentiveProfile(deal_reward=round(degree, 3)))["credit"]
    rows = [row for row in CREDIT if row[0] <= round(degree, 3) <= row[1]]
    assert [row[2] for row in rows] == [word]


def test_a_page_without_the_marks_is_refused(script: ModuleType) -> None:
    with pytest.raises(ValueError, match=r"suites\.md lacks"):
        script.page("no marks")
