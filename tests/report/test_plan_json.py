"""A plan as plain JSON values: ranges, nulls with reasons, and the words of a judge."""

from __future__ import annotations

import json

import yaml

from harness.disputes.scenario import Scenario
from harness.plans.assessment import Range, assess
from harness.plans.ground import ground
from harness.report.plan_json import assessment_json, range_json, reading_json
from tests.support.disputes import SMALL as TEXT
from tests.support.judging import reading

SMALL = Scenario.model_validate(yaml.safe_load(TEXT))


def test_a_range_is_a_number_where_its_ends_meet() -> None:
    assert range_json(None) is None
    assert range_json(Range(0.25, 0.25)) == 0.25
    assert range_json(Range(0.25, 0.5)) == [0.25, 0.5]


def test_figures_are_plain_and_undefined_ones_null() -> None:
    greedy = SMALL.principals["a"].model_copy(update={"reservation": 0.99})
    none = SMALL.model_copy(update={"principals": {**SMALL.principals, "a": greedy}})
    found = assessment_json(assess(ground(none), {"well": "half"}))
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    names = ("skew", "skew_of_signable", "normalised_gap", "favours", "nearest_signable")
    assert [found[name] for name in names] == [None] * 5
    whole = assessment_json(assess(ground(SMALL), {"well": "yours", "fence": "us"}))
    assert whole["favours"] == whole["towards"] == "b"
    assert whole["complete"] is True


def test_without_prose_what_a_judge_would_say_is_null_with_the_reason() -> None:
    found = reading_json(SMALL)
    assert {name for name, value in found.items() if value is None} == set(found["null"])


def test_what_a_judge_said_stands_with_its_quotes() -> None:
    found = reading_json(SMALL, reading(point_a_0="makes", line_a_0=None), "openai/mock")
    assert found["judge"] == "openai/mock"
    assert found["judge_calibrated"] is False
    assert found["points"]["a"] == [
        {
            "point": "Water is life.",
            "answer": "makes",
            "quotes": ["on point_a_0"],
            "rejected": [],
            "why_null": None,
        }
    ]
    assert found["red_lines"]["a"][0]["why_null"] == "the judge cannot tell"
    assert found["red_lines"]["a"][0]["why"] == "Arden needs water."
    assert found["speaks_to_its_judge"]["answer"] == "no"
