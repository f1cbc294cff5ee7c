"""What comparisons lack, as rows of the page."""

from __future__ import annotations

from harness.analysis.contrast import evaluate
from harness.analysis.observations import Observation
from harness.analysis.scale import scale_of
from harness.report.missing import missing_rows
from harness.report.wording import MISSING
from harness.suite.suite import Contrast
from tests.support.findings import findings


def rows(gone: int, scenarios: int = 8) -> list[Observation]:
    """Pairs of ``lean`` and ``plain``; the first ``gone`` of each are void in ``lean``."""
    return [
        Observation(f"s{s}", str(k), arm, value if keeps else None, played=keeps)
        for s in range(scenarios)
        for k in range(4)
        for arm, value in (("lean", 0.3 + 0.01 * s + 0.02 * k), ("plain", 0.1))
        for keeps in (arm == "plain" or k >= gone,)
    ]


MAIN = Contrast(name="main", treatment="lean", control="plain")
ALONE = Contrast(name="alone", treatment="lean")


def test_only_what_lacks_values_has_a_row() -> None:
    whole = evaluate(MAIN, rows(0))
    assert missing_rows(findings(primary=whole)) == []
    assert missing_rows(findings()) == []


def test_a_row_in_words() -> None:
    scale = scale_of("-1..1")
    main = evaluate(MAIN, rows(2), scale=scale)
    alone = evaluate(ALONE, rows(2), scale=scale_of("real"))
    first, second = missing_rows(findings(primary=main, secondary=(alone,)))
    assert first.name == "main"
    assert first.arms == (
        "lean: 16 of 32 (16 void or failed, 0 undefined)",
        "plain: 0 of 32",
    )
    assert first.difference == "+0.50 (p = 0.008)"
    assert first.uneven
    assert first.tipping.startswith("If, of the missing values, those of lean averaged ")
    low, high = (float(end.replace("−", "-")) for end in first.worst_case.split(" to "))
    assert low < 0 < high
    assert (second.difference, second.worst_case, second.uneven) == (MISSING, MISSING, False)


def test_one_scenario_has_no_tipping_point() -> None:
    (row,) = missing_rows(findings(primary=evaluate(MAIN, rows(1, scenarios=1))))
    assert row.tipping == MISSING
