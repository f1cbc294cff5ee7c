from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command import PATIENCE, ROOT, environment

SUITE = """\
schema: track15/suite/1
id: small
title: Small
question: What does a dialogue take?
scenarios: [symmetric]
epochs: 1
protocol: {rounds: 1, turns: 2}
evaluators: [settlement]
arms:
  one: {track: "1.5"}
  two: {track: "2"}
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def footprint(*flags: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "benchmarks/footprint.py", *flags],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


@pytest.mark.slow
def test_the_further_dialogues_are_what_is_measured(tmp_path: Path) -> None:
    suite = tmp_path / "small.yaml"
    suite.write_text(SUITE)
    done = footprint("--suite", str(suite), "--epochs", "4", "--workers", "1")
    assert done.returncode == 0, done.stderr
    took = json.loads(done.stdout)
    assert (took["dialogues"], took["workers"]) == (6, 1)
    assert took["calls_per_dialogue"] == 2 * 2 + 2, "two turns and a debrief each"
    assert 1_000 < took["bytes_per_call"] < 50_000
    assert took["driver_peak_mb"] > 20


def test_bad_flags_are_one_error() -> None:
    done = footprint("--epochs", "1")
    assert done.returncode == 2
    assert "--epochs: 2 or more" in done.stderr


def test_a_run_that_fails_is_no_measurement(tmp_path: Path) -> None:
    done = footprint("--suite", str(tmp_path / "none.yaml"))
    assert done.returncode == 1
    assert "none.yaml" in done.stderr
    assert not done.stdout
