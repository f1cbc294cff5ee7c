"""The pages of the evaluators are the ones that the evaluators make."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from types import ModuleType

import pytest

from harness.evaluators.base import Found, Measure, per_seat
from harness.evaluators.case import Case
from harness.evaluators.registry import builtin
from tests.support.command import ROOT

DOCS = ROOT / "docs"
COUNT = Measure(
    name="count",
    title="{}'s words | lines",
    definition="Number of *words*",
    range="0, 1, ...",
    undefined="nobody_spoke",
    source="C3-C5; C9",
    headline=True,
)


class Counting:
    """Counts.

    Whatever is said counts.
    """

    name = "counting"
    version = 3
    fooled_by = ("Long words.",)
    measures = (*per_seat(COUNT), replace(COUNT, name="all_u", title="all", source=""))

    def score(self, case: Case) -> Found:
        raise NotImplementedError  # nothing is scored here


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("measures_pages", DOCS / "measures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_are_up_to_date(script: ModuleType) -> None:
    made = script.pages()
    lying = {*(DOCS / "measures").glob("*.md"), DOCS / "measures.md"}
    assert lying == made.keys(), "type: python docs/measures.py"
    for path, text in made.items():
        assert path.read_text(encoding="utf-8") == text, "type: python docs/measures.py"


def test_a_page_says_what_is_measured_what_fools_it_and_which_claims(script: ModuleType) -> None:
    said = {f"C{number}": f"claim {number}" for number in range(1, 15)}
    text = script.page(Counting(), said)
    assert "\nWhatever is said counts.\n" in text
    claims = text.partition("## Which claim it serves")[2].partition("##")[0]
    assert [line[3:5] for line in claims.splitlines() if line] == ["C3", "C4", "C5", "C9"]
    assert "(../claims.md#the-table): claim 9" in claims
    assert "## What fools it\n\n- Long words.\n" in text
    assert "### `counting.count_o`, `counting.count_u`\n" in text
    assert "\n### `counting.all_u`\n" in text
    assert "Number of \\*words\\*.\n" in text
    assert "- Undefined: nobody\\_spoke.\n" in text
    assert "- Range: 0, 1, ...\n" in text
    assert text.count("- Source:") == 1


def test_every_measure_has_its_place_and_every_claim_is_served(script: ModuleType) -> None:
    served = set[str]()
    for evaluator in builtin():
        text = (DOCS / "measures" / f"{evaluator.name}.md").read_text(encoding="utf-8")
        served |= set(script.claims_of(evaluator))
        for measure in evaluator.measures:
            assert f"`{evaluator.name}.{measure.name}`" in text
    assert script.said_by_claims().keys() - served == {"C14"}, "C14 is of a track, no measure"


def test_names_of_code_lose_the_marks_of_a_docstring(script: ModuleType) -> None:
    class Marked:
        """See :mod:`harness.errors` and :attr:`~harness.view.View.seat`, ``plain``."""

    assert script._paragraphs(Marked) == ["See `harness.errors` and `seat`, `plain`."]


def test_a_rubric_that_ships_has_a_page_too(script: ModuleType) -> None:
    told = script.told_of_rubrics()
    files = script.rubric_files()
    assert [file.head.id for file in files] == sorted(told), "docs/rubrics.md has each in its table"
    for file in files:
        text = script.rubric_page(file, script.said_by_claims())
        fools, claims = told[file.head.id]
        for item in file.head.items:
            assert f".{item.id}" in text
        assert f"- {fools[0].upper()}{fools[1:]}.\n" in text
        assert text.count("- Undefined: ") == text.count("\n### ") > len(file.head.items)
        assert [f"- [{claim}]" in text for claim in claims] == [True] * len(claims)
        assert claims or "\nNone: it says how far" in text
