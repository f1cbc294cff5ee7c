"""Findings without the words of reasons."""

from __future__ import annotations

from harness.analysis.checks import CheckResult
from harness.analysis.findings import find
from harness.records.reader import RunFolder
from harness.viewer.withheld import OTHERWISE, kind_in_words, without_reasons

SECRET = "CANARY"


def test_kinds_stand_in_the_place_of_words(run: RunFolder) -> None:
    whole = find(run)
    lean = next(arm for arm in whole.arms if arm.arm == "lean")
    name = next(iter(lean.measures))
    reasons = {f"void: {SECRET}: 1": 2, f"failed: {SECRET}": 1, f"{SECRET} a": 1, f"{SECRET} b": 3}
    summary = lean.measures[name].model_copy(update={"why_missing": {**reasons, "no deal": 5}})
    changed = {
        "measures": {**lean.measures, name: summary},
        "void_reasons": {SECRET: 1, f"{SECRET} of a stage that is not counted": 2},
    }
    arms = tuple(arm.model_copy(update=changed) if arm is lean else arm for arm in whole.arms)
    withheld = without_reasons(whole.model_copy(update={"arms": arms}))
    found = next(arm for arm in withheld.arms if arm.arm == "lean")
    assert SECRET not in withheld.model_dump_json()
    assert found.void_reasons == {OTHERWISE: 2, "no usable reply": 1}
    assert found.measures[name].why_missing == {"no deal": 5, OTHERWISE: 4, "void": 2, "failed": 1}
    assert found.measures[name].mean == summary.mean


def test_a_check_that_cannot_be_computed_does_not_say_in_whose_words(run: RunFolder) -> None:
    whole = find(run)
    assert whole.checks == ()
    problem = "cannot be computed: no dialogue has a value"
    result = {
        "name": "control",
        "arm": "lean",
        "measure": "settlement.skew",
        "bound": "below 0.1",
        "value": None,
        "n": 0,
        "missing": 1,
        "held": False,
        "why": "",
    }
    checks = tuple(
        CheckResult.model_validate({**result, "problem": said})
        for said in (f"{problem}: void: {SECRET} (1)", "0.3 is above 0.1")
    )
    withheld = without_reasons(whole.model_copy(update={"checks": checks}))
    assert [check.problem for check in withheld.checks] == [problem, "0.3 is above 0.1"]


def test_a_kind_of_a_later_version_is_said_as_it_is() -> None:
    assert kind_in_words("reply") == "no usable reply"
    assert kind_in_words("tides") == "tides"
