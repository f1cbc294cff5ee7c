from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from harness.disputes.parts import MAX_ISSUES, MAX_OPTIONS, Contents, Twin
from harness.disputes.scenario import Scenario
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


def test_a_record_may_have_a_longer_ladder_than_can_be_played(tmp_path: Path) -> None:
    """Talks that were held elsewhere, over prices for instance."""
    found = small(tmp_path).model_dump(mode="json", by_alias=True)
    steps = [{"id": f"step_{n}", "text": "t"} for n in range(MAX_OPTIONS + 1)]
    found["issues"][0]["options"] = steps
    ladder = {step["id"]: n / MAX_OPTIONS for n, step in enumerate(steps)}
    found["realities"] = []
    for principal in found["principals"].values():
        principal["values"]["well"] = ladder
        principal |= {"red_lines": [], "public": None}
    assert len(Scenario.model_validate(found).issue("well").options) == MAX_OPTIONS + 1
    with pytest.raises(ValidationError) as refused:
        Scenario.model_validate(found, context={"written": True})
    said = str(refused.value)
    assert f"{MAX_OPTIONS + 1} options; at most {MAX_OPTIONS} can be played" in said
    assert "a principal at the table needs 'public'" in said
    issue = {**found["issues"][0], "options": [{"id": "x", "text": "t"}, {"id": "y", "text": "t"}]}
    found["issues"] = [{**issue, "id": f"i{n}"} for n in range(MAX_ISSUES + 1)]
    names = [one["id"] for one in found["issues"]]
    for principal in found["principals"].values():
        principal["weights"] = dict.fromkeys(names, 1 / len(names))
        principal["values"] = {key: {"x": 0, "y": 1} for key in names}
        principal["costs"] = {key: {"material": 1, "political": 0, "emotional": 0} for key in names}
    assert len(Scenario.model_validate(found).issues) == MAX_ISSUES + 1
    with pytest.raises(ValidationError, match=f"at most {MAX_ISSUES} can be played"):
        Scenario.model_validate(found, context={"written": True})
