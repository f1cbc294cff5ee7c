"""The manipulation check in rows and words, for terminal and page."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from harness.report.wording import MISSING

if TYPE_CHECKING:
    from harness.analysis.findings import Findings
    from harness.analysis.thresholds import Acting, Number

HEADINGS: Final = ("asked in private", "seat", "signs", "threshold", "of its profile", "missing")
NOTE: Final = (
    "threshold: the points over no deal from which a delegate is more likely to sign a package "
    "than to leave, with its 95% interval over scenarios. Points are those of its principal, as "
    "the delegate believes. Of its profile: the threshold of a delegate that follows its "
    "incentives exactly."
)


def rows(findings: Findings) -> list[tuple[str, ...]]:
    """One row an arm and seat; none where nobody was asked."""
    if findings.probes is None:
        return []
    return [
        (
            one.arm,
            _seat(one, findings),
            MISSING if one.signed is None else f"{one.signed:.0%}",
            threshold(one.threshold),
            points(one.own_threshold),
            str(one.missing),
        )
        for one in findings.probes.acting
    ]


def sentences(findings: Findings) -> Iterator[str]:
    """Whether the incentives took, seat by seat, and where there is no threshold or no slope."""
    if findings.probes is None:
        return
    for found in findings.probes.separations:
        yield found.sentence
    for one in findings.probes.acting:
        if one.problem:
            yield f"{one.arm}, seat {_seat(one, findings)}: no threshold; {one.problem}."
        elif one.slope is not None:
            yield f"{one.arm}, seat {_seat(one, findings)}: {_sharpness(one, one.slope)}."


def _seat(one: Acting, findings: Findings) -> str:
    """A seat, with who sat in it where models take turns."""
    return f"{one.seat} ({one.model})" if findings.by_model else one.seat


def threshold(number: Number | None) -> str:
    """``+3 (−2 to +8)`` in points."""
    if number is None:
        return MISSING
    if number.interval is None:
        return points(number.value)
    lo, hi = number.interval
    return f"{points(number.value)} ({points(lo)} to {points(hi)})"


def points(value: float | None) -> str:
    """A value in [-1, 1] in points of 100, signed."""
    if value is None:
        return MISSING
    text = f"{100 * value:+.0f}"
    return "0" if text in ("+0", "-0") else text.replace("-", "\N{MINUS SIGN}")


def _sharpness(one: Acting, slope: Number) -> str:
    """The slope as it can be read: the odds that ten points make."""
    times = _odds(slope.value)
    if one.separated:
        return "everything above one value is signed and nothing below it"
    if slope.interval is None:
        return f"ten points more make signing {times} as likely, in odds"
    lo, hi = slope.interval
    return f"ten points more make signing {times} as likely, in odds ({_odds(lo)} to {_odds(hi)})"


def _odds(slope: float) -> str:
    """exp(slope / 10), bounded: nobody needs the digits of a large one."""
    times = math.exp(min(slope / 10, 10.0))
    return "over 1,000 times" if times > 1000 else f"{times:.3g} times"
