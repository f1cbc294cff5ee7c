"""What comparisons lack, as rows of the page."""

from __future__ import annotations

from dataclasses import replace

from harness.analysis.contrast import evaluate
from harness.analysis.observations import Observation
from harness.analysis.scale import scale_of
from harness.evaluators.course import Asked, Course
from harness.report.missing import missing_rows
from harness.report.wording import MISSING
from harness.suite.contrasts import Contrast
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
    assert first.broke == (MISSING,)
    assert first.selective
    assert first.tipping.startswith("If, of the missing values, those of lean averaged ")
    low, high = (float(end.replace("−", "-")) for end in first.worst_case.split(" to "))
    assert low < 0 < high
    assert (second.difference, second.worst_case, second.selective) == (MISSING, MISSING, False)


def test_where_void_talks_broke_off_is_told_of_each_seat() -> None:
    asked = (Asked("u", "a", 1, 1),)
    found = [
        replace(one, course=Course(asked, (0.3 if lost else -0.001 * k,), broke_off=lost))
        for k, one in enumerate(rows(1))
        for lost in (not one.played,)
    ]
    (row,) = missing_rows(findings(primary=evaluate(MAIN, found)))
    (told,) = row.broke
    assert told.startswith("lean, seat u: 8 at offers worth +0.")
    assert told.endswith(" SD, p < 0.001)")
    assert row.selective


def test_one_scenario_has_no_tipping_point() -> None:
    (row,) = missing_rows(findings(primary=evaluate(MAIN, rows(1, scenarios=1))))
    assert row.tipping == MISSING
