"""Which judgements of a case count, and whose figures they are."""

from __future__ import annotations

from harness.disputes.scenario import Scenario
from harness.evaluators.base import Found, Measure
from harness.evaluators.case import Case
from harness.evaluators.judges import (
    SEVERAL,
    by_judge,
    judgements_by,
    of_judges,
    of_reading,
    plain_title,
    unusable,
    usable,
    whose,
    why_none,
    with_errors_known,
)
from tests.support.judged_lists import REFUSED, list_by
from tests.support.transcripts import make_transcript

A = Measure(name="a", title="A", definition="As.", range="0..", undefined="; or none")
UNUSABLE = Measure(name="unusable", title="U", definition="Us.", range="0..1", undefined="")


def test_judgements_by_another_rubric_are_left_out(small: Scenario) -> None:
    own = list_by("private-facts-u", small)
    other = list_by("private-facts-o", small)
    case = Case(make_transcript(small, []), small, None, {"one": own, "two": other})
    assert judgements_by(case, "private-facts-u") == [own]
    assert judgements_by(case, "article") == []


def test_of_one_judge_the_last_that_can_be_used_counts(small: Scenario) -> None:
    void = list_by("private-facts-u", small, void=REFUSED)
    good = list_by("private-facts-u", small, [("no_deal", "bad")])
    for order in ((void, good), (good, void)):
        inputs = dict(zip("ab", order, strict=True))
        case = Case(make_transcript(small, []), small, None, inputs)
        assert judgements_by(case, "private-facts-u") == [good]


def test_there_is_a_figure_of_one_judge_alone(small: Scenario) -> None:
    one = list_by("private-facts-u", small)
    other = list_by("private-facts-u", small, judge="openai/other")
    void = list_by("private-facts-u", small, void=REFUSED)
    assert why_none([], "nobody asked") == "nobody asked"
    assert why_none([one, void], "") is None
    assert why_none([one, other], "") == SEVERAL
    assert why_none([void], "") == "no judge gave a usable answer: it refused"
    assert usable([one, void]) == [one]
    assert unusable([one, void]) == [{"judge": "openai/judge", "why": "it refused"}]


def test_figures_are_of_the_only_judge_and_all_are_in_the_detail(small: Scenario) -> None:
    one = list_by("private-facts-u", small, judge="openai/one")
    other = list_by("private-facts-u", small, judge="openai/other")
    void = list_by("private-facts-u", small, void=REFUSED)
    measures = (by_judge(A, "no judgement"), UNUSABLE)
    assert measures[0].definition == "As.; by the judge, uncalibrated"
    assert measures[0].undefined == "no judgement; or none"

    def found(*judged: object) -> Found:
        records = [record for record in (one, other, void) if record in judged]
        return of_judges(measures, records, "nobody asked", lambda _: Found({"a": 1.0}))

    assert found().why_null == {"a": "nobody asked", "unusable": "nobody asked"}
    assert found(one, void).values == {"a": 1.0, "unusable": 0.5}
    both = found(one, other)
    assert (both.values, both.why_null) == ({"a": None, "unusable": 0}, {"a": SEVERAL})
    assert both.detail["judges"] == [
        {"judge": judge, "a": 1.0, "why_null": {}} for judge in ("openai/one", "openai/other")
    ]


def test_a_measure_says_what_is_known_of_its_judge() -> None:
    plain = Measure(name="x", title="X", definition="D", range="yes/no", undefined="")
    judged = by_judge(plain, "")
    known = with_errors_known(judged)
    assert [whose(one) for one in (plain, judged, known)] == [None, "uncalibrated", "uncorrected"]
    assert [one.title for one in (judged, known)] == [
        "X (by a judge, uncalibrated)",
        "X (by a judge, uncorrected)",
    ]
    assert {plain_title(one) for one in (plain, judged, known)} == {"X"}


def test_a_count_of_the_reading_itself_is_marked_in_no_way() -> None:
    counted = of_reading(A, "no judgement")
    assert (counted.title, counted.definition) == ("A", "As.")
    assert counted.undefined == "no judgement; or none"
    assert whose(counted) is None
