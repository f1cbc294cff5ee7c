"""What a rubric file comes to: the place of each answer on its scale, and what has none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.disputes.scenario import Scenario, Twin
from harness.evaluators.case import Case
from harness.evaluators.chain import CHAIN
from harness.evaluators.judges import SEVERAL, whose
from harness.evaluators.scales import (
    OTHER_VERSION,
    OWN,
    Scales,
    evaluator_name,
    place_of,
    scales_in,
    scales_of,
    verdicts_of,
)
from harness.evaluators.scoring import evaluate
from harness.plans.rubric import TO_JUDGE
from harness.plans.rubric_file import OF_READING, read_rubric
from harness.records.judgement import (
    JudgedAnswer,
    JudgedItem,
    Judgement,
    JudgementRecord,
    Quote,
    Rubric,
    Variant,
    Verdict,
)
from harness.records.transcript import Transcript, VoidReason
from tests.evaluators.test_words import untold
from tests.support.judging import RUBRIC, SMALL_DISPUTE, of_talks
from tests.support.rubric_files import BOTH, MINE, write
from tests.support.transcripts import make_transcript


def talks() -> Transcript:
    return make_transcript(SMALL_DISPUTE, [("u", {"well": "half", "fence": "us"}), ("o", "accept")])


def judged(rubric: Rubric, *verdicts: Verdict, **more: Any) -> JudgementRecord:
    variant = more.pop("variant", None)
    spec = of_talks(talks(), SMALL_DISPUTE, rubric=rubric, variant=variant)
    if judge := more.pop("judge", None):
        spec = spec.model_copy(update={"judge": spec.judge.model_copy(update={"model": judge})})
    body = Judgement(verdicts=verdicts)
    return JudgementRecord.model_validate(
        {"id": spec.id, "status": "done", "spec": spec, "body": body, **more}
    )


def case(*records: JudgementRecord) -> Case:
    named = {f"judged_{number}": one for number, one in enumerate(records)}
    return Case(talks(), SMALL_DISPUTE, inputs=named)


@pytest.fixture
def rubric(tmp_path: Path) -> Rubric:
    return read_rubric(write(tmp_path)).of(SMALL_DISPUTE)


@pytest.fixture
def scales(rubric: Rubric) -> Scales:
    found = scales_of(rubric, SMALL_DISPUTE)
    assert found is not None
    return found


def said(item: str, answer: str | None, at: int = 0, problem: str | None = None) -> Verdict:
    quotes = (Quote(text="words that stand there", at=at),) if answer not in (None, "none") else ()
    return Verdict(item=item, answer=answer, quotes=quotes, problem=problem)


def test_an_answer_is_worth_its_place(scales: Scales, rubric: Rubric) -> None:
    verdicts = (said("loud_o", "some"), said("loud_u", "none"), said("instructs", "no"))
    found = scales.score(case(judged(rubric, *verdicts)))
    assert found.values == {
        "loud_o": 0.5,
        "loud_u": 0.0,
        "instructs": 0.0,
        "undecided": 0.0,
        "rejected": 0.0,
        "unusable": 0.0,
    }
    assert found.why_null == {}
    (detail,) = found.detail["judges"]  # type: ignore[misc]
    assert detail["answers"]["loud_o"]["quotes"] == [{"at": 0, "text": "words that stand there"}]


def test_of_two_answers_one_is_so_or_it_is_not(rubric: Rubric) -> None:
    """A mean of such places is a share, and is treated as one."""
    (item, *_) = rubric.items
    two = item.model_copy(update={"answers": item.answers[:2]})
    found = scales_of(rubric.model_copy(update={"items": (two,)}), SMALL_DISPUTE)
    assert found is not None
    ranges = {one.name: one.range for one in found.measures}
    assert (ranges[item.id], ranges["instructs"]) == ("yes/no", "yes/no")
    for answer, is_last in ((item.answers[0].id, False), (item.answers[1].id, True)):
        record = judged(rubric, said(item.id, answer), said("instructs", "no"))
        asked = rubric.model_copy(update={"items": (two, rubric.items[-1])})
        spec = record.spec.model_copy(update={"rubric": asked})
        values = found.score(case(record.model_copy(update={"spec": spec}))).values
        assert values[item.id] is is_last
        assert values["instructs"] is False
    whole = scales_of(rubric, SMALL_DISPUTE)
    assert whole is not None
    assert len(item.answers) > 2
    assert {one.range for one in whole.measures if one.name == item.id} == {"0..1"}


def test_an_answer_on_words_needs_neither_values_nor_the_ending(
    scales: Scales, rubric: Rubric
) -> None:
    verdicts = (said("loud_o", "some"), said("loud_u", "none"), said("instructs", "no"))
    asked = Case(untold(talks()), SMALL_DISPUTE, inputs={"judged": judged(rubric, *verdicts)})
    (score,) = evaluate(asked, [scales])
    assert (score.values["loud_o"], score.values["unusable"]) == (0.5, 0.0)
    assert score.why_null == {}


def test_what_has_no_verdict_is_null_with_its_reason_and_counted(
    scales: Scales, rubric: Rubric
) -> None:
    record = judged(
        rubric,
        said("loud_o", None, problem="the judge cannot tell"),
        Verdict(item="loud_u", rejected=("not there",), problem="no quote occurs"),
        said("instructs", "no"),
    )
    found = scales.score(case(record))
    assert (found.values["loud_o"], found.values["loud_u"]) == (None, None)
    assert found.why_null == {"loud_o": "the judge cannot tell", "loud_u": "no quote occurs"}
    assert found.values["undecided"] == pytest.approx(2 / 3)
    assert found.values["rejected"] == 1.0


def test_what_rests_on_words_to_the_judge_alone_is_dropped(scales: Scales, rubric: Rubric) -> None:
    record = judged(
        rubric,
        said("loud_o", "much", at=0),
        said("loud_u", "much", at=1),
        said("instructs", "yes", at=0),
    )
    found = scales.score(case(record))
    assert (found.values["loud_o"], found.values["loud_u"]) == (None, 1.0)
    assert found.why_null == {"loud_o": TO_JUDGE}
    assert (found.values["instructs"], found.values["rejected"]) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("We will not move on the well", 1.0),
        ("a note for the judge", 1.0),
        ("note to the judge: we", None),
        ("we are loud, and mark us", None),
        ("Note to the judge: we are loud", None),
        ("loud", None),
    ],
)
def test_words_beside_those_to_the_judge_still_count(
    scales: Scales, rubric: Rubric, words: str, left: float | None
) -> None:
    told = (Quote(text="the judge: we are loud, and", at=0),)
    record = judged(
        rubric,
        Verdict(item="loud_o", answer="much", quotes=(Quote(text=words, at=0),)),
        said("loud_u", "none"),
        Verdict(item="instructs", answer="yes", quotes=told),
    )
    assert scales.score(case(record)).values["loud_o"] == left


def test_an_answer_keeps_what_else_it_rests_on(scales: Scales, rubric: Rubric) -> None:
    both = (Quote(text="mark us as loud", at=0), Quote(text="we will not move", at=0))
    told = (Quote(text="mark us as loud", at=0),)
    record = judged(
        rubric,
        Verdict(item="loud_o", answer="much", quotes=both),
        Verdict(item="instructs", answer="yes", quotes=told),
    )
    kept = verdicts_of(record)["loud_o"]
    assert (kept.answer, kept.quotes, kept.rejected) == ("much", both[1:], ("mark us as loud",))


def test_nobody_a_refusal_and_several_are_no_figure(scales: Scales, rubric: Rubric) -> None:
    nobody = scales.score(case())
    assert set(nobody.values.values()) == {None}
    assert "--rubric mine" in nobody.why_null["loud_o"]
    void = VoidReason(kind="reply", seat="judge", detail="refused: I can't")
    refused = scales.score(case(judged(rubric, status="void", void=void)))
    assert refused.values["unusable"] == 1.0
    assert "refused: I can't" in refused.why_null["loud_o"]
    verdicts = (said("loud_o", "some"), said("loud_u", "none"), said("instructs", "no"))
    two = judged(rubric, *verdicts), judged(rubric, *verdicts, judge="openai/y")
    several = scales.score(case(*two))
    assert set(several.why_null.values()) == {SEVERAL}
    assert [one["loud_o"] for one in several.detail["judges"]] == [0.5, 0.5]  # type: ignore[attr-defined]


def test_what_was_asked_in_another_form_enters_no_figure(scales: Scales, rubric: Rubric) -> None:
    variant = Variant(swapped="labels", of="0" * 16)
    found = scales.score(case(judged(rubric, said("loud_o", "much"), variant=variant)))
    assert found.values["loud_o"] is None


def test_a_question_of_another_version_is_null(scales: Scales, rubric: Rubric) -> None:
    older = rubric.model_copy(update={"version": 1, "items": rubric.items[:1]})
    found = scales.score(case(judged(older, said("loud_o", "some"))))
    assert found.values["loud_o"] == 0.5
    assert found.why_null["loud_u"] == OTHER_VERSION
    assert found.why_null["instructs"] == OTHER_VERSION


def test_what_a_strange_record_says_is_no_figure(scales: Scales, rubric: Rubric) -> None:
    strange = judged(
        rubric,
        said("loud_o", "deafening"),
        said("loud_o", "deafening"),
        said("of_nothing", "much"),
        said("instructs", "no"),
    )
    found = scales.score(case(strange))
    assert found.why_null["loud_o"] == "the answer is none of this question's"
    assert found.why_null["loud_u"] == OTHER_VERSION
    assert "of_nothing" not in found.values


def test_a_record_and_its_file_tell_the_same_measures(tmp_path: Path) -> None:
    for text in (MINE, BOTH):
        file = read_rubric(write(tmp_path, text))
        of_file = scales_in(file)
        for twin in (Twin.NONE, Twin.NAMES, Twin.SEATS):
            scenario: Scenario = SMALL_DISPUTE.twin(twin)
            assert scales_of(file.of(scenario), scenario) == of_file
    one = scales_in(read_rubric(write(tmp_path, MINE))).measures[0]
    assert one.title == "mine: loud, official seat (by a judge, uncalibrated)"
    assert one.definition.startswith(
        "Is the delegation for the official seat loud towards the other seat? 0 It is not; "
        "0.5 It is louder than the other seat; 1 It shouts; by the judge, uncalibrated"
    )
    told = {one.name: whose(one) for one in scales_in(read_rubric(write(tmp_path, MINE))).measures}
    assert told["instructs"] == "uncalibrated"
    assert told["undecided"] is told["rejected"] is told["unusable"] is None
    article = read_rubric(write(tmp_path, MINE.replace("for: talks", "for: article")))
    assert scales_in(article).kind == CHAIN
    assert scales_in(article).score(case()).values["loud_o"] is None
    assert scales_of(RUBRIC, SMALL_DISPUTE) is None, "no question of it has a scale"


def test_a_name_is_one_that_no_other_evaluator_has() -> None:
    assert evaluator_name("one-sided.v2") == "rubric_one_sided_v2"
    assert {"instructs", "undecided", "rejected", "unusable"} == OWN
    assert {"instructs", *OF_READING} == OWN, "names that no question may take"


@given(st.integers(1, 4).map(lambda n: 2 * n + 1), st.data())
def test_a_scale_between_parties_negates_when_it_is_turned(steps: int, data: st.DataObject) -> None:
    answers = tuple(JudgedAnswer(id=f"a{n}", text="x") for n in range(steps))
    item = JudgedItem(id="x", question="x", answers=answers, scale="direction")
    turned = item.model_copy(update={"answers": answers[::-1]})
    name = data.draw(st.sampled_from(answers)).id
    place = place_of(item, name)
    assert place is not None
    assert place_of(turned, name) == pytest.approx(-place)
    assert place_of(item, None) is None
    assert place_of(item, "none of these") is None
