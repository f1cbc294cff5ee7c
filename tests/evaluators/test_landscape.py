from __future__ import annotations

import numpy as np
import pytest

from harness.bargaining.space import OutcomeSpace
from harness.disputes.scenario import Change, Reality, Scenario, Twin
from harness.evaluators.landscape import deal, landscape, outcome_values
from harness.evaluators.registry import builtin
from harness.evaluators.scoring import evaluate
from tests.support.disputes import utilities
from tests.support.transcripts import case, make_spec, make_transcript

HALF_US = {"well": "half", "fence": "us"}
SEATS = {"o": "b", "u": "a"}


def test_columns_are_the_true_values_of_the_seats(small: Scenario) -> None:
    land = landscape(small, {**SEATS, "x1": "heirs"}, 1)
    assert land.seats == ("o", "u", "x1")
    for column, principal in enumerate(("b", "a", "heirs")):
        np.testing.assert_allclose(land.u[:, column], utilities(small, principal))
    np.testing.assert_allclose(land.r, [0.25, 0.3, 0.4])
    np.testing.assert_allclose(land.values(HALF_US), [0.85, 0.42, 1.0])


def test_seats_o_and_u_come_first_however_they_are_listed(small: Scenario) -> None:
    turned = {"x1": "heirs", "u": "a", "o": "b"}
    assert landscape(small, turned, 1).seats == ("o", "u", "x1")


def test_realities_of_the_round(small: Scenario) -> None:
    land = landscape(small, SEATS, 2)
    np.testing.assert_allclose(land.r, [0.25, 0.2])
    np.testing.assert_allclose(land.u[:, 1], utilities(small, "a", 2))


def test_zone_and_solution_points(small: Scenario) -> None:
    land = landscape(small, SEATS, 1)
    assert land.deal_possible
    assert land.solutions.zopa_size == 3
    fair = land.space.index(small.indices({"well": "mine", "fence": "us"}))
    assert land.solutions.nash == land.solutions.kalai_smorodinsky == fair
    assert len(land.frontier.points) == 5


def test_packages_are_valued_once_a_dispute_not_once_a_dialogue(
    small: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = small.model_copy(update={"id": "fresh"})  # nothing of it is in the cache
    calls = []
    original = OutcomeSpace.utilities

    def counted(space: OutcomeSpace, contributions: list[np.ndarray]) -> np.ndarray:
        calls.append(space)
        return original(space, contributions)

    monkeypatch.setattr(OutcomeSpace, "utilities", counted)
    chosen = [e for e in builtin() if e.name != "prediction"]  # it values stakes, not terms
    for seed in range(5):
        spec = make_spec(fresh).model_copy(update={"seed": seed})
        transcript = make_transcript(fresh, [("u", HALF_US), ("o", "accept")], spec=spec)
        evaluate(case(transcript, fresh), chosen)
    assert len(calls) == 2  # one for each seat


def test_disputes_with_the_same_hash_are_not_confused(small: Scenario) -> None:
    poorer = small.principals["a"].model_copy(update={"reservation": 0.1})
    other = small.model_copy(update={"principals": {**small.principals, "a": poorer}})
    assert landscape(small, SEATS, 1).r[1] == pytest.approx(0.3)
    assert landscape(other, SEATS, 1).r[1] == pytest.approx(0.1)


def test_twin_exchanges_the_columns(small: Scenario) -> None:
    swapped = small.twin(Twin.SEATS)
    seats = case(make_transcript(swapped, []), swapped).seats
    one, two = landscape(small, SEATS, 1), landscape(swapped, seats, 1)
    np.testing.assert_array_equal(one.u, two.u[:, ::-1])
    np.testing.assert_array_equal(one.r, two.r[::-1])


def test_position_is_worked_out_once_a_package(small: Scenario) -> None:
    land = landscape(small, SEATS, 1)
    assert land.position(HALF_US) is land.position(dict(HALF_US))
    assert land.position(None) is land.position(None)
    assert land.position(None).agreed is False
    assert land.position(HALF_US).agreed is True


def test_outcome_enters_at_its_value_or_at_no_deal(small: Scenario) -> None:
    talks = case(make_transcript(small, [("u", HALF_US), ("o", "accept")]), small)
    _, point, agreed = outcome_values(talks)
    assert agreed
    assert deal(talks) == HALF_US
    np.testing.assert_allclose(point, [0.85, 0.42])
    talks = case(make_transcript(small, [("u", HALF_US), "next round", ("o", "walk_out")]), small)
    _, point, agreed = outcome_values(talks)
    assert not agreed
    assert deal(talks) is None
    np.testing.assert_allclose(point, [0.25, 0.2])


def ending(small: Scenario, round_: int, reservation: float) -> Scenario:
    """The small dispute without its realities, save one before ``round_``: then no deal is worth
    ``reservation`` to either side."""
    changes = {name: Change(reservation=reservation) for name in ("a", "b")}
    reality = Reality(id="war", after_round=round_ - 1, text="War.", changes=changes)
    return small.model_copy(update={"realities": (reality,)})


def test_a_round_without_a_zone_is_held_against_the_last_one_that_had_it(small: Scenario) -> None:
    scenario = ending(small, 3, 0.9)
    before, after = landscape(scenario, SEATS, 2), landscape(scenario, SEATS, 4)
    assert (before.deal_possible, before.reference_round) == (True, 2)
    assert not after.deal_possible
    assert after.reference_round == 1  # the realities of round 1 still held in round 2
    assert after.position(HALF_US).skew == before.position(HALF_US).skew != 0
    assert after.skew_range == before.skew_range
    assert after.surplus == before.surplus == pytest.approx(0.75)
    np.testing.assert_allclose(after.span, before.span)
    np.testing.assert_allclose(after.r, [0.9, 0.9])
    no_deal = after.position(None)
    assert no_deal.skew != before.position(None).skew  # it enters at what it is worth now


def test_a_zone_that_opens_later_serves_talks_that_ended_before_it(small: Scenario) -> None:
    """Else leaving early would leave the mean, which is the same fault in the other direction."""
    closed = {
        name: p.model_copy(update={"reservation": 0.9}) if name in SEATS.values() else p
        for name, p in small.principals.items()
    }
    scenario = ending(small.model_copy(update={"principals": closed}), 2, 0.3)
    early = landscape(scenario, SEATS, 1, rounds=2)
    assert not early.deal_possible
    assert early.reference_round == 2
    assert early.position(HALF_US).skew == landscape(scenario, SEATS, 2).position(HALF_US).skew
    # A round that was not to be played opens nothing.
    assert landscape(scenario, SEATS, 1, rounds=1).position(HALF_US).skew is None
    assert landscape(scenario, SEATS, 1).surplus is None
    assert landscape(scenario, SEATS, 1).skew_range is None


def test_where_no_round_has_a_zone_nothing_is_held_against_one(small: Scenario) -> None:
    scenario = ending(
        small.model_copy(
            update={
                "principals": {
                    name: p.model_copy(update={"reservation": 0.9})
                    for name, p in small.principals.items()
                }
            }
        ),
        2,
        0.95,
    )
    land = landscape(scenario, SEATS, 2, rounds=3)
    assert land.reference.zopa_size == 0
    assert land.reference_round == 2, "no other round is named that has none either"
    assert land.position(HALF_US).skew is None
    np.testing.assert_array_equal(land.span, [0, 0])


def test_the_range_of_skew_is_that_of_the_packages_in_the_zone(small: Scenario) -> None:
    land = landscape(small, SEATS, 1)
    inside = [
        land.position_of(row).skew
        for row in range(land.space.size)
        if (land.u[row] >= land.r - 1e-12).all()
    ]
    known = [skew for skew in inside if skew is not None]
    assert len(known) == land.solutions.zopa_size == 3
    assert land.skew_range == (pytest.approx(min(known)), pytest.approx(max(known)))
    assert min(known) < 0 < max(known)
