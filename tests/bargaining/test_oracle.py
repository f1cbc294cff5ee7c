"""The solution points against an independent implementation, where somebody has installed one.

It is no dependency of this program, and no other file of it may name it: its licence is not ours.
Whoever wants the comparison installs it beside.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.kalai import COUNT, Dispute, disputes, least_apart
from harness.bargaining.frontier import pareto_mask
from harness.bargaining.solutions import solve, zopa
from tests.support.command import ROOT

Floats = NDArray[np.float64]
ORACLE = "negmas"
FOLDERS = ("harness", "tests", "benchmarks", "docs", "evals", "prompts", "requirements", ".ci")
"""Where the files of this program lie, besides the top."""
DIGITS = 9
"""Decimals in which points count as the same."""


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    found = pytest.importorskip(
        ORACLE, reason=f"{ORACLE} is not installed, and is no dependency: pip install {ORACLE}"
    )
    return Oracle(found)


class Oracle:
    """The other implementation, spoken to in our terms."""

    def __init__(self, library: ModuleType) -> None:
        self.make_issue = library.make_issue
        self.preferences: Any = pytest.importorskip(f"{ORACLE}.preferences")
        self.ops: Any = pytest.importorskip(f"{ORACLE}.preferences.ops")

    def functions(self, dispute: Dispute, reservations: list[float]) -> tuple[list[Any], list[Any]]:
        """Its issues, and a utility function of each principal."""
        names = [f"issue{number}" for number in range(len(dispute.values[0]))]
        sizes = [len(options) for options in dispute.values[0]]
        issues = [
            self.make_issue([str(option) for option in range(size)], name)
            for name, size in zip(names, sizes, strict=True)
        ]
        made = [
            self.preferences.LinearAdditiveUtilityFunction(
                {
                    name: {str(place): float(value) for place, value in enumerate(options)}
                    for name, options in zip(names, own, strict=True)
                },
                issues=issues,
                reserved_value=limit,
            )
            for own, limit in zip(dispute.values, reservations, strict=True)
        ]
        return issues, made

    def frontier(self, dispute: Dispute, reservations: list[float]) -> list[tuple[float, ...]]:
        """Its frontier of the packages that are worth at least so much to everybody."""
        issues, made = self.functions(dispute, reservations)
        points, _ = self.ops.pareto_frontier(made, issues=issues)
        return [tuple(point) for point in points]

    def solved(self, name: str, dispute: Dispute) -> set[tuple[float, ...]]:
        """Its points of a solution, within the zone of agreement; its ranges have to be told."""
        limits = dispute.reservations.tolist()
        issues, made = self.functions(dispute, limits)
        frontier = self.frontier(dispute, limits)
        best = dispute.utilities[zopa(dispute.utilities, dispute.reservations)].max(axis=0)
        ranges = list(zip(limits, best.tolist(), strict=True))
        found = getattr(self.ops, name)(made, frontier, ranges=ranges, issues=issues)
        return {rounded(point) for point, _ in found}


def rounded(point: Any) -> tuple[float, ...]:
    return tuple(round(float(value), DIGITS) + 0.0 for value in point)


@pytest.fixture(scope="module")
def zones() -> list[Dispute]:
    """The random disputes that have a zone of agreement."""
    return [one for one in disputes() if zopa(one.utilities, one.reservations).any()]


def test_the_disputes_are_many_and_of_all_kinds(zones: list[Dispute]) -> None:
    every = list(disputes())
    assert len(every) == COUNT == 200
    assert 0 < len(every) - len(zones) < 20
    assert {len(one.values) for one in every} == {2, 3}


def test_the_frontier_of_all_packages_is_the_same(oracle: Oracle) -> None:
    for dispute in disputes():
        u = dispute.utilities
        ours = {rounded(point) for point in u[pareto_mask(u)]}
        # Without this it leaves out what is worth less than the reservation value to somebody.
        everything = [float("-inf")] * len(dispute.values)
        theirs = {rounded(point) for point in oracle.frontier(dispute, everything)}
        assert ours == theirs


def test_where_there_is_no_zone_of_agreement_neither_has_a_solution(oracle: Oracle) -> None:
    empty = [one for one in disputes() if not zopa(one.utilities, one.reservations).any()]
    for dispute in empty:
        assert oracle.frontier(dispute, dispute.reservations.tolist()) == []
        assert solve(dispute.utilities, dispute.reservations).nash is None
    assert empty


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("nash", "nash_points"),
        ("egalitarian", "kalai_points"),
        ("utilitarian", "max_welfare_points"),
    ],
)
def test_solution_points_are_the_same(
    oracle: Oracle, zones: list[Dispute], ours: str, theirs: str
) -> None:
    for dispute in zones:
        u = dispute.utilities
        found = {rounded(u[row]) for row in solve(u, dispute.reservations).ties[ours]}  # type: ignore[index]
        assert found == oracle.solved(theirs, dispute)


def test_its_kalai_smorodinsky_point_is_where_shares_differ_least(
    oracle: Oracle, zones: list[Dispute]
) -> None:
    """So it is another definition on a finite set, and no error of either (docs/method.md)."""
    same = 0
    for dispute in zones:
        u, r = dispute.utilities, dispute.reservations
        theirs = oracle.solved("ks_points", dispute)
        assert {rounded(u[row]) for row in least_apart(u, r)} == theirs
        ours = {rounded(u[row]) for row in solve(u, r).ties["kalai_smorodinsky"]}
        same += bool(ours & theirs)
    assert same == 159


def test_no_other_file_names_it() -> None:
    files = [path for path in ROOT.iterdir() if path.is_file()]
    for folder in FOLDERS:
        files += [path for path in (ROOT / folder).rglob("*") if path.is_file()]
    texts = [path for path in files if path.suffix not in (".pyc", ".sqlite")]
    named = [path for path in texts if ORACLE.encode() in path.read_bytes().lower()]
    assert named == [Path(__file__)]
    assert len(texts) > 1000
