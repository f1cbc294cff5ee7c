"""A seat for a party that has none."""

from __future__ import annotations

from pathlib import Path

from harness.suite.absent import ABSENT, with_absent
from tests.support.disputes import small
from tests.support.transcripts import make_spec


def test_the_absent_principal_of_a_scenario_takes_the_seat(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    seats = make_spec(scenario).seats
    joined = (*seats, seats[0].model_copy(update={"seat": "x1", "principal": ABSENT}))
    assert with_absent(seats, scenario) == tuple(seats)
    assert [seat.principal for seat in with_absent(joined, scenario)] == [
        *(seat.principal for seat in seats),
        "heirs",
    ]


def test_where_nobody_is_absent_the_seat_stays_empty(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    seats = make_spec(scenario).seats
    joined = (*seats, seats[0].model_copy(update={"seat": "x1", "principal": ABSENT}))
    here = {pid: one for pid, one in scenario.principals.items() if one.at_table}
    assert with_absent(joined, scenario.model_copy(update={"principals": here})) == tuple(seats)


def test_a_principal_of_that_name_is_itself(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    seats = make_spec(scenario).seats
    joined = (*seats, seats[0].model_copy(update={"seat": "x1", "principal": ABSENT}))
    named = {**scenario.principals, ABSENT: scenario.principals["heirs"]}
    assert with_absent(joined, scenario.model_copy(update={"principals": named})) == joined
