"""Who is compared with whom."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.analysis.comparison_pairs import (
    by_arm,
    labels,
    observations,
    pairs_of,
    standings,
)
from harness.analysis.comparison_players import Player
from harness.analysis.comparison_rows import Meetings
from harness.records.spec import UNNAMED
from tests.support.meetings import empty, meet


def seat_u(meetings: Meetings) -> list[str]:
    found = standings(meetings)
    return [labels(found, meetings.names)[one.id] for one in found if one.seat == "u"]


def test_an_entry_is_a_player_in_a_seat() -> None:
    meetings = empty("a", "b")
    meet(meetings, "openai/alpha@http://x/v1", 0.1)
    meet(meetings, "openai/beta@http://x/v1", 0.1, run=1)
    found = standings(meetings)
    assert [(one.id, one.seat, one.run, one.rows) for one in found] == [
        ("o1", "o", None, (0, 1)),
        ("u1", "u", None, (0,)),
        ("u2", "u", None, (1,)),
    ]
    assert labels(found, meetings.names) == {
        "o1": "scripted (linear)",
        "u1": "openai/alpha",
        "u2": "openai/beta",
    }


def test_the_place_of_a_model_is_told_where_it_tells_two_apart() -> None:
    meetings = empty("a", "b")
    meet(meetings, "openai/alpha@http://x/v1", 0.1)
    meet(meetings, "openai/alpha@http://y/v1", 0.1, run=1)
    assert seat_u(meetings) == ["openai/alpha@http://x/v1", "openai/alpha@http://y/v1"]


def test_those_whom_no_run_names_are_told_apart_by_their_runs() -> None:
    """Also where they did not sit on the same place: nobody knows that they are the same."""
    meetings = empty("a", "b")
    meet(meetings, UNNAMED, 0.1)
    assert seat_u(meetings) == [UNNAMED]
    meet(meetings, UNNAMED, 0.1, run=1, scenario="s2")
    meet(meetings, "openai/alpha", 0.1, run=1)
    assert seat_u(meetings) == ["whoever spoke in a", "whoever spoke in b", "openai/alpha"]


def test_the_same_model_twice_is_told_apart_by_its_run() -> None:
    meetings = empty("before", "after")
    meet(meetings, "openai/alpha", 0.1)
    meet(meetings, "openai/alpha", 0.2, run=1)
    assert seat_u(meetings) == ["openai/alpha in before", "openai/alpha in after"]
    one, other = [found for found in standings(meetings) if found.seat == "u"]
    assert pairs_of(meetings, one, other).rows == ((0, 1),)


def test_the_same_model_on_other_places_or_against_others_is_one_entry() -> None:
    meetings = empty("a", "b")
    meet(meetings, "openai/alpha", 0.1)
    meet(meetings, "openai/alpha", 0.1, run=1, scenario="another")
    meet(meetings, "openai/alpha", 0.1, run=1, o="openai/hard")
    assert seat_u(meetings) == ["openai/alpha"]


def test_versions_of_ones_own_code_are_told_apart() -> None:
    meetings = empty("a", "b")
    meet(meetings, Player("agent.py:agent", "aaa"), 0.1)
    meet(meetings, Player("agent.py:agent", "bbb"), 0.1, run=1)
    assert seat_u(meetings) == ["agent.py:agent (aaa)", "agent.py:agent (bbb)"]


def test_pairs_are_against_the_same_counterpart() -> None:
    meetings = empty("a", "b")
    meet(meetings, "alpha", 0.1, o="soft")
    meet(meetings, "alpha", 0.1, o="hard")
    meet(meetings, "beta", 0.1, run=1, o="hard")
    alpha, beta = [one for one in standings(meetings) if one.seat == "u"]
    found = pairs_of(meetings, alpha, beta)
    assert (found.rows, found.itself) == (((1, 2),), False)
    rows = observations(meetings, found, "gain")
    assert [(row.arm, row.pair) for row in rows] == [
        ("u1", "pair 0"),
        ("u2", "pair 0"),
        ("u1", "dialogue 0"),
    ]


def test_models_that_play_themselves_are_paired_and_that_is_said() -> None:
    meetings = empty("a", "b")
    meet(meetings, "alpha", 0.1, o="alpha")
    meet(meetings, "beta", 0.1, run=1, o="beta")
    alpha, beta = [one for one in standings(meetings) if one.seat == "u"]
    found = pairs_of(meetings, alpha, beta)
    assert (found.rows, found.itself) == (((0, 1),), True)


def test_different_counterparts_make_no_pair() -> None:
    meetings = empty("a", "b")
    meet(meetings, "alpha", 0.1, o="soft")
    meet(meetings, "beta", 0.1, run=1, o="hard")
    alpha, beta = [one for one in standings(meetings) if one.seat == "u"]
    found = pairs_of(meetings, alpha, beta)
    assert (found.rows, found.itself) == ((), False)


def test_what_arms_share_is_one_pair() -> None:
    meetings = empty("a", "b")
    meet(meetings, "alpha", 0.1, arms=("one", "two"))
    meet(meetings, "beta", 0.1, run=1, arms=("one", "two"))
    alpha, beta = [one for one in standings(meetings) if one.seat == "u"]
    assert pairs_of(meetings, alpha, beta).rows == ((0, 1),)


def test_several_models_of_a_run_are_entries() -> None:
    meetings = empty("a")
    for model in ("alpha", "beta", "gamma"):
        meet(meetings, model, 0.1)
    assert seat_u(meetings) == ["alpha", "beta", "gamma"]


def test_arms_are_compared_against_the_same_counterpart_in_the_runs_meant() -> None:
    meetings = empty("a", "b")
    meet(meetings, "alpha", 0.1, arms=("plain",))
    meet(meetings, "alpha", 0.2, arms=("lean",))
    meet(meetings, "alpha", 0.3, arms=("lean",), o="hard")
    meet(meetings, "alpha", 0.4, arms=("lean",), run=1, scenario="s2")
    meet(meetings, "alpha", 0.5, arms=("other",))
    (alpha,) = [one for one in standings(meetings) if one.seat == "u"]
    rows = by_arm(meetings, alpha, ("lean", "plain"), "gain", {0})
    assert [(row.arm, row.pair, row.value) for row in rows] == [
        ("plain", "none/1/0/0", 0.1),
        ("lean", "none/1/0/0", 0.2),
        ("lean", "none/1/0/1", 0.3),
    ]


PLACES = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 3), st.sampled_from(["hard", "soft"])),
    unique=True,
    max_size=8,
)


@settings(max_examples=40)
@given(PLACES, PLACES)
@example([(0, 1, "hard"), (1, 1, "soft")], [(0, 1, "hard"), (1, 1, "hard")])
@example([(0, 1, "hard")], [(0, 1, "hard")])
def test_pairing_is_symmetric_and_holds_the_place(
    left: list[tuple[int, int, str]], right: list[tuple[int, int, str]]
) -> None:
    meetings = empty("a", "b")
    for run, places in enumerate((left, right)):
        for scenario, epoch, o in places:
            place = {"scenario": f"s{scenario}", "epoch": epoch, "o": o, "run": run}
            meet(meetings, ("alpha", "beta")[run], 0.1, **place)
    entries = {one.player.model: one for one in standings(meetings) if one.seat == "u"}
    if len(entries) < 2:
        return
    forward = pairs_of(meetings, entries["alpha"], entries["beta"]).rows
    backward = pairs_of(meetings, entries["beta"], entries["alpha"]).rows
    assert set(forward) == {(one, other) for other, one in backward}
    assert len(forward) == len(set(left) & set(right))
    for one, other in forward:
        a, b = meetings.rows[one], meetings.rows[other]
        assert (a.scenario, a.epoch, a.others("u")) == (b.scenario, b.epoch, b.others("u"))
