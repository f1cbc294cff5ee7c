"""Concession tactics and their names."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.bargaining.tactics import (
    TACTICS,
    AbsoluteTitForTat,
    AveragedTitForTat,
    Noisy,
    RelativeTitForTat,
    Tactic,
    TimeDependent,
    tactic_from,
)
from harness.errors import UsageError

values = st.floats(0, 1)
histories = st.lists(values, max_size=8)
every_tactic = st.sampled_from(
    [
        *TACTICS.values(),
        TimeDependent(beta=0.1, kappa=0.3),
        RelativeTitForTat(lag=2),
        AbsoluteTitForTat(noise=0.1, seed=3),
        AveragedTitForTat(window=4),
    ]
)


def ask(
    tactic: Tactic,
    own: Sequence[float] = (),
    received: Sequence[float] = (),
    t: int = 5,
    deadline: int = 20,
    vmin: float = 0.2,
    vmax: float = 1.0,
) -> float:
    return tactic.aspiration(t, deadline, own, received, vmin, vmax)


@pytest.mark.parametrize(
    ("name", "alpha"), [("boulware", 0.5**4), ("linear", 0.5), ("conceder", 0.5**0.25)]
)
def test_time_dependent_presets_halfway(name: str, alpha: float) -> None:
    tactic = TACTICS[name]
    assert isinstance(tactic, TimeDependent)
    assert tactic.alpha(10, 20) == pytest.approx(alpha)
    assert ask(tactic, t=10) == pytest.approx(0.2 + (1 - alpha) * 0.8)


@given(st.floats(0.05, 20), values, st.integers(1, 50))
def test_time_dependent_runs_from_kappa_to_no_deal(
    beta: float, kappa: float, deadline: int
) -> None:
    tactic = TimeDependent(beta, kappa)
    assert tactic.alpha(0, deadline) == pytest.approx(kappa)
    assert tactic.alpha(deadline, deadline) == pytest.approx(1)
    assert tactic.alpha(deadline + 7, deadline) == tactic.alpha(deadline, deadline)
    path = [tactic.aspiration(t, deadline, [], [], 0.2, 1.0) for t in range(deadline + 1)]
    assert path == sorted(path, reverse=True)
    assert path[-1] == pytest.approx(0.2)


def test_time_alone_moves_a_time_dependent_tactic() -> None:
    assert ask(TACTICS["linear"], [0.9, 0.3], [0.1, 0.9]) == ask(TACTICS["linear"])


def test_relative_gives_up_the_share_that_the_counterpart_gave_up() -> None:
    # The counterpart's gap went from .8 to .6, by a quarter; our claim of .6 shrinks to .45.
    assert ask(RelativeTitForTat(), [1.0, 0.8], [0.2, 0.4]) == pytest.approx(0.65)


def test_relative_does_not_answer_a_worthless_opening_with_everything() -> None:
    assert ask(RelativeTitForTat(), [1.0, 1.0], [0.0, 0.1]) == pytest.approx(0.2 + 0.8 * 0.9)


@given(histories, histories, st.floats(0.5, 4), st.floats(-3, 3))
def test_relative_does_not_depend_on_the_scale(
    own: Sequence[float], received: Sequence[float], scale: float, shift: float
) -> None:
    tactic = RelativeTitForTat()
    moved = tactic.aspiration(
        5,
        20,
        [scale * v + shift for v in own],
        [scale * v + shift for v in received],
        scale * 0.2 + shift,
        scale * 1.5 + shift,
    )
    plain = tactic.aspiration(5, 20, own, received, 0.2, 1.5)
    assert moved == pytest.approx(scale * plain + shift, abs=1e-9)


def test_lag_answers_an_earlier_step() -> None:
    received = [0.2, 0.4, 0.7]
    assert ask(AbsoluteTitForTat(lag=1), [0.9], received) == pytest.approx(0.6)
    assert ask(AbsoluteTitForTat(lag=2), [0.9], received) == pytest.approx(0.7)
    assert ask(RelativeTitForTat(lag=2), [1.0], received) == pytest.approx(0.2 + 0.8 * 0.75)


def test_absolute_gives_what_it_was_given() -> None:
    assert ask(AbsoluteTitForTat(), [1.0, 0.8], [0.1, 0.25]) == pytest.approx(0.65)


@pytest.mark.parametrize("tactic", [RelativeTitForTat(), AbsoluteTitForTat(), AveragedTitForTat()])
def test_a_retraction_is_answered_with_a_retraction(tactic: Tactic) -> None:
    assert ask(tactic, [0.9, 0.6], [0.5, 0.4]) > 0.6


def test_averaged_with_a_window_of_one_is_relative() -> None:
    own, received = [0.9, 0.7], [0.1, 0.2, 0.5]
    assert ask(AveragedTitForTat(window=1), own, received) == pytest.approx(
        ask(RelativeTitForTat(), own, received)
    )


def test_averaged_takes_the_geometric_mean_over_its_window() -> None:
    # Gaps .8, .5, .2: over two steps to a quarter, so by half a step.
    received = [0.2, 0.5, 0.8]
    assert ask(AveragedTitForTat(window=2), [1.0], received) == pytest.approx(0.2 + 0.8 * 0.5)
    assert ask(AveragedTitForTat(window=9), [1.0], received) == pytest.approx(0.2 + 0.8 * 0.5)


def test_averaged_answers_one_step_once_in_all() -> None:
    received, own = [0.0], [1.0]
    for offer in (0.0, 0.0, 0.4, 0.4, 0.4, 0.4, 0.4):
        received.append(offer)
        own.append(ask(AveragedTitForTat(window=3), own, received))
    assert own[-1] == pytest.approx(0.2 + 0.8 * 0.6)


@pytest.mark.parametrize("tactic", [RelativeTitForTat(), AbsoluteTitForTat(), AveragedTitForTat()])
def test_imitation_opens_high_and_holds_until_there_is_a_step_to_imitate(tactic: Tactic) -> None:
    assert ask(tactic) == 1.0
    assert ask(tactic, [], [0.3]) == 1.0
    assert ask(tactic, [0.9], [0.3]) == 0.9
    assert ask(tactic, [0.9], [0.3, 0.3]) == pytest.approx(0.9)


def test_a_counterpart_that_gave_everything_leaves_nothing_to_answer() -> None:
    assert ask(RelativeTitForTat(), [0.9], [1.0, 1.0]) == 0.9
    assert ask(AveragedTitForTat(), [0.9], [1.0, 0.7]) == 0.9


def test_noise_concedes_reproducibly_and_never_more_than_asked() -> None:
    tactic = AbsoluteTitForTat(noise=0.1, seed=5)
    own = [0.9]
    for _ in range(30):
        asked = ask(tactic, own, [0.3, 0.3], vmin=-9)
        assert asked == ask(tactic, own, [0.3, 0.3], vmin=-9)
        assert 0 <= own[-1] - asked <= 0.1
        own.append(asked)
    drops = [before - after for before, after in pairwise(own)]
    assert len(set(drops)) == 30
    assert ask(AbsoluteTitForTat(noise=0.1, seed=6), [0.9], [0.3]) != ask(tactic, [0.9], [0.3])
    assert ask(tactic) == 1.0


@given(every_tactic, st.integers(0, 30), histories, histories, values, values)
def test_every_aspiration_is_between_no_deal_and_the_best(
    tactic: Tactic, t: int, own: Sequence[float], received: Sequence[float], a: float, b: float
) -> None:
    vmin, vmax = min(a, b), max(a, b)
    asked = tactic.aspiration(t, 20, own, received, vmin, vmax)
    assert vmin <= asked <= vmax
    assert asked == tactic.aspiration(t, 20, own, received, vmin, vmax)


@given(every_tactic, st.integers(0, 30), histories, histories)
def test_where_no_package_beats_no_deal_nothing_is_good_enough(
    tactic: Tactic, t: int, own: Sequence[float], received: Sequence[float]
) -> None:
    assert tactic.aspiration(t, 20, own, received, 0.9, 0.4) == 0.9


@pytest.mark.parametrize(("t", "deadline"), [(-1, 20), (0, 0)])
def test_time_out_of_range_is_refused(t: int, deadline: int) -> None:
    with pytest.raises(UsageError, match="time"):
        ask(TACTICS["linear"], t=t, deadline=deadline)


@pytest.mark.parametrize("tactic", list(TACTICS.values()))
def test_values_that_are_not_finite_are_refused(tactic: Tactic) -> None:
    with pytest.raises(UsageError, match="not finite"):
        ask(tactic, vmax=math.nan)


@pytest.mark.parametrize("name", ["relative", "absolute", "averaged"])
def test_a_history_that_is_not_finite_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="not finite"):
        ask(TACTICS[name], [0.9], [0.1, math.nan])


@pytest.mark.parametrize("name", list(TACTICS))
def test_a_tactic_is_found_by_name(name: str) -> None:
    assert tactic_from(name) == tactic_from({"kind": name}) == TACTICS[name]


def test_parameters_override_the_named_tactic() -> None:
    assert tactic_from({"kind": "time", "beta": 0.5, "kappa": 0.1}) == TimeDependent(0.5, 0.1)
    assert tactic_from({"kind": "boulware", "kappa": 0.1}) == TimeDependent(0.25, 0.1)
    assert tactic_from({"kind": "averaged", "window": 3}) == AveragedTitForTat(3)
    assert tactic_from({"kind": "relative", "lag": 2}) == RelativeTitForTat(2)


def test_a_seed_reaches_the_tactic_that_draws_unless_it_has_its_own() -> None:
    assert tactic_from({"kind": "absolute", "noise": 0.1}, seed=7) == AbsoluteTitForTat(1, 0.1, 7)
    assert tactic_from({"kind": "absolute", "seed": 2}, seed=7) == AbsoluteTitForTat(seed=2)
    assert tactic_from("linear", seed=7) == TACTICS["linear"]


def test_errors_leave_the_aspiration_pure() -> None:
    noisy = tactic_from({"kind": "noisy", "tremble": 3, "beta": 0.5, "draw": 2}, seed=7)
    assert isinstance(noisy, Noisy)
    assert (noisy.draw, noisy.seed) == (2, 7)
    assert ask(noisy, t=3, deadline=9) == ask(TimeDependent(beta=0.5), t=3, deadline=9)


def test_the_mapping_that_was_parsed_is_left_as_it_was() -> None:
    spec = {"kind": "absolute", "lag": 2}
    tactic_from(spec, seed=7)
    assert spec == {"kind": "absolute", "lag": 2}


@pytest.mark.parametrize(
    ("spec", "what", "fix"),
    [
        ("boulwar", "unknown tactic 'boulwar'", "did you mean 'boulware'?"),
        ("zzz", "unknown tactic 'zzz'", "known: boulware, linear"),
        ({"beta": 1}, "unknown tactic None", "known: boulware"),
        ({"kind": ["time"]}, "unknown tactic ['time']", "time"),
        ({"kind": "time", "betta": 1}, "no parameter 'betta'", "did you mean 'beta'?"),
        ({"kind": "time", "window": 1}, "no parameter 'window'", "known: beta, kappa"),
        ({"kind": "time", "beta": 0}, "beta of a tactic is 0", "set beta a number > 0"),
        ({"kind": "time", "beta": "fast"}, "beta of a tactic is 'fast'", "a number > 0"),
        ({"kind": "time", "beta": math.inf}, "beta of a tactic is inf", "a number > 0"),
        ({"kind": "time", "kappa": 1.5}, "kappa of a tactic is 1.5", "in [0, 1]"),
        ({"kind": "noisy", "waste": 1.5}, "waste of a tactic is 1.5", "in [0, 1]"),
        ({"kind": "noisy", "waste": True}, "waste of a tactic is True", "in [0, 1]"),
        ({"kind": "noisy", "tremble": -0.1}, "tremble of a tactic is -0.1", "a number >= 0"),
        ({"kind": "noisy", "draw": 0.5}, "draw of a tactic is 0.5", "a whole number >= 0"),
        ({"kind": "noisy", "beta": 0}, "beta of a tactic is 0", "a number > 0"),
        ({"kind": "noisy", "soft": 0.6, "inflated": 0.6}, "soft + inflated", "at most 1"),
        ({"kind": "noisy", "wast": 1}, "no parameter 'wast'", "did you mean 'waste'?"),
        ({"kind": "relative", "lag": 0}, "lag of a tactic is 0", "a whole number >= 1"),
        ({"kind": "absolute", "lag": 1.5}, "lag of a tactic is 1.5", "a whole number >= 1"),
        ({"kind": "absolute", "noise": -1}, "noise of a tactic is -1", "a number >= 0"),
        ({"kind": "absolute", "seed": True}, "seed of a tactic is True", "a whole number >= 0"),
        ({"kind": "averaged", "window": "2"}, "window of a tactic is '2'", "a whole number >= 1"),
    ],
)
def test_a_wrong_tactic_says_what_where_and_how_to_mend_it(spec: Any, what: str, fix: str) -> None:
    with pytest.raises(UsageError) as caught:
        tactic_from(spec, where="suite.yaml:12")
    assert what in caught.value.what
    assert caught.value.where == "suite.yaml:12"
    assert fix in (caught.value.fix or "")
