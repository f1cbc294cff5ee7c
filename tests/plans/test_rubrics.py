"""The rubrics by which records of a run can be judged."""

from __future__ import annotations

import re

import pytest

from harness.disputes.loading import load_scenarios
from harness.disputes.parts import MAX_OPTIONS_RECORDED
from harness.disputes.scenario import Scenario, Twin
from harness.exchange.importing.agenda import agenda_of
from harness.exchange.importing.negotiation import Negotiation
from harness.plans.rubrics import RUBRICS, TOGETHER
from harness.records.spec import RECORDED


@pytest.mark.parametrize("name", RUBRICS)
def test_a_rubric_is_called_as_it_is_found_and_tells_no_value(name: str, small: Scenario) -> None:
    for twin in Twin:
        rubric = RUBRICS[name].of(small.twin(twin))
        assert rubric.id == name
        text = rubric.model_dump_json()
        assert "$" not in text
        assert not re.search(r"\d\.\d", text)


@pytest.mark.parametrize("name", RUBRICS)
def test_every_question_has_an_answer_for_what_is_not_there(name: str) -> None:
    (scenario,) = load_scenarios("ceasefire")
    rubric = RUBRICS[name].of(scenario)
    listed = rubric.listed is not None  # then what is not there is not on the list
    assert all(
        any(not answer.quoted for answer in item.answers) is not listed for item in rubric.items
    )


def test_names_and_kinds_are_said() -> None:
    assert {name: one.kinds for name, one in RUBRICS.items()} == {
        "article": ("publication",),
        "talks-claims": ("talks", "recorded"),
        "article-claims": ("publication",),
        "private-facts-o": ("talks", "recorded"),
        "private-facts-u": ("talks", "recorded"),
        "prose-ledger": ("talks", "recorded"),
    }
    assert [name for name, one in RUBRICS.items() if one.with_talks] == ["article-claims"]
    assert TOGETHER == {"private-facts": ("private-facts-o", "private-facts-u")}


@pytest.mark.parametrize("sizes", [(MAX_OPTIONS_RECORDED,) * 2 + (12,), (2,) * 20])
@pytest.mark.parametrize("name", [n for n, one in RUBRICS.items() if RECORDED in one.kinds])
def test_talks_of_others_may_have_as_many_options_as_a_record(
    name: str, sizes: tuple[int, ...]
) -> None:
    issues = {f"issue {n}": [f"x{n} {m}" for m in range(size)] for n, size in enumerate(sizes)}
    told = {"parties": {"a": {}, "b": {}}, "issues": issues, "outcome": {"kind": "unknown"}}
    agenda = agenda_of(Negotiation.model_validate(told), unknown, "wide")
    rubric = RUBRICS[name].of(agenda.scenario)
    if name != "talks-claims":
        asked = rubric.model_dump_json()
        assert all(option in asked for option in agenda.scenario.issues[0].option_ids())


def unknown(_: str) -> Scenario:
    raise AssertionError  # not reached: no scenario is named
