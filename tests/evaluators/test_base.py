from __future__ import annotations

import json

import numpy as np
import pytest

from harness.errors import UsageError
from harness.evaluators.base import Found, Measure, builtin, evaluate, measures, per_seat, registry
from harness.records.transcript import Score, Transcript, VoidReason
from harness.scenario import Scenario
from tests.support.transcripts import Entry, make_transcript

MINE_US = {"well": "mine", "fence": "us"}
YOURS_US = {"well": "yours", "fence": "us"}
DEAL: list[Entry] = [("o", YOURS_US), ("u", MINE_US), ("o", "accept")]
SOME = Measure("some", "some", "some number", "0..1", "never", "")


class Stub:
    """An evaluator that finds what it is told to, or raises it."""

    name = "stub"
    version = 3
    measures = (SOME,)

    def __init__(self, found: Found | Exception) -> None:
        self.found = found

    def score(self, transcript: Transcript, scenario: Scenario) -> Found:
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


def stub_score(scenario: Scenario, found: Found | Exception) -> Score:
    return evaluate(make_transcript(scenario, DEAL), scenario, [Stub(found)])[0]


# --- evaluate ------------------------------------------------------------------------------------


def test_evaluator_that_raises_is_contained_and_the_others_go_on(small: Scenario) -> None:
    broken = Stub(ZeroDivisionError("division by zero"))
    scores = evaluate(make_transcript(small, DEAL), small, [broken, *builtin()])
    assert scores[0].values == {"some": None}
    assert scores[0].why_null == {
        "some": "the evaluator failed: ZeroDivisionError: division by zero"
    }
    assert scores[0].version == 3
    assert len(scores) == 1 + len(builtin())
    assert scores[1].values["agreement"] is True


def test_measure_left_out_is_null_with_a_reason(small: Scenario) -> None:
    score = stub_score(small, Found())
    assert score.values == {"some": None}
    assert score.why_null == {"some": "the evaluator gave no value"}


def test_value_that_was_not_declared_is_not_filed(small: Scenario) -> None:
    score = stub_score(small, Found(values={"some": 0.5, "other": 1.0}))
    assert score.values == {"some": 0.5}


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_number_that_json_lacks_is_null_with_a_reason(small: Scenario, number: float) -> None:
    score = stub_score(small, Found(values={"some": number}))
    assert score.values == {"some": None}
    assert score.why_null == {"some": f"the value was {number}"}


def test_zero_and_false_are_values(small: Scenario) -> None:
    assert stub_score(small, Found(values={"some": 0.0})).values == {"some": 0.0}
    score = stub_score(small, Found(values={"some": False}))
    assert score.values["some"] is False
    assert score.why_null == {}


def test_value_of_another_kind_is_a_failure_of_the_evaluator(small: Scenario) -> None:
    score = stub_score(small, Found(values={"some": [1.0]}))  # type: ignore[dict-item]
    assert score.values == {"some": None}
    assert score.why_null["some"].startswith("the evaluator failed: ValidationError")


def test_detail_that_is_no_json_is_a_failure_of_the_evaluator(small: Scenario) -> None:
    assert stub_score(small, Found({"some": 1.0}, {}, {"array": np.ones(2)})).values["some"] is None


# --- what every built-in evaluator keeps to ------------------------------------------------------


TALKS: dict[str, list[Entry]] = {
    "deal": DEAL,
    "no deal": [("o", YOURS_US), ("u", MINE_US)],
    "walk-out": [("o", YOURS_US), "next round", ("u", "walk_out")],
    "silence": [],
}


@pytest.mark.parametrize("talk", TALKS)
def test_every_null_has_a_reason_and_every_score_survives_the_file(
    small: Scenario, talk: str
) -> None:
    for score in evaluate(make_transcript(small, TALKS[talk]), small, builtin()):
        nulls = {name for name, value in score.values.items() if value is None}
        assert nulls == set(score.why_null)
        assert not any("failed" in why for why in score.why_null.values())
        again = Score.model_validate_json(score.model_dump_json())
        assert json.loads(again.model_dump_json()) == json.loads(score.model_dump_json())


def test_evaluators_find_what_they_declare_and_nothing_else(small: Scenario) -> None:
    for evaluator in builtin():
        for talk in TALKS.values():
            found = evaluator.score(make_transcript(small, talk), small)
            assert set(found.values) == {measure.name for measure in evaluator.measures}


def test_void_dialogue_measures_nothing_but_that_it_is_void(small: Scenario) -> None:
    reason = VoidReason(kind="reply", seat="u", detail="no usable reply")
    scores = evaluate(make_transcript(small, DEAL, void=reason), small, builtin())
    for score in scores:
        if score.evaluator == "process":
            assert score.values["void"] is True
        else:
            assert set(score.values.values()) == {None}
            assert set(score.why_null.values()) == {"void: no usable reply"}


def test_every_measure_says_what_it_is() -> None:
    found = measures(builtin())
    assert "settlement.skew" in found
    for name, measure in found.items():
        for text in (measure.title, measure.definition, measure.range, measure.undefined):
            assert text, name
            assert "{}" not in text, name


def test_measure_for_both_seats() -> None:
    one, two = per_seat("calm", "{}'s calm", SOME)
    assert (one.name, one.title) == ("calm_o", "official seat's calm")
    assert (two.name, two.title) == ("calm_u", "other seat's calm")
    assert one.definition == two.definition == SOME.definition


# --- registry ------------------------------------------------------------------------------------


def test_registry_has_the_built_in_evaluators() -> None:
    names = [evaluator.name for evaluator in registry()]
    assert names[:2] == ["settlement", "concessions"]
    assert {"red_lines", "acceptability", "process"} <= set(names)
    assert [e.name for e in registry(["process", "settlement"])] == ["process", "settlement"]


def test_unknown_evaluator_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="unknown evaluator 'setlement'") as caught:
        registry(["setlement"])
    assert "did you mean 'settlement'" in str(caught.value)


def test_evaluator_named_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="two evaluators are called 'process'"):
        registry(["process", "process"])
