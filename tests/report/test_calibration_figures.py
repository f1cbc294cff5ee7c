"""A judge's figures in words."""

from __future__ import annotations

from harness.analysis.agreement import Agreed
from harness.report.calibration_figures import cell, headline, of
from tests.records.test_calibration import calibration


def test_a_figure_has_its_interval_or_none() -> None:
    assert cell(Agreed(0.5, 0.25, 0.75, 9)) == "0.50 (0.25 to 0.75)"
    assert cell(Agreed(0.5, None, None, 9), signed=True) == "+0.50"
    assert cell(Agreed(-0.001, -0.1, 0.1, 9), signed=True) == "+0.00 (−0.10 to +0.10)"
    assert cell(Agreed(None, None, None, 0)) == cell(None) == "—"


def test_only_what_is_there_has_a_row() -> None:
    figures = {"a": Agreed(0.5, None, None, 9), "b": Agreed(0.25, None, None, 9)}
    words = {"a": "of a", "b": "of b", "c": "of c"}
    assert of(figures, words, {"b"}) == [["of a", "0.50"], ["of b", "+0.25"]]


def test_it_says_of_whom_it_is() -> None:
    said = headline(calibration(transcripts=1200))
    assert "read 1,200 planted transcripts of the split 'test' by prose-ledger" in said
