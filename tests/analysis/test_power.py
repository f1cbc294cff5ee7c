"""Minimum detectable effect and the anytime-valid sequence."""

from __future__ import annotations

import math

import numpy as np
import pytest

from harness.analysis.power import minimum_detectable_effect, pair_sd, sequence_radius
from harness.errors import UsageError


@pytest.mark.parametrize(
    ("scenarios", "dialogues", "effect"), [(8, 20, 0.077), (12, 20, 0.060), (20, 10, 0.053)]
)
def test_figures_of_the_measures(scenarios: int, dialogues: int, effect: float) -> None:
    found = minimum_detectable_effect(0.05, 0.20, scenarios, dialogues)
    assert found is not None
    assert round(found, 3) == effect


def test_one_scenario_can_detect_nothing() -> None:
    assert minimum_detectable_effect(0.05, 0.2, 1, 1000) is None
    assert minimum_detectable_effect(0.05, 0.2, 0, 1) is None


def test_seeds_cannot_replace_scenarios() -> None:
    def mde(scenarios: int, dialogues: int) -> float:
        found = minimum_detectable_effect(0.05, 0.2, scenarios, dialogues)
        assert found is not None
        return found

    assert mde(8, 10**9) > mde(16, 20)
    assert mde(8, 40) < mde(8, 20)


def test_has_about_the_power_it_promises() -> None:
    effect = minimum_detectable_effect(0.05, 0.2, 8, 20)
    assert effect is not None
    rng = np.random.default_rng(3)
    spread = math.sqrt(0.05**2 + 0.2**2 / 20)
    means = rng.normal(effect, spread, size=(20_000, 8))
    t = means.mean(axis=1) / (means.std(axis=1, ddof=1) / math.sqrt(8))
    assert (np.abs(t) > 2.3646).mean() == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize(
    "change",
    [
        {"scenarios": -1},
        {"per_scenario": 0},
        {"between_sd": -0.1},
        {"within_sd": float("nan")},
        {"alpha": 0.0},
        {"power": 1.0},
        {"power": 0.2},
    ],
)
def test_refuses_impossible_designs(change: dict[str, float]) -> None:
    design = {"between_sd": 0.05, "within_sd": 0.2, "scenarios": 8, "per_scenario": 20} | change
    with pytest.raises(UsageError):
        minimum_detectable_effect(**design)  # type: ignore[arg-type]


def test_pair_sd() -> None:
    assert pair_sd(0.2, 0.5) == pytest.approx(0.2)
    assert pair_sd(0.2, 0.0) == pytest.approx(0.2 * math.sqrt(2))
    assert pair_sd(0.2, 1.0) == 0.0
    with pytest.raises(UsageError):
        pair_sd(0.2, 1.5)


def test_sequence_radius_by_hand() -> None:
    # n ρ² = 4: √(2 · 5/16 · ln(√5 / .05)), with n²ρ² = 16.
    expected = math.sqrt(2 * 5 / 16 * math.log(math.sqrt(5) / 0.05))
    assert sequence_radius(4, sigma=1.0, rho=1.0) == pytest.approx(expected)
    assert sequence_radius(4, sigma=0.1, rho=1.0) == pytest.approx(0.1 * expected)
    assert sequence_radius(4, sigma=0.0, rho=1.0) == 0.0


def test_sequence_is_tightest_where_rho_says() -> None:
    at_20 = [sequence_radius(20, sigma=1.0, rho=c / math.sqrt(20)) for c in (2.6, 2.87, 3.1)]
    assert min(at_20) == at_20[1]


def test_sequence_covers_at_every_n_together() -> None:
    rng = np.random.default_rng(8)
    steps = 200
    n = np.arange(1, steps + 1)
    means = rng.normal(size=(3000, steps)).cumsum(axis=1) / n
    radius = np.array([sequence_radius(int(k), sigma=1.0, rho=0.6) for k in n])
    ever_out = (np.abs(means) > radius).any(axis=1).mean()
    # A fixed-n interval looked at 200 times leaves the truth outside far more often.
    peeking = (np.abs(means) > 1.96 / np.sqrt(n)).any(axis=1).mean()
    assert ever_out < 0.05
    assert peeking > 0.3


@pytest.mark.parametrize(
    "change",
    [{"n": 0}, {"sigma": -1.0}, {"rho": 0.0}, {"rho": float("inf")}, {"alpha": 1.0}],
)
def test_refuses_impossible_sequences(change: dict[str, float]) -> None:
    arguments = {"n": 5, "sigma": 1.0, "rho": 1.0, "alpha": 0.05} | change
    with pytest.raises(UsageError):
        sequence_radius(**arguments)  # type: ignore[arg-type]
