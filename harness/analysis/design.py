"""The smallest effect that a design could show, under the one rule for "shown"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from harness.analysis.numbers import number
from harness.analysis.power import minimum_detectable_effect, pair_sd
from harness.analysis.scale import Scale
from harness.analysis.spread import Spread
from harness.analysis.verdict import LEAST_SCENARIOS

VETO: Final = {6: 1.27, 7: 1.07, 8: 1.045, 9: 1.03, 10: 1.02, 11: 1.01}
"""Scenarios -> how much larger an effect of 80 % power is with the sign-flip test as a veto than
for the t test alone. By simulation of 40,000 normal samples each; a test simulates them again."""


@dataclass(frozen=True)
class Power:
    """What a design could show of its primary comparison.

    Attributes:
        measure: ``evaluator.measure``; empty where nothing is compared.
        smallest: The smallest true effect that is shown in 80 % of such runs (two-sided 5 %), in
            units of the measure; None where there is none.
        sentences: That, or why there is none, in words.
        largest: The largest effect that the measure could have; None without ends.
        spread: What it rests on; None where nothing is known.
        surplus: Of skew, what lies between an even split and the whole surplus for one side: a mean
            over disputes; None for other measures.
    """

    measure: str
    smallest: float | None
    sentences: tuple[str, ...]
    largest: float | None = None
    spread: Spread | None = None
    surplus: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values; null is not known."""
        known = self.spread
        return {
            "measure": self.measure,
            "smallest_detectable": self.smallest,
            "largest_possible": self.largest,
            "between_sd": known and known.between,
            "within_sd": known and known.within,
            "pairing_correlation": known and known.correlation,
            "source": known and known.source,
            "half_surplus": self.surplus,
            "sentences": list(self.sentences),
        }


@dataclass(frozen=True)
class Design:
    """What is to be compared.

    Attributes:
        measure: ``evaluator.measure``.
        title: What sentences call it.
        scale: Of the measure.
        paired: Two arms, pair by pair; else one against 0.
        scenarios: S.
        per_scenario: Pairs of a scenario, or dialogues of the one arm.
        surpluses: Of skew, what half the surplus of each dispute is worth, where it has any.
    """

    measure: str
    title: str
    scale: Scale
    paired: bool
    scenarios: int
    per_scenario: int
    surpluses: tuple[float, ...] = ()


def power_of(design: Design, spread: Spread | None) -> Power:
    """What a design could show.

    Args:
        spread: How much its measure varies; None where that is not known.
    """
    largest = _largest(design)
    surplus = sum(design.surpluses) / len(design.surpluses) if design.surpluses else None

    def nothing(why: str) -> Power:
        return Power(design.measure, None, (why,), largest, spread, surplus)

    if design.scenarios < 2 or not design.per_scenario:
        return nothing("With fewer than two scenarios, no effect can be distinguished from chance.")
    if design.scenarios < LEAST_SCENARIOS:
        return nothing(
            f"No effect, however large, could be shown with fewer than {LEAST_SCENARIOS} "
            f"scenarios: {design.scenarios} are compared."
        )
    if spread is None:
        return nothing(
            f"How small a difference in {design.title} could be detected is unknown, because its "
            "range has no ends. Take its spread from a pilot: --from RUN."
        )
    smallest = smallest_shown(design, spread)
    basis = _basis(design, spread)
    if smallest == 0:
        return nothing(
            f"Nothing varied in the pilot, so it gives no smallest detectable effect ({basis})."
        )
    if largest is not None and smallest > largest:
        return nothing(
            f"No difference in {design.title} could be detected: it would have to be about "
            f"{number(smallest)}, and the largest possible is {number(largest)} ({basis})."
        )
    said = [_smallest_words(design, smallest, basis)]
    if surplus:
        said.append(_surplus_words(design, smallest, surplus))
    return Power(design.measure, smallest, tuple(said), largest, spread, surplus)


def _smallest_words(design: Design, smallest: float, basis: str) -> str:
    return (
        f"Smallest detectable difference in {design.title}: about {number(smallest)} (80 % power, "
        f"two-sided 5 %; {basis})."
    )


def _surplus_words(design: Design, smallest: float, surplus: float) -> str:
    beyond = sum(smallest > one for one in design.surpluses)
    return (
        "In an average dispute, an even split and the whole surplus for one side are "
        f"{number(surplus)} of skew apart. The effect is {smallest / surplus:.2g} of that, and "
        f"more than all of it in {beyond} of {len(design.surpluses)} disputes."
    )


def smallest_shown(design: Design, spread: Spread) -> float:
    """The true effect that is shown in 80 % of runs, in units of the measure; S >= 6."""
    within = pair_sd(spread.within, spread.correlation) if design.paired else spread.within
    found = minimum_detectable_effect(spread.between, within, design.scenarios, design.per_scenario)
    assert found is not None
    return found * VETO.get(design.scenarios, 1.0)


def _largest(design: Design) -> float | None:
    scale = design.scale
    if scale.lo is None or scale.hi is None:
        return None
    return scale.hi - scale.lo if design.paired else max(abs(scale.lo), abs(scale.hi))


def _basis(design: Design, spread: Spread) -> str:
    text = (
        f"SD {number(spread.between)} between scenarios and {number(spread.within)} of a dialogue"
    )
    if design.paired:
        text += f", pairing correlation {spread.correlation:.2f}".replace("-", "−")
    return f"{text}, {spread.source}"
