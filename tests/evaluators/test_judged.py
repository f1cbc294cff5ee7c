"""How much of a judgement stands."""

from __future__ import annotations

from harness.disputes.scenario import Scenario
from harness.evaluators.base import Found
from harness.evaluators.case import Case
from harness.evaluators.judged import Judged
from harness.evaluators.judges import whose
from harness.records.judgement import Verdict
from harness.records.transcript import VoidReason
from tests.support.judged_articles import article_judgement

TOLD = Verdict(item="one", answer="yes", rejected=("no such words",))
UNTOLD = Verdict(item="two", problem="the judge cannot tell")


def found(scenario: Scenario, *verdicts: Verdict, void: VoidReason | None = None) -> Found:
    record = article_judgement(scenario, verdicts, void=void)
    return Judged().score(Case(record, scenario))


def test_what_does_not_stand_is_counted(small: Scenario) -> None:
    measured = found(small, TOLD, UNTOLD)
    assert measured.values == {"undecided": 0.5, "rejected": 1}
    assert measured.detail == {
        "answers": {"one": "yes", "two": None},
        "undecided": {"two": "the judge cannot tell"},
        "rubric": "article",
        "judge": "openai/judge",
    }


def test_a_void_judgement_is_null(small: Scenario) -> None:
    why = VoidReason(kind="reply", seat="judge", detail="it refused")
    measured = found(small, void=why)
    assert set(measured.values.values()) == {None}
    assert measured.why_null["rejected"] == "void: it refused"
    assert measured.detail["judge"] == "openai/judge"


def test_what_is_counted_of_a_reading_is_no_reading() -> None:
    """Of how many quotes were thrown away there is no truth that a judge could miss."""
    assert [whose(one) for one in Judged.measures] == [None, None]
