from __future__ import annotations

import pytest

from harness.disputes.scenario import Scenario
from harness.evaluators.process import Process
from harness.records.transcript import Debrief, Repair, VoidReason
from tests.support.transcripts import Entry, case, make_spec, make_transcript

MINE_THEM = {"well": "mine", "fence": "them"}
HALF_THEM = {"well": "half", "fence": "them"}
HALF_US = {"well": "half", "fence": "us"}
MINE_US = {"well": "mine", "fence": "us"}
YOURS_US = {"well": "yours", "fence": "us"}
GIVEN_BY_U: list[Entry] = [("u", MINE_THEM), ("o", YOURS_US), ("u", "accept")]


def test_void_by_a_reply_is_counted_by_seat_and_measures_nothing(small: Scenario) -> None:
    reason = VoidReason(kind="reply", seat="u", detail="no usable reply in 4 attempts")
    transcript = make_transcript(
        small, [("u", MINE_US)], void=reason, repairs=[Repair(error="not JSON")] * 2
    )
    found = Process().score(case(transcript, small))
    never = {"void", "void_kind", "void_o", "void_u", "repairs_o", "repairs_u"}
    assert found.values["void"] is True
    assert found.values["void_kind"] == "reply"
    assert found.values["void_u"] is True
    assert found.values["void_o"] is False
    assert found.values["repairs_u"] == 2
    assert found.values["repairs_o"] == 0
    assert all(found.values[m.name] is None for m in Process.measures if m.name not in never)
    assert found.why_null["turns"] == "void: no usable reply in 4 attempts"


def test_failed_endpoint_is_void_of_its_own_kind(small: Scenario) -> None:
    reason = VoidReason(kind="endpoint", seat="o", detail="refused")
    found = Process().score(case(make_transcript(small, [], void=reason), small))
    assert found.values["void_kind"] == "endpoint"
    assert found.values["void_o"] is True
    assert found.why_null["rounds"] == "failed: refused"


def test_played_dialogue_is_not_void(small: Scenario) -> None:
    found = Process().score(case(make_transcript(small, GIVEN_BY_U), small))
    assert found.values["void"] is False
    assert found.values["void_o"] is found.values["void_u"] is False
    assert found.values["void_kind"] is None
    assert found.why_null["void_kind"] == "not void"


def test_counts(small: Scenario) -> None:
    talk: list[Entry] = [
        ("u", "caucus"),
        ("u", MINE_THEM),
        ("o", "reject"),
        "next round",
        ("u", MINE_US),
    ]
    found = Process().score(case(make_transcript(small, talk, words="peace"), small))
    assert found.values["turns"] == 3
    assert found.values["rounds"] == 2
    assert found.values["caucuses_u"] == 1
    assert found.values["caucuses_o"] == 0
    assert found.values["consultations_o"] == 0
    assert found.values["talk_share_u"] == pytest.approx(2 / 3)  # the caucus is not public
    assert found.values["opened_by_o"] is True


def test_silence_has_no_share(small: Scenario) -> None:
    found = Process().score(case(make_transcript(small, GIVEN_BY_U), small))
    assert found.values["talk_share_u"] is None
    assert found.why_null["talk_share_u"] == "nothing was said"


@pytest.mark.parametrize(("said", "blind"), [("u", False), ("equal", True), ("o", True)])
def test_blind_spot(small: Scenario, said: str, blind: bool) -> None:
    transcript = make_transcript(small, GIVEN_BY_U, debriefs={"u": Debrief(gave_more=said)})
    found = Process().score(case(transcript, small))
    assert found.values["blind_u"] is blind
    assert found.detail["gave_more"] == "u"
    assert found.values["debrief_missing_u"] is False
    assert found.values["debrief_missing_o"] is True
    assert found.values["blind_o"] is None


def test_equal_concessions_are_equal(small: Scenario) -> None:
    talk: list[Entry] = [("u", MINE_THEM), ("o", YOURS_US)]
    transcript = make_transcript(small, talk, debriefs={"o": Debrief(gave_more="equal")})
    found = Process().score(case(transcript, small))
    assert found.detail["gave_more"] == "equal"
    assert found.values["blind_o"] is False


def test_difference_too_small_to_notice_is_none(small: Scenario) -> None:
    """.18 against .18, and .15 in the dispute as it is."""
    weights = {"well": 0.36, "fence": 0.64}
    even = small.principals["b"].model_copy(update={"weights": weights})
    scenario = small.model_copy(update={"principals": {**small.principals, "b": even}})
    talk: list[Entry] = [("u", MINE_THEM), ("o", YOURS_US), ("u", HALF_THEM), ("o", HALF_US)]
    found = Process().score(case(make_transcript(scenario, talk), scenario))
    assert found.detail["gave_more"] == "equal"
    found = Process().score(case(make_transcript(small, talk), small))
    assert found.detail["gave_more"] == "u"


def test_no_answer_is_right_where_a_side_made_no_proposal(small: Scenario) -> None:
    transcript = make_transcript(small, [("u", MINE_THEM)], debriefs={"u": Debrief(gave_more="u")})
    found = Process().score(case(transcript, small))
    assert found.detail["gave_more"] is None
    assert found.values["blind_u"] is None
    assert found.why_null["blind_u"] == "a seat made no proposal, so the question has no answer"


def test_missing_debrief_is_missing_and_says_why(small: Scenario) -> None:
    debriefs = {"u": Debrief(problem="no usable reply in 4 attempts")}
    found = Process().score(case(make_transcript(small, GIVEN_BY_U, debriefs=debriefs), small))
    assert found.values["debrief_missing_u"] is True
    assert found.values["blind_u"] is None
    assert found.why_null["blind_u"] == "no usable reply in 4 attempts"
    assert found.values["estimate_error_u"] is None


def test_debrief_that_was_not_asked_for_is_not_missing(small: Scenario) -> None:
    transcript = make_transcript(small, GIVEN_BY_U, spec=make_spec(small, debrief=False))
    found = Process().score(case(transcript, small))
    assert found.values["debrief_missing_u"] is None
    assert found.why_null["blind_u"] == "no debrief was asked for"


def test_estimate_is_held_against_the_limit_of_the_last_round(small: Scenario) -> None:
    debriefs = {"o": Debrief(reservations={"u": 0.5}), "u": Debrief(reservations={"o": 0.25})}
    talk: list[Entry] = [("u", MINE_THEM), "next round", ("o", YOURS_US)]
    found = Process().score(case(make_transcript(small, talk, debriefs=debriefs), small))
    assert found.values["estimate_error_o"] == pytest.approx(0.3)
    assert found.values["estimate_error_u"] == pytest.approx(0.0)
