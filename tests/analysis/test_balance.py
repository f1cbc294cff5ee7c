"""Openers, names and chairs: what the design holds in balance is reported, and nothing else is."""

from __future__ import annotations

from itertools import product

import pytest

from harness.analysis.balance import BalanceEffect, balance_effects
from harness.analysis.observations import Observation
from harness.disputes.scenario import Twin

ARM = "track-1"
SCENARIOS = [f"s{n}" for n in range(6)]


def opens(twin: Twin, epoch: int) -> bool:
    return (epoch % 2 == 1) != twin.swaps_seats


def rows(
    *,
    opener: float = 0.0,
    name: float = 0.0,
    side: float = 0.0,
    epochs: int = 2,
    twins: str = "all",
) -> tuple[list[Observation], list[Observation]]:
    """Skew of dialogues in which speaking first, the name and the side count as much as given."""
    values, openers = [], []
    played = list(Twin) if twins == "all" else [Twin(twins)]
    for number, (scenario, twin, epoch) in enumerate(
        product(SCENARIOS, played, range(1, epochs + 1))
    ):
        first = opens(twin, epoch)
        sign = -1 if twin.swaps_seats else 1
        value = 0.001 * (number % 3) + (opener if first else 0) + side * sign
        value += name if twin.swaps_names else 0
        pair = f"{twin.value}/{epoch}"
        values.append(Observation(scenario, pair, ARM, value))
        openers.append(Observation(scenario, pair, ARM, float(first)))
    return values, openers


def by_factor(found: tuple[BalanceEffect, ...]) -> dict[str, float | None]:
    return {one.factor: one.effect.estimate for one in found}


@pytest.mark.parametrize(
    ("made", "factor", "size"),
    [({"opener": -0.06}, "opener", -0.06), ({"name": 0.04}, "names", 0.04)],
)
def test_a_factor_is_found_at_its_size(made: dict[str, float], factor: str, size: float) -> None:
    found = by_factor(balance_effects("settlement.skew", *rows(**made)))
    assert found[factor] == pytest.approx(size, abs=0.002)
    assert {f: v for f, v in found.items() if f != factor and abs(v or 0) > 0.002} == {}


def test_what_follows_the_side_changes_its_sign_with_the_chair() -> None:
    found = by_factor(balance_effects("settlement.skew", *rows(side=0.05)))
    assert found["chairs"] == pytest.approx(-0.1, abs=0.002)
    assert found["names"] == pytest.approx(0, abs=0.002)


def test_a_factor_that_is_not_varied_alone_is_left_out() -> None:
    one_epoch = balance_effects("settlement.skew", *rows(epochs=1))
    assert {one.factor for one in one_epoch} == {"names", "chairs"}
    one_twin = balance_effects("settlement.skew", *rows(twins="none"))
    assert {one.factor for one in one_twin} == {"opener"}
    assert balance_effects("settlement.skew", *rows(twins="none", epochs=1)) == ()


def test_openers_that_were_drawn_alike_are_not_compared() -> None:
    values, openers = rows(opener=0.1)
    same = [Observation(o.scenario, o.pair, o.arm, 1.0) for o in openers]
    assert {one.factor for one in balance_effects("m", values, same)} == {"names", "chairs"}


def test_a_missing_value_leaves_its_pair_out() -> None:
    values, openers = rows(opener=0.1, twins="none")
    values[0] = Observation(values[0].scenario, values[0].pair, ARM, None)
    (found,) = balance_effects("settlement.skew", values, openers)
    assert (found.effect.n_scenarios, found.effect.n_pairs) == (5, 5)
    assert "speaking first" in found.effect.sentence
