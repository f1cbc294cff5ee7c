from __future__ import annotations

from pathlib import Path

import pytest

from harness.disputes.parts import Contents, Twin
from harness.files.yamlfile import load_model
from tests.support.disputes import SMALL, small, write


def test_utility_by_hand(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    package = {"well": "half", "fence": "us"}
    assert scenario.terms("a").utility(package) == pytest.approx(0.6 * 0.7)
    assert scenario.terms("b").utility(package) == pytest.approx(0.3 * 0.5 + 0.7)
    assert scenario.terms("heirs").utility(package) == pytest.approx(1)


def test_red_lines_of_complete_and_partial_packages(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    crossed = scenario.crossed("a", {"well": "yours"})
    assert [line.issue for line in crossed] == ["well"]
    assert scenario.crossed("a", {"fence": "us"}) == ()
    assert scenario.crossed("b", {"well": "yours", "fence": "us"}) == ()


def test_parts_are_read_without_asking_whether_they_fit_together(tmp_path: Path) -> None:
    text = SMALL.replace("{well: 0.6, fence: 0.4}", "{well: 0.6, fence: 0.5}")
    assert text != SMALL
    contents = load_model(write(tmp_path, text), Contents)
    assert contents.principals["a"].weights == {"well": 0.6, "fence": 0.5}


def test_what_a_twin_exchanges() -> None:
    swaps = {twin: (twin.swaps_names, twin.swaps_seats) for twin in Twin}
    assert swaps == {
        Twin.NONE: (False, False),
        Twin.NAMES: (True, False),
        Twin.SEATS: (False, True),
        Twin.BOTH: (True, True),
    }
