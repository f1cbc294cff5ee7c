"""What is said of a judge's figures: uncorrected, corrected, and by what."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from harness.analysis.answer_agreement import AnswersBy
from harness.analysis.judge_correction import CANNOT_TELL
from harness.analysis.judged_measures import ANSWERS, LABELS, PLANTED, JudgeCorrected, Labels
from harness.evaluators.base import Measure
from harness.report import answer_words, corrected_words, label_words, wording
from harness.report.corrected_words import (
    ANSWERS_FEW,
    ANSWERS_NOTE,
    CLIPPED,
    LABELS_FEW,
    LABELS_NOTE,
    LINEUPS,
    NOTE,
    PLANTED_LINEUPS,
    PLANTED_NOTE,
    SHORT,
    corrected_groups,
    corrected_notes,
    headings_of,
    print_corrected,
)
from harness.report.templating import environment
from tests.support.findings import findings

MEASURE = Measure(name="any_final_o", title="x", definition="x", range="yes/no", undefined="")


def figure(**fields: Any) -> JudgeCorrected:
    known: dict[str, Any] = {
        "measure": "words.any_final_o",
        "title": "last words of the official seat",
        "judge": "openai/j",
        "treatment": "lean",
        "judged": 0.4,
        "judged_interval": (0.3, 0.5),
        "corrected": 0.2,
        "interval": (-0.1, 0.5),
        "by": PLANTED,
        "sensitivity": 0.8,
        "specificity": 0.9,
        "mean_error": -0.05,
        "pairs": 96,
        "n": {"lean": 12},
        "missing": {"lean": 0},
    }
    return JudgeCorrected(**(known | fields))


def of(*figures: JudgeCorrected) -> Any:
    return findings(corrected=figures, labels=None, measures={"words.any_final_o": MEASURE})


def judged_rows(found: Any) -> tuple[tuple[str, ...], ...]:
    (group,) = corrected_groups(found)
    return group.rows


def errors(*figures: JudgeCorrected) -> tuple[str, ...]:
    (group,) = corrected_groups(of(*figures))
    return group.errors


def test_a_row_has_both_figures_and_the_judges_errors_stand_above() -> None:
    found = of(figure(pairs_missing=4), figure(treatment="plain", pairs_missing=4))
    (group,) = corrected_groups(found)
    assert group.title == "last words of the official seat (words.any_final_o)"
    (said,) = group.errors
    assert said.startswith("openai/j finds 0.80 of what is so (sensitivity), and is right in 0.90")
    assert said.endswith(
        "is off by +0.05 on average: 96 planted transcripts, and gave no value of 4 more."
    )
    assert group.rows[0] == ("lean", "0.40 [0.30, 0.50]", "0.20 [0.00, 0.50]", "0", "")
    assert group.rows[1][0] == "plain"


def test_a_share_is_shown_inside_what_a_share_can_be_and_that_is_said() -> None:
    notes = corrected_notes(of(figure()))
    assert notes == [NOTE, PLANTED_NOTE, CLIPPED]
    inside = corrected_notes(of(figure(interval=(0.1, 0.5))))
    assert CLIPPED not in inside
    apart = figure(control="plain", corrected=-1.2, interval=(-1.4, -0.2))
    assert judged_rows(of(apart))[0][2] == "−1.00 [−1.00, −0.20]"


def test_a_difference_says_whether_it_was_declared_and_who_lacks_values() -> None:
    apart = figure(control="plain", missing={"lean": 2, "plain": 0})
    assert judged_rows(of(apart))[0][0] == "lean - plain (not declared)"
    assert judged_rows(of(apart))[0][3] == "lean 2"
    declared = figure(control="plain", declared=True)
    assert judged_rows(of(declared))[0][0] == "lean - plain"


def test_without_a_corrected_figure_the_reason_stands_there() -> None:
    none = figure(corrected=None, interval=None, why=CANNOT_TELL)
    assert judged_rows(of(none))[0][2::2] == ("—", CANNOT_TELL)
    alone = figure(interval=None, why="one scenario")
    assert judged_rows(of(alone))[0][2::2] == ("0.20", "one scenario")


def test_labels_and_lines_say_what_they_are() -> None:
    by_label = figure(by=LABELS, sensitivity=None, specificity=None, mean_error=None, pairs=40)
    assert corrected_groups(of(by_label))[0].known == ("40 labels",)
    assert errors(by_label) == ("openai/j, by labels of the run's own turns.",)
    assert LABELS_NOTE in corrected_notes(of(by_label))
    assert PLANTED_NOTE not in corrected_notes(of(by_label))
    unknown = figure(sensitivity=None, specificity=None, mean_error=None, judge="", pairs=3)
    assert corrected_groups(of(unknown))[0].known == ("not known well enough",)
    assert errors(unknown) == ("The judge is not known well enough: 3 planted transcripts.",)
    line = figure(sensitivity=None, specificity=None, slope=0.7, intercept=0.2)
    assert corrected_groups(of(line))[0].known == ("0.20 + 0.70 t",)
    assert errors(line)[0].startswith(
        "openai/j reads 0.20 + 0.70 times what is so, is off by +0.05"
    )


def page(found: Any) -> str:
    template = environment().get_template("corrected.html.j2")
    return template.render(
        f=found,
        corrected=corrected_words,
        labels=label_words,
        answers=answer_words,
        w=wording,
    )


def printed(found: Any) -> str:
    console = Console(record=True, width=200)
    print_corrected(found, console)
    return console.export_text()


def test_the_terminal_and_the_page_say_the_same_and_escape_it() -> None:
    found = of(figure(title="<b>[red]last\x1b[31m", control="plain", declared=True))
    said = printed(found)
    assert "<b>[red]last" in said
    assert "\x1b" not in said
    assert "&lt;b&gt;[red]last" in page(found)
    for text in (said, page(found)):
        assert "+0.20 [−0.10, +0.50]" in text
    assert "<details" not in page(found)


def test_what_the_suite_does_not_ask_about_is_short_and_folded() -> None:
    many = [figure(measure=f"words.m{n:02}") for n in range(SHORT + 2)]
    apart = figure(measure="words.m00", control="plain", corrected=0.31)
    found = of(*many, apart)
    said = printed(found)
    assert "words.m00" in said
    assert "+0.31 [−0.10, +0.50]" in said
    assert said.count("Se 0.80, Sp 0.90") == SHORT
    assert "2 more measures are there." in said
    assert "14 measures that the suite does not ask about" in page(found)
    assert page(found).count("sensitivity") == SHORT + 2


def test_arms_that_short_lines_have_in_common_are_named_once() -> None:
    both = [figure(measure=f"words.m{n}", control="plain") for n in range(3)]
    said = printed(of(*both))
    assert "not asked about by the suite: lean - plain (not declared)" in said
    assert said.count("lean - plain") == 1
    assert said.count("+0.20 [−0.10, +0.50]") == 3
    apart = printed(of(*both, figure(measure="words.m9")))
    assert apart.count("lean - plain") == 3


def test_each_line_up_has_rows_of_its_own_and_one_calibration_is_said_to_be_taken_for_all() -> None:
    declared = {"control": "plain", "declared": True}
    each = [
        figure(lineup=name, corrected=value, **more)
        for name, value in (("unofficial <a>", 0.21), ("unofficial b", 0.45))
        for more in ({}, declared)
    ]
    found = of(*each)
    assert headings_of(found)[:2] == ("line-up", "arm")
    assert [row[:2] for row in judged_rows(found)] == [
        (name, arm)
        for name in ("unofficial <a>", "unofficial b")
        for arm in ("lean", "lean - plain")
    ]
    assert corrected_notes(found)[1:4] == [LINEUPS, PLANTED_NOTE, PLANTED_LINEUPS]
    assert PLANTED_LINEUPS not in corrected_notes(of(figure(lineup="a", by=LABELS)))
    assert LINEUPS not in corrected_notes(of(figure()))
    said = printed(found)
    assert "line-up" in said
    assert "unofficial &lt;a&gt;" in page(found)
    for text in (said, page(found)):
        assert "+0.21 [−0.10, +0.50]" in text
        assert "+0.45 [−0.10, +0.50]" in text
    short = printed(of(*(figure(lineup=name, control="plain") for name in ("one", "two"))))
    assert "not asked about by the suite: lean - plain (not declared)" in short
    assert [line.split()[:2] for line in short.splitlines() if "Se 0.80" in line] == [
        ["words.any_final_o", "one"],
        ["words.any_final_o", "two"],
    ]
    many = [figure(measure=f"words.m{n}", lineup=name) for n in range(SHORT) for name in "ab"]
    assert f"{SHORT} more lines are there." in printed(of(*many))


def test_nothing_is_said_where_nothing_is_known() -> None:
    assert printed(of()) == ""
    assert corrected_notes(of()) == []
    assert page(of()).strip() == ""


def test_labels_that_are_too_few_are_not_passed_over_in_silence() -> None:
    labels = Labels(people={"ann": (3, 1)}, agreements=())
    planted, by_label = figure(measure="words.final_o"), figure(measure="words.final_o", by=LABELS)
    none = by_label.model_copy(update={"corrected": None, "interval": None, "why": "lean: few"})
    for row, labelled, said in [
        (planted, labels, True),
        (none, labels, True),
        (by_label, labels, False),
        (none.model_copy(update={"judged": None}), labels, False),
        (planted, None, False),
        (figure(measure="words.value_o"), labels, False),
    ]:
        found = findings(corrected=(row,), measures={}, labels=labelled)
        assert (LABELS_FEW in corrected_notes(found)) is said


def test_where_labels_alone_correct_no_sensitivity_is_explained() -> None:
    assert "labels: turns that people have read." in printed(of(figure(by=LABELS, pairs=40)))
    assert "Se, Sp" not in printed(of(figure(by=LABELS, pairs=40)))
    assert "Se, Sp" in printed(of(figure(measure="words.a"), figure(by=LABELS)))


def test_what_stands_in_short_is_explained_and_nothing_else() -> None:
    rate, label = figure(measure="words.a"), figure(measure="words.b", by=LABELS, pairs=40)
    line = figure(measure="words.c", sensitivity=None, specificity=None, slope=0.7, intercept=0.2)
    none = figure(measure="words.d", sensitivity=None, specificity=None)
    answer = figure(measure="words.e", by=ANSWERS, pairs=12)
    said = {"rate": "Se, Sp:", "line": "a + b t:", "label": "labels: turns", "answer": "records: "}
    for rows, explained in (
        ((rate,), {"rate"}),
        ((line, label), {"line", "label"}),
        ((rate, answer, none), {"rate", "answer"}),
        ((none,), set()),
    ):
        text = printed(of(*rows))
        assert {name for name, words in said.items() if words in text} == explained


def test_labels_stand_below_and_are_escaped() -> None:
    labels = Labels(people={"<i>ann": (3, 1)}, agreements=())
    found = findings(corrected=(), measures={}, labels=labels)
    assert "<i>ann has labelled 2 turns, and left out 1." in printed(found)
    assert "&lt;i&gt;ann has labelled 2 turns" in page(found)
    assert label_words.NOBODY in page(found)


ANSWERED = Labels(
    people={},
    agreements=(),
    answered=(AnswersBy(who="<i>ann", rubric="mine", records=3, answers=8, missing=1),),
)


def test_answers_about_records_say_what_they_are() -> None:
    one = figure(measure="rubric_mine.loud_o", by=ANSWERS, pairs=40, sensitivity=None)
    assert corrected_groups(of(one))[0].known == ("40 records",)
    assert errors(one) == ("openai/j, by people's answers about the run's own records.",)
    notes = corrected_notes(of(one))
    assert ANSWERS_NOTE in notes
    assert PLANTED_NOTE not in notes
    assert LABELS_NOTE not in notes
    assert "records: those about which people have answered." in printed(of(one))
    both = printed(of(one, figure(measure="words.final_o", by=LABELS)))
    assert "labels: turns that people have read." in both
    assert "Se, Sp" not in both


def test_answers_that_are_too_few_are_not_passed_over_in_silence() -> None:
    planted = figure(measure="rubric_mine.loud_o")
    answered = planted.model_copy(update={"by": ANSWERS})
    none = answered.model_copy(update={"corrected": None, "interval": None, "why": "lean: few"})
    for row, labels, said in [
        (planted, ANSWERED, True),
        (none, ANSWERED, True),
        (answered, ANSWERED, False),
        (none.model_copy(update={"judged": None}), ANSWERED, False),
        (planted, None, False),
        (figure(measure="words.final_o"), ANSWERED, False),
    ]:
        notes = corrected_notes(findings(corrected=(row,), measures={}, labels=labels))
        assert (ANSWERS_FEW in notes) is said
        assert LABELS_FEW not in notes


def test_answers_stand_below_and_are_escaped() -> None:
    found = findings(corrected=(), measures={}, labels=ANSWERED)
    assert "<i>ann has answered 8 questions about 3 records by mine, and left 1 open." in printed(
        found
    )
    assert "&lt;i&gt;ann has answered 8 questions" in page(found)
    assert answer_words.NOBODY in page(found)
    assert label_words.NOBODY not in page(found)
