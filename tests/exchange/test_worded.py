"""The rows of what judges have listed of the words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.evaluators.case import Case
from harness.exchange.tidy import columns_of, rows_of
from harness.exchange.worded import events_of
from harness.records.score import Score
from tests.support.judging import SMALL_DISPUTE
from tests.support.prose_ledgers import judged_run
from tests.support.transcripts import make_transcript


def test_every_event_of_every_judge_is_a_row(tmp_path: Path) -> None:
    run = judged_run(tmp_path, "a/one", "b/two")
    found = list(rows_of("words", run))
    names = {column.name for column in columns_of("words", run)}
    assert all(row.keys() == names for row in found)
    assert [(row["judge"], row["turn"], row["what"], row["now"]) for row in found] == [
        ("a/one", 0, "final", "mine"),
        ("a/one", 0, "concedes", "half"),
        ("a/one", 1, "threat", "leave"),
        ("a/one", 2, "concedes", "us"),
        ("b/two", 2, "concedes", "us"),
    ]
    last, gave, threat, *_ = found
    assert (gave["seat"], gave["principal"], gave["issue"], gave["was"]) == (
        "u",
        "a",
        "well",
        "mine",
    )
    assert (gave["value"], gave["carried"], gave["contradicted"]) == (0.18, False, None)
    assert gave["condition"] == "<b>if</b> you mend the fence"
    assert (last["contradicted"], threat["done"], threat["value"]) == (False, False, None)
    assert {row["id"] for row in found} == set(run.index())


def test_where_nobody_has_judged_there_are_none(tmp_path: Path) -> None:
    assert list(rows_of("words", judged_run(tmp_path))) == []


EVENT = {
    "turn": 0,
    "round": 1,
    "seat": "u",
    "what": "concedes",
    "issue": "well",
    "was": "mine",
    "was_said": True,
    "to": "half",
    "commitment": "binding",
    "condition": "",
    "in_return": "nothing",
    "authorised": "unsaid",
    "quote": "half of it",
    "value": 0.18,
    "carried": None,
    "contradicted": None,
    "done": None,
}


def of_detail(detail: dict[str, Any]) -> list[dict[str, Any]]:
    talks = make_transcript(SMALL_DISPUTE, [("u", "pass")])
    score = Score(id=talks.id, evaluator="words", version=1, values={}, detail=detail)
    return list(events_of(Case(talks, SMALL_DISPUTE), score))


@pytest.mark.parametrize(
    "changes",
    [
        {"turn": "0"},
        {"turn": True},
        {"turn": -1},
        {"turn": 2**40},
        {"seat": None},
        {"quote": ["half"]},
        {"value": 7.0},
        {"value": "much"},
        {"value": True},
        {"carried": 1},
        {"was_said": None},
    ],
)
def test_an_event_that_is_not_of_the_form_is_left_out(changes: dict[str, Any]) -> None:
    def detail(event: dict[str, Any]) -> dict[str, Any]:
        return {"judges": [{"judge": "a/b", "events": [event]}]}

    (row,) = of_detail(detail(EVENT))
    assert (row["judge"], row["principal"], row["now"]) == ("a/b", "a", "half")
    assert of_detail(detail({**EVENT, **changes})) == []


@pytest.mark.parametrize(
    "judges",
    [None, "a", {"a": 1}, ["a"], [{"judge": "a"}], [{"events": {"a": 1}}], [{"events": [1]}]],
)
def test_a_detail_of_another_shape_has_no_rows(judges: Any) -> None:
    assert of_detail({"judges": judges}) == []
