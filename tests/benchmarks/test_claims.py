"""The table of claims: every claim is asked about, and the page has every question."""

from __future__ import annotations

from pathlib import Path

from benchmarks.claims import HEADINGS, against, questions, table
from harness.evaluators.registry import builtin, measures
from harness.suite.contrasts import CLAIMS
from tests.support.findings import effect, findings

PAGE = Path(__file__).parents[2] / "docs" / "claims.md"


def test_every_claim_is_asked_about_on_a_measure_that_there_is() -> None:
    asked = list(questions())
    assert {contrast.claim for _, contrast in asked} == set(CLAIMS)
    known = measures(builtin())
    assert all(contrast.measure in known for _, contrast in asked)


def test_the_page_has_every_question_in_the_order_of_the_claims() -> None:
    rows = [
        tuple(cell.strip() for cell in line.strip("|").split(" | "))
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("| C") and line.count("|") == len(HEADINGS) + 1
    ]
    expected = [
        (one.claim, one.name, f"`{one.measure}`", against(one), f"`{suite}`")
        for suite, one in questions()
    ]
    assert [row[:-1] for row in rows] == expected
    assert all(row[-1] for row in rows), "each says what scripts give"


def test_a_row_has_the_figure_of_its_run() -> None:
    asked = list(questions())
    found = {
        suite: findings(
            secondary=tuple(
                effect(one.name, 0.25, (0.2, 0.3), **one.model_dump(exclude={"name"}))
                for of, one in asked
                if of == suite
            )
        )
        for suite in {of for of, _ in asked}
    }
    lines = list(table(found))
    assert len(lines) == 2 + len(asked)
    assert all("+0.25 ±0.05" in line for line in lines[2:])
