"""From dialogues to one number a scenario: the paired difference of two arms, or one arm's mean.

Arms of a suite share scenario, payoffs, seed and speaking order, so dialogues are compared with
their counterpart and only then averaged. Whatever has no value, or no counterpart with one, is
left out and counted. One arm by itself has no counterpart in another arm. Its own twins are held
against each other: what a dispute does for one side is in the one and, the other way round, in the
other, and only both together cancel it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from harness.analysis.observations import ROUNDING, Floats, Observation
from harness.disputes.scenario import Twin
from harness.errors import UsageError

_Cells = dict[str, dict[str, float | None]]
"""Scenario -> pair -> value, of one arm."""
_TWINS: Final = frozenset(twin.value for twin in Twin)
_IN_THE_OTHER_CHAIR: Final = ({Twin.NONE, Twin.SEATS}, {Twin.NAMES, Twin.BOTH})
"""Twins that differ in the chairs alone. A principal takes its name along, so two of them cancel
both what a dispute and what a name does for one side."""


@dataclass(frozen=True)
class Differences:
    """One number a scenario, and what it was made of.

    Attributes:
        scenarios: (scenario, difference or mean), by name; only scenarios that have one.
        n_pairs: Complete pairs; 0 for a single arm.
        n_dialogues: Arm -> rows of it, with or without a value.
        n_missing: Arm -> rows without a value.
        n_unpaired: Arm -> rows with a value whose counterpart is absent or has none; against 0
            that is a twin.
        correlation: Pairing correlation achieved, in [-1, 1]: Pearson over pairs after the scenario
            mean of each arm is removed. None for fewer than 3 pairs, no variance within scenarios,
            or a single arm. Near 0, pairing bought nothing.
    """

    scenarios: tuple[tuple[str, float], ...]
    n_pairs: int
    n_dialogues: dict[str, int]
    n_missing: dict[str, int]
    n_unpaired: dict[str, int]
    correlation: float | None

    @property
    def n_counted(self) -> int:
        """Rows that the numbers are made of, of all arms."""
        left_out = sum(self.n_missing.values()) + sum(self.n_unpaired.values())
        return sum(self.n_dialogues.values()) - left_out

    def values(self) -> Floats:
        """``(S,)`` the numbers alone."""
        return np.array([value for _, value in self.scenarios], dtype=np.float64)


def paired(rows: Iterable[Observation], treatment: str, control: str) -> Differences:
    """Treatment minus control within pairs, averaged within scenarios.

    Args:
        rows: Of one measure; rows of other arms are ignored.
        treatment: Arm.
        control: Another arm.

    Raises:
        UsageError: Both arms are the same, or two rows have the same scenario, pair and arm.
    """
    if treatment == control:
        raise UsageError(f"the arm {treatment!r} cannot be compared with itself")
    cells = _cells(rows, (treatment, control))
    by_scenario: dict[str, list[tuple[float, float]]] = {}
    for scenario in sorted(cells[treatment].keys() & cells[control].keys()):
        left, right = cells[treatment][scenario], cells[control][scenario]
        pairs = []
        for key in sorted(left.keys() & right.keys()):
            a, b = left[key], right[key]
            if a is not None and b is not None:
                pairs.append((a, b))
        if pairs:
            by_scenario[scenario] = pairs
    n_pairs = sum(map(len, by_scenario.values()))
    dialogues, missing = _counts(cells)
    return Differences(
        scenarios=tuple(
            (scenario, mean_of([a - b for a, b in pairs]))
            for scenario, pairs in by_scenario.items()
        ),
        n_pairs=n_pairs,
        n_dialogues=dialogues,
        n_missing=missing,
        n_unpaired={arm: dialogues[arm] - missing[arm] - n_pairs for arm in cells},
        correlation=_correlation(list(by_scenario.values())),
    )


def against_zero(
    rows: Iterable[Observation], arm: str, planned: Collection[str] = ()
) -> Differences:
    """Mean of one arm in each scenario, to be held against 0: of :func:`complete_twins` alone.

    Else a dispute that favours one side would read as an effect as soon as the values of one twin
    are missing more often than those of the other.

    Args:
        planned: As of :func:`complete_twins`.

    Raises:
        UsageError: As :func:`single`.
    """
    own = [row for row in rows if row.arm == arm]
    found, complete = single(own, arm), complete_twins(own, planned)
    return replace(
        found,
        scenarios=single(complete, arm).scenarios,
        n_unpaired={arm: len(own) - found.n_missing[arm] - len(complete)},
    )


def complete_twins(rows: Iterable[Observation], planned: Collection[str] = ()) -> list[Observation]:
    """The dialogues with a value whose twins in the same scenario and epoch have one too.

    Twins come in pairs that differ in the chairs alone. Where an arm plays others, they count all
    together. An arm that plays one of them has nothing to hold it against: all its values count.

    Args:
        rows: Of one arm and measure, also those without a value: they tell which twins are played.
            A ``pair`` that does not begin with a twin stands alone.
        planned: The twins that the arm was to play: a run may be cut before the first dialogue of
            one of them. Those of ``rows`` count in any case.
    """
    own = list(rows)
    places = [_place(row) for row in own]
    played = {twin for twin, _ in places if twin}
    together = _together(played.union(planned) if played else played)
    known = {
        (twin, place)
        for row, (twin, place) in zip(own, places, strict=True)
        if row.value is not None
    }
    return [
        row
        for row, (twin, place) in zip(own, places, strict=True)
        if row.value is not None
        and (not twin or all((other, place) in known for other in together[twin]))
    ]


def _place(row: Observation) -> tuple[str, tuple[str, str]]:
    """The twin of a dialogue, empty where its pair names none; and what its twins share."""
    twin, _, rest = row.pair.partition("/")
    return (twin, (row.scenario, rest)) if twin in _TWINS else ("", (row.scenario, row.pair))


def _together(played: set[str]) -> dict[str, set[str]]:
    """Twin -> those that count with it or not at all, itself among them."""
    pairs = [{twin.value for twin in pair} for pair in _IN_THE_OTHER_CHAIR]
    pairs = [pair for pair in pairs if pair <= played]
    if set().union(*pairs) != played:
        return dict.fromkeys(played, played)
    return {twin: pair for pair in pairs for twin in pair}


def complete_places(rows: Iterable[Observation], arms: Collection[str]) -> list[Observation]:
    """The rows of several arms that have a value, and whose counterparts in all others have one.

    Means of arms that are compared are of these. Else they would be of different dialogues, and
    what sets twins or epochs apart would read as a difference of the arms.

    Args:
        rows: Of one measure; rows of other arms are ignored.
        arms: At least one.
    """
    own = [row for row in rows if row.value is not None and row.arm in arms]
    met: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in own:
        met[row.scenario, row.pair].add(row.arm)
    return [row for row in own if len(met[row.scenario, row.pair]) == len(set(arms))]


def single(rows: Iterable[Observation], arm: str) -> Differences:
    """Mean of one arm in each scenario, of all values that there are: what is described, and not
    held against 0 (:func:`against_zero`).

    Raises:
        UsageError: Two rows of the arm have the same scenario and pair.
    """
    cells = _cells(rows, (arm,))
    means = []
    for scenario, values in sorted(cells[arm].items()):
        known = [value for value in values.values() if value is not None]
        if known:
            means.append((scenario, mean_of(known)))
    dialogues, missing = _counts(cells)
    return Differences(
        scenarios=tuple(means),
        n_pairs=0,
        n_dialogues=dialogues,
        n_missing=missing,
        n_unpaired={arm: 0},
        correlation=None,
    )


def _cells(rows: Iterable[Observation], arms: Sequence[str]) -> dict[str, _Cells]:
    cells: dict[str, _Cells] = {arm: defaultdict(dict) for arm in arms}
    for row in rows:
        if row.arm not in cells:
            continue
        values = cells[row.arm][row.scenario]
        if row.pair in values:
            raise UsageError(
                f"two dialogues claim the pair {row.pair!r}",
                where=f"scenario {row.scenario!r}, arm {row.arm!r}",
                fix="keep one row for each scenario, pair and arm",
            )
        values[row.pair] = row.value
    return cells


def _counts(cells: dict[str, _Cells]) -> tuple[dict[str, int], dict[str, int]]:
    """Per arm: all rows, and rows without a value."""
    values = {arm: [v for pairs in c.values() for v in pairs.values()] for arm, c in cells.items()}
    return (
        {arm: len(all_) for arm, all_ in values.items()},
        {arm: all_.count(None) for arm, all_ in values.items()},
    )


def mean_of(values: Sequence[float]) -> float:
    """Mean that does not depend on the order of rows; rounding noise about 0 is 0, since a t-test
    of noise alone can look like an effect."""
    mean = math.fsum(values) / len(values)
    return 0.0 if abs(mean) <= ROUNDING else mean


def _correlation(scenarios: Sequence[Sequence[tuple[float, float]]]) -> float | None:
    if sum(map(len, scenarios)) < 3:
        return None
    centred = [np.array(pairs) - np.mean(pairs, axis=0) for pairs in scenarios]
    a, b = np.concatenate(centred).T
    norm_a, norm_b = float(np.linalg.norm(a)), float(np.linalg.norm(b))
    noise = ROUNDING * math.sqrt(len(a))
    if norm_a <= noise or norm_b <= noise:
        return None
    return float(np.clip((a / norm_a) @ (b / norm_b), -1.0, 1.0))
