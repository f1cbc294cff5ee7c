"""A question that both seats ask is asked once."""

from __future__ import annotations

import pytest

from harness.analysis.comparison import compare
from harness.analysis.comparison_measures import BY_NAME, GAIN, Column
from harness.analysis.comparison_parts import Comparison
from harness.analysis.comparison_questions import question_of, unordered
from harness.analysis.comparison_rows import Meetings
from harness.analysis.effect import Effect
from harness.analysis.holm import holm
from tests.support.meetings import SCRIPT, empty, meet

SKEW, DEALS = BY_NAME["skew"], BY_NAME["deals"]
COLUMNS = (GAIN, SKEW, DEALS)


def sittings(*, itself: bool) -> Meetings:
    """Two models in eight scenarios: each opposite itself, or opposite one script."""
    meetings = empty("a", "b")
    for i in range(8):
        for run, who in enumerate(("openai/alpha", "openai/beta")):
            skew = 0.1 * run + 0.01 * (i * (run + 2) % 5)
            values = {"gain": 0.2 * run + 0.02 * (i * 3 % (4 + run)), "skew": skew, "deals": 1}
            opposite = who if itself else SCRIPT
            row = meet(meetings, who, values, o=opposite, run=run, scenario=f"s{i}")
            meetings.put(row, ("skew", "o"), -skew)
            meetings.put(row, ("deals", "o"), 1)
    return meetings


def own(effect: Effect) -> float | None:
    """p of the test that is corrected."""
    return effect.p_signflip if effect.p_t is None else effect.p_t


def asked_of(found: Comparison) -> dict[tuple[str, str], tuple[float | None, float | None]]:
    """Seat and measure -> p and corrected p."""
    return {
        (one.one[0], one.measure): (own(one.effect), one.effect.holm_p)
        for one in found.whole.differences
    }


def test_a_measure_of_the_dialogue_counts_once_where_each_meets_itself() -> None:
    found = compare(sittings(itself=True), COLUMNS, COLUMNS)
    p = asked_of(found)
    assert len(p) == 6
    by = {(one.one[0], one.measure): one.effect.estimate for one in found.whole.differences}
    assert abs(by["o", "skew"] or 0) == pytest.approx(abs(by["u", "skew"] or 0))
    once = [("o", "gain"), ("u", "gain"), ("u", "skew"), ("u", "deals")]
    wanted = holm([p[where][0] for where in once])
    assert None not in wanted
    assert [p[where][1] for where in once] == pytest.approx(wanted)
    assert p["o", "skew"][1] == p["u", "skew"][1]
    assert p["o", "deals"][1] == p["u", "deals"][1]


def test_against_one_script_nothing_is_asked_twice() -> None:
    p = asked_of(compare(sittings(itself=False), COLUMNS, COLUMNS))
    assert set(p) == {("u", "gain"), ("u", "skew"), ("u", "deals")}
    for (_, corrected), wanted in zip(
        p.values(), holm([one for one, _ in p.values()]), strict=True
    ):
        assert corrected == wanted


def test_what_tells_questions_apart() -> None:
    one, other = unordered([(0, 1), (2, 3)]), unordered([(3, 2), (1, 0)])
    assert question_of("", SKEW, "o", one) == question_of("", SKEW, "u", other)
    assert question_of("", GAIN, "o", one) != question_of("", GAIN, "u", one)
    assert question_of("", SKEW, "o", one) != question_of("", DEALS, "o", one)
    assert question_of("", SKEW, "o", one) != question_of("part", SKEW, "o", one)
    assert question_of("", SKEW, "o", one) != question_of("", SKEW, "o", unordered([(0, 1)]))
    assert unordered([(0, 1), (2, 3)]) != unordered([(0, 2), (1, 3)])
    assert unordered([(7,), (4,), (7,)]) == unordered([(4,), (7,)])
    assert unordered([]) == b""
    whole = Column("settlement.efficiency", "", "", sources=("settlement.efficiency",) * 2)
    assert question_of("", whole, "o", one) == question_of("", whole, "u", one)


def test_incentives_of_one_that_meets_itself_are_asked_once() -> None:
    meetings = empty("a")
    for i in range(8):
        for arm, more in (("lean", 0.1), ("plain", 0.0)):
            for who in ("openai/alpha", "openai/beta"):
                skew = more + 0.01 * (i % (3 if who < "openai/b" else 4))
                values, arms = {"gain": 0.1, "skew": skew}, (arm,)
                row = meet(meetings, who, values, o=who, arms=arms, scenario=f"s{i}")
                meetings.put(row, ("skew", "o"), -skew)
    found = compare(meetings, (GAIN, SKEW), (SKEW,)).incentives
    assert [(one.entry, one.measure) for one in found] == [
        (entry, "skew") for entry in ("o1", "o2", "u1", "u2")
    ]
    p = {one.entry: (own(one.effect), one.effect.holm_p) for one in found}
    wanted = holm([p["u1"][0], p["u2"][0]])
    assert None not in wanted
    assert [p["u1"][1], p["u2"][1]] == pytest.approx(wanted)
    assert (p["o1"][1], p["o2"][1]) == (p["u1"][1], p["u2"][1])
