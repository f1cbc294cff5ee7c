"""What has to hold before a plan is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.disputes.loading import load_scenarios
from harness.errors import InputError
from harness.orchestrator.plan_checks import MAX_DIALOGUES, hold_seatable, hold_size, hold_sound
from tests.support.disputes import write
from tests.support.runs import tiny_suite


def test_line_ups_count_in_the_size_of_a_run(tmp_path: Path) -> None:
    suite = tiny_suite(write(tmp_path), epochs=100_000)
    played = {"one": ["small"], "half": ["small"]}
    hold_size(suite, played, None, 2)
    with pytest.raises(InputError, match=f"at most {MAX_DIALOGUES:,}") as error:
        hold_size(suite, played, None, 3)
    assert "1,200,000 dialogues" in error.value.what
    hold_size(suite, played, 10, 3)


def test_arms_that_never_meet_are_refused_without_a_file_too(tmp_path: Path) -> None:
    suite = tiny_suite(write(tmp_path))
    (scenario,) = load_scenarios(str(tmp_path / "small.yaml"))
    scenarios = {scenario.id: scenario}
    hold_sound(suite, scenarios, {"one": ["small"], "half": ["small"]}, None)
    with pytest.raises(InputError):
        hold_sound(suite, scenarios, {"one": ["small"], "half": []}, None)


def test_a_principal_sits_once(tmp_path: Path) -> None:
    (scenario,) = load_scenarios(str(write(tmp_path)))
    with pytest.raises(InputError, match="twice"):
        hold_seatable("one", scenario.seats.o, scenario)
    with pytest.raises(InputError, match="cannot sit"):
        hold_seatable("one", "nobody", scenario)
