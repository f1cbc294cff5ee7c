"""The benchmark of many chains writes runs that a session takes for its own."""

from __future__ import annotations

from pathlib import Path

from benchmarks.chains import plan_of, planned, resumed, written


def test_a_run_that_was_written_by_hand_is_resumed_to_its_end(tmp_path: Path) -> None:
    assert planned(8) == {"chains": 8, "stages": 2 * 9 + 2 * 0}
    written(tmp_path / "run", plan_of(8), body=10)
    assert resumed(tmp_path / "run", 8) == {"passed": 17, "finished": 18}
