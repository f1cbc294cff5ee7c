"""The values of a run, of dialogues and of whole episodes, read in one go."""

from __future__ import annotations

from pathlib import Path

from harness.analysis.run_values import read_values
from harness.records.reader import RunFolder


def test_only_what_is_asked_of_episodes_is_read(chain_run: Path) -> None:
    folder = RunFolder(chain_run)
    plain = read_values(folder, ["settlement.skew"])
    assert plain.episodes is None
    assert plain.measures() == ["settlement.skew"]
    both = read_values(folder, ["settlement.skew", "later.gain_u"])
    assert both.measures() == ["settlement.skew", "later.gain_u"]
    assert both.episodes is not None
    assert len(both.episodes.dialogues) == 10
    assert len(both.dialogues) == len(plain.dialogues) == 4


def test_evaluators_that_are_not_at_hand_are_read_as_they_stand(chain_run: Path) -> None:
    folder = RunFolder(chain_run)
    found = read_values(folder, ["settlement.skew"], built_in={"settlement", "concessions"})
    assert "red_lines.crossed_u" in found.measures()
    assert "concessions.osc" not in found.measures()
