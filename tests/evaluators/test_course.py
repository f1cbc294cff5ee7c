"""What seats had to answer, reply by reply, in talks that ended and in talks that broke off."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.disputes.scenario import Scenario
from harness.evaluators.course import Asked, Course, course_of
from harness.evaluators.offers import choices
from harness.records.transcript import Action, Move, Transcript, VoidKind, VoidReason
from tests.support.disputes import small
from tests.support.run_folders import LEANING, LOPSIDED, MIDDLE
from tests.support.transcripts import Entry, case, make_spec, make_transcript

EITHER = Move(action=Action.PROPOSE, package=LOPSIDED, or_package=MIDDLE)


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def void(seat: str | None, kind: VoidKind = "reply") -> VoidReason:
    return VoidReason(kind=kind, seat=seat, detail="nothing usable")


def course(scenario: Scenario, *entries: Entry, lost: VoidReason | None = None) -> Course:
    return course_of(case(make_transcript(scenario, entries, void=lost), scenario))


def test_each_reply_has_the_last_offer_of_another_before_it(scenario: Scenario) -> None:
    found = course(scenario, ("o", LEANING), ("u", MIDDLE), ("o", "pass"), ("u", "accept"))
    assert found.asked == (Asked("u", "a", 1, 1), Asked("o", "b", 1, 2), Asked("u", "a", 1, 2))
    # Over no deal: .42 - .3 to the other seat, .7 - .25 to the official one.
    assert found.worth == pytest.approx((0.12, 0.45, 0.12))
    assert not found.broke_off


def test_the_reply_that_is_missing_is_the_last_one(scenario: Scenario) -> None:
    found = course(scenario, ("o", LEANING), ("u", MIDDLE), ("o", MIDDLE), lost=void("u"))
    assert found.broke_off
    assert found.asked[-1] == Asked("u", "a", 1, 2)
    assert found.worth == pytest.approx((0.12, 0.45, 0.3))


def test_a_later_round_has_its_own_turns_and_values(scenario: Scenario) -> None:
    found = course(scenario, ("o", LEANING), "next round", ("o", LEANING), lost=void("u"))
    assert found.asked == (Asked("o", "b", 2, 1), Asked("u", "a", 2, 1))[1:]
    assert found.worth == pytest.approx((0.32 - 0.2,))
    assert found.broke_off


def test_before_any_offer_there_is_nothing_to_compare(scenario: Scenario) -> None:
    assert course(scenario, lost=void("o")) == Course((), ())
    assert course(scenario, ("o", "pass"), lost=void("u")) == Course((), ())


@pytest.mark.parametrize("lost", [void(None, "limit"), void("u", "endpoint"), void("x9")])
def test_what_no_seat_at_the_table_has_lost_breaks_off_nothing(
    scenario: Scenario, lost: VoidReason
) -> None:
    found = course(scenario, ("o", LEANING), lost=lost)
    assert found == Course((), ())


def test_of_two_packages_the_better_one_counts(scenario: Scenario) -> None:
    found = course(scenario, ("o", EITHER), ("u", "reject"))
    assert found.worth == pytest.approx((0.3,))


def test_choices_are_what_the_others_could_take(scenario: Scenario) -> None:
    entries: list[Entry] = [("o", EITHER), ("u", "reject"), ("o", MIDDLE)]
    put = choices(case(make_transcript(scenario, entries), scenario), "o")
    assert [packages for _, packages in put] == [(LOPSIDED, MIDDLE), (MIDDLE,)]


def test_a_third_seat_answers_the_last_offer_whoever_made_it(scenario: Scenario) -> None:
    spec = make_spec(scenario, extra={"x1": "a"})
    entries: list[Entry] = [("o", LEANING), ("u", MIDDLE), ("x1", "accept")]
    played: Transcript = make_transcript(scenario, entries, spec=spec)
    assert course_of(case(played, scenario)).worth == pytest.approx((0.12, 0.3))
