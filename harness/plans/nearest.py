"""The nearest package that all real parties could sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from harness.disputes.scenario import Package
from harness.plans.ground import Ground


@dataclass(frozen=True)
class Nearest:
    """A package near a plan that all could sign.

    Attributes:
        package: Complete.
        changed: Issues that the plan settles otherwise.
        clean: Whether it crosses no red line of anybody.
        values: Party -> what it is worth to it, in [0, 1].
    """

    package: Package
    changed: tuple[str, ...]
    clean: bool
    values: Mapping[str, float]


def nearest(ground: Ground, package: Mapping[str, str]) -> Nearest | None:
    """The nearest package that every party values at least as much as no deal.

    Packages that cross no red line go first, wherever one exists. Among them: fewest issues
    changed, of those that the plan addresses; then fewest steps on the ladders of options; then the
    largest gain of the party that gains least, of the most it can.

    Returns:
        None where no package can be signed by all.
    """
    rows = np.flatnonzero(ground.signable)
    if not len(rows):
        return None
    clean = ~ground.crossing[rows].any(axis=1)
    rows = rows[clean] if clean.any() else rows
    where = np.column_stack(np.unravel_index(rows, ground.space.shape))
    steps = np.zeros_like(where)
    for axis, issue in enumerate(ground.scenario.issues):
        if issue.id in package:
            chosen = issue.option_ids().index(package[issue.id])
            steps[:, axis] = np.abs(where[:, axis] - chosen)
    # Rounded, so that what is equal but for rounding is decided by the row: the same everywhere.
    least = -np.round(ground.shares(rows).min(axis=1), 9)
    best = int(np.lexsort((rows, least, steps.sum(axis=1), (steps > 0).sum(axis=1)))[0])
    found = ground.scenario.package(tuple(int(index) for index in where[best]))
    return Nearest(
        package=found,
        changed=tuple(issue for issue, option in package.items() if found[issue] != option),
        clean=bool(clean.any()),
        values=dict(zip(ground.parties, map(float, ground.u[rows[best]]), strict=True)),
    )
