"""A turn as it is drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.disputes.scenario import Scenario
from harness.records.transcript import Action, Move
from harness.report.reading import Reading
from harness.viewer.turns import Shown, linked, shown, turns_that_gave_most
from tests.support.disputes import small
from tests.support.readings import read_one
from tests.support.run_folders import LEANING, LOPSIDED, MIDDLE, dialogue


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


@pytest.fixture
def talks(tmp_path: Path, scenario: Scenario) -> Reading:
    entries = [("o", LOPSIDED), ("u", MIDDLE), ("o", LEANING), ("u", "accept")]
    return read_one(tmp_path, scenario, dialogue(scenario, "lean", entries))  # type: ignore[arg-type]


def turn(talks: Reading, number: int) -> Shown:
    return shown(talks, talks.rounds[0].entries[number])


def test_terms_stand_beside_what_they_were_and_gave(talks: Reading) -> None:
    found = turn(talks, 2)
    assert found.caption == "Changed"
    (row,) = found.rows
    assert (row.issue, row.was, row.now) == ("The well", "Boral draws all of it", "each draws half")
    assert row.line is not None
    assert row.line.cost == pytest.approx(0.15)
    assert row.line.worth == pytest.approx(0.42)


def test_first_terms_are_held_against_the_public_opening(talks: Reading) -> None:
    found = turn(talks, 1)
    assert found.caption == "Its first terms, against its public opening position"
    well, fence = found.rows
    assert (well.was, well.line) == ("", None), "its public position is the same"
    assert (fence.was, fence.now) == ("Boral mends it", "Arden mends it")


def test_an_acceptance_shows_what_it_gives_and_takes(talks: Reading) -> None:
    found = turn(talks, 3)
    assert found.caption.startswith("What accepting gives")
    (row,) = found.rows
    assert (row.was, row.now) == ("Arden draws all of it", "each draws half")
    assert [(worth.who, worth.value, worth.no_deal, worth.below) for worth in found.worths] == [
        ("Boral", pytest.approx(0.85), 0.25, False),
        ("Arden", pytest.approx(0.42), 0.3, False),
    ]


def test_what_a_second_package_gives_stands_apart(tmp_path: Path, scenario: Scenario) -> None:
    """The ledger counts the one of two packages that is worth less to its giver. What that gives is
    not put beside the terms of the other."""
    two = Move(action=Action.PROPOSE, package=MIDDLE, or_package=LEANING)
    entries = [("u", MIDDLE), ("o", LOPSIDED), ("u", two)]
    found = turn(read_one(tmp_path, scenario, dialogue(scenario, "lean", entries)), 2)  # type: ignore[arg-type]
    assert (found.entry.terms, found.besides) == ((), ())
    assert [(row.was, row.now) for row in found.rows] == [
        ("Arden draws all of it", "each draws half")
    ]
    changed = Move(
        action=Action.PROPOSE, package={"well": "mine", "fence": "them"}, or_package=LEANING
    )
    (tmp_path / "b").mkdir()
    entries = [("u", MIDDLE), ("o", LOPSIDED), ("u", changed)]
    other = turn(read_one(tmp_path / "b", scenario, dialogue(scenario, "lean", entries)), 2)  # type: ignore[arg-type]
    assert [(row.issue, row.line) for row in other.rows] == [("The fence", None)]
    assert [(row.issue, row.now) for row in other.besides] == [("The well", "each draws half")]


def test_the_turn_that_gave_most_is_known_of_each_seat(talks: Reading) -> None:
    assert turns_that_gave_most(talks) == {2, 3}
    assert [turn(talks, number).most for number in range(4)] == [False, False, True, True]


def test_nobody_gave_most_where_nobody_gave(tmp_path: Path, scenario: Scenario) -> None:
    still = dialogue(scenario, "lean", [("o", LOPSIDED), ("u", MIDDLE), ("o", LOPSIDED)])
    assert turns_that_gave_most(read_one(tmp_path, scenario, still)) == set()


def test_a_fall_below_no_deal_is_marked_once(tmp_path: Path, scenario: Scenario) -> None:
    entries = [("u", MIDDLE), ("u", LOPSIDED), ("u", LOPSIDED)]
    found = read_one(tmp_path, scenario, dialogue(scenario, "lean", entries))  # type: ignore[arg-type]
    assert [turn(found, number).fell for number in range(3)] == [False, True, False]
    assert turn(found, 2).rows == ()
    assert turn(found, 2).caption == ""


def test_turns_that_are_named_are_linked(talks: Reading) -> None:
    assert linked("gave at turn 2, and turn 99", talks) == (
        'gave at <a href="#turn-2">turn 2</a>, and turn 99'
    )
    assert 'href="#a-turn-2"' in linked("turn 2", talks, "a-turn-")


def test_all_else_is_escaped(talks: Reading) -> None:
    assert linked("<b>turn 2\x1b</b>", talks) == (
        '&lt;b&gt;<a href="#turn-2">turn 2</a>\\x1b&lt;/b&gt;'
    )
