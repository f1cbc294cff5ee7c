"""Auditing a plan: which dispute, which round, and the JSON that comes of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.app.auditing import audit, one_scenario, plan_template
from harness.errors import InputError, UsageError
from tests.support.disputes import write


def plan(folder: Path, text: str) -> Path:
    path = folder / "plan.yaml"
    path.write_text(text)
    return path


def test_the_dispute_that_a_plan_names_is_found_beside_it(tmp_path: Path) -> None:
    write(tmp_path)
    found = audit(plan(tmp_path, "scenario: small.yaml\nadvises: {well: half, fence: us}\n"))
    assert found.found.scenario.id == "small"
    assert found.verdict[-1] == "All could sign it as it stands."


def test_json_says_what_is_null_and_why(tmp_path: Path) -> None:
    small = write(tmp_path)
    found = audit(plan(tmp_path, "fence: us\n"), scenario=str(small)).as_json()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["not_settled"] == ["well"]
    assert found["complete"] is False
    assert found["favours"] is None
    assert found["signable"] is None
    assert (found["points"], found["meeting_disclosed"]) == (None, None)
    assert set(found["null"].values()) == {"the plan is no prose"}
    arden = next(party for party in found["parties"] if party["id"] == "a")
    assert arden["value"] == pytest.approx([0.0, 0.6])
    assert arden["issues"]["fence"]["cost"] == pytest.approx(0.4)
    heirs = next(party for party in found["parties"] if party["id"] == "heirs")
    assert (heirs["asked"], heirs["issues"]) == (None, {})
    assert found["nearest_signable"]["changed"] == []


def test_a_complete_plan_has_numbers_where_an_open_one_has_ranges(tmp_path: Path) -> None:
    small = write(tmp_path)
    text = "advises: {well: mine, fence: us}\n"
    found = audit(plan(tmp_path, text), scenario=str(small)).as_json()
    assert found["skew"] == pytest.approx(0.0)
    assert found["favours"] == "neither"
    assert found["signable"] is False


def test_somebody_must_name_the_dispute(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="which dispute") as caught:
        audit(plan(tmp_path, "well: half\n"))
    assert "--scenario" in (caught.value.fix or "")


@pytest.mark.parametrize("round_", [0, 21])
def test_there_are_twenty_rounds(tmp_path: Path, round_: int) -> None:
    small = write(tmp_path)
    with pytest.raises(UsageError, match="there is no round"):
        audit(plan(tmp_path, "well: half\n"), scenario=str(small), round_=round_)


def test_a_family_of_games_is_not_one_dispute() -> None:
    with pytest.raises(InputError, match="a family of") as caught:
        one_scenario("neutral")
    assert "neutral-01" in (caught.value.fix or "")
    assert one_scenario("neutral-01").id == "neutral-01"


def test_a_template_is_for_the_named_dispute() -> None:
    assert "scenario: ceasefire\n" in plan_template("ceasefire")
