"""Whether a judge may be used for a criterion: one rule, stated once.

A yes needs the whole interval on the good side of the bound, and a no needs it whole on the other;
between the two it is unclear, which more transcripts may change. The bounds are choices, and
docs/calibrate.md gives their reasons.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from harness.analysis.agreement import Agreed
from harness.analysis.judge_account import Account
from harness.plans.prose_ledger import ACTS

LEAST_FOUND: Final = 0.7
"""Recall and precision that events have to have."""
MOST_LEAN: Final = 0.25
"""Concessions a transcript by which a judge may favour a name, a place on the list or a speaker."""
LEAST_SAME: Final = 0.7
"""Share of events that two readings of the same words have to have in common."""
MOST_UNUSABLE: Final = 0.05
"""Share of readings that may be without a usable answer."""
LEAST_EVENTS: Final = 15
"""True events below which nothing is said of them."""
RULE: Final = (
    "A judge may be used for events of a sort where the intervals of both recall and precision lie "
    f"above {LEAST_FOUND}; it may not where one lies below. It favours no name, place or speaker "
    f"where the interval of its leaning lies within {MOST_LEAN} concessions a transcript. It is "
    f"stable where two readings have more than {LEAST_SAME} of the events in common. Of its "
    f"readings no more than {MOST_UNUSABLE:.0%} may be without a usable answer. Else it is unclear."
)
"""The rule in words, which is printed with every verdict."""
MINUS: Final = "−"
Answer = Literal["yes", "no", "unclear"]


@dataclass(frozen=True)
class Verdict:
    """Whether a judge may be used for a criterion, and why."""

    usable: Answer
    why: str


def verdicts_of(account: Account, readings: int) -> Mapping[str, Verdict]:
    """Criterion -> whether the judge may be used for it. A criterion for which nothing was read is
    unclear, and says what would have to be.

    Args:
        account: Of the judge.
        readings: How many it was asked for.
    """
    found = {words: _found(account, family, words) for family, words in ACTS.items()}
    devious = account.per_kind.get("devious", {})
    found["devious talk"] = _both(
        devious.get("recall"), devious.get("precision"), "events in devious talk"
    )
    leans = account.bias
    found["names"] = _lean(leans.get("label"), "the party of one name", "--perturb label")
    found["order of parties"] = _lean(
        leans.get("order"), "the party that is named first", "--perturb order"
    )
    found["speaking order"] = _lean(leans.get("speaker"), "the party that speaks first", "")
    found["stability"] = _stable(account.stability.get("overlap"))
    found["answers"] = usable_readings(account.unusable, readings)
    return found


def _found(account: Account, family: str, words: str) -> Verdict:
    return _both(
        account.events.get(f"recall.{family}"), account.events.get(f"precision.{family}"), words
    )


def _both(recall: Agreed | None, precision: Agreed | None, words: str) -> Verdict:
    if recall is None or recall.value is None or recall.n < LEAST_EVENTS:
        there = 0 if recall is None else recall.n
        return Verdict(
            "unclear", f"too few: {there} {words} were there, and {LEAST_EVENTS} are needed"
        )
    parts = {"recall": recall, "precision": precision}
    sides = {name: side(one, LEAST_FOUND) for name, one in parts.items() if one is not None}
    said = "; ".join(f"{name} {shown(one)}" for name, one in parts.items() if one is not None)
    if low := [name for name, side in sides.items() if side == "no"]:
        return Verdict("no", f"{' and '.join(low)} of {words} below {LEAST_FOUND}: {said}")
    if all(side == "yes" for side in sides.values()) and precision is not None:
        return Verdict("yes", f"both above {LEAST_FOUND}: {said}")
    return Verdict("unclear", f"the interval holds {LEAST_FOUND}, or cannot be given: {said}")


def side(one: Agreed, bound: float) -> Answer:
    """Whether the whole interval lies above a bound, below it, or neither."""
    if one.low is None or one.high is None:
        return "unclear"
    return "yes" if one.low > bound else "no" if one.high < bound else "unclear"


def _lean(one: Agreed | None, towards: str, asked: str) -> Verdict:
    return leaning(one, MOST_LEAN, f"concessions a transcript more of {towards}", asked)


def leaning(one: Agreed | None, most: float, of: str, asked: str) -> Verdict:
    """Whether a leaning lies within a bound on either side of 0.

    Args:
        one: The leaning; None where it was not read.
        most: The bound.
        of: What the figure is of, in words.
        asked: The flag that has it read; empty where none is needed.
    """
    if one is None or one.value is None:
        return Verdict("unclear", f"not read{f'; {asked} has them read so' if asked else ''}")
    said = f"{shown(one, signed=True)} {of}"
    if one.low is None or one.high is None:  # no transcript differs from another
        if one.n < LEAST_EVENTS:
            return Verdict("unclear", f"too few transcripts: {one.n}")
        usable: Answer = "yes" if abs(one.value) < most else "no"
        return Verdict(usable, f"{said}, in every transcript alike")
    if one.low > -most and one.high < most:
        return Verdict("yes", said)
    if one.low > most or one.high < -most:
        return Verdict("no", said)
    return Verdict("unclear", f"{said}; the interval goes beyond {most}")


def _stable(overlap: Agreed | None) -> Verdict:
    if overlap is None or overlap.value is None:
        return Verdict("unclear", "not read twice; --repeats 2 has the same words read again")
    said = f"{shown(overlap)} of the events in common between two readings of the same words"
    return Verdict(side(overlap, LEAST_SAME), said)


def usable_readings(unusable: int, readings: int) -> Verdict:
    """Whether a judge gives usable answers.

    Args:
        unusable: Readings without one.
        readings: Of how many.
    """
    if not readings:
        return Verdict("unclear", "nothing was read")
    said = f"{unusable} of {readings} readings without a usable answer"
    return Verdict("yes" if unusable <= MOST_UNUSABLE * readings else "no", said)


def shown(one: Agreed, *, signed: bool = False) -> str:
    """A figure with its interval, in words."""
    if one.value is None:
        return "undefined"
    ends = "no interval"
    if one.low is not None and one.high is not None:
        ends = f"{figure(one.low, signed=signed)} to {figure(one.high, signed=signed)}"
    return f"{figure(one.value, signed=signed)} ({ends}, n {one.n})"


def figure(value: float, *, signed: bool = False) -> str:
    """A number with two decimals, and never a 0 below 0."""
    return f"{round(value, 2) + 0.0:{'+.2f' if signed else '.2f'}}".replace("-", MINUS)
