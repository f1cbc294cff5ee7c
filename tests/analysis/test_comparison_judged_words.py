"""What is said of differences in measures by a judge."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.analysis.comparison import compare
from harness.analysis.comparison_judged import said_in_all
from harness.analysis.comparison_judged_words import (
    ANSWERED,
    AS_PLANTED,
    BESIDE,
    CLIPPED,
    LABELLED,
    ONE,
    OWN,
    TESTED,
    judged_notes,
)
from harness.analysis.comparison_measures import GAIN
from harness.analysis.comparison_parts import Comparison
from harness.analysis.comparison_rows import Meetings
from harness.analysis.judge_known import JudgeKnown
from harness.analysis.labelled_records import LabelledRecord
from harness.analysis.scale import Scale
from harness.evaluators.base import Measure
from harness.evaluators.judges import by_judge, whose
from tests.analysis.test_comparison_judged import (
    COLUMNS,
    HALF,
    OTHER,
    READ,
    SOURCE,
    WORDS,
    known,
    line,
    meetings,
    with_labels,
)


def compared(found: Meetings) -> Comparison:
    return compare(found, COLUMNS, (WORDS,))


def test_one_calibration_of_both_sides_counts_once() -> None:
    notes = judged_notes(compared(meetings(HALF, HALF)))
    assert notes == [TESTED, BESIDE, AS_PLANTED, ONE]


def test_two_judges_are_named_with_whose_words_they_read() -> None:
    notes = judged_notes(compared(meetings(HALF, OTHER)))
    assert notes[:-1] == [TESTED, BESIDE, AS_PLANTED, OWN]
    assert notes[-1] == (
        "The judges differ: openai/alpha by openai/x; openai/beta by openai/y. A difference as "
        "it was read may be theirs."
    )


def test_where_nothing_is_known_it_says_of_whom_and_in_which_run() -> None:
    found = compared(meetings(HALF, JudgeKnown()))
    first, said = judged_notes(found)
    assert first == TESTED
    assert said == (
        "words.final is uncalibrated: nothing corrects the judge of "
        "openai/beta (run-b), so that no difference from it is corrected."
    )
    assert found.not_corrected(found.whole.differences) == [
        "words.final: uncalibrated: nothing corrects its judge in run-b."
    ]
    neither = judged_notes(compared(meetings()))
    assert (
        "openai/alpha (run-a) and openai/beta (run-b), so that no difference from them"
        in neither[1]
    )
    assert BESIDE not in neither


def test_answers_about_whole_records_are_not_said_to_be_nothing() -> None:
    """They correct figures of their run, and no comparison."""
    drawn = LabelledRecord("s0", (("base", "p"),), 1.0, 1.0, 1.0)
    told = replace(HALF, pairs={}, records={SOURCE: (drawn,)})
    found = compared(meetings(HALF, told))
    notes = judged_notes(found)
    assert notes[-1] == ANSWERED.format("run-b")
    assert (
        notes[1]
        .removeprefix("words.final is uncalibrated: ")
        .startswith("nothing corrects the judge of openai/beta (run-b)")
    )
    (one,) = found.whole.differences
    assert one.judged is not None
    assert (one.judged.value, one.judged.other.answered) == (None, ("run-b",))
    assert one.judged.one.answered == ()
    measure = by_judge(
        Measure(name="final_u", title="t", definition="d", range="0..", undefined=""), ""
    )
    (said,) = said_in_all({SOURCE: measure}, (HALF, told)).values()
    assert whose(said) == "uncalibrated", "no corrected figure stands beside it"


def test_labels_are_named() -> None:
    found = meetings(JudgeKnown(), JudgeKnown(), read=[(4.0, 4.0)] * 6)
    found.known = tuple(
        with_labels(found, who, run, 0.5) for run, who in enumerate(("openai/alpha", "openai/beta"))
    )
    assert judged_notes(compared(found)) == [TESTED, BESIDE, LABELLED]


def test_a_figure_beyond_what_a_difference_can_be_is_said_to_be_clipped() -> None:
    value = replace(WORDS, scale=Scale(-1.0, 1.0))
    small = known(line(0, 0.1))
    read = [(one / 10, two / 10) for one, two in READ]
    found = compare(meetings(small, small, read=read), (GAIN, value), (value,))
    assert CLIPPED in judged_notes(found)
    (one,) = found.whole.differences
    assert one.judged is not None
    assert one.judged.value == pytest.approx(-2.5)
    assert one.judged.inside(value.scale)[0] == -2


def test_nothing_is_said_where_no_measure_is_by_a_judge() -> None:
    found = compare(meetings(HALF, HALF), (GAIN,), (GAIN,))
    assert judged_notes(found) == []
    assert found.not_corrected(found.whole.differences) == []


def test_what_of_a_calibration_is_not_used_stands_in_the_notes() -> None:
    runs = (replace(HALF, warnings=("calibration-x.json is not used.",)), HALF)
    assert "run-a: calibration-x.json is not used." in compared(meetings(*runs)).notes
