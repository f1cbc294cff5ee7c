"""How often two definitions of the Kalai-Smorodinsky point agree; and the page says so."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from benchmarks.kalai import counted, disputes, least_apart, shares
from harness.bargaining.solutions import solve
from tests.support.command import ROOT, environment


def test_the_count_is_that_of_the_page() -> None:
    found = counted()
    assert (found.disputes, found.same, len(found.costs)) == (196, 159, 37)
    page = " ".join((ROOT / "docs" / "method.md").read_text(encoding="utf-8").split())
    assert "with 196 zones of agreement, they are the same package in 159" in page
    assert min(found.costs) > 0, "by the largest least share nobody is worse off than by the other"
    assert f"{max(found.costs):.2f}" == "0.27"


def test_on_a_line_without_gaps_they_are_the_same() -> None:
    along = np.linspace(0, 1, 1001)
    line = np.column_stack([along, 1 - along])
    limits = np.array([0.2, 0.1])
    assert solve(line, limits).kalai_smorodinsky in least_apart(line, limits)


def test_where_there_are_gaps_nearly_equal_shares_may_be_smaller_ones() -> None:
    u, limits = np.array([[1.0, 0.0], [0.0, 1.0], [0.55, 0.9], [0.6, 0.5]]), np.zeros(2)
    own, rows = shares(u, limits)
    assert np.array_equal(own, u)
    assert rows.tolist() == [0, 1, 2, 3]
    assert solve(u, limits).kalai_smorodinsky == 2
    assert least_apart(u, limits).tolist() == [3]


def test_without_a_zone_there_is_neither() -> None:
    assert len(least_apart(np.array([[0.1, 0.1]]), np.array([0.5, 0.5]))) == 0


def test_disputes_are_scaled_and_the_same_every_time() -> None:
    first, second = next(disputes(1)), next(disputes(1))
    assert np.array_equal(first.utilities, second.utilities)
    for column in first.utilities.T:
        assert (column.min(), column.max()) == (pytest.approx(0), pytest.approx(1))


def test_the_command_prints_the_count() -> None:
    done = subprocess.run(
        [sys.executable, "benchmarks/kalai.py", "--count", "20"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert "of 20 disputes have a zone of agreement" in done.stdout
