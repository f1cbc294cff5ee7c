"""The rows of corrected figures, as findings have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from harness.analysis.judged_measures import LABELS, PLANTED, JudgeCorrected
from harness.exchange import corrected
from harness.exchange.corrected import corrected_figures
from harness.exchange.tables import COLUMNS
from harness.records.reader import RunFolder

KINDS: Mapping[str, type | tuple[type, ...]] = {
    "text": str,
    "label": str,
    "integer": int,
    "number": float,
    "boolean": bool,
}


def row(monkeypatch: pytest.MonkeyPatch, run: RunFolder, **fields: Any) -> dict[str, Any]:
    known: dict[str, Any] = {
        "measure": "words.final_o",
        "title": "last words",
        "judge": "openai/j",
        "treatment": "lean",
        "judged": 0.5,
        "judged_interval": (0.25, 0.75),
        "corrected": 0.25,
        "interval": (-0.5, 1.0),
        "by": PLANTED,
        "slope": 0.75,
        "intercept": 0.125,
        "mean_error": -0.25,
        "pairs": 96,
        "n": {"lean": 12},
        "missing": {"lean": 1},
    }
    figure = JudgeCorrected(**(known | fields))
    monkeypatch.setattr(corrected, "corrected_in", lambda _: (figure,))
    (found,) = corrected_figures(run)
    return found


def test_a_mean_has_no_other_arm_and_is_not_declared(
    monkeypatch: pytest.MonkeyPatch, run: RunFolder
) -> None:
    found = row(monkeypatch, run)
    assert (found["arm"], found["against"], found["declared"]) == ("lean", None, None)
    assert (found["judged"], found["judged_low"], found["judged_high"]) == (0.5, 0.25, 0.75)
    assert (found["corrected_low"], found["corrected_high"]) == (-0.5, 1.0), "not clipped"
    assert (found["n"], found["missing"], found["n_against"]) == (12, 1, None)
    assert (found["sensitivity"], found["slope"], found["why"]) == (None, 0.75, None)
    assert found["lineup"] is None
    names = {one.name for one in COLUMNS["corrected"]} - {"run"}
    assert found.keys() == names
    kinds = {one.name: one.kind for one in COLUMNS["corrected"]}
    told = {name: value for name, value in found.items() if value is not None}
    assert all(isinstance(value, KINDS[kinds[name]]) for name, value in told.items())


def test_a_difference_has_both_arms_and_what_cannot_be_told_is_missing_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, run: RunFolder
) -> None:
    more = {"control": "plain", "n": {"lean": 12, "plain": 9}, "missing": {"lean": 1, "plain": 4}}
    none = {"corrected": None, "interval": None, "judged_interval": None, "why": "it cannot tell"}
    found = row(monkeypatch, run, **more, **none, by=LABELS, lineup="official=a, unofficial=b")
    assert (found["arm"], found["against"], found["declared"]) == ("lean", "plain", False)
    assert (found["n_against"], found["missing_against"]) == (9, 4)
    ends = ("judged_low", "judged_high", "corrected", "corrected_low", "corrected_high")
    assert [found[name] for name in ends] == [None] * 5
    assert (found["why"], found["by"]) == ("it cannot tell", LABELS)
    assert found["lineup"] == "official=a, unofficial=b"
    against_zero = row(monkeypatch, run, declared=True)
    assert (against_zero["declared"], against_zero["against"]) == (True, None)
    missing = {one.name for one in COLUMNS["corrected"] if one.missing}
    assert {name for name, value in found.items() if value is None} <= missing


def test_a_run_that_nobody_judged_has_no_row(run: RunFolder) -> None:
    assert list(corrected_figures(run)) == []
