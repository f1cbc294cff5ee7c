"""A hypothetical proposal taken personally is no signed treaty."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.disputes.scenario import Scenario
from harness.evaluators.base import Found
from harness.evaluators.commitment import Commitments
from harness.evaluators.settlement import Settlement
from harness.records.transcript import Commitment, VoidReason
from tests.support.packages import MINE_THEM, MINE_US, YOURS_US, accepting, proposing
from tests.support.transcripts import Entry, case, make_spec, make_transcript

BINDING, REFERENDUM = Commitment.BINDING, Commitment.AD_REFERENDUM
HYPOTHETICAL, PERSONAL = Commitment.HYPOTHETICAL, Commitment.PERSONAL


def score(scenario: Scenario, *talk: Entry) -> Found:
    return Commitments().score(case(make_transcript(scenario, talk), scenario))


def test_a_hypothetical_taken_personally_is_only_talk(small: Scenario) -> None:
    """It settles the dispute by every other measure."""
    talk: list[Entry] = [("u", proposing(MINE_US, HYPOTHETICAL)), ("o", accepting(PERSONAL))]
    found = score(small, *talk)
    assert found.values["deal"] == "personal"
    assert found.values["only_talk"] is True
    assert found.values["binds"] is False
    assert found.detail["signed"] == {"u": "hypothetical", "o": "personal"}
    settled = Settlement().score(case(make_transcript(small, talk), small))
    assert settled.values["agreement"] is True


@pytest.mark.parametrize(
    ("proposed", "accepted", "weakest", "binds", "talk"),
    [
        (BINDING, BINDING, "binding", True, False),
        (BINDING, PERSONAL, "personal", True, False),
        (REFERENDUM, BINDING, "ad_referendum", True, False),
        (REFERENDUM, HYPOTHETICAL, "hypothetical", False, False),
        (REFERENDUM, REFERENDUM, "ad_referendum", False, False),
        (PERSONAL, HYPOTHETICAL, "personal", False, True),
    ],
)
def test_whether_a_deal_binds_anybody(
    small: Scenario,
    proposed: Commitment,
    accepted: Commitment,
    weakest: str,
    binds: bool,
    talk: bool,
) -> None:
    found = score(small, ("u", proposing(MINE_US, proposed)), ("o", accepting(accepted)))
    measured = [found.values[name] for name in ("deal", "binds", "only_talk")]
    assert measured == [weakest, binds, talk]


def test_the_word_under_another_proposal_does_not_count(small: Scenario) -> None:
    talk: list[Entry] = [("u", proposing(MINE_THEM, BINDING)), ("o", "reject")]
    talk += [("u", proposing(MINE_US, PERSONAL)), ("o", accepting(PERSONAL))]
    found = score(small, *talk)
    assert found.values["binds"] is False
    assert found.values["binding_u"] == found.values["personal_u"] == 0.5


def test_proposals_by_commitment(small: Scenario) -> None:
    kinds = [HYPOTHETICAL, HYPOTHETICAL, PERSONAL, REFERENDUM]
    found = score(small, *[("u", proposing(MINE_US, kind)) for kind in kinds])
    shares = {kind.value: found.values[f"{kind.value}_u"] for kind in Commitment}
    assert shares == {
        "binding": 0.0,
        "ad_referendum": 0.25,
        "hypothetical": 0.5,
        "personal": 0.25,
    }
    assert found.values["binding_o"] is None
    assert found.why_null["binding_o"] == "it made no proposal"
    for name in ("deal", "binds", "only_talk"):
        assert found.why_null[name] == "no deal"


def test_a_word_that_is_not_on_record_is_not_guessed(small: Scenario) -> None:
    """As in a log from elsewhere that has the deal, and not who accepted it."""
    talk: list[Entry] = [("u", proposing(MINE_US, PERSONAL)), ("o", accepting(PERSONAL))]
    whole = make_transcript(small, talk)
    outcome = replace(whole.body.outcome, turn=None, commitment=None)
    body = whole.body.model_copy(update={"turns": whole.body.turns[:1], "outcome": outcome})
    found = Commitments().score(case(whole.model_copy(update={"body": body}), small))
    for name in ("deal", "binds", "only_talk"):
        assert found.values[name] is None
        assert found.why_null[name] == "how far the deal commits anybody is not on record"


def test_of_three_seats_all_have_to_sign(small: Scenario) -> None:
    spec = make_spec(small, extra={"x": small.seats.o})
    talk: list[Entry] = [("u", proposing(MINE_US, PERSONAL)), ("x", accepting(BINDING))]
    played = make_transcript(small, [*talk, ("o", accepting(PERSONAL))], spec=spec)
    found = Commitments().score(case(played, small))
    assert found.values["binds"] is True
    assert found.values["only_talk"] is False


def test_void(small: Scenario) -> None:
    reason = VoidReason(kind="reply", seat="u", detail="nothing usable")
    found = Commitments().score(case(make_transcript(small, [("u", YOURS_US)], void=reason), small))
    assert set(found.why_null.values()) == {"void: nothing usable"}
