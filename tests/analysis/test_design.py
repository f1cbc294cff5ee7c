"""The smallest effect that a design could show."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from harness.analysis.design import VETO, Design, power_of, smallest_shown
from harness.analysis.intervals import t_quantile
from harness.analysis.observations import Floats
from harness.analysis.scale import UNKNOWN, Scale, scale_of
from harness.analysis.spread import Spread

SKEW = Design("settlement.skew", "skew to the official seat", Scale(-1, 1), True, 12, 8)
SPREAD = Spread(0.05, 0.2, 0.0, "assumed")


def said(spread: Spread | None = SPREAD, **changes: object) -> str:
    return " ".join(power_of(dataclasses.replace(SKEW, **changes), spread).sentences)  # type: ignore[arg-type]


def test_by_hand() -> None:
    # (2.201 + .876) · √(.05² / 12 + 2 · .2² / (12 · 8)) = 3.077 · .03227
    assert power_of(SKEW, SPREAD).smallest == pytest.approx(0.0993, abs=1e-3)
    assert said().startswith(
        "Smallest detectable difference in skew to the official seat: about 0.099 (80 % power, "
        "two-sided 5 %; SD 0.050 between scenarios and 0.200 of a dialogue, pairing correlation "
        "0.00, assumed)."
    )
    paired = power_of(SKEW, dataclasses.replace(SPREAD, correlation=0.5)).smallest
    assert paired is not None
    assert paired < 0.0993
    alone = dataclasses.replace(SKEW, paired=False)
    assert power_of(alone, SPREAD).smallest == pytest.approx(paired)
    assert "pairing" not in said(paired=False)


def test_nothing_can_be_detected() -> None:
    assert said(scenarios=1).startswith("With fewer than two scenarios, no effect")
    assert said(per_scenario=0).startswith("With fewer than two scenarios, no effect")
    assert said(scenarios=5) == (
        "No effect, however large, could be shown with fewer than 6 scenarios: 5 are compared."
    )
    shares = dataclasses.replace(
        SKEW, title="deals", scale=scale_of("yes/no"), scenarios=6, per_scenario=1
    )
    power = power_of(shares, Spread(0.5, 0.5, 0.0, "assumed"))
    assert power.smallest is None
    assert power.largest == 1
    assert power.sentences[0].startswith("No difference in deals could be detected: it would")
    assert "the largest possible is 1.000" in power.sentences[0]
    still = power_of(SKEW, Spread(0.0, 0.0, 0.0, "over 3 scenarios of x"))
    assert still.smallest is None
    assert still.sentences[0].startswith("Nothing varied in the pilot")
    assert "Take its spread from a pilot" in said(None)


def test_in_shares_of_the_surplus() -> None:
    text = said(surpluses=(0.2, 0.05, 0.05))
    assert text.endswith(
        "In an average dispute, an even split and the whole surplus for one side are 0.100 of "
        "skew apart. The effect is 0.99 of that, and more than all of it in 2 of 3 disputes."
    )


def test_as_json() -> None:
    told = power_of(SKEW, SPREAD).as_json()
    assert told["largest_possible"] == 2
    assert (told["between_sd"], told["within_sd"]) == (0.05, 0.2)
    assert power_of(dataclasses.replace(SKEW, scale=UNKNOWN), None).as_json()["within_sd"] is None


def share_shown(samples: Floats) -> float:
    """How many of ``(n, S)`` samples are shown, by t and all 2^S patterns of signs."""
    count = samples.shape[1]
    numbers = np.arange(2 ** (count - 1))[:, None] >> np.arange(count - 1)
    signs = np.column_stack([np.ones(len(numbers)), 1 - 2 * (numbers & 1)])
    error = samples.std(axis=1, ddof=1) / count**0.5
    found = np.abs(samples.mean(axis=1)) > t_quantile(0.975, count - 1) * error
    sums = np.abs(samples[found] @ signs.T)
    p = (sums >= np.abs(samples[found].sum(axis=1))[:, None] - 1e-9).mean(axis=1)
    return float((p < 0.05).sum()) / len(samples)


@pytest.mark.parametrize("scenarios", [*VETO, 12])
def test_has_the_power_that_it_promises_with_the_veto(scenarios: int) -> None:
    rng = np.random.default_rng(scenarios)
    design = dataclasses.replace(SKEW, scenarios=scenarios, per_scenario=4)
    effect = smallest_shown(design, SPREAD)
    sd = (0.05**2 + 2 * 0.2**2 / 4) ** 0.5
    assert share_shown(rng.normal(effect, sd, (3_000, scenarios))) == pytest.approx(0.8, abs=0.03)
