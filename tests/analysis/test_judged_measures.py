"""A judge's figures stand beside what they come to without its errors, arm by arm and as asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from types import MappingProxyType
from typing import Any

import pytest

from harness.analysis.contrast import evaluate
from harness.analysis.judge_errors import JudgedPair
from harness.analysis.judge_known import NOTHING_KNOWN, JudgeKnown
from harness.analysis.judged_measures import (
    ANSWERS,
    LABELS,
    PLANTED,
    JudgeCorrected,
    corrected_measures,
    said_of_judges,
    without_errors,
)
from harness.analysis.labelled_records import LabelledRecord
from harness.analysis.labelled_turns import LabelledTurn
from harness.analysis.proceedings import Dialogue, Proceedings, Went
from harness.analysis.values import Values
from harness.evaluators.base import Measure
from harness.evaluators.judges import by_judge
from harness.records.score import Score
from harness.suite.contrasts import Contrast
from tests.support.run_folders import make_suite

COUNT, SHARE = "words.final_o", "words.any_final_o"
SCENARIOS = [f"s{number}" for number in range(8)]


def measure(name: str, range_: str) -> Measure:
    return by_judge(
        Measure(name=name, title=f"{name}!", definition="D", range=range_, undefined=""), "x"
    )


MEASURES = {COUNT: measure("final_o", "0, 1, ..."), SHARE: measure("any_final_o", "yes/no")}
PAIRS = {
    # Finds three of four, makes nothing up.
    SHARE: tuple(JudgedPair(f"p{n % 8}", n % 2, (n % 2) * (n % 8 != 1)) for n in range(80)),
    COUNT: tuple(JudgedPair(f"p{n % 8}", n % 5, 0.5 * (n % 5)) for n in range(40)),
}
KNOWN = JudgeKnown(pairs=PAIRS, judges=dict.fromkeys(PAIRS, "openai/j"))


def values(void: int = 0, lineups: Mapping[str, int] = MappingProxyType({"": 1})) -> Values:
    """Two dialogues a scenario and arm: ``lean`` has one last word more than ``plain``, or as many
    more as a line-up says."""
    found = Values(proceedings={"plain": Proceedings(), "lean": Proceedings()})
    went, scores = [], []
    places = product(lineups.items(), enumerate(SCENARIOS), ("plain", "lean"), (1, 2))
    for (lineup, more), (number, scenario), arm, epoch in places:
        key = f"{lineup}{scenario}-{arm}-{epoch}"
        pair = f"none/{epoch}/{lineup}" if lineup else f"none/{epoch}"
        placed = Dialogue((arm,), scenario, pair, True, True, lineup)
        went.append(Went(key, placed, "done", "deal", None, (), (), (), ("model",)))
        count = float(more * (arm == "lean") + (number % 2))
        missing = arm == "lean" and epoch == 2 and number < void
        scores.append((key, None if missing else count))
    found.add_talks(went)
    for key, value in scores:
        both = {"final_o": value, "any_final_o": None if value is None else value > 0}
        why = dict.fromkeys(both, "not judged") if value is None else {}
        found.add_score(
            Score(id=key, evaluator="words", version=1, values=both, why_null=why), set(MEASURES)
        )
    found.complete()
    return found


def rows(
    known: JudgeKnown = KNOWN, void: int = 0, **suite: Any
) -> dict[tuple[str, str, str | None], JudgeCorrected]:
    found = corrected_measures(values(void), make_suite(**suite), MEASURES, known)
    return {(one.measure, one.treatment, one.control): one for one in found}


def test_every_arm_and_the_arms_of_the_primary_contrast_are_corrected() -> None:
    found = rows()
    assert list(found) == [
        (measure, *arms)
        for measure in (SHARE, COUNT)
        for arms in (("plain", None), ("lean", None), ("lean", "plain"))
    ]
    mean, apart = found[COUNT, "lean", None], found[COUNT, "lean", "plain"]
    assert (mean.judged, mean.corrected) == (pytest.approx(1.5), pytest.approx(3.0))
    assert (apart.judged, apart.corrected) == (pytest.approx(1.0), pytest.approx(2.0))
    assert (apart.slope, apart.intercept) == (pytest.approx(0.5), pytest.approx(0))
    assert apart.mean_error == pytest.approx(1.0)
    assert (apart.declared, apart.by, apart.judge) == (False, PLANTED, "openai/j")
    assert apart.n == {"lean": 16, "plain": 16}
    share = found[SHARE, "plain", None]
    assert (share.sensitivity, share.specificity) == (pytest.approx(0.75), pytest.approx(1.0))
    assert share.corrected == pytest.approx(0.5 / 0.75)
    assert share.interval is not None
    assert (share.title, share.slope) == ("any_final_o!", None)


def test_where_all_scenarios_read_alike_no_interval_is_without_a_width() -> None:
    """A null is then as open as an effect: eight scenarios alike do not say that others are."""
    found = rows()
    alike = found[COUNT, "lean", "plain"]
    assert (alike.judged, alike.judged_interval) == (pytest.approx(1), None)
    assert alike.interval is not None
    apart = found[COUNT, "lean", None].judged_interval
    assert apart is not None
    assert apart[0] < 1.5 < apart[1]
    share = found[SHARE, "lean", None]
    assert (share.judged, share.judged_interval is None) == (1, False), "a share has a width"


def test_a_difference_that_the_suite_asks_for_is_declared() -> None:
    asked = {
        "primary": {"name": "a", "treatment": "lean", "control": "plain"},
        "secondary": [
            {"name": "b", "treatment": "plain", "control": "lean", "measure": COUNT},
            {"name": "c", "treatment": "lean", "control": None, "measure": COUNT},
        ],
    }
    found = rows(contrasts=asked)
    assert found[COUNT, "plain", "lean"].declared
    assert found[COUNT, "plain", "lean"].corrected == pytest.approx(-2.0)
    assert (COUNT, "lean", "plain") not in found
    assert not found[SHARE, "lean", "plain"].declared
    assert (
        corrected_measures(values(), make_suite(contrasts=None), MEASURES, KNOWN)[-1].control
        is None
    )


def test_against_zero_the_twins_that_were_to_be_played_count_as_in_the_answer() -> None:
    asked = Contrast(name="c", treatment="lean", control=None, measure=COUNT)
    suite = make_suite(twins=("none", "seats"), contrasts={"primary": asked})
    (row,) = [
        one
        for one in corrected_measures(values(), suite, MEASURES, KNOWN)
        if one.declared and one.measure == COUNT
    ]
    planned = {"lean": suite.twins_of("lean")}
    answer = evaluate(asked, values().observations(COUNT), planned=planned)
    assert (row.judged, row.corrected) == (answer.estimate, None) == (None, None)


def test_what_is_missing_is_counted_by_arm() -> None:
    apart = rows(void=3)[COUNT, "lean", "plain"]
    assert apart.missing == {"lean": 3, "plain": 0}
    assert rows(void=3)[COUNT, "lean", None].missing == {"lean": 3}


def test_too_few_planted_transcripts_give_the_reason_and_no_figure() -> None:
    known = JudgeKnown(pairs={COUNT: PAIRS[COUNT][:8]})
    found = rows(known)[COUNT, "lean", None]
    assert (found.corrected, found.interval, found.pairs) == (None, None, 8)
    assert found.why.startswith("too few known transcripts")
    assert found.judged == pytest.approx(1.5)


def test_where_no_pair_has_a_value_there_is_no_difference() -> None:
    found = values()
    empty = Values(proceedings=found.proceedings)
    rows_ = corrected_measures(empty, make_suite(), MEASURES, KNOWN)
    assert {(one.judged, one.corrected) for one in rows_} == {(None, None)}
    assert all("no pair" in one.why for one in rows_)


def labels(share: float) -> tuple[LabelledTurn, ...]:
    """In each arm 16 turns with something found, of which ``share`` is made up, and 16 without."""
    return tuple(
        LabelledTurn(scenario, (arm,), found, truth, float(found), 0.5)
        for arm in ("plain", "lean")
        for scenario in SCENARIOS
        for found, truth in (
            *[(True, 0.0 if arm == "lean" and share else 1.0)],
            (True, 1.0),
            (False, 0.0),
            (False, 0.0),
        )
    )


TURNS: Mapping[str, tuple[int, int]] = {
    f"{scenario}-{arm}-{epoch}": (epoch, 8 - epoch)
    for scenario in SCENARIOS
    for arm in ("plain", "lean")
    for epoch in (1, 2)
}
"""In each arm and scenario three with something found, and 13 others."""


def test_labels_are_preferred_and_correct_each_arm_by_its_own() -> None:
    known = JudgeKnown(pairs=PAIRS, labels={COUNT: labels(0.5)}, turns=TURNS)
    found = rows(known)
    lean, plain = found[COUNT, "lean", None], found[COUNT, "plain", None]
    assert (lean.by, lean.pairs, lean.slope) == (LABELS, 32, None)
    # 1.5 found turns a dialogue, half of them made up.
    assert lean.corrected == pytest.approx(1.5 - 0.75)
    assert plain.corrected == pytest.approx(0.5)
    apart = found[COUNT, "lean", "plain"]
    assert (apart.judged, apart.corrected) == (pytest.approx(1.0), pytest.approx(0.25))
    assert apart.interval is not None
    assert apart.interval[0] < 0 < apart.interval[1]
    assert found[SHARE, "lean", None].by == PLANTED


def test_too_few_labels_leave_the_planted_transcripts() -> None:
    few = labels(0)[:8]
    both = JudgeKnown(pairs=PAIRS, labels={COUNT: few}, turns=TURNS)
    assert rows(both)[COUNT, "plain", None].by == PLANTED
    alone = rows(JudgeKnown(labels={COUNT: few}, turns=TURNS))[COUNT, "plain", None]
    assert (alone.by, alone.corrected) == (LABELS, None)
    assert alone.why == "plain: too few of its turns are labelled: 8, of at least 20"


def answered(each: int) -> tuple[LabelledRecord, ...]:
    """So many records of each arm: in ``lean`` every yes of the judge is made up."""
    return tuple(
        LabelledRecord(
            scenario=scenario,
            places=((arm, f"none/{epoch}"),),
            truth=0.0 if arm == "lean" else float(number % 2),
            judged=1.0 if arm == "lean" else float(number % 2),
            chance=each / 16,
        )
        for arm in ("plain", "lean")
        for number, (epoch, scenario) in enumerate(
            [(epoch, scenario) for epoch in (1, 2) for scenario in SCENARIOS][:each]
        )
    )


def test_answers_about_records_are_preferred_and_correct_each_arm_by_its_own() -> None:
    found = rows(JudgeKnown(pairs=PAIRS, records={SHARE: answered(12)}))
    lean, plain = found[SHARE, "lean", None], found[SHARE, "plain", None]
    assert (lean.by, lean.pairs, lean.pairs_missing, lean.sensitivity) == (ANSWERS, 12, 0, None)
    assert (lean.judged, lean.corrected) == (1, pytest.approx(0))
    assert plain.corrected == plain.judged == 0.5
    apart = found[SHARE, "lean", "plain"]
    assert (apart.judged, apart.corrected, apart.pairs) == (0.5, pytest.approx(-0.5), 24)
    assert apart.interval is not None
    assert found[COUNT, "lean", None].by == PLANTED


def test_too_few_answers_leave_the_planted_transcripts() -> None:
    both = rows(JudgeKnown(pairs=PAIRS, records={SHARE: answered(9)}))
    assert {one.by for one in both.values()} == {PLANTED}
    alone = rows(JudgeKnown(records={SHARE: answered(9)}))[SHARE, "plain", None]
    assert (alone.by, alone.corrected, alone.pairs) == (ANSWERS, None, 9)
    assert alone.why.startswith("plain: too few of its records")


def test_definitions_say_whose_figure_it_is_and_whether_its_errors_are_known() -> None:
    nothing = said_of_judges(MEASURES, NOTHING_KNOWN)
    assert nothing == MEASURES
    assert nothing[COUNT].title == "final_o! (by a judge, uncalibrated)"
    told = said_of_judges(MEASURES, JudgeKnown(pairs={COUNT: PAIRS[COUNT]}))
    assert told[COUNT].title == "final_o! (by a judge, uncorrected)"
    assert "uncalibrated" not in told[COUNT].definition
    assert told[SHARE] == MEASURES[SHARE]


def test_the_answer_to_the_primary_question_says_what_it_comes_to_without_the_errors() -> None:
    asked = {"primary": {"name": "a", "treatment": "lean", "control": "plain", "measure": COUNT}}
    suite, known = make_suite(contrasts=asked), said_of_judges(MEASURES, KNOWN)
    judged = corrected_measures(values(), suite, known, KNOWN)
    assert suite.contrasts is not None
    primary = evaluate(suite.contrasts.primary, values().observations(COUNT))
    (said,) = without_errors(judged, primary)
    assert said.startswith("Without the judge's errors, known from planted transcripts, it is 2")
    assert said.endswith(", if it errs alike in both arms.")
    assert without_errors(judged, None) == ()
    other = evaluate(suite.contrasts.primary.model_copy(update={"measure": "a.b"}), ())
    assert without_errors(judged, other) == ()
    few = JudgeKnown(pairs={COUNT: PAIRS[COUNT][:8]})
    (cannot,) = without_errors(corrected_measures(values(), suite, known, few), primary)
    assert cannot.startswith("The errors of its judge cannot be taken out: too few known")


LINEUPS = {"ant": "unofficial a", "bee": "unofficial b"}


def of_lineups(known: JudgeKnown) -> dict[tuple[str, str, str | None], JudgeCorrected]:
    """Counts by line-up: with ``a`` there is one last word more in ``lean``, with ``b`` three."""
    found = corrected_measures(
        values(lineups={"ant": 1, "bee": 3}), make_suite(), MEASURES, known, LINEUPS
    )
    return {(one.lineup, one.treatment, one.control): one for one in found if one.measure == COUNT}


def test_each_line_up_has_its_own_figures_and_there_is_none_of_all() -> None:
    found = of_lineups(KNOWN)
    assert list(found) == [
        (lineup, *arms)
        for lineup in LINEUPS.values()
        for arms in (("plain", None), ("lean", None), ("lean", "plain"))
    ]
    first, second = (found[name, "lean", "plain"] for name in LINEUPS.values())
    # The judge reads half of what is there.
    assert (first.judged, first.corrected) == (pytest.approx(1.0), pytest.approx(2.0))
    assert (second.judged, second.corrected) == (pytest.approx(3.0), pytest.approx(6.0))
    assert first.n == second.n == {"lean": 16, "plain": 16}
    assert "lineup" not in rows()[COUNT, "lean", None].model_dump()
    assert first.model_dump()["lineup"] == "unofficial a"


def test_labels_of_one_line_up_correct_no_other() -> None:
    """Of each label the talks are known; with ``b`` eight turns of an arm are labelled."""
    many = [replace(one, record=f"ant{one.scenario}-{one.arms[0]}-1") for one in labels(0.5)]
    few = [replace(one, record=f"bee{one.scenario}-{one.arms[0]}-1") for one in labels(0.5)[:8]]
    turns = {f"{name}{key}": counts for name in LINEUPS for key, counts in TURNS.items()}
    known = JudgeKnown(pairs=PAIRS, labels={COUNT: (*many, *few)}, turns=turns)
    found = of_lineups(known)
    own, other = (found[name, "lean", None] for name in LINEUPS.values())
    assert (own.by, own.pairs) == (LABELS, 32)
    assert own.corrected == pytest.approx(1.5 - 0.75), "as where it plays alone"
    assert (other.by, other.corrected) == (PLANTED, pytest.approx(7.0))
    alone = of_lineups(replace(known, pairs={}))["unofficial b", "plain", None]
    assert (alone.corrected, alone.pairs) == (None, 8)
    assert alone.why == "plain: too few of its turns are labelled: 8, of at least 20"
