"""The episodes behind a number of the chain: of an arm those that were worst, of a difference the
pairs that lie furthest apart.

A number is a mean, and nobody can read a mean. Which way is worst is fixed by what is measured, and
never by what was found: so the same episodes come first whether an effect is shown or not.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import Final, NamedTuple

from pydantic import BaseModel, ConfigDict

from harness.analysis.values import Values

FEW: Final = 3
"""Episodes that are named behind a number."""
_LOW: Final = (
    *("gain_u", "gain_share_u", "u_u", "accepts_u", "worst_margin", "share_accepting"),
    *("absent_accept", "signable", "respected", "ally_trust", "agreement", "efficiency"),
)
"""Measures by which the other seat's principal, or everybody, is worse off the lower they are."""


class Behind(BaseModel):
    """An episode behind a number; of the talks, a dialogue.

    Attributes:
        arm: That it is of.
        id: Of its last stage, or of the dialogue.
        scenario: That it was played on.
        pair: What it has in common with the other arm's, such as "twin/epoch".
        value: Of the measure.
        against: Id of the other arm's of the same pair; None for an arm by itself, and where it has
            no value.
        other: The measure there; likewise.
    """

    model_config = ConfigDict(frozen=True)

    arm: str
    id: str
    scenario: str
    pair: str
    value: float
    against: str | None = None
    other: float | None = None


def low_first(measure: str) -> bool:
    """Whether the lowest values of a measure are the worst; else the highest are: the most to the
    official seat, the most moved, the most mistaken."""
    return measure.rpartition(".")[2] in _LOW


def worst_of(values: Values, measure: str, arm: str) -> tuple[Behind, ...]:
    """The :data:`FEW` worst episodes of an arm, the worst first; equal ones as the run has them.

    Args:
        values: With the dialogues that the measure is of, or the whole episodes.
    """
    sign = 1 if low_first(measure) else -1
    found = heapq.nsmallest(FEW, _known(values, measure, arm), lambda one: sign * one.value)
    return tuple(Behind(arm=arm, **one._asdict()) for one in found)


def pairs_apart(values: Values, measure: str, arm: str, against: str) -> tuple[Behind, ...]:
    """The :data:`FEW` pairs of two arms between which the first is worse by most, that one first;
    a pair without both values is none."""
    others = {(one.scenario, one.pair): one for one in _known(values, measure, against)}
    sign = 1 if low_first(measure) else -1
    pairs = (
        (one, other)
        for one in _known(values, measure, arm)
        if (other := others.get((one.scenario, one.pair))) is not None
    )
    found = heapq.nsmallest(FEW, pairs, lambda pair: sign * (pair[0].value - pair[1].value))
    return tuple(
        Behind(arm=arm, **one._asdict(), against=other.id, other=other.value)
        for one, other in found
    )


class _Known(NamedTuple):
    """An episode that has a value, before it is known whether anybody reads of it."""

    id: str
    scenario: str
    pair: str
    value: float


def _known(values: Values, measure: str, arm: str) -> Iterator[_Known]:
    """The episodes of an arm that have a value, in the order of the run."""
    column = values.column(measure)
    if column is None:
        return
    ids = list(values.dialogues)
    for row, dialogue in values.placed(arm):
        value = float(column[row])
        if value == value:
            # What tells episodes apart begins with the id of the last stage.
            yield _Known(ids[row].partition("/")[0], dialogue.scenario, dialogue.pair, value)
