"""What has no value, by arm and scenario, and what it would take for that to decide the answer.

An effect is computed from what has a value. If a dialogue is more likely to be void when it goes
badly, what is left is a selection, and an effect can appear or vanish by that alone. So three
answers stand beside every effect: whether the arms lack values unevenly; the tipping point, which
is the mean that the missing values would have to have for the interval to say something else; and
the range of estimates that any missing values could give.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from pydantic import BaseModel, ConfigDict

from harness.analysis.intervals import ALPHA, t_quantile
from harness.analysis.missing_course import Breaking, BrokeOff, SeatBroke, broke_off
from harness.analysis.observations import ROUNDING, Floats, Observation
from harness.analysis.pairing import complete_twins
from harness.analysis.scale import UNKNOWN, Scale
from harness.analysis.signflip import SignFlip, sign_flip
from harness.analysis.spread import dialogue_sd

PLAUSIBLE: Final = 1.0
"""Tipping points up to so many SDs of a dialogue are plausible: the upper half of normal values
lies .8 SD above their mean, and voids of high values alone would be as far away."""
SHARED: Final = ALPHA / 2
"""Two tests ask whether the missing values are a selection: of their shares, and of where void
talks broke off. Where both can be made each has half of the level, so that together they raise
hardly more false alarms than one."""


class ArmMissing(BaseModel):
    """The values that an arm lacks.

    Attributes:
        dialogues: Of the arm.
        missing: Those without a value: ``unplayed`` + ``null``.
        unplayed: Void or failed ones.
        null: Played to the end, and the measure is undefined.
        mean: Of the values there are; every scenario weighs the same. None without any.
        scenarios: (scenario, missing, dialogues), by name.
    """

    model_config = ConfigDict(frozen=True)

    dialogues: int
    missing: int
    unplayed: int
    null: int
    mean: float | None
    scenarios: tuple[tuple[str, int, int], ...]

    @property
    def share(self) -> float:
        """In [0, 1]."""
        return self.missing / self.dialogues if self.missing else 0.0


class MissingValues(BaseModel):
    """What a contrast lacks. None is "cannot be computed", or "nothing in that direction would".

    Attributes:
        arms: Arm -> what it lacks.
        difference: Mean over scenarios of the treatment's missing share minus the control's, in
            [-1, 1]; None against 0.
        p_difference: Sign-flip test of that, with the scenario as the unit.
        arms_differ: ``p_difference`` is below the level; with so few scenarios that it cannot be,
            all of them lean one way.
        tipping: The smallest shift that the measure's range allows and that moves an end of the t
            interval to 0 (the smallest of all, where it allows none), in units of the measure: the
            missing values of the treatment lie this far above what their scenario leads to expect,
            those of the control as far below. Negative is the other way round.
        tipping_sd: The same in SDs of a dialogue within its scenario and arm.
        tipping_means: Arm -> mean that its missing values would then have, for arms that lack some.
        tipping_possible: Whether the measure's range holds these means.
        worst_case: Estimates if all missing values lay at the ends of the range, as far apart as
            they can; None where the measure has no ends.
        broke_off: Where void talks broke off; None where the course of none is known.
        broke_differently: The seats and arms whose void talks broke off where the offer to be
            answered was unlike those of others, at the level.
        possible_bias: By how much the estimate is off if the values of these talks lie as far from
            those of others as what they broke off over, in SDs of a dialogue, >= 0; None where
            there are none. It is a size and no correction: the measure may follow the offers less.
    """

    model_config = ConfigDict(frozen=True)

    arms: dict[str, ArmMissing]
    difference: float | None = None
    p_difference: float | None = None
    arms_differ: bool = False
    tipping: float | None = None
    tipping_sd: float | None = None
    tipping_means: dict[str, float] = {}
    tipping_possible: bool = False
    worst_case: tuple[float, float] | None = None
    broke_off: BrokeOff | None = None
    broke_differently: tuple[SeatBroke, ...] = ()
    possible_bias: float | None = None

    @property
    def total(self) -> int:
        """Dialogues without a value."""
        return sum(arm.missing for arm in self.arms.values())

    @property
    def selective(self) -> bool:
        """Whether what is left seems to be a selection."""
        return self.arms_differ or bool(self.broke_differently)

    @property
    def plausible(self) -> bool:
        """Whether missing values that tip the interval would be nothing unusual."""
        return (
            self.tipping_sd is not None
            and abs(self.tipping_sd) <= PLAUSIBLE
            and self.tipping_possible
        )


@dataclass(frozen=True)
class _Scenario:
    """The pairs of a scenario; against 0, its dialogues.

    Attributes:
        pairs: ``(n, arms)`` values; NaN is missing.
        lacks: ``(arms,)`` share of pairs in which the arm's value is missing.
        difference: Mean over complete pairs; against 0, over complete twins. None without one.
    """

    pairs: Floats
    lacks: Floats
    difference: float | None


def missing_values(
    rows: Iterable[Observation],
    arms: Sequence[str],
    scale: Scale = UNKNOWN,
    breaking: Breaking = broke_off,
    planned: Collection[str] = (),
) -> MissingValues:
    """What a contrast lacks.

    Args:
        rows: Of its measure; those of other arms are ignored.
        arms: The treatment, and the control unless it is held against 0.
        scale: Of the measure.
        breaking: As of :func:`~harness.analysis.contrast.evaluate`.
        planned: Twins of the treatment, as of :func:`~harness.analysis.pairing.complete_twins`.
    """
    cells: dict[str, dict[str, dict[str, Observation]]] = {arm: defaultdict(dict) for arm in arms}
    own = [row for row in rows if row.arm in cells]
    for row in own:
        cells[row.arm][row.scenario][row.pair] = row
    counted = {arm: _arm(cells[arm]) for arm in arms}
    found = MissingValues(arms=counted)
    if not found.total:
        return found
    whole = () if len(arms) > 1 else complete_twins(own, planned)
    counting = None if len(arms) > 1 else {(o.scenario, o.pair) for o in whole}
    scenarios = [
        _scenario(name, [cells[arm][name] for arm in arms], counting) for name in _common(cells)
    ]
    known = [one for one in scenarios if len(one.pairs)]
    broke = breaking(own, arms)
    leans = [float(one.lacks[0] - one.lacks[1]) for one in known] if len(arms) > 1 else []
    flip = sign_flip(leans)
    of_shares, of_voids = _levels(None if flip is None else flip.p, None if not broke else broke.p)
    sd = dialogue_sd(
        [[r.value for r in p.values()] for own in cells.values() for p in own.values()]
    )
    return found.model_copy(
        update={
            **({} if flip is None else _uneven(leans, flip, of_shares)),
            **_tipping(known, counted, scale, sd),
            **_broke(broke, counted, of_voids, sd),
            "worst_case": _worst_case(known, scale),
        }
    )


def _arm(cells: dict[str, dict[str, Observation]]) -> ArmMissing:
    rows = [row for pairs in cells.values() for row in pairs.values()]
    lacking = [row for row in rows if row.value is None]
    unplayed = sum(not row.played for row in lacking)
    means = [
        math.fsum(values) / len(values)
        for pairs in cells.values()
        if (values := [row.value for row in pairs.values() if row.value is not None])
    ]
    return ArmMissing(
        dialogues=len(rows),
        missing=len(lacking),
        unplayed=unplayed,
        null=len(lacking) - unplayed,
        mean=math.fsum(means) / len(means) if means else None,
        scenarios=tuple(
            (name, sum(row.value is None for row in pairs.values()), len(pairs))
            for name, pairs in sorted(cells.items())
        ),
    )


def _common(cells: dict[str, dict[str, dict[str, Observation]]]) -> list[str]:
    return sorted(set.intersection(*(set(own) for own in cells.values())))


def _scenario(
    name: str, own: Sequence[dict[str, Observation]], counting: Collection[tuple[str, str]] | None
) -> _Scenario:
    """A scenario and its rows, arm by arm; ``counting`` are the places that the estimate is made
    of, None for all complete pairs."""
    keys = sorted(set.intersection(*map(set, own)))
    values = [[arm[key].value for arm in own] for key in keys]
    pairs = np.array(values, dtype=np.float64).reshape(len(keys), len(own))
    gaps = np.isnan(pairs)
    whole = ~gaps.any(axis=1)
    if counting is not None:
        whole &= np.array([(name, key) in counting for key in keys], dtype=np.bool_)
    complete = pairs[whole]
    difference = None
    if len(complete):
        difference = float((complete[:, 0] - complete[:, 1:].sum(axis=1)).mean())
    return _Scenario(pairs, gaps.mean(axis=0) if len(keys) else np.zeros(len(own)), difference)


def _levels(shares: float | None, voids: float | None) -> tuple[float, float]:
    """The levels of the tests of shares and of where void talks broke off, given their p (Holm
    1979): each has half of the level, and all of it once the other has found something."""
    if shares is None or voids is None:
        return ALPHA, ALPHA
    return ALPHA if voids < SHARED else SHARED, ALPHA if shares < SHARED else SHARED


def _uneven(leans: Sequence[float], flip: SignFlip, level: float) -> dict[str, object]:
    if flip.min_p < level:
        differ = flip.p < level
    else:
        differ = len(leans) > 1 and (min(leans) > 0 or max(leans) < 0)
    mean = math.fsum(leans) / len(leans)
    return {"difference": mean, "p_difference": flip.p, "arms_differ": differ}


def _broke(
    broke: BrokeOff | None, arms: dict[str, ArmMissing], level: float, sd: float | None
) -> dict[str, object]:
    """What is said of where void talks broke off; ``sd`` is that of a dialogue."""
    if broke is None:
        return {}
    unlike = tuple(one for one in broke.seats if one.p < level)
    size = None
    if unlike and sd is not None:
        share = math.fsum(abs(o.sd) * o.replies / arms[o.arm].dialogues for o in unlike)
        size = sd * share
    return {"broke_off": broke, "broke_differently": unlike, "possible_bias": size}


def _tipping(
    scenarios: Sequence[_Scenario],
    arms: dict[str, ArmMissing],
    scale: Scale,
    sd: float | None,
) -> dict[str, object]:
    known = [one for one in scenarios if one.difference is not None]
    if len(known) < 2:
        return {}
    shifts = tipping_points(
        np.array([one.difference for one in known]), np.array([one.lacks.sum() for one in known])
    )
    if not shifts:
        return {}

    def means(shift: float) -> dict[str, float]:
        return {
            arm: own.mean + (shift if place == 0 else -shift)
            for place, (arm, own) in enumerate(arms.items())
            if own.missing and own.mean is not None
        }

    def possible(shift: float) -> bool:
        return all(map(scale.holds, means(shift).values()))

    # One that the range rules out says nothing of the other, which may lie the other way.
    shift = next(filter(possible, shifts), shifts[0])
    return {
        "tipping": shift,
        "tipping_sd": shift / sd if sd else None,
        "tipping_means": means(shift),
        "tipping_possible": possible(shift),
    }


def tipping_points(differences: Floats, lacks: Floats) -> list[float]:
    """The shifts at which an end of the t interval reaches 0, the one of smallest size first.

    The interval of D + L·x excludes 0 where S·mean² > t²·var, which is quadratic in x.

    Args:
        differences: ``(S,)`` D, S >= 2.
        lacks: ``(S,)`` L: share of pairs whose value is missing, of both arms together, in [0, 2].

    Returns:
        x, up to two of them. Where the interval excludes 0, they lead towards 0; where it does not,
        away from it. None where no shift does it.
    """
    count = len(differences)
    critical = t_quantile(1 - ALPHA / 2, count - 1) ** 2
    mean, lack = float(differences.mean()), float(lacks.mean())
    var, covar = float(differences.var(ddof=1)), float(np.cov(differences, lacks)[0, 1])
    square = count * lack**2 - critical * float(lacks.var(ddof=1))
    linear = 2 * (count * mean * lack - critical * covar)
    constant = count * mean**2 - critical * var
    roots = _roots(square, linear, constant)
    if constant > 0:  # an effect: only what leads towards 0 takes it away
        roots = [root for root in roots if root * mean < 0]
    roots = [root for root in roots if abs(root) > ROUNDING]
    return sorted(roots, key=abs)


def _roots(square: float, linear: float, constant: float) -> list[float]:
    if abs(square) <= ROUNDING:
        return [-constant / linear] if abs(linear) > ROUNDING else []
    under = linear**2 - 4 * square * constant
    if under <= ROUNDING:  # the interval touches 0 and turns back
        return [-linear / (2 * square)] if under > -ROUNDING and constant > 0 else []
    half = math.sqrt(under)
    return [(-linear + half) / (2 * square), (-linear - half) / (2 * square)]


def _worst_case(scenarios: Sequence[_Scenario], scale: Scale) -> tuple[float, float] | None:
    if scale.lo is None or scale.hi is None or not scenarios:
        return None
    ends = []
    for first, second in ((scale.lo, scale.hi), (scale.hi, scale.lo)):
        means = []
        for one in scenarios:
            fill = np.array([first, second][: one.pairs.shape[1]])
            whole = np.where(np.isnan(one.pairs), fill, one.pairs)
            means.append(float((whole[:, 0] - whole[:, 1:].sum(axis=1)).mean()))
        ends.append(math.fsum(means) / len(means))
    return ends[0], ends[1]
