"""The chain at the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from harness.analysis.decomposition import CELLS, parts
from harness.report.chain_words import NOTE, chain_rows, parts_sentence, print_chain
from harness.report.wording import MISSING
from tests.report.test_chain_figure import LATER, TALKS
from tests.support.findings import findings


def test_a_link_has_a_row_an_arm_and_says_its_question_once() -> None:
    rows = chain_rows(findings(links=(TALKS, LATER)))
    assert [row[0] for row in rows] == ["The talks (C13)", "", "The later (C13)", ""]
    assert [row[2] for row in rows] == ["chain", "against no-meeting"] * 2
    assert rows[3][3] == MISSING, "an arm without a value has none"
    assert rows[0][5] == "not shown" or rows[0][5] == "one scenario"


def test_a_run_without_a_chain_prints_none() -> None:
    console = Console(record=True, width=100)
    print_chain(findings(links=()), console)
    assert console.export_text() == ""
    print_chain(findings(links=(TALKS,)), console)
    text = console.export_text()
    assert "The talks" in text
    assert NOTE.split(".")[0][:40] in text


def said_of(interactions: Sequence[float]) -> str:
    """Of scenarios in which the article brings .1, the hand .2, and both together so much more."""
    scenarios = {
        f"s{number}": dict(zip(CELLS, ([0.0], [0.1], [0.2], [0.3 + more]), strict=True))
        for number, more in enumerate(interactions)
    }
    return parts_sentence(findings(chain_parts=parts(scenarios)))


def test_what_the_links_do_together_has_its_interval() -> None:
    said = said_of([0.0, 0.1] * 4)
    # t.975 on 7 df is 2.365; the SD is .0535: 2.365 · .0535 / √8 = .0447.
    assert "With the other link on, each brings +0.05 ±0.04 beside what it brings alone." in said
    assert said.startswith("Of the difference in "), "of eight scenarios it may be shown"
    assert "over 8 scenarios)." in said


def test_of_few_scenarios_nothing_can_be_shown_of_the_parts() -> None:
    assert said_of([0.0] * 6).startswith("Of the difference in ")
    few = said_of([0.0, 0.1])
    assert few.startswith("Nothing can be shown with fewer than 6 scenarios: of the difference in ")
    assert "+0.05 ±0.64 beside" in few, "12.706 · .0707 / √2"
    one = said_of([0.1])
    assert one.startswith("In the only scenario with a value, of the difference in ")
    assert (
        "; whether this holds beyond it cannot be computed because that takes at least two "
        "scenarios. With the other link on, each brings +0.10 beside"
    ) in one
