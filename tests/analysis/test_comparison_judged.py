"""Differences between delegations without the errors of the judges that read their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from harness.analysis.comparison import compare
from harness.analysis.comparison_judged import NO_VALUES, CorrectedDifference, said_in_all
from harness.analysis.comparison_measures import GAIN, Column
from harness.analysis.comparison_rows import Meetings
from harness.analysis.intervals import cluster_t
from harness.analysis.judge_correction import CANNOT_TELL
from harness.analysis.judge_errors import JudgedPair
from harness.analysis.judge_known import JudgeKnown
from harness.analysis.judged_measures import LABELS, PLANTED
from harness.analysis.labelled_turns import LabelledTurn
from harness.analysis.scale import Scale
from harness.evaluators.base import Measure
from harness.evaluators.judges import by_judge, whose
from tests.support.meetings import empty, meet

SOURCE = "words.final_u"
WORDS = Column(
    "words.final",
    "last words",
    "D",
    scale=Scale(0.0, None),
    sources=("words.final_o", SOURCE),
    by_judge=True,
)
COLUMNS = (GAIN, WORDS)
READ = ((1.0, 3.0), (2.0, 3.0), (1.0, 5.0), (2.0, 4.0), (1.0, 3.0), (2.0, 6.0))
"""What is read of both, scenario by scenario: 1.5 and 4."""


def line(a: float, b: float, wobble: float = 0.0) -> tuple[JudgedPair, ...]:
    """A judge that reads a + b times what is so; with a wobble more of it in later scenarios."""
    return tuple(
        JudgedPair(f"p{n % 8}", n % 5, a + (b + wobble * (n % 8 - 3.5)) * (n % 5))
        for n in range(40)
    )


def known(pairs: tuple[JudgedPair, ...], name: str = "x", judge: str = "openai/x") -> JudgeKnown:
    return JudgeKnown(pairs={SOURCE: pairs}, calibrations={SOURCE: name}, judges={SOURCE: judge})


HALF = known(line(0, 0.5))
OTHER = known(line(1, 2), "y", "openai/y")


def meetings(
    *each: JudgeKnown, read: Sequence[tuple[float, float]] = READ, runs: int = 2
) -> Meetings:
    """``alpha`` and ``beta`` in seat u, each in a run, or both in one."""
    found = empty(*("run-a", "run-b")[:runs])
    found.known = each
    for run in range(runs):
        judge = each[run].judges.get(SOURCE, "openai/x") if each else "openai/x"
        found.judges[run, "words"] = {judge: None}
    for number, values in enumerate(read):
        for run, (who, value) in enumerate(
            zip(("openai/alpha", "openai/beta"), values, strict=True)
        ):
            own = {"gain": 0.1, "words.final": value}
            meet(found, who, own, run=min(run, runs - 1), scenario=f"s{number}")
    return found


def judged(found: Meetings, column: Column = WORDS) -> CorrectedDifference:
    """``alpha`` less ``beta``, whichever stands first in the table."""
    made = compare(found, (GAIN, column), (column,))
    (one,) = made.whole.differences
    assert made.whole.entry(one.one).label == "openai/alpha"
    assert one.judged is not None
    return one.judged


def test_one_calibration_corrects_both_sides_and_its_intercept_falls_out() -> None:
    found = judged(meetings(HALF, known(line(0, 0.5))))
    assert found.value == pytest.approx((1.5 - 4) / 0.5)
    assert (found.shared, found.why, found.uncalibrated) == (True, "", False)
    assert (found.one.by, found.other.by) == (PLANTED, PLANTED)
    assert (found.one.judges, found.judges_differ) == (("openai/x",), False)
    t = cluster_t([(one - two) / 0.5 for one, two in READ])
    assert t is not None
    assert found.interval is not None
    assert found.interval[1] - found.interval[0] > t.hi - t.lo, "no line is known exactly"
    shifted = judged(meetings(*[known(line(7, 0.5))] * 2))
    assert shifted.value == pytest.approx(found.value)


def test_line_ups_of_one_run_have_one_calibration() -> None:
    found = judged(meetings(HALF, runs=1))
    assert found.shared
    assert found.value == pytest.approx(-5)


def test_judges_of_their_own_are_corrected_apart_and_it_is_known_that_they_differ() -> None:
    found = judged(meetings(HALF, OTHER))
    # 1.5 / 0.5 and (4 - 1) / 2
    assert found.value == pytest.approx(3 - 1.5)
    assert (found.shared, found.judges_differ) == (False, True)
    assert (found.one.judges, found.other.judges) == (("openai/x",), ("openai/y",))
    t = cluster_t([one / 0.5 - (two - 1) / 2 for one, two in READ])
    assert t is not None
    assert found.interval is not None
    assert found.interval[0] < t.lo < t.hi < found.interval[1]


def test_two_calibrations_are_two_sources_of_error_and_one_is_one() -> None:
    """The same judge and the same readings: calibrated once, or twice."""
    wobbly = line(0.2, 0.5, 0.15)
    once = judged(meetings(known(wobbly), known(wobbly)))
    twice = judged(meetings(known(wobbly), known(wobbly, "again")))
    assert once.value == pytest.approx(twice.value)
    assert (once.shared, twice.shared) == (True, False)
    assert once.interval is not None
    assert twice.interval is not None
    width, wider = (ends[1] - ends[0] for ends in (once.interval, twice.interval))
    exact = judged(meetings(HALF, HALF)).interval
    assert exact is not None
    assert exact[1] - exact[0] < width < wider


def test_where_nothing_is_known_of_one_side_it_says_of_which() -> None:
    for each, runs in (
        ((HALF, JudgeKnown()), ("run-b",)),
        ((JudgeKnown(), HALF), ("run-a",)),
        ((), ("run-a", "run-b")),
    ):
        found = judged(meetings(*each))
        assert (found.value, found.interval, found.uncalibrated) == (None, None, True)
        assert (*found.one.unknown, *found.other.unknown) == runs
        assert found.why == f"uncalibrated: nothing corrects its judge in {', '.join(runs)}"
        assert found.as_json()["other"]["nothing_known_in"] == list(found.other.unknown)


def test_a_measure_that_no_judge_gives_has_none() -> None:
    plain = replace(WORDS, by_judge=False)
    (one,) = compare(meetings(HALF, HALF), (GAIN, plain), (plain,)).whole.differences
    assert one.judged is None


def test_without_a_pair_that_has_both_values_there_is_no_difference() -> None:
    found = meetings(HALF, HALF, read=())
    for run, who in enumerate(("openai/alpha", "openai/beta")):
        meet(found, who, {"gain": 0.1}, run=run)
    lacking = judged(found)
    assert (lacking.value, lacking.why, lacking.uncalibrated) == (None, NO_VALUES, False)


def test_dialogues_without_a_counterpart_do_not_count() -> None:
    found = meetings(HALF, OTHER)
    meet(found, "openai/alpha", {"gain": 0.1, "words.final": 90.0}, scenario="alone")
    meet(found, "openai/beta", {"gain": 0.1}, run=1, scenario="alone")
    assert judged(found).value == pytest.approx(1.5)


def test_a_judge_that_cannot_tell_gives_no_difference() -> None:
    blind = known(tuple(JudgedPair(f"p{n % 8}", n % 5, n % 2) for n in range(40)), "z")
    assert judged(meetings(blind, blind)).why == CANNOT_TELL
    assert judged(meetings(HALF, blind)).why == CANNOT_TELL
    few = known(line(0, 0.5)[:8], "few")
    assert judged(meetings(HALF, few)).why.startswith("openai/beta: too few known transcripts: 8")


def test_a_share_that_reads_alike_in_all_scenarios_has_a_width() -> None:
    sure = tuple(JudgedPair(f"p{n % 8}", n % 2, n % 2) for n in range(80))
    share = replace(WORDS, scale=Scale(0.0, 1.0, yes_no=True))
    found = judged(meetings(known(sure), known(sure), read=[(0.0, 1.0)] * 6), share)
    assert found.value == pytest.approx(-1)
    assert found.interval is not None
    assert found.interval[0] < -1 < found.interval[1]
    assert found.inside(share.scale)[1] == (-1, found.interval[1])
    apart = judged(meetings(known(sure), known(sure, "y"), read=[(0.0, 1.0)] * 6), share)
    assert apart.interval is not None
    assert apart.interval[1] >= found.interval[1] > -1
    value = Scale(-1.0, 1.0)
    alike = judged(meetings(HALF, HALF, read=[(0.5, 0.5)] * 6), replace(WORDS, scale=value))
    assert (alike.value, alike.interval) == (pytest.approx(0), None)


# --- labels --------------------------------------------------------------------------------------


def with_labels(found: Meetings, who: str, run: int, made_up: float, turns: int = 4) -> JudgeKnown:
    """What a person found in the turns of one delegation: of those in which the judge found
    something, a share is made up."""
    rows = [one for one in found.rows if (one.players["u"].model, one.run) == (who, run)]
    labels = tuple(
        LabelledTurn(
            scenario=one.scenario,
            arms=one.arms,
            found=there,
            truth=float(there and n >= turns * made_up),
            judged=float(there),
            chance=1.0,
            record=one.id,
        )
        for one in rows
        for there in (True, False)
        for n in range(turns)
    )
    read = dict.fromkeys((one.id for one in rows), (turns, turns))
    return JudgeKnown(labels={SOURCE: labels}, turns=read, judges={SOURCE: "openai/x"})


ALIKE = [(4.0, 4.0)] * 6
"""Four turns of each dialogue, as the judge reads them."""


def test_labels_correct_each_side_by_its_own_turns() -> None:
    found = meetings(JudgeKnown(), JudgeKnown(), read=ALIKE)
    found.known = (
        with_labels(found, "openai/alpha", 0, 0.5),
        with_labels(found, "openai/beta", 1, 0.25),
    )
    corrected = judged(found)
    # Two of four are so, and three of four.
    assert corrected.value == pytest.approx(2 - 3)
    assert (corrected.one.by, corrected.other.by, corrected.shared) == (LABELS, LABELS, False)
    assert corrected.interval is not None
    assert corrected.interval[0] < -1 < corrected.interval[1]


def test_labels_of_one_side_stand_beside_a_calibration_of_the_other() -> None:
    found = meetings(JudgeKnown(), HALF, read=ALIKE)
    own = with_labels(found, "openai/alpha", 0, 0.5)
    found.known = (own, HALF)
    corrected = judged(found)
    assert corrected.value == pytest.approx(2 - 4 / 0.5)
    assert (corrected.one.by, corrected.other.by) == (LABELS, PLANTED)
    both = replace(own, pairs=HALF.pairs, calibrations=HALF.calibrations, judges=HALF.judges)
    found.known = (both, HALF)
    shared = judged(found)
    assert (shared.value, shared.shared) == (pytest.approx(0), True), "what corrects both sides"


def test_too_few_labels_correct_nothing_and_say_how_many_there_are() -> None:
    found = meetings(JudgeKnown(), JudgeKnown(), read=ALIKE)
    few = with_labels(found, "openai/beta", 1, 0.25, turns=1)
    found.known = (with_labels(found, "openai/alpha", 0, 0.5), few)
    corrected = judged(found)
    assert corrected.value is None
    assert corrected.why == ("openai/beta: too few of its turns are labelled: 12, of at least 20")
    unread = replace(few, turns={})
    found.known = (found.known[0], unread)
    assert judged(found).why == "openai/beta: the judge has read none of its talks"


def test_a_side_of_several_runs_needs_one_calibration() -> None:
    """``alpha`` sat in both runs, against two counterparts."""
    found = empty("run-a", "run-b")
    for number, (first, second) in enumerate(READ):
        for run, other in enumerate(("openai/p", "openai/q")):
            for who, value in (("openai/alpha", first), ("openai/beta", second)):
                values = {"gain": 0.1, "words.final": value}
                meet(found, who, values, o=other, run=run, scenario=f"s{number}")
    found.known = (HALF, HALF)
    made = compare(found, (GAIN, WORDS), (WORDS,))
    (one,) = [one.judged for one in made.whole.differences if one.one.startswith("u")]
    assert one is not None
    assert (one.value, one.shared) == (pytest.approx(-5), True)
    found.known = (HALF, known(line(0, 0.5), "later"))
    made = compare(found, (GAIN, WORDS), (WORDS,))
    (one,) = [one.judged for one in made.whole.differences if one.one.startswith("u")]
    assert one is not None
    assert (one.value, "several calibrations" in one.why) == (None, True)


def test_titles_say_that_errors_are_known_where_they_are_in_all_runs() -> None:
    measure = by_judge(Measure(name="m", title="t", definition="D", range="0..1", undefined=""), "")
    defined = {SOURCE: measure}
    assert whose(said_in_all(defined, [HALF, OTHER])[SOURCE]) == "uncorrected"
    for each in ([HALF, JudgeKnown()], [JudgeKnown()], []):
        assert whose(said_in_all(defined, each)[SOURCE]) == "uncalibrated"
