"""Private answers against the truth."""

from __future__ import annotations

from typing import Any

import pytest

from harness.disputes.scenario import Scenario
from harness.evaluators.base import TOGETHER, Found
from harness.evaluators.case import Case
from harness.evaluators.debrief import NOT_ASKED, NOT_SAID, Debriefs
from harness.probing.stage import probe_of
from harness.records.probe import Estimates, Probe, ProbeRecord
from harness.records.transcript import Debrief, VoidReason, status_of
from tests.support.joint import plain, together
from tests.support.packages import HALF_US, MINE_THEM, YOURS_US
from tests.support.probes import talks
from tests.support.transcripts import Entry, case, make_transcript

TALK: list[Entry] = [("u", MINE_THEM), ("o", YOURS_US), ("u", HALF_US), ("o", "accept")]


def score(scenario: Scenario, talk: list[Entry] = TALK, **debriefs: Debrief) -> Found:
    return Debriefs().score(case(make_transcript(scenario, talk, debriefs=debriefs), scenario))


def test_estimates_are_signed(small: Scenario) -> None:
    found = score(small, u=Debrief(reservations={"o": 0.45}), o=Debrief(reservations={"u": 0.1}))
    assert found.values["limit_error_u"] == pytest.approx(0.2)
    assert found.values["limit_error_o"] == pytest.approx(-0.2)


def test_the_limit_is_that_of_the_last_round(small: Scenario) -> None:
    talk: list[Entry] = [("u", MINE_THEM), "next round", ("o", YOURS_US)]
    found = score(small, talk, o=Debrief(reservations={"u": 0.5}))
    assert found.values["limit_error_o"] == pytest.approx(0.3)


def test_the_top_issue_of_the_other_side(small: Scenario) -> None:
    """The fence to b (.7), the well to a (.6)."""
    found = score(small, u=Debrief(top_issues={"o": "fence"}), o=Debrief(top_issues={"u": "fence"}))
    assert found.values["top_issue_right_u"] is True
    assert found.values["top_issue_right_o"] is False


def test_of_two_top_issues_either_is_right(small: Scenario) -> None:
    weights = {"well": 0.5, "fence": 0.5}
    even = small.principals["b"].model_copy(update={"weights": weights})
    scenario = small.model_copy(update={"principals": {**small.principals, "b": even}})
    for issue in weights:
        found = score(scenario, u=Debrief(top_issues={"o": issue}))
        assert found.values["top_issue_right_u"] is True


def test_answers_of_both_seats(small: Scenario) -> None:
    answers = Debrief(gave_more="o", margin=2, favours="u", own_could_sign=True)
    found = score(small, u=answers, o=answers)
    assert found.values["favour_blind_u"] is True  # .12 over no deal, against .6
    assert found.values["favour_blind_o"] is False
    assert found.values["capital_blind_u"] is found.values["capital_wrong_u"] is False
    assert found.values["understated_u"] == pytest.approx(0.43 / 0.73 + 0.2)
    assert found.values["understated_o"] == pytest.approx(-0.43 / 0.73 - 0.2)


def test_what_was_learned_is_kept_for_who_reads_it(small: Scenario) -> None:
    found = score(small, u=Debrief(learned={"o": "It needs the fence."}), o=Debrief())
    assert found.detail["learned"] == {"u": {"o": "It needs the fence."}, "o": {}}


def test_what_was_not_answered_is_missing_with_a_reason(small: Scenario) -> None:
    found = score(small, u=Debrief(problem="no usable reply in 4 attempts"))
    assert set(found.values) == {measure.name for measure in Debriefs.measures}
    assert set(found.values.values()) == {None}
    for measure in Debriefs.measures:
        expected = "no usable" if measure.name.endswith("_u") else "no debrief was asked for"
        if measure.name[:-2].endswith(("_before", "_nearer", "_learned")):
            expected = NOT_ASKED
        assert expected in found.why_null[measure.name], measure.name


def asked_before(
    small: Scenario, said: Estimates | None, *, asked: bool = True, void: VoidReason | None = None
) -> ProbeRecord:
    """A probe of seat u."""
    seats = talks(small, "1.5")
    spec = probe_of(seats, seats.seat("u"), estimates=asked)
    body = Probe(estimates=said)
    return ProbeRecord(id=spec.id, status=status_of(void), spec=spec, void=void, body=body)


def before_and_after(small: Scenario, probe: ProbeRecord, after: Debrief | None) -> Found:
    debriefs = {} if after is None else {"u": after}
    record = make_transcript(small, TALK, debriefs=debriefs)
    return Debriefs().score(Case(record, small, None, {"probe_u": probe}))


def test_what_the_talks_taught_is_the_error_before_less_the_error_after(small: Scenario) -> None:
    """No deal is worth .25 to b, and the fence weighs most."""
    before = Estimates(reservations={"o": 0.65}, top_issues={"o": "well"})
    after = Debrief(reservations={"o": 0.05}, top_issues={"o": "fence"})
    found = before_and_after(small, asked_before(small, before), after)
    assert found.values["limit_error_before_u"] == pytest.approx(0.4)
    assert found.values["limit_nearer_u"] == pytest.approx(0.2)
    assert (found.values["top_issue_before_u"], found.values["top_issue_learned_u"]) == (False, 1)
    assert found.why_null["limit_error_before_o"] == NOT_ASKED
    same = before_and_after(small, asked_before(small, before), Debrief(reservations={"o": 0.65}))
    assert same.values["limit_nearer_u"] == 0
    assert same.values["top_issue_learned_u"] is None


@pytest.mark.parametrize(
    ("probe", "why"),
    [
        ({"said": None, "asked": False}, NOT_ASKED),
        ({"said": Estimates(problem="it refused")}, "it refused"),
        ({"said": Estimates(reservations={"x1": 0.5})}, NOT_SAID),
        (
            {"said": None, "void": VoidReason(kind="reply", seat="u", detail="nothing usable")},
            "its probe is void: nothing usable",
        ),
    ],
)
def test_what_was_not_said_before_is_missing_with_a_reason(
    small: Scenario, probe: dict[str, Any], why: str
) -> None:
    found = before_and_after(small, asked_before(small, **probe), Debrief(reservations={"o": 0.5}))
    assert found.why_null["limit_error_before_u"] == found.why_null["top_issue_before_u"] == why
    assert found.values["limit_nearer_u"] is None
    assert found.values["limit_error_u"] == pytest.approx(0.25), "that after the talks stands"


def test_without_an_answer_afterwards_nothing_is_learned(small: Scenario) -> None:
    before = asked_before(small, Estimates(reservations={"o": 0.5}, top_issues={"o": "well"}))
    found = before_and_after(small, before, None)
    assert found.values["limit_error_before_u"] == pytest.approx(0.25)
    assert found.why_null["limit_nearer_u"] == "no debrief was asked for"


def test_void_talks_have_no_debrief(small: Scenario) -> None:
    reason = VoidReason(kind="reply", seat="u", detail="nothing usable")
    found = Debriefs().score(case(make_transcript(small, TALK[:2], void=reason), small))
    assert set(found.values.values()) == {None}
    assert set(found.why_null.values()) == {"void: nothing usable"}


def test_of_issues_that_are_valued_together_none_is_the_top_one() -> None:
    answers = Debrief(reservations={"o": 0.5}, top_issues={"o": "fence"})
    known, joined = (score(one, u=answers) for one in (plain(), together(plain(), 0.5)))
    assert known.values["top_issue_right_u"] is True
    assert joined.values["top_issue_right_u"] is None
    assert joined.why_null["top_issue_right_u"] == TOGETHER
    assert joined.values["limit_error_u"] == known.values["limit_error_u"] == 0.25
