"""People's answers about some records correct what a judge reads in all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.human_anchor import ppi_mean
from harness.analysis.intervals import cluster_t
from harness.analysis.judge_correction import ALIKE, ONE_SCENARIO
from harness.analysis.labelled_records import (
    FEWEST_RECORDS,
    ONE_LABELLED,
    LabelledRecord,
    by_records,
)
from harness.analysis.observations import Observation

Cells = Sequence[tuple[float, float | None]]
"""(as the judge reads it, as a person does; None where nobody has read it), record by record."""
PLACE = st.sampled_from([0.0, 1 / 3, 2 / 3, 1.0])


def arm(name: str, *scenarios: Cells) -> tuple[list[Observation], list[LabelledRecord]]:
    """An arm, scenario by scenario."""
    rows, labels = [], []
    for s, cells in enumerate(scenarios):
        for n, (judged, truth) in enumerate(cells):
            pair = f"none/{n}"
            rows.append(Observation(f"s{s}", pair, name, judged))
            if truth is not None:
                labels.append(LabelledRecord(f"s{s}", ((name, pair),), truth, judged, 0.5))
    return rows, labels


def read(judged: float, truth: float, times: int, unread: int) -> Cells:
    return [*[(judged, truth)] * times, *[(judged, None)] * unread]


def test_the_estimate_by_hand() -> None:
    rows, labels = arm("t", read(1.0, 0.5, 6, 2), read(0.0, 0.0, 6, 2))
    found = by_records(labels, rows, ("t",), 1.0)
    # The judge says .5 on average; of the twelve that were read it is .5 too high in half.
    assert found.corrected.value == pytest.approx(0.5 - 0.25)
    assert (found.used, found.missing) == (12, 0)
    ends = found.corrected.interval
    assert ends is not None
    assert ends[0] < 0.25 < ends[1]


@given(st.lists(st.lists(st.tuples(PLACE, PLACE), min_size=5, max_size=5), min_size=2, max_size=4))
def test_where_all_are_read_it_is_what_people_answer(
    cells: list[list[tuple[float, float]]],
) -> None:
    rows, labels = arm("t", *cells)
    found = by_records(labels, rows, ("t",), 1.0).corrected
    t = cluster_t([math.fsum(y for _, y in own) / len(own) for own in cells])
    assert t is not None
    assert found.value == pytest.approx(t.mean)
    if found.interval is None:
        assert found.why == ALIKE
        assert t.sd == 0
    else:
        assert found.interval == (pytest.approx(t.lo, abs=1e-6), pytest.approx(t.hi, abs=1e-6))


@given(
    st.lists(st.tuples(PLACE, PLACE), min_size=FEWEST_RECORDS, max_size=20),
    st.lists(PLACE, min_size=1, max_size=20),
)
def test_one_record_a_scenario_gives_the_prediction_powered_mean(
    told: list[tuple[float, float]], rest: list[float]
) -> None:
    rows, labels = arm("t", *([one] for one in told), *([(f, None)] for f in rest))
    found = by_records(labels, rows, ("t",), 1.0).corrected
    y, f = [one for _, one in told], [one for one, _ in told]
    assert found.value == pytest.approx(ppi_mean(y, f, [*f, *rest]).mean)


def test_agreement_on_all_leaves_the_figure_and_the_width_of_the_rule_of_three() -> None:
    rows, labels = arm("t", read(0.2, 0.2, 10, 90), read(0.6, 0.6, 10, 90))
    found = by_records(labels, rows, ("t",), 1.0).corrected
    alone = cluster_t([0.2, 0.6])
    assert alone is not None
    assert found.value == pytest.approx(0.4)
    assert found.interval is not None
    open_ = (1 - 0.05 ** (1 / 20)) * 0.9
    assert open_ == pytest.approx(3 / 20 * 0.9, rel=0.1)
    half = math.hypot(alone.hi - 0.4, open_)
    assert found.interval == (pytest.approx(0.4 - half), pytest.approx(0.4 + half))
    wider = by_records(labels, rows, ("t",), 2.0).corrected.interval
    assert wider is not None
    assert wider[1] > found.interval[1], "a scale of twice the width hides twice as much"


@pytest.mark.parametrize(("records", "open_"), [(12, 0.2), (30, 0.1)])
def test_what_few_records_leave_open_is_as_the_page_says(records: int, open_: float) -> None:
    rows, labels = arm("t", *(read(s / 10, s / 10, records // 2, 5000) for s in range(2)))
    found = by_records(labels, rows, ("t",), 1.0).corrected
    alone = cluster_t([0.0, 0.1])
    assert alone is not None
    assert found.interval is not None
    half = (found.interval[1] - found.interval[0]) / 2
    assert math.sqrt(half**2 - (alone.hi - alone.mean) ** 2) == pytest.approx(open_, abs=0.025)


def test_a_difference_takes_out_what_scenarios_do_to_both_and_each_arms_own_errors() -> None:
    levels = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    treatment = arm("t", *(read(level, level, 5, 5) for level in levels))
    # In the control arm the judge sees too much, in one half of the scenarios more than elsewhere.
    too_much = [0.1, 0.2] * 3
    control = arm(
        "c",
        *(read(level + more, level, 5, 5) for level, more in zip(levels, too_much, strict=True)),
    )
    rows, labels = [*treatment[0], *control[0]], [*treatment[1], *control[1]]
    apart = by_records(labels, rows, ("t", "c"), 1.0).corrected
    assert apart.value == pytest.approx(0)
    assert apart.interval is not None
    one = by_records(labels, rows, ("t",), 1.0).corrected
    assert one.interval is not None
    assert apart.interval[1] < one.interval[1] - one.interval[0], "scenarios cancel"


def test_records_that_arms_share_cancel_in_their_difference() -> None:
    rows, labels = [], []
    for s in range(4):
        for n in range(5):
            value, pair = s / 4, f"none/{n}"
            rows += [Observation(f"s{s}", pair, name, value) for name in "tc"]
            places = (("t", pair), ("c", pair))
            labels.append(LabelledRecord(f"s{s}", places, 1.0 - value, value, 1.0))
    found = by_records(labels, rows, ("t", "c"), 1.0)
    assert found.used == 20
    assert found.corrected.value == pytest.approx(0)
    assert found.corrected.why == ALIKE


def test_scenarios_weigh_the_same_however_many_records_they_have() -> None:
    few, many = read(0.5, 0.0, 5, 0), read(0.5, 0.5, 20, 0)
    rows, labels = arm("t", few, many)
    assert by_records(labels, rows, ("t",), 1.0).corrected.value == pytest.approx(0.25)


def test_too_few_say_so_and_missing_answers_are_counted() -> None:
    rows, labels = arm("t", read(0.2, 0.2, 5, 5), read(0.4, 0.4, 4, 6))
    open_ = LabelledRecord("s0", (("t", "none/9"),), None, 0.2, 0.5)
    void = LabelledRecord("s1", (("t", "none/77"),), 0.5, None, 0.5)
    rows.append(Observation("s1", "none/77", "t", None))
    found = by_records([*labels, open_, void], rows, ("t",), 1.0)
    assert (found.used, found.missing) == (9, 2)
    assert found.corrected.value is None
    assert "t: too few of its records" in found.corrected.why
    assert "9, of at least 10" in found.corrected.why
    enough = LabelledRecord("s0", (("t", "none/9"),), 0.2, 0.2, 0.5)
    assert by_records([*labels, enough], rows, ("t",), 1.0).corrected.value is not None
    few = by_records(labels[1:5], rows[:5], ("t",), 1.0).corrected.why
    assert "4, of at least 5" in few, "all that there are would do"
    nobody = by_records(labels, rows, ("x",), 1.0)
    assert (nobody.used, nobody.missing) == (0, 0)
    assert "no record of it has a value" in nobody.corrected.why
    lacking = by_records(labels, rows, ("t", "x"), 1.0).corrected
    assert lacking.why.startswith("t: no record"), "none has a counterpart"


def test_where_scenarios_say_nothing_there_is_a_figure_and_no_interval() -> None:
    rows, labels = arm("t", read(0.2, 0.3, 12, 3))
    alone = by_records(labels, rows, ("t",), 1.0).corrected
    assert (alone.value, alone.interval, alone.why) == (pytest.approx(0.3), None, ONE_SCENARIO)
    rows, labels = arm("t", read(0.2, 0.3, 12, 3), read(0.4, 0.4, 0, 3))
    one = by_records(labels, rows, ("t",), 1.0).corrected
    assert (one.interval, one.why) == (None, ONE_LABELLED)
    rows, labels = arm("t", read(0.2, 0.2, 6, 3), read(0.2, 0.2, 6, 3))
    alike = by_records(labels, rows, ("t",), 1.0).corrected
    assert (alike.value, alike.interval, alike.why) == (pytest.approx(0.2), None, ALIKE)


def test_the_interval_holds_the_truth_of_a_judge_that_errs_by_arm() -> None:
    """A small run of benchmarks/correction.py: the judge alone would hold it in few."""
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(60):
        rows, labels = [], []
        for name, too_much in (("t", 0.5), ("c", 0.0)):
            cells = []
            for level in rng.beta(3, 6, 8):
                truth = rng.binomial(3, level, 8) / 3
                judged = np.minimum(1, truth + (rng.random(8) < too_much) / 3)
                shown = rng.random(8) < 0.5
                own = zip(judged.tolist(), truth.tolist(), shown.tolist(), strict=True)
                cells.append([(f, y if seen else None) for f, y, seen in own])
            found, told = arm(name, *cells)
            rows += found
            labels += told
        ends = by_records(labels, rows, ("t", "c"), 1.0).corrected.interval
        assert ends is not None
        held += ends[0] <= 0 <= ends[1]
    assert held >= 53
