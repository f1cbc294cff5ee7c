"""Numbers as sentences write them."""

from __future__ import annotations


def number(value: float) -> str:
    """Three decimals, or two digits where three decimals would show only zeros."""
    text = f"{value:.3f}" if abs(value) >= 0.0005 or value == 0 else f"{value:.1e}"
    return text.replace("-", "−", 1) if value < 0 else text


def p_value(p: float) -> str:
    """``p = 0.031``, or ``p < 0.001``."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
