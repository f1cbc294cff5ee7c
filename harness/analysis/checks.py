"""Controls that must hold: does the run read what it should where the right answer is known?

A check that cannot be computed does not hold: a control that was never measured controls nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from harness.analysis.numbers import number
from harness.analysis.values import Summary
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
        value: Mean over scenarios; None where it cannot be computed.
        n: Dialogues with a value.
        missing: Dialogues without.
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

    @property
    def called(self) -> str:
        """Its name, and of whom it is where that is said."""
        return f"{self.name}, {self.lineup}" if self.lineup else self.name


def evaluate_check(check: Check, arms: Mapping[str, Summary]) -> CheckResult:
    """Hold a check against the arms' means.

    Args:
        check: As written in the suite.
        arms: Arm -> summary of the check's measure, for every arm of the run. An arm without a
            mean cannot be an extreme.
    """
    own = arms.get(check.arm)
    value = own.mean if own is not None else None
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
    reasons = "; ".join(f"{why} ({n})" for why, n in list(own.why_missing.items())[:3])
    return f"cannot be computed: no dialogue has a value: {reasons}"


def _violation(check: Check, value: float, arms: Mapping[str, Summary]) -> str:
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
