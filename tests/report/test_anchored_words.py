"""What is said of sizes, with and without answers of people."""

from __future__ import annotations

from typing import Any

import pytest
from rich.console import Console

from harness.analysis.anchored_arms import AnchoredArm
from harness.report.anchored_words import UNANCHORED, anchor_rows, print_anchor, unanchored
from tests.report.test_chain_figure import TALKS, link
from tests.report.test_chain_figure import brief as of
from tests.support.findings import findings

READERS = link("readers", "settlement.skew", of(0.1), of(0.0))
ARM = AnchoredArm(
    arm="chain",
    direction="cheaper",
    corrected=0.12,
    interval=(0.02, 0.22),
    uncorrected=0.3,
    people=None,
    labelled=1,
    unlabelled=3,
    answers=12,
    unmatched=2,
)


@pytest.mark.parametrize(
    ("fields", "warns"),
    [
        ({"models": {"reader": "openai/m"}, "links": (READERS,), "anchored": ()}, True),
        ({"models": {"reader": "openai/m"}, "links": (READERS,), "anchored": (ARM,)}, False),
        ({"models": {"reader": "scripted"}, "links": (READERS,), "anchored": ()}, False),
        ({"models": {}, "links": (READERS,), "anchored": ()}, False),
        ({"models": {"reader": "openai/m"}, "links": (TALKS,), "anchored": ()}, False),
    ],
)
def test_sizes_of_model_readers_are_not_read_without_people(
    fields: dict[str, Any], warns: bool
) -> None:
    assert bool(unanchored(findings(**fields))) is warns


def test_a_row_says_whose_figure_is_whose() -> None:
    (row,) = anchor_rows(findings(anchored=(ARM,)))
    assert row[:2] == ("chain", "what is given looks cheaper")
    assert row[2] == "+0.12 ±0.10"
    assert row[4] == "—", "nobody's mean is no zero"
    assert row[5] == "12 answers on 1 of 4 disputes, 2 fit nothing"


def test_the_terminal_says_one_or_the_other() -> None:
    console = Console(record=True, width=160)
    fields = {"models": {"reader": "openai/m"}, "links": (READERS,)}
    print_anchor(findings(anchored=(), **fields), console)
    assert UNANCHORED[:40] in console.export_text()
    print_anchor(findings(anchored=(ARM,), **fields), console)
    text = console.export_text()
    assert "12 answers" in text
    assert UNANCHORED[:40] not in text
