"""How small an effect a design can find, and how wide an interval must be to peek at it."""

from __future__ import annotations

import math

from harness.analysis.intervals import t_quantile
from harness.errors import UsageError


def minimum_detectable_effect(
    between_sd: float,
    within_sd: float,
    scenarios: int,
    per_scenario: int,
    *,
    alpha: float = 0.05,
    power: float = 0.80,
) -> float | None:
    """(t_{1-alpha/2,S-1} + t_{power,S-1}) · √(τ²/S + σ²/(Sm)), in units of the measure.

    The true mean that a two-sided cluster t test at ``alpha`` finds with probability about
    ``power``. More seeds shrink only the second term; beyond m ≈ σ²/τ² they buy little.

    Args:
        between_sd: τ, SD between scenarios of the true mean, or of the true difference.
        within_sd: σ, SD within a scenario of one value: of a dialogue, or of a pair
            (:func:`pair_sd`).
        scenarios: S.
        per_scenario: m, values a scenario: dialogues of one arm, or pairs of a paired contrast.
        alpha: In (0, 1).
        power: In [.5, 1).

    Returns:
        None for S < 2, where there is no test.

    Raises:
        UsageError: An argument out of range.
    """
    if scenarios < 0 or per_scenario < 1:
        raise UsageError("a design needs scenarios, and at least one dialogue in each")
    if not (_is_sd(between_sd) and _is_sd(within_sd)):
        raise UsageError("a standard deviation is finite and not negative")
    _check_alpha(alpha)
    if not 0.5 <= power < 1:
        raise UsageError(f"power must lie in [.5, 1), not {power}")
    if scenarios < 2:
        return None
    df = scenarios - 1
    error = math.sqrt(between_sd**2 / scenarios + within_sd**2 / (scenarios * per_scenario))
    return (t_quantile(1 - alpha / 2, df) + t_quantile(power, df)) * error


def pair_sd(within_sd: float, correlation: float) -> float:
    """σ√(2(1 − ρ)): SD of the difference of two dialogues of SD σ each.

    Args:
        within_sd: σ, SD within a scenario of one dialogue.
        correlation: Pairing correlation, in [-1, 1]; 0 where sampling breaks the pairing.

    Raises:
        UsageError: An argument out of range.
    """
    if not _is_sd(within_sd) or not -1 <= correlation <= 1:
        raise UsageError("a pair needs a standard deviation >= 0 and a correlation in [-1, 1]")
    return within_sd * math.sqrt(2 * (1 - correlation))


def sequence_radius(n: int, *, sigma: float, rho: float, alpha: float = 0.05) -> float:
    """σ√{2(nρ²+1)/(n²ρ²) · ln(√(nρ²+1)/α)}: half-width of a confidence sequence.

    Mean ± radius covers the true mean at *every* n together with probability at least 1 − alpha, so
    a run may stop at any n, whatever the reason (Robbins 1970; Waudby-Smith et al. 2021). This
    holds for normal blocks of known SD, and asymptotically otherwise: with an SD estimated from a
    handful of blocks the sequence is too narrow.

    Args:
        n: Scenario blocks finished so far, >= 1. A block is a scenario's mean or mean difference.
        sigma: SD of blocks between scenarios.
        rho: > 0; says where the sequence is tightest. At alpha = .05 that is n* for
            ρ ≈ 2.87/√n*. To be chosen before the run.
        alpha: In (0, 1).

    Raises:
        UsageError: An argument out of range.
    """
    if n < 1:
        raise UsageError("a confidence sequence starts at the first block")
    if not _is_sd(sigma):
        raise UsageError("sigma is a standard deviation: finite and not negative")
    if not (math.isfinite(rho) and rho > 0):
        raise UsageError("rho must be positive")
    _check_alpha(alpha)
    spread = n * rho**2 + 1
    return sigma * math.sqrt(2 * spread / (n * rho) ** 2 * math.log(math.sqrt(spread) / alpha))


def _is_sd(value: float) -> bool:
    return math.isfinite(value) and value >= 0


def _check_alpha(alpha: float) -> None:
    if not 0 < alpha < 1:
        raise UsageError(f"alpha must lie between 0 and 1, not {alpha}")
