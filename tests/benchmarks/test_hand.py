"""Readers and a revealed hand move later talks as the theory has it, and nothing moves at 0."""

from __future__ import annotations

import pytest

from benchmarks.hand import CONDITIONS, differences, main, told
from harness.disputes.loading import load_scenarios

SHOWN = ("holds out, 0.5", "holds out, 0", "readers", "readers, nobody follows")


@pytest.mark.parametrize("name", ["ceasefire", "opening"])
def test_signs(name: str) -> None:
    (scenario,) = load_scenarios(name)
    found = differences(scenario, 1, {one: CONDITIONS[one] for one in SHOWN})
    assert found["holds out, 0.5"].u < -0.01
    assert found["readers"].u < -0.01
    assert found["readers"].o > 0
    assert found["holds out, 0"] == found["readers, nobody follows"] == (0, 0, 0)


def test_who_is_told_the_weights_is_told_nothing_else() -> None:
    (scenario,) = load_scenarios("ceasefire")
    shown = told(scenario)
    own = scenario.seats.u
    assert shown.public(own).stereotype.weights == scenario.principals[own].weights
    assert shown.public(own).stereotype.values == scenario.public(own).stereotype.values
    assert shown.principals[scenario.seats.o] == scenario.principals[scenario.seats.o]


def test_a_misspelt_dispute_is_one_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["ceasefyre"])
    assert ended.value.code == 2
    assert "ceasefyre" in capsys.readouterr().err
