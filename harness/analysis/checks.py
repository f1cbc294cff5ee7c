"""Controls that must hold: does the run read what it should where the right answer is known?

A check that cannot be computed does not hold: a control that was never measured controls nothing.

What is checked is the mean over complete twins. Else a dispute that favours one side could make a
check fail, or hold, as soon as the values of one twin are missing more often than those of the
other.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from harness.analysis.numbers import number
from harness.analysis.pairing import complete_twins, single
from harness.analysis.summaries import Summary
from harness.analysis.values import Values
from harness.suite.contrasts import Check

TIE = 1e-9
"""A mean this close to a bound, or to the extreme of all arms, reaches it: sums of floats round."""


class CheckResult(BaseModel):
    """A check of the suite and what became of it.

    Attributes:
        name: As the suite calls it.
        arm: Whose mean is checked.
        measure: ``evaluator.measure``.
        bound: What is demanded, in words.
        value: Mean over scenarios, of complete twins; None where it cannot be computed.
        n: Dialogues with a value.
        missing: Dialogues without.
        unpaired: Dialogues with a value that do not count, since that of a twin is missing.
        held: Never true where ``value`` is None.
        problem: Why it does not hold; empty where it does.
        why: The suite's reason for the check.
        lineup: Whom it is of, in a run in which several line-ups take turns; else empty.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    arm: str
    measure: str
    bound: str
    value: float | None
    n: int
    missing: int
    held: bool
    problem: str
    why: str
    lineup: str = Field(default="", exclude_if=lambda name: not name)
    unpaired: int = Field(default=0, exclude_if=lambda number: not number)

    @property
    def called(self) -> str:
        """Its name, and of whom it is where that is said."""
        return f"{self.name}, {self.lineup}" if self.lineup else self.name


@dataclass(frozen=True, slots=True)
class TwinMean:
    """A measure in an arm, and its mean over complete twins.

    Attributes:
        whole: All values.
        mean: Of those that count: every scenario weighs the same. None without any.
        unpaired: Dialogues with a value that do not count.
    """

    whole: Summary
    mean: float | None
    unpaired: int = 0


def of_complete_twins(values: Values, measure: str, arm: str, planned: Collection[str]) -> TwinMean:
    """The summary of a measure in an arm, with its mean over complete twins.

    Args:
        planned: The twins that the arm was to play.
    """
    whole = values.summary(measure, arm)
    if len(planned) < 2:
        return TwinMean(whole, whole.mean)
    complete = complete_twins(values.observations(measure, arm), planned)
    if len(complete) == whole.n:
        return TwinMean(whole, whole.mean)
    means = single(complete, arm).values().tolist()
    mean = math.fsum(means) / len(means) if means else None
    return TwinMean(whole, mean, whole.n - len(complete))


def evaluate_check(check: Check, arms: Mapping[str, TwinMean]) -> CheckResult:
    """Hold a check against the arms' means.

    Args:
        check: As written in the suite.
        arms: Arm -> the check's measure in it: its own arm, and all others of the run where it asks
            for an extreme. An arm without a mean cannot be one.
    """
    found = arms.get(check.arm)
    own = None if found is None else found.whole
    value = None if found is None else found.mean
    problem = _obstacle(own) if value is None else _violation(check, value, arms)
    return CheckResult(
        name=check.name,
        arm=check.arm,
        measure=check.measure,
        bound=bound(check),
        value=value,
        n=own.n if own is not None else 0,
        missing=own.missing if own is not None else 0,
        held=not problem,
        problem=problem,
        why=check.why,
        unpaired=0 if found is None else found.unpaired,
    )


def bound(check: Check) -> str:
    """What a check demands, in words."""
    demands = []
    if check.min is not None and check.max is not None:
        demands.append(f"between {number(check.min)} and {number(check.max)}")
    elif check.min is not None:
        demands.append(f"at least {number(check.min)}")
    elif check.max is not None:
        demands.append(f"at most {number(check.max)}")
    if check.extreme is not None:
        demands.append(f"the {check.extreme} of all arms")
    return " and ".join(demands)


def _obstacle(own: Summary | None) -> str:
    if own is None or own.n + own.missing == 0:
        return "cannot be computed: there is no dialogue of this arm"
    if own.n:
        return "cannot be computed: of no dialogue with a value has its twin one too"
    reasons = "; ".join(f"{why} ({n})" for why, n in list(own.why_missing.items())[:3])
    return f"cannot be computed: no dialogue has a value: {reasons}"


def _violation(check: Check, value: float, arms: Mapping[str, TwinMean]) -> str:
    """Why a mean is not where it should be; empty where it is."""
    if check.min is not None and value < check.min - TIE:
        return f"{number(value)} is below {number(check.min)}"
    if check.max is not None and value > check.max + TIE:
        return f"{number(value)} is above {number(check.max)}"
    if check.extreme is None:
        return ""
    means = {arm: own.mean for arm, own in arms.items() if own.mean is not None}
    if len(means) < 2:
        return "cannot be computed: no other arm has a value to compare with"
    if check.extreme == "lowest":
        arm = min(means, key=lambda name: means[name])
        beaten = means[arm] < value - TIE
    else:
        arm = max(means, key=lambda name: means[name])
        beaten = means[arm] > value + TIE
    return f"{arm} is {check.extreme} with {number(means[arm])}" if beaten else ""
