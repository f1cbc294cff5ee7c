"""Comparisons over dialogues with known values: ranks, differences, intervals, exact p."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.analysis.comparison import compare
from harness.analysis.comparison_measures import BY_NAME, COLUMNS, GAIN
from harness.analysis.comparison_parts import Comparison
from harness.analysis.comparison_players import Player
from harness.analysis.comparison_rows import Meetings
from harness.analysis.intervals import t_quantile
from harness.errors import UsageError
from tests.support.meetings import empty, meet, two_models

TESTED = tuple(column for column in COLUMNS if column.kind == "result")
ONE = (GAIN,)


def gain_of(found: Comparison) -> dict[str, float | None]:
    return {entry.label: entry.figures["gain"].mean for entry in found.whole.entries}


def test_a_known_difference_has_its_estimate_its_interval_and_its_exact_p() -> None:
    # Differences .10 ... .15 in six scenarios: all signs alike, so p = 2 / 2^6.
    found = compare(two_models([(0.2 + i / 100, 0.1) for i in range(6)]), ONE, ONE)
    (difference,) = found.whole.differences
    assert (difference.one, difference.other) == ("u1", "u2")
    effect = difference.effect
    assert effect.estimate == pytest.approx(0.125)
    assert effect.p_signflip == 2 / 64
    assert effect.signflip_draws is None
    sd = (sum((i - 2.5) ** 2 for i in range(6)) / 5) ** 0.5 / 100
    half = t_quantile(0.975, 5) * sd / 6**0.5
    assert effect.interval == pytest.approx((0.125 - half, 0.125 + half))
    assert (effect.n_scenarios, effect.n_pairs) == (6, 6)
    assert effect.shown
    detectable = (t_quantile(0.975, 5) + t_quantile(0.8, 5)) * sd / 6**0.5
    assert difference.detectable == pytest.approx(detectable)
    assert "openai/alpha gets most for its principal" in " ".join(found.answer)


def test_a_null_is_as_easy_to_get_as_an_effect() -> None:
    gains = [(0.1, 0.2), (0.2, 0.1)] * 4
    found = compare(two_models(gains), ONE, ONE)
    (difference,) = found.whole.differences
    assert difference.effect.estimate == 0
    assert difference.effect.p_signflip == 1
    assert difference.effect.shown is False
    said = " ".join(found.answer)
    assert "No winner is shown in the other seat" in said
    assert "No difference of openai/alpha from openai/beta is shown" in said
    assert difference.detectable is not None
    assert "would be found four times in five" in said


def test_fewer_than_six_scenarios_show_nothing_and_say_so() -> None:
    found = compare(two_models([(0.5, 0.1), (0.51, 0.1), (0.5, 0.12)]), ONE, ONE)
    (difference,) = found.whole.differences
    assert difference.effect.shown is False
    assert difference.detectable is None
    assert difference.why_not == "nothing can be shown with fewer than 6 scenarios"
    assert "No difference can be shown with fewer than 6 scenarios." in found.notes


def test_one_that_signs_anything_ranks_last_however_often_it_agrees() -> None:
    meetings = empty("a", "b", "c")
    for i in range(6):
        place = {"scenario": f"s{i}"}
        meet(meetings, "signs-anything", {"gain": -0.4, "deals": 1, "below": 1}, **place)
        meet(meetings, "walks-out", {"gain": 0, "deals": 0, "below": 0}, run=1, deal=False, **place)
        meet(meetings, "bargains", {"gain": 0.1, "deals": 1, "below": 0}, run=2, **place)
    found = compare(meetings, COLUMNS, TESTED)
    assert [(e.label, e.rank) for e in found.whole.of("u")] == [
        ("bargains", 1),
        ("walks-out", 2),
        ("signs-anything", 3),
    ]
    last = found.whole.of("u")[-1]
    assert (last.deals, last.done) == (6, 6)
    assert last.figures["below"].mean == 1
    assert found.answer[0].startswith("walks-out (other seat): no deal in 6 talks")


def test_of_two_losers_none_is_called_a_winner_without_a_word_on_it() -> None:
    found = compare(two_models([(-0.1, -0.3 - i / 100) for i in range(6)]), ONE, ONE)
    said = " ".join(found.answer)
    assert "No delegation of this seat got its principal more than no deal is worth." in said


def test_the_same_gain_is_the_same_rank_and_no_winner() -> None:
    meetings = two_models([(0.1 + 0.2, 0.3)] * 6)
    for i in range(6):
        meet(meetings, "openai/gamma", 0.2, scenario=f"s{i:02}")
    found = compare(meetings, ONE, ONE)
    assert [(e.label, e.rank) for e in found.whole.of("u")] == [
        ("openai/alpha", 1),
        ("openai/beta", 1),
        ("openai/gamma", 3),
    ]
    assert found.answer[0] == (
        "No winner is shown in the other seat: openai/alpha and openai/beta have the same gain, "
        "+0.300 over no deal."
    )


def test_voids_count_against_nobody_and_are_shown() -> None:
    meetings = two_models([(0.2 + i / 100, 0.1) for i in range(6)])
    meet(meetings, "openai/alpha", None, scenario="s00", epoch=2, status="void", void_by="u")
    meet(meetings, "openai/beta", 0.1, run=1, scenario="s00", epoch=2)
    found = compare(meetings, ONE, ONE)
    first = found.whole.of("u")[0]
    assert (first.label, first.void, first.void_by_it) == ("openai/alpha", 1, 1)
    assert (first.figures["gain"].n, first.figures["gain"].missing) == (6, 1)
    (difference,) = found.whole.differences
    assert difference.effect.n_pairs == 6
    assert difference.effect.n_missing == {"u1": 1, "u2": 0}
    assert difference.effect.estimate == pytest.approx(0.125)


def test_an_entry_of_voids_alone_has_no_rank_and_is_named_first() -> None:
    meetings = empty("a", "b")
    for i in range(6):
        meet(meetings, "works", 0.1 + i / 100, scenario=f"s{i}")
        meet(meetings, "broken", None, run=1, scenario=f"s{i}", status="void", void_by="u")
    found = compare(meetings, ONE, ONE)
    assert [(e.label, e.rank) for e in found.whole.of("u")] == [("works", 1), ("broken", None)]
    assert found.answer[0] == (
        "broken (other seat): no dialogue of 6 came to an end (6 void, 6 of them by it)."
    )
    assert found.whole.of("u")[1].figures["gain"].mean is None
    (difference,) = found.whole.differences
    assert difference.effect.estimate is None
    assert "only works has a result" in " ".join(found.answer)


def test_all_differences_are_corrected_together() -> None:
    meetings = two_models([])
    for i in range(8):
        values = {"gain": 0.2 + i / 100, "skew": 0.1 if i % 2 else -0.1}
        meet(meetings, "openai/alpha", values, scenario=f"s{i}")
        meet(meetings, "openai/beta", {"gain": 0.1, "skew": 0.0}, run=1, scenario=f"s{i}")
    columns = (GAIN, BY_NAME["skew"])
    together = compare(meetings, columns, columns).whole.differences
    alone = compare(meetings, ONE, ONE).whole.differences[0].effect
    assert together[0].effect.holm_p == pytest.approx(2 * (alone.p_t or 0))
    assert together[1].effect.shown is False
    assert together[1].effect.holm_p == 1


def test_incentives_stand_beside_the_players() -> None:
    meetings = empty("a", "b")
    for i in range(6):
        for arm, shift in (("plain", 0.0), ("lean", -0.05 - i / 1000)):
            place = {"scenario": f"s{i}", "arms": (arm,)}
            meet(meetings, "alpha", 0.3 + i / 100 + shift, **place)
            meet(meetings, "beta", 0.1 + shift, run=1, **place)
    found = compare(meetings, ONE, ONE)
    assert [(one.entry, one.treatment, one.control) for one in found.incentives] == [
        ("u1", "lean", "plain"),
        ("u2", "lean", "plain"),
    ]
    assert [one.effect.estimate for one in found.incentives] == pytest.approx([-0.0525, -0.0525])
    assert all(one.effect.shown for one in found.incentives)
    said = " ".join(found.answer)
    assert "the incentives of lean against plain change its principal's gain by" in said
    assert "Who plays changes it more than incentives do" in said


def test_by_arm_and_by_scenario_repeat_the_comparison_on_a_part() -> None:
    meetings = empty("a", "b")
    for i in range(6):
        for arm, shift in (("plain", 0.0), ("lean", 0.1)):
            place = {"scenario": f"s{i}", "arms": (arm,)}
            meet(meetings, "alpha", 0.3 + i / 100 + shift, **place)
            meet(meetings, "beta", 0.1, run=1, **place)
    arms = compare(meetings, ONE, ONE, by="arm").slices
    assert [part.name for part in arms] == ["plain", "lean"]
    assert [part.differences[0].effect.estimate for part in arms] == pytest.approx([0.225, 0.325])
    scenarios = compare(meetings, ONE, ONE, by="scenario").slices
    assert [part.name for part in scenarios] == [f"s{i}" for i in range(6)]
    only = scenarios[0].differences[0].effect
    assert only.estimate == pytest.approx(0.25)
    assert only.interval is None
    assert not only.shown


def test_a_dialogue_that_arms_share_counts_once() -> None:
    meetings = empty("a", "b")
    for i in range(6):
        meet(meetings, "alpha", 0.3 + i / 100, scenario=f"s{i}", arms=("plain", "lean"))
        meet(meetings, "beta", 0.1, run=1, scenario=f"s{i}", arms=("plain", "lean"))
    found = compare(meetings, ONE, ONE)
    assert [entry.dialogues for entry in found.whole.of("u")] == [6, 6]
    assert found.whole.differences[0].effect.n_pairs == 6


def test_runs_with_nothing_in_common_are_refused_and_named() -> None:
    meetings = empty("a", "b")
    meet(meetings, "alpha", 0.1, scenario="here")
    meet(meetings, "beta", 0.1, run=1, scenario="there")
    with pytest.raises(UsageError, match="nothing can be paired: a and b have no scenario"):
        compare(meetings, ONE, ONE)
    found = compare(meetings, ONE, ONE, loose=True)
    assert found.whole.differences == ()
    assert "a and b: no dialogue on the same place as one of another run." in found.notes


def test_what_differs_is_refused_and_loose_marks_it() -> None:
    meetings = empty("a", "b")
    for i in range(6):
        meet(meetings, "alpha", 0.3, scenario=f"s{i}", same={"protocol": '{"turns":8}'})
        meet(meetings, "beta", 0.1, run=1, scenario=f"s{i}", same={"protocol": '{"turns":6}'})
    with pytest.raises(UsageError, match="protocol: turns is 8 in a and 6 in b; 6 pairs") as no:
        compare(meetings, ONE, ONE)
    assert "track15 show a 0000000000000000 --json" in no.value.what
    assert "--loose" in (no.value.fix or "")
    found = compare(meetings, ONE, ONE, loose=True)
    assert found.marked
    assert found.answer[0].endswith("Every figure is marked with ~.")
    assert len(found.answer) > 1
    assert all(sentence.startswith("~ ") for sentence in found.answer[1:])


def test_an_empty_comparison_says_so() -> None:
    assert compare(empty("a"), ONE, ONE).answer == (
        "Nothing can be compared: no dialogue is finished.",
    )


def test_one_player_a_seat_is_no_comparison() -> None:
    meetings = empty("a")
    meet(meetings, "alpha", 0.1)
    found = compare(meetings, ONE, ONE)
    assert found.answer == ("Nobody is compared: each seat was played by one delegation alone.",)
    assert found.incentives == ()


PAIRS = st.lists(
    st.tuples(*[st.integers(-100, 100).map(lambda n: n / 100)] * 2), min_size=1, max_size=8
)


def _of(gains: list[tuple[float, float]]) -> Comparison:
    return compare(two_models(gains), ONE, ONE)


@settings(max_examples=25)
@given(PAIRS)
@example([(0.1, 0.2), (0.3, 0.1)])
@example([(0.1, 0.1)])
def test_swapping_two_entries_negates_their_difference(gains: list[tuple[float, float]]) -> None:
    one, other = _of(gains), _of([(b, a) for a, b in gains])
    (left,), (right,) = one.whole.differences, other.whole.differences
    # The better one stands first, so the same difference is found from both sides.
    labels = [
        [c.whole.entry(d).label for d in (x.one, x.other)] for c, x in ((one, left), (other, right))
    ]
    sign = 1 if labels[0] != labels[1] else -1
    assert left.effect.estimate == pytest.approx(sign * (right.effect.estimate or 0))
    assert left.effect.p_signflip == right.effect.p_signflip


@settings(max_examples=20)
@given(PAIRS, st.randoms(use_true_random=False))
@example([(0.1, 0.2), (0.3, 0.1)], Random(1))
def test_the_order_of_dialogues_changes_nothing(
    gains: list[tuple[float, float]], draw: Random
) -> None:
    first = two_models(gains)
    mixed = list(range(len(first.rows)))
    draw.shuffle(mixed)
    second = Meetings(first.runs, first.names)
    for row in mixed:
        value = first.value(row, "gain", "u")
        assert value is not None
        second.add(first.rows[row], {("gain", "u"): value})
    one, other = compare(first, ONE, ONE), compare(second, ONE, ONE)
    u = [{e.label: e.figures["gain"].mean for e in c.whole.of("u")} for c in (one, other)]
    assert u[0] == u[1]
    assert abs(one.whole.differences[0].effect.estimate or 0) == pytest.approx(
        abs(other.whole.differences[0].effect.estimate or 0)
    )


def test_the_same_name_with_two_tactics_is_two_entries() -> None:
    meetings = empty("a", "b")
    for i in range(6):
        meet(meetings, Player("scripted", "boulware"), 0.2, scenario=f"s{i}")
        meet(meetings, Player("scripted", "conceder"), 0.1, run=1, scenario=f"s{i}")
    found = compare(meetings, ONE, ONE)
    assert gain_of(found) == {
        "scripted (linear)": pytest.approx(-0.15),
        "scripted (boulware)": pytest.approx(0.2),
        "scripted (conceder)": pytest.approx(0.1),
    }
    assert any(note.startswith("Scripted delegations") for note in found.notes)
    # No spread between scenarios: the interval has no width, and none to detect is named.
    assert found.whole.differences[0].detectable is None
    assert "do not differ in it" in found.whole.differences[0].why_not


def _drawn(draw: Random, scenarios: int, planted: float, sd: float = 0.2) -> Comparison:
    """Two models whose gains differ by ``planted``, and from scenario to scenario by chance."""
    gains = []
    for _ in range(scenarios):
        both = draw.gauss(0, 0.3)
        gains.append((both + planted + draw.gauss(0, sd), both))
    return compare(two_models(gains), ONE, ONE)


@pytest.mark.parametrize(
    "scenarios",
    [pytest.param(8, id="eight, where the sign-flip test can veto"), pytest.param(16, id="16")],
)
def test_two_models_that_are_alike_show_no_difference_nineteen_times_in_twenty(
    scenarios: int,
) -> None:
    draw, trials = Random(20), 300
    drawn = [_drawn(draw, scenarios, 0.0) for _ in range(trials)]
    shown = sum(bool(one.whole.differences[0].effect.shown) for one in drawn)
    error = (0.05 * 0.95 / trials) ** 0.5
    assert abs(shown / trials - 0.05) < 2 * error


def test_a_difference_of_the_size_that_could_be_found_is_found_four_times_in_five() -> None:
    draw, trials, sd = Random(21), 200, 0.2
    planted = (t_quantile(0.975, 15) + t_quantile(0.8, 15)) * sd / 16**0.5
    found = [_drawn(draw, 16, planted, sd).whole.differences[0] for _ in range(trials)]
    shown = sum(bool(one.effect.shown) for one in found)
    assert 0.73 < shown / trials < 0.88, "nominal .80, with a standard error of .028"
    said = [one.detectable or 0.0 for one in found]
    assert sum(said) / trials == pytest.approx(planted, rel=0.05)
