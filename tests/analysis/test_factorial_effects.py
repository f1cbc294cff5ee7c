"""Shares of a factorial over scenarios: the axioms of Shapley, intervals, verdicts and gaps."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.factorial_effects import (
    FactorialFinding,
    Part,
    corrected,
    largest_full,
    partial_factorial,
)
from harness.analysis.intervals import cluster_t
from harness.analysis.mechanisms import factorial_of
from harness.analysis.observations import Observation
from harness.analysis.scale import Scale
from harness.analysis.signflip import sign_flip
from harness.incentives.tracks import MECHANISMS
from harness.suite.loading import load_suite
from tests.support.factorials import Worlds, cells_of, decomposed, spread
from tests.support.run_folders import make_suite

AB = ("a", "b")


def the(found: FactorialFinding, kind: str, *mechanisms: str) -> Part:
    (part,) = [p for p in found.parts if (p.kind, p.mechanisms) == (kind, mechanisms)]
    return part


@st.composite
def games(draw: st.DrawFn, most: int = 4) -> tuple[tuple[str, ...], Worlds]:
    names = tuple("abcd"[: draw(st.integers(2, most))])
    values = st.integers(-1000, 1000).map(lambda v: v / 1000)
    cells = list(cells_of(names))
    return names, [{cell: draw(values) for cell in cells} for _ in range(draw(st.integers(1, 4)))]


@given(games())
def test_shares_add_up_to_the_whole_in_every_scenario(game: tuple[tuple[str, ...], Worlds]) -> None:
    names, worlds = game
    found = decomposed(names, worlds)
    assert found.adds_up is True
    shares = [dict(part.scenario_values) for part in found.of("shapley")]
    for scenario, whole in the(found, "total").scenario_values:
        assert math.fsum(one[scenario] for one in shares) == pytest.approx(whole, abs=1e-8)


@given(games())
def test_parts_are_the_decomposition_of_the_means(game: tuple[tuple[str, ...], Worlds]) -> None:
    names, worlds = game
    found = decomposed(names, worlds)
    assert found.shapley is not None
    assert found.main is not None
    assert found.interactions is not None
    for name in names:
        assert the(found, "shapley", name).estimate == pytest.approx(found.shapley[name], abs=1e-8)
        assert the(found, "main", name).estimate == pytest.approx(found.main[name], abs=1e-8)
    for term in found.interactions:
        own = the(found, "two_way", term.first, term.second)
        assert own.estimate == pytest.approx(term.effect, abs=1e-8)


@given(st.lists(st.lists(st.integers(-50, 50), min_size=3, max_size=3), min_size=2, max_size=4))
def test_in_a_game_that_adds_up_shares_are_main_effects_and_nothing_interacts(
    worths: list[list[int]],
) -> None:
    names = ("a", "b", "c")
    worlds = [
        {
            cell: sum(dict(zip(names, own, strict=True))[n] for n in cell) / 100
            for cell in cells_of(names)
        }
        for own in worths
    ]
    found = decomposed(names, worlds)
    for place, name in enumerate(names):
        expected = math.fsum(own[place] / 100 for own in worths) / len(worths)
        share, main = the(found, "shapley", name), the(found, "main", name)
        assert share.estimate == pytest.approx(expected, abs=1e-9)
        assert main.estimate == pytest.approx(expected, abs=1e-9)
    assert [part.estimate for part in found.of("two_way")] == pytest.approx([0, 0, 0], abs=1e-9)


@given(games(most=3))
def test_two_that_can_be_exchanged_have_the_same_share(
    game: tuple[tuple[str, ...], Worlds],
) -> None:
    names, worlds = game
    swap = {"a": "b", "b": "a"}
    even = [
        {cell: (world[cell] + world[frozenset(swap.get(n, n) for n in cell)]) / 2 for cell in world}
        for world in worlds
    ]
    found = decomposed(names, even)
    shares = [the(found, "shapley", name).estimate for name in AB]
    assert shares[0] == pytest.approx(shares[1], abs=1e-9)


@given(games(most=3))
def test_one_that_changes_nothing_has_no_share(game: tuple[tuple[str, ...], Worlds]) -> None:
    names, worlds = game
    idle = [{cell: world[cell - {"a"}] for cell in world} for world in worlds]
    found = decomposed(names, idle)
    assert the(found, "shapley", "a").estimate == pytest.approx(0, abs=1e-9)
    assert not the(found, "shapley", "a").shown
    for part in found.of("two_way"):
        if "a" in part.mechanisms:
            assert part.estimate == pytest.approx(0, abs=1e-9)
    assert found.of("two_way")


def test_intervals_and_tests_are_those_of_scenarios() -> None:
    found = decomposed(AB, spread(0.1))
    share = the(found, "shapley", "a")
    values = [value for _, value in share.scenario_values]
    t, flip = cluster_t(values), sign_flip(values)
    assert t is not None
    assert flip is not None
    assert share.interval == pytest.approx((t.lo, t.hi))
    assert (share.p_t, share.p_signflip, share.min_p) == (t.p, flip.p, flip.min_p)
    assert (share.shown, the(found, "shapley", "b").shown) == (True, False)
    assert (the(found, "two_way", "a", "b").shown, the(found, "main", "a").shown) == (False, None)
    assert (found.places, len(found.scenarios), found.tests) == (24, 12, 3)


def test_p_is_corrected_over_the_family_and_no_further() -> None:
    found = decomposed(AB, spread(0.1))
    a, b = the(found, "shapley", "a"), the(found, "shapley", "b")
    assert a.p_t is not None
    assert a.holm_p == pytest.approx(3 * a.p_t)
    assert b.holm_p == 1
    assert the(found, "main", "a").holm_p is None
    both = corrected([found, found])
    assert both[0].tests == 6
    again = the(both[0], "shapley", "a").holm_p
    assert again == pytest.approx(6 * a.p_t)


def test_fewer_than_six_scenarios_show_nothing() -> None:
    found = decomposed(AB, spread(0.1, count=5))
    assert the(found, "shapley", "a").shown is False
    one = decomposed(AB, spread(0.1, count=1))
    assert (the(one, "shapley", "a").interval, the(one, "shapley", "a").shown) == (None, None)
    assert the(one, "shapley", "a").estimate == pytest.approx(0.1)


def test_what_has_no_value_takes_its_counterparts_with_it_and_is_counted() -> None:
    lost = frozenset({"s0/a/none", "s0/a-b/seats", "s1/none/none"})
    found = decomposed(AB, spread(0.1), lost=lost)
    assert (found.places, found.without, len(found.scenarios)) == (21, ("s0",), 11)
    assert found.excluded == 12
    assert found.lacking == {"none": 1, "a": 1, "b": 0, "a-b": 1}
    assert found.dialogues == {"none": 24, "a": 24, "b": 24, "a-b": 24}
    assert the(found, "shapley", "a").scenario_values[0][0] == "s1"


def test_nothing_is_made_up_where_no_dialogue_has_all_counterparts() -> None:
    every = frozenset(f"s{s}/a/{twin}" for s in range(12) for twin in ("none", "seats"))
    found = decomposed(AB, spread(0.1), lost=every)
    assert (found.parts, found.shapley, found.adds_up, found.places) == ((), None, None, 0)
    assert len(found.without) == 12


def test_an_interval_stays_inside_what_the_measure_allows() -> None:
    worlds = [dict.fromkeys(cells_of(AB), 0.0) | {frozenset("ab"): float(s % 2)} for s in range(3)]
    free, bound = decomposed(AB, worlds), decomposed(AB, worlds, Scale(0.0, 0.5))
    for kind, most in (("shapley", 0.5), ("two_way", 1.0)):
        wide, cut = free.of(kind)[0].interval, bound.of(kind)[0].interval  # type: ignore[arg-type]
        assert wide is not None
        assert cut is not None
        assert wide[1] > most
        assert cut == (max(wide[0], -most), most)
    same = [dict.fromkeys(cells_of(AB), 1.0) | {frozenset(): 0.0}] * 8
    alike = decomposed(AB, same, Scale(0.0, 1.0, yes_no=True))
    assert the(alike, "shapley", "a").estimate == pytest.approx(0.5)
    assert the(alike, "shapley", "a").interval is None, "shares that are alike have no width"
    assert the(alike, "shapley", "a").shown is None


def test_the_most_mechanisms_in_every_combination() -> None:
    cells = {frozenset(cell): cell for cell in ("", "a", "b", "c", "ab", "bc", "d")}
    assert largest_full(cells, "abcd") == ("a", "b")
    assert largest_full(cells, "cbad") == ("c", "b")
    assert largest_full({**cells, frozenset("ac"): "x", frozenset("abc"): "y"}, "abcd") == tuple(
        "abc"
    )
    assert largest_full({frozenset(): "none", frozenset("a"): "a"}, "ab") == ()


# --- the arms of a suite --------------------------------------------------------------------------

TRACK_1: dict[str, object] = {
    "none": {"track": "1"},
    "p": {"track": "1", "with": ["prestige"]},
    "h": {"track": "1", "with": ["hardball"]},
}


def rows_of(means: dict[str, float], scenarios: int = 8) -> list[Observation]:
    return [
        Observation(f"s{s}", "none/1", arm, mean + 0.001 * s * (arm != "none"))
        for arm, mean in means.items()
        for s in range(scenarios)
    ]


def test_a_design_with_gaps_says_so_and_gives_what_it_can() -> None:
    arms = TRACK_1 | {
        "no-p": {"track": "1.5", "without": ["prestige"]},
        "all": {"track": "1.5"},
    }
    means = {"none": 0.0, "p": 0.1, "h": 0.2, "no-p": 0.3, "all": 0.7}
    found = factorial_of(make_suite(arms=arms, contrasts=None), rows_of(means))
    assert found is not None
    assert (found.full, found.mechanisms, found.switched) == (False, (), ("prestige", "hardball"))
    assert (found.track, found.played, found.shapley, found.total) == ("1", 3, None, None)
    (more,) = found.parts
    assert (more.kind, more.mechanisms) == ("more", ("prestige",))
    assert more.estimate == pytest.approx((0.7 - 0.3) - (0.1 - 0.0), abs=0.01)
    assert found.tests == 1
    assert found.dialogues == {"none": 8, "p": 8, "no-p": 8, "all": 8}


def test_of_some_mechanisms_every_combination_may_be_there() -> None:
    arms = TRACK_1 | {
        "ph": {"track": "1", "with": ["prestige", "hardball"]},
        "i": {"track": "1", "with": ["ignorance"]},
    }
    means = {"none": 0.0, "p": 0.1, "h": 0.2, "ph": 0.3, "i": 9.0}
    found = factorial_of(make_suite(arms=arms, contrasts=None), rows_of(means))
    assert found is not None
    assert (found.full, found.mechanisms) == (False, ("prestige", "hardball"))
    assert (found.played, len(found.switched)) == (5, 3)
    assert found.shapley == pytest.approx({"prestige": 0.1, "hardball": 0.2}, abs=0.01)


def test_mechanisms_left_out_of_track_1_5_are_a_factorial_too() -> None:
    arms = {
        "all": {"track": "1.5"},
        "no-p": {"track": "1.5", "without": ["prestige"]},
        "no-h": {"track": "1.5", "without": ["hardball"]},
        "neither": {"track": "1.5", "without": ["prestige", "hardball"]},
        "no-i": {"track": "1.5", "without": ["ignorance"]},
    }
    means = {"all": 0.5, "no-p": 0.3, "no-h": 0.1, "neither": 0.0, "no-i": 9.0}
    found = factorial_of(make_suite(arms=arms, contrasts=None), rows_of(means))
    assert found is not None
    assert (found.track, found.mechanisms) == ("1.5", ("prestige", "hardball"))
    assert found.total == pytest.approx(0.5, abs=0.01)
    assert found.shapley is not None
    assert found.shapley == pytest.approx({"prestige": 0.15, "hardball": 0.35}, abs=0.01)


def test_one_mechanism_is_no_factorial() -> None:
    arms = {name: TRACK_1[name] for name in ("none", "p")}
    assert factorial_of(make_suite(arms=arms, contrasts=None), rows_of({"none": 0, "p": 1})) is None


def test_without_arms_for_it_a_gap_leaves_nothing() -> None:
    blank = FactorialFinding(mechanisms=(), track="1", switched=AB, played=3)
    assert partial_factorial(blank, {}, rows_of({"none": 0.0})).parts == ()


def test_the_shipped_suite_has_every_combination_of_four() -> None:
    suite = load_suite("factorial")
    rows = [Observation(f"s{s}", "none/1", arm, 0.1 * s) for arm in suite.arms for s in range(8)]
    found = factorial_of(suite, rows)
    assert found is not None
    assert (found.full, found.played, found.track) == (True, 16, "1")
    assert found.mechanisms == ("prestige", "hypothetical", "ignorance", "hardball")
    assert not any(part.shown for part in found.parts)
    assert len(found.parts) == 4 + 4 + 6 + 1


def test_the_suite_of_one_mechanism_at_a_time_gives_what_it_can() -> None:
    suite = load_suite("mechanisms")
    found = factorial_of(suite, rows_of(dict.fromkeys(suite.arms, 0.0)))
    assert found is not None
    assert (found.full, found.mechanisms, found.played) == (False, (), 8)
    assert [part.mechanisms for part in found.parts] == [(name,) for name in MECHANISMS]
