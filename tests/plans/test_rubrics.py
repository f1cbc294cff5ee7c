"""The rubrics by which records of a run can be judged."""

from __future__ import annotations

import re

import pytest

from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario, Twin
from harness.plans.rubrics import RUBRICS, TOGETHER


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
