from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from harness.disputes.scenario import Scenario, Twin
from harness.evaluators.base import Evaluator, Found, Measure, kind_of
from harness.evaluators.case import Case
from harness.evaluators.registry import builtin
from harness.evaluators.scoring import evaluate, found_in
from harness.records.score import Score
from harness.records.transcript import VoidReason
from tests.support.run_folders import deal, make_run, make_suite
from tests.support.transcripts import Entry, case, make_transcript

MINE_US = {"well": "mine", "fence": "us"}
YOURS_US = {"well": "yours", "fence": "us"}
DEAL: list[Entry] = [("o", YOURS_US), ("u", MINE_US), ("o", "accept")]
SOME = Measure(name="some", title="some", definition="some number", range="0..1", undefined="never")


def of_talks() -> tuple[Evaluator, ...]:
    """The built-in evaluators that read talks."""
    return tuple(one for one in builtin() if kind_of(one) == "talks")


class Stub:
    """An evaluator that finds what it is told to, or raises it."""

    name = "stub"
    version = 3
    measures = (SOME,)

    def __init__(self, found: Found | Exception) -> None:
        self.found = found

    def score(self, case: Case) -> Found:
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


def stub_score(scenario: Scenario, found: Found | Exception) -> Score:
    return evaluate(case(make_transcript(scenario, DEAL), scenario), [Stub(found)])[0]


class Together(Stub):
    """An evaluator that is asked about many cases at once, and fails where there are more than
    ``most``."""

    def __init__(self, most: int) -> None:
        super().__init__(Found({"some": 1.0}))
        self.most = most

    def score_all(self, cases: Sequence[Case]) -> list[Found]:
        if len(cases) > self.most:
            raise MemoryError
        return [Found({"some": 2.0}) for _ in cases]


# --- evaluate ------------------------------------------------------------------------------------


def test_evaluator_that_raises_is_contained_and_the_others_go_on(small: Scenario) -> None:
    broken = Stub(ZeroDivisionError("division by zero"))
    scores = evaluate(case(make_transcript(small, DEAL), small), [broken, *of_talks()])
    assert scores[0].values == {"some": None}
    assert scores[0].why_null == {
        "some": "the evaluator failed: ZeroDivisionError: division by zero"
    }
    assert scores[0].version == 3
    assert len(scores) == 1 + len(of_talks())
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
    for score in evaluate(case(make_transcript(small, TALKS[talk]), small), of_talks()):
        nulls = {name for name, value in score.values.items() if value is None}
        assert nulls == set(score.why_null)
        assert not any("failed" in why for why in score.why_null.values())
        again = Score.model_validate_json(score.model_dump_json())
        assert json.loads(again.model_dump_json()) == json.loads(score.model_dump_json())


def test_evaluators_find_what_they_declare_and_nothing_else(small: Scenario) -> None:
    for evaluator in of_talks():
        for talk in TALKS.values():
            found = evaluator.score(case(make_transcript(small, talk), small))
            assert set(found.values) == {measure.name for measure in evaluator.measures}


def test_void_dialogue_measures_nothing_but_that_it_is_void(small: Scenario) -> None:
    reason = VoidReason(kind="reply", seat="u", detail="no usable reply")
    scores = evaluate(case(make_transcript(small, DEAL, void=reason), small), of_talks())
    for score in scores:
        if score.evaluator == "process":
            assert score.values["void"] is True
        else:
            assert set(score.values.values()) == {None}
            assert set(score.why_null.values()) == {"void: no usable reply"}


# --- which record, and where it stands -----------------------------------------------------------


class Articles(Stub):
    """An evaluator of another kind of record."""

    name = "articles"
    kind = "publication"


def test_an_evaluator_of_another_kind_is_not_asked(small: Scenario) -> None:
    talks = case(make_transcript(small, DEAL), small)
    found = evaluate(talks, [Articles(ValueError("asked")), Stub(Found(values={"some": 1.0}))])
    assert [score.evaluator for score in found] == ["stub"]


def test_a_score_says_what_it_is_the_score_of(tmp_path: Path, small: Scenario) -> None:
    played = deal(small, "lean", MINE_US, epoch=2, twin=Twin.SEATS)
    model = "openai/some@http://127.0.0.1:9/v1"
    seats = (played.spec.seat("o"), played.spec.seat("u").model_copy(update={"model": model}))
    spec = played.spec.model_copy(update={"seats": seats})
    played = played.model_copy(update={"id": spec.id, "spec": spec})
    run = make_run(tmp_path / "run", make_suite(), {small.id: small}, [played])
    for score in run.scores():
        assert (score.scenario, score.twin, score.epoch) == (small.id, "seats", 2)
        assert score.arms == ("lean",)
        assert score.models == {"o": "scripted", "u": model}
    first = json.loads((run.path / "scores.jsonl").read_text().splitlines()[0])
    assert list(first)[:7] == ["id", "scenario", "twin", "epoch", "arms", "models", "evaluator"]


def test_a_score_of_an_earlier_version_is_read() -> None:
    line = '{"id": "0", "evaluator": "e", "version": 1, "values": {"m": 1.5}}'
    score = Score.model_validate_json(line)
    assert (score.scenario, score.twin, score.epoch) == (None, None, None)
    assert (score.arms, score.models) == ((), {})


def test_a_record_that_stands_in_no_run_has_scores_all_the_same(small: Scenario) -> None:
    score = stub_score(small, Found(values={"some": 1.0}))
    assert (score.values, score.arms) == ({"some": 1.0}, ())


# --- many at once --------------------------------------------------------------------------------


def test_who_scores_many_at_once_is_asked_about_all(small: Scenario) -> None:
    cases = [case(make_transcript(small, DEAL), small) for _ in range(3)]
    found = found_in(cases, [Together(3), Stub(Found({"some": 0.5}))])
    assert [[filed.values["some"] for filed in own] for own in found] == [[2.0, 0.5]] * 3


def test_who_fails_at_many_is_asked_about_each(small: Scenario) -> None:
    cases = [case(make_transcript(small, DEAL), small) for _ in range(3)]
    found = found_in(cases, [Together(2)])
    assert [[filed.values["some"] for filed in own] for own in found] == [[1.0]] * 3


def test_every_built_in_evaluator_finds_the_same_in_many_as_in_one(small: Scenario) -> None:
    cases = [case(make_transcript(small, talk), small) for talk in (DEAL, DEAL[:2], DEAL[:1])]
    evaluators = of_talks()
    together = found_in(cases, evaluators)
    alone = [[one.score(each).values for one in evaluators] for each in cases]
    for own, expected in zip(together, alone, strict=True):
        for filed, values in zip(own, expected, strict=True):
            assert {name: filed.values[name] for name in values} == values
