"""What a judge's counts come to once a person has read some of the turns that it has read.

A count of a dialogue is the sum over its turns. So what the judge makes up or overlooks in a
dialogue is the sum of what it does so in its turns, and a sample of these tells how much that is.
Turns in which the judge found something are one stratum, all others the other one; within each the
person's turns are a random sample with known chances. With q the judge's mean, e the person's count
less the judge's in a turn, and W the turns of a stratum in a dialogue,

    theta = q + sum over both strata of W * mean(e)

This is prediction-powered inference with the run's own turns as labels
(:func:`~harness.analysis.human_anchor.ppi_mean` is the same for a plain mean). Each arm is
corrected by its own turns. Whether the judge errs alike in both makes no difference.

What is overlooked is rare in a turn, and an interval from its variance alone is far too short where
the sample holds one or none. So each rate has its score interval, and these are put together with
the interval of q over scenarios by the distances of their ends (MOVER: Zou and Donner, Stat Med 27,
2008, 1693-1702). Where the judge overlooks much, scenarios differ by more than its readings of them
do: the distances of q's ends grow as the mean does.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from harness.analysis.judge_correction import ONE_SCENARIO, Corrected, Ends
from harness.analysis.observations import ROUNDING, Observation
from harness.analysis.pairing import complete_places

FEWEST_LABELS: Final = 20
"""Turns of an arm that a person has read, from which its figure is corrected by them."""
FEWEST_OF_STRATUM: Final = 5
"""Of these, turns in which the judge found something, and as many in which it did not."""
_Z: Final = 1.959963984540054


@dataclass(frozen=True)
class LabelledTurn:
    """A turn that was drawn, judged, and read by a person.

    Attributes:
        scenario: Of its dialogue.
        arms: Of its dialogue; talks that arms share have several.
        found: Its stratum: whether the judge found anything in it.
        truth: What the person finds in it.
        judged: What the judge finds in it.
        chance: That it was drawn, in (0, 1].
        record: Id of its dialogue.
    """

    scenario: str
    arms: tuple[str, ...]
    found: bool
    truth: float
    judged: float
    chance: float
    record: str = ""


@dataclass(frozen=True)
class Read:
    """What a judge has read of an arm on one scenario.

    Attributes:
        mean: Of the count that it gives a dialogue.
        dialogues: That have one.
        found, rest: Turns of these in which it found anything, and others.
    """

    mean: float
    dialogues: int
    found: int
    rest: int

    def turns(self, *, found: bool) -> float:
        """Turns of a stratum in a dialogue."""
        return (self.found if found else self.rest) / self.dialogues


def read_of(
    rows: Iterable[Observation],
    arm: str,
    arms: Collection[str],
    turns: Mapping[str, tuple[int, int]],
) -> dict[str, Read]:
    """What the judge has read of an arm, on scenarios that all ``arms`` have; of a difference, in
    the dialogues whose counterparts have a value as well.

    Args:
        rows: Of the measure.
        turns: Scenario -> turns of the arm in which the judge found anything, and others.
    """
    whole = [row for row in rows if row.arm in arms]
    by_scenario: dict[str, list[float]] = {}
    for one in complete_places(whole, arms):
        if one.arm == arm and one.value is not None:
            by_scenario.setdefault(one.scenario, []).append(one.value)
    known = Counter(row.scenario for row in whole if row.arm == arm and row.value is not None)
    return {
        scenario: Read(
            mean=sum(values) / len(values),
            dialogues=len(values),
            found=round(turns[scenario][0] * len(values) / known[scenario]),
            rest=round(turns[scenario][1] * len(values) / known[scenario]),
        )
        for scenario, values in sorted(by_scenario.items())
        if scenario in turns
    }


def enough(labels: Iterable[LabelledTurn], read: Mapping[str, Read], arm: str) -> str | None:
    """Why the labels do not correct an arm; None where they do.

    Args:
        labels: Of the run.
        read: Scenario -> what the judge has read of the arm.
    """
    own = [one for one in labels if arm in one.arms and one.scenario in read]
    if len(own) < FEWEST_LABELS:
        return f"too few of its turns are labelled: {len(own)}, of at least {FEWEST_LABELS}"
    for found in (True, False):
        there = sum(one.found is found for one in own)
        if there < FEWEST_OF_STRATUM and any(one.turns(found=found) for one in read.values()):
            what = "found something" if found else "found nothing"
            return (
                f"too few of the turns in which the judge {what} are labelled: {there}, of at "
                f"least {FEWEST_OF_STRATUM}"
            )
    return None


def by_labels(
    labels: Iterable[LabelledTurn], read: Mapping[str, Read], arm: str, ends: Ends | None
) -> Corrected:
    """The mean of an arm over scenarios, corrected by what a person found in its turns.

    Args:
        labels: Of the run; those of other arms, and of scenarios without a mean, are ignored.
        read: Scenario -> what the judge has read of the arm; at least one.
        ends: Interval of the judge's mean over scenarios; None where there is none.
    """
    mean = math.fsum(one.mean for one in read.values()) / len(read)
    own = [one for one in labels if arm in one.arms and one.scenario in read]
    rates: list[tuple[float, Ends]] = []
    for found in (True, False):
        turns = math.fsum(one.turns(found=found) for one in read.values()) / len(read)
        stratum = [one for one in own if one.found is found]
        weights = [1 / (one.chance * read[one.scenario].dialogues) for one in stratum]
        more = _rate([max(0.0, one.truth - one.judged) for one in stratum], weights)
        less = _rate([max(0.0, one.judged - one.truth) for one in stratum], weights)
        rates.append((turns * more[0], (turns * more[1][0], turns * more[1][1])))
        if found:  # elsewhere it makes nothing up
            rates.append((-turns * less[0], (-turns * less[1][1], -turns * less[1][0])))
    value = mean + math.fsum(rate for rate, _ in rates)
    if ends is None:
        return Corrected(value, None, ONE_SCENARIO)
    grown = max(1.0, value / mean) if mean > ROUNDING else 1.0
    own_ends = value - grown * (mean - ends[0]), value + grown * (ends[1] - mean)
    down = math.hypot(value - own_ends[0], *(rate - lo for rate, (lo, _) in rates))
    up = math.hypot(own_ends[1] - value, *(hi - rate for rate, (_, hi) in rates))
    return Corrected(value, (value - down, value + up))


def difference(treatment: Corrected, control: Corrected) -> Corrected:
    """The difference of two arms that were corrected by their own labels, on the same scenarios."""
    if treatment.value is None or control.value is None:
        return Corrected(None, None, treatment.why or control.why)
    value = treatment.value - control.value
    if treatment.interval is None or control.interval is None:
        return Corrected(value, None, treatment.why or control.why)
    (lo, hi), (other_lo, other_hi) = treatment.interval, control.interval
    down = math.hypot(treatment.value - lo, other_hi - control.value)
    up = math.hypot(hi - treatment.value, control.value - other_lo)
    return Corrected(value, (value - down, value + up))


def _rate(errors: Sequence[float], weights: Sequence[float]) -> tuple[float, Ends]:
    """A weighted mean of errors of turns, none below 0, with its score interval: Wilson's of a
    share where none is above 1, else that of a count."""
    if not errors:
        return 0.0, (0.0, 0.0)
    total = math.fsum(weights)
    n = total**2 / math.fsum(weight**2 for weight in weights)
    mean = math.fsum(w * e for w, e in zip(weights, errors, strict=True)) / total
    square = _Z**2
    if max(errors) <= 1:
        centre = (mean + square / (2 * n)) / (1 + square / n)
        half = math.sqrt(square * (mean * (1 - mean) / n + square / (4 * n**2))) / (1 + square / n)
    else:
        centre = mean + square / (2 * n)
        half = math.sqrt(square * (mean / n + square / (4 * n**2)))
    return mean, (max(0.0, centre - half), centre + half)
