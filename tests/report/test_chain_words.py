"""The chain at the terminal."""

from __future__ import annotations

from rich.console import Console

from harness.report.chain_figure import chain_figure
from harness.report.chain_words import APART, NOTE, chain_rows, print_chain
from harness.report.wording import MISSING
from tests.report.test_chain_figure import LATER, TALKS
from tests.support.findings import findings, lineup


def test_a_link_has_a_row_an_arm_and_says_its_question_once() -> None:
    found = findings(links=(TALKS, LATER))
    rows = chain_rows(found.chains[0], found)
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


def test_line_ups_have_a_chain_each_and_it_is_said_that_nothing_is_pooled() -> None:
    other = TALKS.model_copy(update={"sides": TALKS.sides[::-1]})
    known = (("model a", (TALKS, LATER)), ("model b", (other,)), ("none", ()))
    found = findings(by_model=tuple(lineup({}, short=name, links=links) for name, links in known))
    assert [(one.label, len(one.links)) for one in found.chains] == [("model a", 2), ("model b", 1)]
    console = Console(record=True, width=100)
    print_chain(found, console)
    text = console.export_text()
    assert text.index("model a") < text.index("The later (C13)") < text.index("model b")
    assert text.count(NOTE[:40]) == text.count(APART[:40]) == 1
    second = chain_figure(found, 1)
    assert second is not None
    assert "The chain of model b, link by link" in second
    assert 'href="#behind-2-talks"' in second
