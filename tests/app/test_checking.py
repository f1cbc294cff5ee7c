"""Checking a file: what kind it is, many scenarios as one row a rule, and arms by their stakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.app.checking import _arm, _together, check
from harness.app.feasibility import ArmFeasibility, Cell
from harness.app.soundness import Row
from harness.errors import InputError
from harness.incentives.feasibility import Feasibility
from tests.disputes.games.test_family import FAMILY
from tests.support.disputes import write

SUITE = """\
schema: track15/suite/1
id: mine
title: Mine
question: Does it lean?
scenarios: [small.yaml]
arms:
  one: {track: "1"}
  any: {track: "1", u: {deal_reward: 1.0}}
"""


def test_a_scenario_is_looked_at_under_every_track(tmp_path: Path) -> None:
    found = check(write(tmp_path))
    assert (found.kind, found.title) == ("scenario", "A small dispute")
    names = [row.name for row in found.rows]
    assert names[-4:] == ["track 1", "track backchannel", "track 1.5", "track 2"]
    assert found.play == f"run quickstart --scenario {tmp_path / 'small.yaml'}"
    assert found.sound == all(row.state != "bad" for row in found.rows)


def test_a_suite_is_looked_at_by_its_own_arms(tmp_path: Path) -> None:
    write(tmp_path)
    path = tmp_path / "mine.yaml"
    path.write_text(SUITE)
    found = check(path)
    rows = {row.name: row for row in found.rows}
    assert (found.kind, found.title, found.play) == ("suite", "Mine", f"run {path}")
    assert rows["arm one"].state == "good"
    assert rows["arm any"].state == "warn"
    assert "would sign even the worst package (seat u: small, round 1)" in rows["arm any"].found
    assert rows["zone of agreement"].found.startswith("0 of 1 scenario; not small: 50.0%")
    assert "first speaker" not in rows


def test_games_of_a_family_are_told_together(tmp_path: Path) -> None:
    found = check(write(tmp_path, FAMILY, "games.yaml"))
    assert found.kind == "games"
    rows = {row.name: row for row in found.rows}
    assert "of 3 scenarios" in rows["size"].found


def test_many_rows_name_those_that_break_the_rule() -> None:
    good, bad = Row("zone", "good", "3%", "2% to 15%"), Row("zone", "bad", "0%", "", "lower it")
    (row,) = _together({"one": [good], "two": [bad], **{f"n{n}": [bad] for n in range(4)}})
    assert row.state == "bad"
    assert row.found == "1 of 6 scenarios; not two: 0%; n0: 0%; n1: 0%; and 2 more"
    assert (row.aim, row.fix, row.value) == ("2% to 15%", "lower it", 5)


def test_absent_parties_are_one_row_with_the_worst_of_them() -> None:
    rows = [Row(f"absent party {p}", s, p) for p, s in (("x", "good"), ("y", "warn"))]  # type: ignore[arg-type]
    (row,) = _together({"one": rows})
    assert (row.name, row.state, row.found) == (
        "absent parties",
        "warn",
        "0 of 1 scenario; not one: y",
    )


@pytest.mark.parametrize(
    ("found", "state", "fix"),
    [
        (Feasibility(10, 10, 8, ()), "good", ""),
        (
            Feasibility(10, 10, 0, ()),
            "bad",
            "only no deal or a lopsided deal is left in x, round 1",
        ),
        (Feasibility(10, 10, 8, ("u",)), "warn", "lower deal_reward"),
        (Feasibility(10, 10, 2, ()), "warn", "weaken the incentives"),
    ],
)
def test_an_arm_is_judged_by_what_its_stakes_leave_open(
    found: Feasibility, state: str, fix: str
) -> None:
    row = _arm(ArmFeasibility("track-1", (Cell("x", False, 1, found),)), "track")
    assert (row.name, row.state) == ("track 1", state)
    assert fix in row.fix
    assert bool(fix) == bool(row.fix)


def test_a_name_of_nothing_is_one_error() -> None:
    with pytest.raises(InputError, match="no scenario and no suite is called 'openig'") as caught:
        check("openig")
    assert caught.value.fix == "did you mean 'opening'?"
    with pytest.raises(InputError, match="no such file"):
        check("nowhere/x.yaml")
