"""What is measured of an article by the verdicts of judges, on verdicts made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario
from harness.evaluators.base import Found
from harness.evaluators.case import Case
from harness.evaluators.judges import SEVERAL, whose
from harness.evaluators.published import NOT_JUDGED, Published, figures_of
from harness.plans.article import article_reading, article_rubric
from harness.records.judgement import Judgement
from harness.records.transcript import StageRecord, VoidReason
from tests.support.judged_articles import article, article_judgement, article_verdicts

(CEASEFIRE,) = load_scenarios("ceasefire")
POINTS = [i.id for i in article_rubric(CEASEFIRE).items if i.id.startswith(("point", "line"))]
NOTHING = article_verdicts(CEASEFIRE, {})
ANSWERS = ("own", "reported", "opposes", "absent", None)
REFUSED = VoidReason(kind="reply", seat="judge", detail="it refused")


def found(scenario: Scenario, **inputs: StageRecord) -> Found:
    last = next(reversed(inputs.values()), None) or article()
    return Published().score(Case(last, scenario, None, inputs))


def judged(answers: Mapping[str, str | None], scenario: Scenario = CEASEFIRE) -> Found:
    record = article_judgement(scenario, article_verdicts(scenario, answers))
    return found(scenario, article=article(), judged_article=record)


def test_what_the_only_judge_found_is_the_figure() -> None:
    measured = judged(
        {
            "meeting": "partly",
            "counterpart": "yes",
            "point_o_0": "own",
            "point_o_1": "own",
            "point_o_2": "opposes",
            "point_o_3": "reported",
            "point_u_0": "own",
            "line_u_0": "dismisses",
            "line_u_1": "respects",
            "acceptable_o": "yes",
            "costs_u": "yes",
        }
    )
    assert measured.values == {
        "disclosed_meeting": 0.5,
        "disclosed_counterpart": 1,
        "echoed_o": 0.5,
        "echoed_u": 0.25,
        "net_echo": 0.25,
        "opposed_o": 0.25,
        "opposed_u": 0,
        "dismissed": pytest.approx(1 / 3),
        "respected": pytest.approx(1 / 3),
        "acceptable_o": 1,
        "acceptable_u": 0,
        "costs_o": 0,
        "costs_u": 1,
        "undecided": 0,
        "rejected": 0,
        "unusable": 0,
    }
    assert not measured.why_null


def test_nothing_found_is_zero_and_no_null() -> None:
    measured = judged({})
    assert set(measured.values.values()) == {0}


def test_a_question_without_a_verdict_is_missing_and_counted() -> None:
    measured = judged({"meeting": None, "point_o_0": None, "point_o_1": "own"})
    assert measured.values["disclosed_meeting"] is None
    assert measured.why_null["disclosed_meeting"] == "the judge cannot tell"
    assert measured.values["echoed_o"] == pytest.approx(1 / 3), "of those with a verdict"
    assert measured.values["undecided"] == pytest.approx(2 / len(article_rubric(CEASEFIRE).items))
    of_u = {f"point_u_{n}": None for n in range(4)}
    measured = judged(of_u)
    assert measured.values["echoed_u"] is measured.values["net_echo"] is None
    assert measured.values["echoed_o"] == 0


@given(st.fixed_dictionaries({item: st.sampled_from(ANSWERS) for item in POINTS}))
@example(dict.fromkeys(POINTS))
def test_echo_is_a_share_and_net_of_the_two(answers: dict[str, str | None]) -> None:
    lines = {"own": "dismisses", "reported": "respects", "opposes": "absent"}
    given = {
        item: lines.get(answer or "", answer) if item.startswith("line") else answer
        for item, answer in answers.items()
    }
    verdicts = tuple(replace(one, answer=given.get(one.item, one.answer)) for one in NOTHING)
    values = figures_of(article_reading(Judgement(verdicts=verdicts))).values
    shares = [values[f"{name}_{seat}"] for name in ("echoed", "opposed") for seat in "ou"]
    shares += [values["dismissed"], values["respected"]]
    assert all(one is None or (isinstance(one, float) and 0 <= one <= 1) for one in shares)
    of_o, of_u = values["echoed_o"], values["echoed_u"]
    if of_o is None or of_u is None:
        assert values["net_echo"] is None
    else:
        assert values["net_echo"] == of_o - of_u  # type: ignore[operator]


def test_a_missing_link_is_said() -> None:
    assert set(found(CEASEFIRE).why_null.values()) == {"this arm has no article"}
    alone = found(CEASEFIRE, article=article())
    assert set(alone.why_null.values()) == {NOT_JUDGED}
    assert alone.values["unusable"] is None
    gone = VoidReason(kind="reply", seat="author", detail="it refused to write")
    void = found(CEASEFIRE, article=article(void=gone))
    assert set(void.why_null.values()) == {"the article is void: it refused to write"}


def test_a_judge_that_refuses_is_no_verdict_and_is_counted() -> None:
    void = article_judgement(CEASEFIRE, void=REFUSED)
    alone = found(CEASEFIRE, article=article(), judged_article=void)
    assert alone.values.pop("unusable") == 1
    assert set(alone.values.values()) == {None}
    assert set(alone.why_null.values()) == {"no judge gave a usable answer: it refused"}
    good = article_judgement(CEASEFIRE, article_verdicts(CEASEFIRE, {}), judge="openai/other")
    both = found(CEASEFIRE, article=article(), judged_article=void, judged_article_2=good)
    assert both.values["unusable"] == 0.5
    assert both.values["echoed_o"] == 0, "the only one that could be used"
    assert both.detail["unusable"] == [{"judge": "openai/judge", "why": "it refused"}]


def test_several_judges_are_not_averaged() -> None:
    records = {
        f"judged_article_{number}": article_judgement(
            CEASEFIRE, article_verdicts(CEASEFIRE, {"meeting": answer}), judge=f"openai/{answer}"
        )
        for number, answer in enumerate(("yes", "no"), start=1)
    }
    measured = found(CEASEFIRE, article=article(), **records)
    assert measured.values.pop("unusable") == 0
    assert set(measured.values.values()) == {None}
    assert set(measured.why_null.values()) == {SEVERAL}
    judges: Any = measured.detail["judges"]
    assert [(one["judge"], one["disclosed_meeting"]) for one in judges] == [
        ("openai/yes", 1),
        ("openai/no", 0),
    ]


def test_of_a_judge_that_was_asked_in_other_words_the_last_counts() -> None:
    old = article_judgement(CEASEFIRE, article_verdicts(CEASEFIRE, {"meeting": "yes"}))
    new = article_judgement(CEASEFIRE, article_verdicts(CEASEFIRE, {}), version=2)
    void = article_judgement(CEASEFIRE, void=REFUSED, version=3)
    both = {"article": article(), "judged_article": old, "judged_article_2": new}
    assert found(CEASEFIRE, **both).values["disclosed_meeting"] == 0
    three = found(CEASEFIRE, **both, judged_article_3=void)
    assert (three.values["disclosed_meeting"], three.values["unusable"]) == (0, 0)
    first = {"article": article(), "judged_article": void, "judged_article_2": old}
    assert found(CEASEFIRE, **first).values["disclosed_meeting"] == 1


def test_every_figure_of_a_verdict_says_that_it_is_uncalibrated() -> None:
    told = {one.name: whose(one) for one in Published.measures}
    counts = {name: told.pop(name) for name in ("undecided", "rejected", "unusable")}
    assert set(told.values()) == {"uncalibrated"}
    assert set(counts.values()) == {None}, "counts of the reading itself"


def test_quotes_lead_to_the_passage(small: Scenario) -> None:
    measured = judged({"meeting": "yes"}, small)
    judges: Any = measured.detail["judges"]
    quoted = judges[0]["quotes"]["meeting"]
    assert quoted["answer"] == "yes"
    assert quoted["quotes"][0]["text"] == "on meeting"
