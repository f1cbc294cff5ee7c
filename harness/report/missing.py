"""What comparisons lack, for the page: a row for each that lacks a value."""

from __future__ import annotations

from dataclasses import dataclass

from harness.analysis.effect import Effect
from harness.analysis.findings import Findings
from harness.analysis.missing import ArmMissing, MissingValues
from harness.analysis.missing_words import tipping_words
from harness.analysis.numbers import p_value
from harness.report.wording import MISSING, exact, signed


@dataclass(frozen=True)
class MissingRow:
    """A comparison that lacks values, in words.

    Attributes:
        name: The comparison.
        arms: What each arm lacks.
        difference: Of the missing shares, with its test; the dash where there is one arm.
        broke: Of each arm and seat, how the offers over which void talks broke off differ from
            others of the same turn; the dash alone where nothing can be compared.
        tipping: What the missing values would have to be to turn the answer.
        worst_case: Estimates that any missing values could give; the dash without ends.
        selective: Whether what is left may be a selection.
    """

    name: str
    arms: tuple[str, ...]
    difference: str
    broke: tuple[str, ...]
    tipping: str
    worst_case: str
    selective: bool


def missing_rows(findings: Findings) -> list[MissingRow]:
    """The comparisons that lack values, the primary one first."""
    effects = (*findings.primaries, *findings.secondary)
    return [row for effect in effects if (row := _row(effect)) is not None]


def _row(effect: Effect) -> MissingRow | None:
    lacking = effect.missing
    if lacking is None or not lacking.total:
        return None
    difference = MISSING
    if lacking.difference is not None and lacking.p_difference is not None:
        difference = f"{signed(lacking.difference)} ({p_value(lacking.p_difference)})"
    tipping = MISSING
    if effect.shown is not None:
        words = tipping_words(lacking, effect.shown, lambda arm: effect.titles.get(arm) or arm)
        tipping = f"{words[0].upper()}{words[1:]}."
    ends = lacking.worst_case
    return MissingRow(
        name=effect.called,
        arms=tuple(f"{arm}: {_lacks(own)}" for arm, own in lacking.arms.items()),
        difference=difference,
        broke=_broke(lacking),
        tipping=tipping,
        worst_case=MISSING if ends is None else f"{exact(ends[0])} to {exact(ends[1])}",
        selective=lacking.selective,
    )


def _broke(lacking: MissingValues) -> tuple[str, ...]:
    """``lean, seat u: 12 at offers worth +0.18 to it (1.06 SD, p = 0.004)``."""
    seats = () if lacking.broke_off is None else lacking.broke_off.seats
    said = tuple(
        f"{one.arm}, seat {one.seat}: {one.replies} at offers worth {signed(one.difference)} to it"
        f" ({one.sd:+.2f} SD, {p_value(one.p)})".replace("(-", "(−")
        for one in seats
    )
    return said or (MISSING,)


def _lacks(own: ArmMissing) -> str:
    """``3 of 24 (2 void or failed, 1 undefined)``."""
    text = f"{own.missing:,} of {own.dialogues:,}"
    if not own.missing:
        return text
    return f"{text} ({own.unplayed:,} void or failed, {own.null:,} undefined)"
