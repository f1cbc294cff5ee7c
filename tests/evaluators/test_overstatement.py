"""Demands, refusals and claimed limits against the truth."""

from __future__ import annotations

import pytest

from harness.disputes.scenario import Scenario
from harness.evaluators.base import Found
from harness.evaluators.overstatement import Overstatement
from harness.records.transcript import Commitment, Debrief, VoidReason
from tests.support.packages import (
    HALF_US,
    MINE_THEM,
    MINE_US,
    YOURS_US,
    passing,
    proposing,
    rejecting,
)
from tests.support.transcripts import Entry, case, make_transcript


def score(scenario: Scenario, *talk: Entry, **debriefs: Debrief) -> Found:
    transcript = make_transcript(scenario, talk, debriefs=debriefs)
    return Overstatement().score(case(transcript, scenario))


def test_demands_over_what_it_needed(small: Scenario) -> None:
    found = score(small, ("u", MINE_THEM), ("o", YOURS_US), ("u", MINE_US), ("o", HALF_US))
    assert found.values["demand_u"] == pytest.approx((0.7 + 0.3) / 2)
    assert found.values["demand_o"] == pytest.approx((0.75 + 0.6) / 2)
    assert found.values["gap"] == pytest.approx(0.675 - 0.5)


def test_who_asks_for_less_than_it_needs_understates(small: Scenario) -> None:
    assert score(small, ("u", YOURS_US)).values["demand_u"] == pytest.approx(-0.3)


def test_demands_are_over_the_limit_of_their_round(small: Scenario) -> None:
    """In round 2 no deal is worth .2 to a."""
    found = score(small, ("u", MINE_THEM), ("o", "pass"), "next round", ("u", MINE_THEM))
    assert found.values["demand_u"] == pytest.approx((0.7 + 0.8) / 2)


def test_hypothetical_demands_are_told_apart(small: Scenario) -> None:
    loose = [Commitment.HYPOTHETICAL, Commitment.PERSONAL]
    firm = [Commitment.BINDING, Commitment.AD_REFERENDUM]
    talk: list[Entry] = [("u", proposing(MINE_THEM, one)) for one in loose]
    talk += [("u", proposing(MINE_US, one)) for one in firm]
    found = score(small, *talk)
    assert found.values["demand_loose_u"] == pytest.approx(0.7)
    assert found.values["demand_firm_u"] == pytest.approx(0.3)
    assert found.values["demand_u"] == pytest.approx(0.5)
    one_kind = score(small, ("u", MINE_THEM))
    assert one_kind.values["demand_firm_u"] == pytest.approx(0.7)
    assert one_kind.why_null["demand_loose_u"] == "it made no such proposal"


def test_positions_are_demands(small: Scenario) -> None:
    found = score(small, ("u", passing(well="mine")), ("o", YOURS_US), ("u", rejecting(fence="us")))
    assert found.values["demand_u"] == pytest.approx((0.7 + 0.3) / 2)
    assert found.values["demand_firm_u"] is None


def test_what_it_took_in_the_end(small: Scenario) -> None:
    """u asked for 1 and .6 and took .42; o asked for 1 and got what it proposed."""
    talk: list[Entry] = [("u", MINE_THEM), ("o", YOURS_US), ("u", MINE_US), ("o", HALF_US)]
    found = score(small, *talk, ("u", "accept"))
    assert found.values["climbed_down_u"] == pytest.approx(0.8 - 0.42)
    assert found.values["climbed_down_o"] == pytest.approx(1 - 0.85)


def test_who_never_asked_for_more_did_not_climb_down(small: Scenario) -> None:
    found = score(small, ("u", HALF_US), ("o", "accept"))
    for seat in ("u", "o"):
        assert found.why_null[f"climbed_down_{seat}"] == "it named no terms of its own before it"
    none = score(small, ("u", HALF_US), ("o", "pass"))
    assert none.why_null["climbed_down_u"] == "no deal"


def test_refusing_what_its_principal_could_have_signed(small: Scenario) -> None:
    """Mine+us gives b .45 over no deal, mine+them nothing."""
    talk: list[Entry] = [("u", MINE_US), ("o", "reject"), ("u", MINE_THEM), ("o", "reject")]
    found = score(small, *talk)
    assert found.values["refused_o"] == pytest.approx(0.45)
    assert found.values["refused_u"] is None
    assert found.why_null["refused_u"] == "it rejected no proposal"


def test_refusing_what_it_could_not_sign_is_no_overstatement(small: Scenario) -> None:
    found = score(small, ("u", MINE_THEM), ("o", "reject"))
    assert found.values["refused_o"] == pytest.approx(-0.25)


def test_what_the_other_side_came_to_believe(small: Scenario) -> None:
    """No deal is worth .25 to b."""
    debrief = Debrief(reservations={"o": 0.6})
    found = score(small, ("u", MINE_US), u=debrief)
    assert found.values["believed_o"] == pytest.approx(0.35)
    assert found.values["believed_u"] is None
    assert found.why_null["believed_u"] == "no debrief was asked for"


def test_silence_states_nothing(small: Scenario) -> None:
    found = score(small, ("u", "pass"), ("o", "walk_out"))
    assert set(found.values) == {measure.name for measure in Overstatement.measures}
    assert set(found.values.values()) == {None}


def test_void(small: Scenario) -> None:
    reason = VoidReason(kind="reply", seat="u", detail="nothing usable")
    transcript = make_transcript(small, [("u", MINE_US)], void=reason)
    found = Overstatement().score(case(transcript, small))
    assert set(found.why_null.values()) == {"void: nothing usable"}
