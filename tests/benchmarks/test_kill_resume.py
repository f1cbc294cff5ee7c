"""Killed at random points and resumed: no dialogue lost, none twice, no answered call repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.kill_resume import CONNECTIONS, kill_and_resume


@pytest.mark.slow
def test_a_killed_run_loses_nothing_and_pays_for_nothing_twice(tmp_path: Path) -> None:
    counted = kill_and_resume(tmp_path, cycles=10, seed=15)
    assert counted["cycles"] == 10
    assert counted["sent"] == counted["calls"] + counted["repeated"]
    assert counted["repeated"] <= 10 * CONNECTIONS
