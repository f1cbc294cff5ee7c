"""What calibrations of every kind say of a judge's figures, in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from harness.analysis.agreement import Agreed
from harness.analysis.judge_usable import figure
from harness.records.calibration import Calibration
from harness.report.wording import MISSING

NOTE: Final = (
    "Intervals are 95 %; the unit is the transcript. They hold chance in transcripts, and not how "
    "unlike real talks planted ones are."
)


def headline(found: Calibration) -> str:
    """Of whom it is."""
    return (
        f"{found.judge.model} read {found.transcripts:,} planted transcripts of the split "
        f"{found.split!r} by {found.rubric.id}"
    )


def of(
    figures: Mapping[str, Agreed], words: Mapping[str, str], signed: Collection[str] = ()
) -> list[list[str]]:
    """A row for each figure that is there.

    Args:
        figures: By name.
        words: Name -> what it is of.
        signed: Names of those that may be on either side of 0.
    """
    return [
        [text, cell(figures[name], signed=name in signed)]
        for name, text in words.items()
        if name in figures
    ]


def cell(one: Agreed | None, *, signed: bool = False) -> str:
    """A figure with its interval, in a table."""
    if one is None or one.value is None:
        return MISSING
    text = figure(one.value, signed=signed)
    if one.low is not None and one.high is not None:
        text += f" ({figure(one.low, signed=signed)} to {figure(one.high, signed=signed)})"
    return text
