"""How far people who labelled the same turns agree, with one another and with the judge.

Turns in which a judge found something were drawn more often than others. So agreement is of the
turns that were drawn, and not of all. What of a person's findings the judge finds too is weighted
back to all turns by the chances of the draw.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from pydantic import BaseModel, ConfigDict

from harness.analysis.agreeing import agreeing
from harness.analysis.agreement import (
    Agreed,
    Floats,
    clustered,
    cohen_kappa,
    krippendorff_alpha,
)
from harness.plans.prose_ledger import ACTS

Interval = tuple[float, float]
Act = tuple[str, str | None]


@dataclass(frozen=True)
class Reading:
    """What one reader found in one turn.

    Attributes:
        who: The person, or the address of the judge.
        dialogue, turn: Which one it is.
        chance: That it was drawn.
        acts: What is done in it, with its issue.
        judge: Whether the reader is a judge.
    """

    who: str
    dialogue: str
    turn: int
    chance: float
    acts: frozenset[Act]
    judge: bool = False


class LabelAgreement(BaseModel):
    """How far two readers agree on one thing that a turn may do.

    Attributes:
        first, second: The readers; of a person and a judge, the person first.
        judge: Whether the second is a judge.
        act: What is marked, of :data:`~harness.plans.prose_ledger.ACTS`.
        turns: That both have read.
        both, only_first, only_second: Turns in which it is marked.
        kappa, kappa_interval: Cohen's, with its 95 % interval over dialogues; None where it is
            undefined, or the interval cannot be told.
        alpha, alpha_interval: Krippendorff's, nominal.
        found, found_interval: Of what the first marks, the share that the second marks too, with
            its issue, weighted back to all turns; None where the first marks nothing.
        right, right_interval: The same the other way round.
    """

    model_config = ConfigDict(frozen=True)

    first: str
    second: str
    judge: bool
    act: str
    turns: int
    both: int
    only_first: int
    only_second: int
    kappa: float | None
    kappa_interval: Interval | None
    alpha: float | None
    alpha_interval: Interval | None
    found: float | None
    found_interval: Interval | None
    right: float | None
    right_interval: Interval | None


@dataclass(frozen=True)
class _Pair:
    """One turn that two have read."""

    chance: float
    one: frozenset[Act]
    other: frozenset[Act]


def agreements(readings: Sequence[Reading]) -> tuple[LabelAgreement, ...]:
    """Every two people, and every person with every judge; two judges are not compared."""
    by_reader: dict[tuple[bool, str], dict[tuple[str, int], Reading]] = {}
    for one in readings:
        by_reader.setdefault((one.judge, one.who), {})[one.dialogue, one.turn] = one
    found = []
    for first, second in combinations(sorted(by_reader), 2):
        if first[0]:
            continue
        common = sorted(by_reader[first].keys() & by_reader[second].keys())
        pairs: dict[str, list[_Pair]] = {}
        for key in common:
            one, other = by_reader[first][key], by_reader[second][key]
            pairs.setdefault(key[0], []).append(_Pair(one.chance, one.acts, other.acts))
        if pairs:
            found += [_agreement(first[1], second, act, list(pairs.values())) for act in ACTS]
    return tuple(found)


def _agreement(
    first: str, second: tuple[bool, str], act: str, clusters: Sequence[Sequence[_Pair]]
) -> LabelAgreement:
    def marked(pair: _Pair) -> tuple[bool, bool]:
        return any(what == act for what, _ in pair.one), any(what == act for what, _ in pair.other)

    both = [[marked(pair) for pair in cluster] for cluster in clusters]
    cells = [cell for cluster in both for cell in cluster]
    kappa, alpha = agreeing(both, cohen_kappa), agreeing(both, krippendorff_alpha)
    met = [[_met(act, pair.chance, pair.one, pair.other) for pair in one] for one in clusters]
    back = [[_met(act, pair.chance, pair.other, pair.one) for pair in one] for one in clusters]
    found, right = clustered(met, _share, many=_shares), clustered(back, _share, many=_shares)
    return LabelAgreement(
        first=first,
        second=second[1],
        judge=second[0],
        act=act,
        turns=len(cells),
        both=cells.count((True, True)),
        only_first=cells.count((True, False)),
        only_second=cells.count((False, True)),
        kappa=kappa.value,
        kappa_interval=_ends(kappa),
        alpha=alpha.value,
        alpha_interval=_ends(alpha),
        found=found.value,
        found_interval=_ends(found),
        right=right.value,
        right_interval=_ends(right),
    )


def _met(
    act: str, chance: float, one: frozenset[Act], other: frozenset[Act]
) -> tuple[float, float]:
    """Of a turn, by the inverse chance of it: what the one marks, and what of that the other does
    too."""
    own = {of for of in one if of[0] == act}
    return len(own) / chance, len(own & other) / chance


def _share(turns: Counter[tuple[float, float]]) -> float | None:
    """Of what the one marks, the share that the other marks too; None where there is nothing."""
    total = math.fsum(times * whole for (whole, _), times in turns.items())
    return math.fsum(times * met for (_, met), times in turns.items()) / total if total else None


def _shares(kinds: Sequence[tuple[float, float]], times: Floats) -> Floats:
    """:func:`_share` of many samples at once: ``(samples, k)`` to ``(samples,)``, NaN for none."""
    whole, met = (times @ np.array([kind[part] for kind in kinds]) for part in (0, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.where(whole > 0, met / whole, np.nan)
    return found


def _ends(found: Agreed) -> Interval | None:
    return None if found.low is None or found.high is None else (found.low, found.high)
