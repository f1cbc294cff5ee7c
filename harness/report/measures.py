"""Every measure that was scored, family by family, arm by arm: the long table behind the short
ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from harness.analysis.findings import Findings
from harness.analysis.values import Brief
from harness.report.wording import MISSING, exact

MAX_ARMS: Final = 24
"""Arms that are listed of each measure."""
MAX_WORDS: Final = 6
"""Values that are named of a measure in words."""


@dataclass(frozen=True)
class Row:
    """A measure in an arm, as people read it."""

    arm: str
    mean: str
    interval: str
    n: str
    missing: str


@dataclass(frozen=True)
class Listed:
    """A measure and its rows."""

    name: str
    title: str
    range: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Family:
    """The measures of one evaluator."""

    evaluator: str
    measures: tuple[Listed, ...]


def families(findings: Findings, arms: Sequence[str]) -> list[Family]:
    """All measures by evaluator, in the order of their definitions.

    Args:
        findings: Of the run.
        arms: In the order of the rows; those beyond :data:`MAX_ARMS` are left out.
    """
    found: dict[str, list[Listed]] = {}
    for name, by_arm in findings.all_measures.items():
        measure = findings.measures.get(name)
        listed = Listed(
            name=name,
            title=findings.title_of(name),
            range=measure.range if measure else "",
            rows=tuple(_row(arm, by_arm[arm]) for arm in arms[:MAX_ARMS] if arm in by_arm),
        )
        found.setdefault(name.split(".", 1)[0], []).append(listed)
    return [Family(evaluator, tuple(measures)) for evaluator, measures in found.items()]


def _row(arm: str, brief: Brief) -> Row:
    mean = exact(brief.mean)
    if brief.words:
        named = list(brief.words.items())
        words = [f"{word} ({n:,})" for word, n in named[:MAX_WORDS]]
        if rest := sum(n for _, n in named[MAX_WORDS:]):
            words.append(f"others ({rest:,})")
        mean = ", ".join(words)
    ends = brief.interval
    return Row(
        arm=arm,
        mean=mean,
        interval=MISSING if ends is None else f"{exact(ends[0])} to {exact(ends[1])}",
        n=f"{brief.n:,}",
        missing=f"{brief.missing:,}",
    )
