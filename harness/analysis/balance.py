"""What the design holds in balance, and what it does by itself: who opens, names, and chairs.

The comparison of arms is free of all three, since arms are paired within them. They are reported
because a reader wants to know how large they are beside it: whether speaking first pays, whether
the outcome follows the name that a side bears, and whether it follows the side or the chair.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from harness.analysis.contrast import evaluate
from harness.analysis.effect import Effect
from harness.analysis.observations import Observation
from harness.analysis.scale import UNKNOWN, Scale, scale_of
from harness.analysis.values import Values
from harness.disputes.scenario import Twin
from harness.evaluators.base import Measure
from harness.suite.contrasts import Contrast
from harness.suite.suite import Suite

OPENER: Final = "process.opened_by_o"
"""Measure that tells which seat spoke first: yes for the official one."""
Factor = Literal["opener", "names", "chairs"]

_SIDES: Final[Mapping[Factor, tuple[str, str]]] = {
    "opener": ("official-seat-opens", "other-seat-opens"),
    "names": ("names-exchanged", "names-as-written"),
    "chairs": ("chairs-exchanged", "chairs-as-written"),
}
FACTORS: Final[Mapping[Factor, str]] = {
    "opener": "official seat speaks first",
    "names": "names exchanged",
    "chairs": "principals in each other's chair",
}
"""What tables call a factor: the side that the other is subtracted from."""
_TITLES: Final = {
    "official-seat-opens": "with the official seat speaking first",
    "other-seat-opens": "with the other seat speaking first",
    "names-exchanged": "with the two names exchanged",
    "names-as-written": "with the names as written",
    "chairs-exchanged": "with the two principals in each other's chair",
    "chairs-as-written": "with the principals in the chairs as written",
}


class BalanceEffect(BaseModel):
    """What one factor of the design does to a measure within one arm.

    Attributes:
        arm: Whose dialogues.
        factor: ``opener``: those that the official seat opened, minus those that it did not, epochs
            of a twin in pairs. ``names``: names exchanged minus names as written. ``chairs``:
            principals in each other's chair minus as written; a measure that is signed by seat,
            such as skew, changes its sign where the outcome follows the principal, and stays what
            it is where it follows the chair.
        effect: With the scenario as the unit, as every effect; uncorrected.
    """

    model_config = ConfigDict(frozen=True)

    arm: str
    factor: Factor
    effect: Effect


def balance_of(
    suite: Suite, values: Values, measure: str, definitions: Mapping[str, Measure]
) -> tuple[BalanceEffect, ...]:
    """What the design of a run holds in balance, in the arms of the primary contrast."""
    if suite.contrasts is None:
        return ()
    primary = suite.contrasts.primary
    compared = {primary.treatment, primary.control}
    known = definitions.get(measure)
    return balance_effects(
        measure,
        (row for row in values.observations(measure) if row.arm in compared),
        values.observations(OPENER),
        {} if known is None else {measure: known.title},
        UNKNOWN if known is None else scale_of(known.range),
    )


def balance_effects(
    measure: str,
    rows: Iterable[Observation],
    openers: Iterable[Observation],
    titles: Mapping[str, str] | None = None,
    scale: Scale = UNKNOWN,
) -> tuple[BalanceEffect, ...]:
    """The factors that can be told apart in each arm, in the order of the arms.

    Args:
        measure: What is compared.
        rows: Of it, of any arms; ``pair`` is "twin/epoch", with "/line-up" where there are several.
        openers: Of :data:`OPENER`, of the same dialogues.
        titles, scale: As for :func:`~harness.analysis.contrast.evaluate`.

    Returns:
        Without the factors that an arm does not vary, or only together with another one: openers
        need two epochs of the same twin, names and chairs the twin.
    """
    opened = {(o.arm, o.scenario, o.pair): o.value for o in openers}
    arms: dict[str, list[Observation]] = {}
    for row in rows:
        arms.setdefault(row.arm, []).append(row)
    found = []
    for arm, own in arms.items():
        factors: tuple[tuple[Factor, list[Observation]], ...] = (
            ("opener", _by_opener(own, opened)),
            ("names", _by_twin(own, "names")),
            ("chairs", _by_twin(own, "chairs")),
        )
        for factor, sides in factors:
            treatment, control = _SIDES[factor]
            if {side.arm for side in sides} != {treatment, control}:
                continue
            question = Contrast(
                name=f"{factor} in {arm}", measure=measure, treatment=treatment, control=control
            )
            effect = evaluate(question, sides, {**(titles or {}), **_TITLES}, scale)
            if effect.n_pairs:
                found.append(BalanceEffect(arm=arm, factor=factor, effect=effect))
    return tuple(found)


def _by_opener(
    rows: Sequence[Observation], opened: Mapping[tuple[str, str, str], float | None]
) -> list[Observation]:
    """The dialogues by who opened them, each paired with the next epoch's of the same twin."""
    treatment, control = _SIDES["opener"]
    sides = []
    for row in rows:
        official = opened.get((row.arm, row.scenario, row.pair))
        if official is not None:
            side = treatment if official else control
            sides.append(Observation(row.scenario, _next_to(row.pair), side, row.value))
    taken = {(s.scenario, s.pair, s.arm) for s in sides}
    # Openers that were drawn, as in older runs, may be the same in both epochs of a pair.
    return sides if len(taken) == len(sides) else []


@lru_cache(maxsize=1 << 16)
def _next_to(pair: str) -> str:
    """What two epochs in a row of the same twin are paired by."""
    twin, epoch, lineup = _place(pair)
    return f"{twin.value}/{(epoch - 1) // 2}/{lineup}"


def _by_twin(rows: Sequence[Observation], factor: Literal["names", "chairs"]) -> list[Observation]:
    """The dialogues by one exchange of the twins, paired in epoch and in the other exchange; none
    where all are on one side."""
    if len({_beside(pair, factor)[1] for pair in {row.pair for row in rows}}) < len(_SIDES[factor]):
        return []
    return [Observation(row.scenario, *_beside(row.pair, factor), row.value) for row in rows]


@lru_cache(maxsize=1 << 16)
def _beside(pair: str, factor: Literal["names", "chairs"]) -> tuple[str, str]:
    """What a dialogue of this pair is paired by there, and its side."""
    treatment, control = _SIDES[factor]
    twin, epoch, lineup = _place(pair)
    exchanged, other = twin.swaps_names, twin.swaps_seats
    if factor == "chairs":
        exchanged, other = other, exchanged
    return f"{int(other)}/{epoch}/{lineup}", treatment if exchanged else control


@lru_cache(maxsize=1 << 16)
def _place(pair: str) -> tuple[Twin, int, str]:
    """Twin, epoch and line-up; the last is empty in a run of one. Each is asked for by several
    factors."""
    twin, epoch, *lineup = pair.split("/", 2)
    return Twin(twin), int(epoch), "".join(lineup)
