"""The truth, and what a seat was told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.disputes.scenario import Scenario
from harness.evaluators.case import Case
from harness.evaluators.tables import public_belief, told_tables, true_tables
from harness.incentives.profiles import IncentiveProfile
from harness.talks.barrier import public_dispute
from tests.support.packages import HALF_THEM, HALF_US, MINE_THEM, MINE_US, YOURS_US
from tests.support.transcripts import Entry, case, make_spec, make_transcript
from tests.support.views import PlayedTable

TALK: list[Entry] = [("u", MINE_THEM), ("o", YOURS_US)]
PACKAGES = (MINE_THEM, HALF_THEM, MINE_US, HALF_US, YOURS_US)


def test_true_values_are_those_of_the_last_round(small: Scenario) -> None:
    tables = true_tables(case(make_transcript(small, TALK), small))
    assert tables.worth("u", HALF_US) == pytest.approx(0.42)
    assert tables.gain("o", HALF_US) == pytest.approx(0.6)
    later = true_tables(case(make_transcript(small, [*TALK, "next round"]), small))
    assert later.worth("u", HALF_US) == pytest.approx(0.32)
    assert later.gain("u", HALF_US) == pytest.approx(0.12)


def test_a_red_line_cannot_be_signed(small: Scenario) -> None:
    """Of a, it is the whole well for b; a does not lose by yours+them (.4 against .3)."""
    tables = true_tables(case(make_transcript(small, TALK), small))
    crossing = {"well": "yours", "fence": "them"}
    assert tables.gain("u", crossing) > 0
    assert not tables.could_sign("u", crossing)
    assert tables.could_sign("u", MINE_US)
    assert not tables.could_sign("u", {"well": "half", "fence": "us"} | {"well": "yours"})


@pytest.mark.parametrize("knowledge", [0.0, 0.4, 1.0])
def test_a_seat_was_told_what_its_view_says(small: Scenario, knowledge: float) -> None:
    """The belief that it played by, and the public image of the other."""
    spec = make_spec(small)
    profile = IncentiveProfile(knowledge=knowledge)
    seats = tuple(seat.model_copy(update={"profile": profile}) for seat in spec.seats)
    spec = spec.model_copy(update={"seats": seats})
    told = told_tables(case(make_transcript(small, TALK, spec=spec), small), "u")
    assert told is not None
    view = PlayedTable(spec, small).view("u")
    public = public_dispute(small).principals[small.seats.o]
    for package in PACKAGES:
        assert told.worth("u", package) == pytest.approx(view.brief.belief.utility(package))
        believed = sum(
            weight * public.believed_values[issue][package[issue]]
            for issue, weight in public.believed_weights.items()
        )
        assert told.worth("o", package) == pytest.approx(believed)
    assert told.by_seat["o"].reservation == public.believed_reservation


def test_nothing_is_known_of_what_others_were_told(small: Scenario) -> None:
    played = case(make_transcript(small, TALK), small)
    assert told_tables(replace(played, spec=None), "u") is None
    assert public_belief(small, "heirs") is None
    spec = make_spec(small, extra={"x": "heirs"})
    assert told_tables(case(make_transcript(small, TALK, spec=spec), small), "u") is None


@pytest.mark.parametrize("knowledge", [0.4, 1.0])
def test_dialogues_share_the_tables_that_hang_on_no_seed(small: Scenario, knowledge: float) -> None:
    def played(seed: int) -> Case:
        spec = make_spec(small)
        profile = IncentiveProfile(knowledge=knowledge)
        seats = tuple(seat.model_copy(update={"profile": profile}) for seat in spec.seats)
        changed = spec.model_copy(update={"seats": seats, "seed": seed})
        return case(make_transcript(small, TALK, spec=changed), small)

    one, other = played(1), played(2)
    assert true_tables(one) is true_tables(other)
    told, told_other = told_tables(one, "u"), told_tables(other, "u")
    assert told is not None
    assert told_other is not None
    assert (told is told_other) is (knowledge == 1.0)
    assert (told.worth("u", HALF_US) == told_other.worth("u", HALF_US)) is (knowledge == 1.0)
    assert told_tables(one, "o") is not told, "each seat was told its own"
    truth = true_tables(one)
    for package in (*PACKAGES, *PACKAGES):
        assert truth.worth("u", package) == small.terms("a", 1).utility(package)
