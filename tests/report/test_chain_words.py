"""The chain at the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from harness.analysis.chain_finding import ChainOf
from harness.analysis.decomposition import CELLS, parts
from harness.report.chain_figure import chain_figure
from harness.report.chain_words import APART, NOTE, chain_rows, parts_sentence, print_chain
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


def said_of(interactions: Sequence[float]) -> str:
    """Of scenarios in which the article brings .1, the hand .2, and both together so much more."""
    scenarios = {
        f"s{number}": dict(zip(CELLS, ([0.0], [0.1], [0.2], [0.3 + more]), strict=True))
        for number, more in enumerate(interactions)
    }
    known = findings()
    return parts_sentence(ChainOf(label="", links=(), parts=parts(scenarios)), known)


def test_what_the_links_do_together_has_its_interval() -> None:
    said = said_of([0.0, 0.1] * 4)
    # t.975 on 7 df is 2.365; the SD is .0535: 2.365 · .0535 / √8 = .0447.
    assert (
        "With the other link on, each brings 0.050 [0.005, 0.095] beside what it brings alone."
        in said
    )
    assert said.startswith("Of the difference in "), "of eight scenarios it may be shown"
    assert "over 8 scenarios)." in said


def test_of_few_scenarios_nothing_can_be_shown_of_the_parts() -> None:
    assert said_of([0.0] * 6).startswith("Of the difference in ")
    few = said_of([0.0, 0.1])
    assert few.startswith("Nothing can be shown with fewer than 6 scenarios: of the difference in ")
    assert "0.050 [−0.585, 0.685] beside" in few, "12.706 · .0707 / √2"
    one = said_of([0.1])
    assert one.startswith("In the only scenario with a value, of the difference in ")
    assert (
        "; whether this holds beyond it cannot be computed because that takes at least two "
        "scenarios. With the other link on, each brings 0.100 beside"
    ) in one
