"""Numbers and names as people read them; the same at the terminal and on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.analysis.arm_finding import ArmFinding
from harness.analysis.balance import FACTORS as FACTORS
from harness.analysis.effect import Effect
from harness.analysis.numbers import number
from harness.analysis.prefix import PrefixShares
from harness.analysis.scale import Scale
from harness.analysis.twopart import ArmPart
from harness.analysis.values import Summary
from harness.errors import counted as counted
from harness.incentives.profiles import Authority, Role
from harness.records.transcript import Action, Commitment

if TYPE_CHECKING:
    from harness.analysis.comparison_judged import CorrectedDifference

MISSING: Final = "—"
"""Stands for a value that is missing. Never 0."""
_SYMMETRIC: Final = 0.01
"""Ends whose distances from the value differ by no more look alike in two decimals."""

ENDINGS: Final = {
    "deal": "deal",
    "no_deal": "no deal",
    "walk_out": "walk-out",
    "void": "void",
    "unknown": "not told",
}
ROLES: Final = {
    Role.OFFICIAL: "official",
    Role.UNOFFICIAL: "unofficial",
    Role.ENVOY: "envoy",
    Role.DELEGATE: "delegate",
}
AUTHORITIES: Final = {
    Authority.FULL: "can bind its side",
    Authority.AD_REFERENDUM: "subject to approval at home",
    Authority.PRIVATE: "binds nobody",
}
ACTIONS: Final = {
    Action.PROPOSE: "proposes",
    Action.ACCEPT: "accepts",
    Action.REJECT: "rejects",
    Action.PASS: "passes",
    Action.WALK_OUT: "walks out",
    Action.CONSULT: "asks the capital",
}
COMMITMENTS: Final = {
    Commitment.BINDING: "binding",
    Commitment.AD_REFERENDUM: "subject to approval",
    Commitment.HYPOTHETICAL: "hypothetical",
    Commitment.PERSONAL: "in a personal capacity",
}


def signed(value: float | None) -> str:
    """Two decimals and a sign; no sign where two decimals show only zeros."""
    if value is None:
        return MISSING
    text = f"{value:+.2f}"
    return "0.00" if text in ("+0.00", "-0.00") else text.replace("-", "−")


def plain(value: float | None, digits: int = 2) -> str:
    """Fixed decimals; a real minus, and none before zeros alone."""
    return MISSING if value is None else f"{value:z.{digits}f}".replace("-", "−")


def exact(value: float | None) -> str:
    """As sentences write numbers: three decimals."""
    return MISSING if value is None else number(value)


def interval(ends: tuple[float, float] | None) -> str:
    """``[−0.10, +0.24]``, or the dash."""
    return MISSING if ends is None else f"[{signed(ends[0])}, {signed(ends[1])}]"


def within(value: float | None, ends: tuple[float, float] | None) -> str:
    """``+0.24 ±0.03``: a value and half of its interval; the ends, where it is not symmetric."""
    if value is None or ends is None:
        return signed(value)
    if abs(ends[0] + ends[1] - 2 * value) > _SYMMETRIC:
        return estimate(value, ends)
    return f"{signed(value)} ±{(ends[1] - ends[0]) / 2:.2f}"


def estimate(value: float | None, ends: tuple[float, float] | None) -> str:
    """A value with its interval; the interval is left out where there is none."""
    if value is None:
        return MISSING
    return signed(value) if ends is None else f"{signed(value)} {interval(ends)}"


def judged_difference(found: CorrectedDifference | None, scale: Scale) -> str:
    """A difference without the errors of its judge; ``uncalibrated`` where nothing is known of the
    judge of one side, and the dash where no judge gives the measure, or it cannot be told.

    Args:
        scale: Of the measure.
    """
    if found is not None and found.uncalibrated:
        return "uncalibrated"
    return MISSING if found is None else estimate(*found.inside(scale))


def verdict(effect: Effect) -> str:
    """Whether an effect is shown, in two words."""
    if effect.estimate is None:
        return "no value"
    if effect.shown is None:
        return "one scenario"
    return "shown" if effect.shown else "not shown"


def points(value: float | None) -> str:
    """A difference in value or in a share, in whole points of 100 with a sign."""
    if value is None:
        return MISSING
    whole = round(100 * value)
    return f"{whole:+d}".replace("-", "−") if whole else "0"


def share(summary: Summary | None) -> str:
    """How many of how many: ``18/24``; the dash where no dialogue has a value."""
    if summary is None or summary.total is None:
        return MISSING
    return f"{round(summary.total)}/{summary.n}"


def average(summary: Summary | None, digits: int = 2) -> str:
    """The mean, or the dash."""
    return plain(summary.mean if summary else None, digits)


def deals(arm: ArmFinding) -> str:
    """``18/24``: deals of finished talks; the dash where none was finished."""
    ended = arm.done - arm.endings.get("unknown", 0)
    return f"{arm.endings.get('deal', 0)}/{ended}" if ended else MISSING


def deals_of(part: ArmPart) -> str:
    """As :func:`deals`, on a family of scenarios."""
    return f"{part.deals:,}/{part.done:,}" if part.done else MISSING


def voids(arm: ArmFinding) -> str:
    """Void dialogues; failed ones are named apart, since they are played again."""
    return f"{arm.void} + {arm.failed} failed" if arm.failed else str(arm.void)


def prefix_sentence(shares: PrefixShares) -> str:
    """How much of the prompts a prefix cache could serve, and did."""
    said = (
        f"Prompts only grow: a prefix cache could serve {shares.within:.0%} of what was sent "
        f"within a dialogue, {shares.across:.0%} across dialogues too. "
    )
    if shares.reported is None:
        return said + "The servers did not report how much their caches served."
    some = f" ({counted(shares.silent, 'call')} without a report)" if shares.silent else ""
    return said + f"The servers report that their caches served {shares.reported:.0%}{some}."
