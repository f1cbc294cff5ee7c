"""The pool that generated games draw from: told apart, in order, and without a hint."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from harness.disputes.games.family import GameFamily, Generate, Kinds
from harness.disputes.games.issues import ISSUES, LADDER, NAMES, IssueText
from harness.disputes.scenario import Identifier

ID = TypeAdapter(Identifier)
LADDERS = {issue.id: [option for option, _ in issue.ladder] for issue in ISSUES}
POOL = st.sampled_from(ISSUES)


def test_the_pool_of_issues() -> None:
    assert len({text.id for text in ISSUES}) == len(ISSUES) >= 10
    for text in ISSUES:
        assert len(text.ladder) == LADDER
        assert len({option for option, _ in text.ladder}) == LADDER
        assert len({clause for _, clause in text.ladder}) == LADDER
    assert len({name for name, _ in NAMES}) == len(NAMES)
    assert len({adjective for _, adjective in NAMES}) == len(NAMES)


@given(POOL)
def test_every_id_is_one_that_a_scenario_may_have(issue: IssueText) -> None:
    for name in (issue.id, *(option for option, _ in issue.ladder)):
        assert ID.validate_python(name) == name


@given(POOL)
def test_a_question_is_one_and_its_answers_are_clauses(issue: IssueText) -> None:
    """They stand inside sentences: a sound agreement is one in which CLAUSE."""
    assert issue.question.endswith("?")
    assert issue.question[0].isupper()
    for _, clause in issue.ladder:
        assert clause[0].islower() or clause[0].isdigit()
        assert clause[-1].isalnum()


@given(POOL)
def test_no_text_names_a_side_or_needs_to_be_filled_in(issue: IssueText) -> None:
    said = " ".join((issue.name, issue.question, *(clause for _, clause in issue.ladder)))
    assert "$" not in said
    assert not {word for pair in NAMES for word in pair} & set(said.split())
    assert not {"fair", "unfair", "generous", "harsh", "good", "bad"} & set(said.split()), "a hint"


def test_no_clause_belongs_to_two_issues() -> None:
    clauses = [clause for issue in ISSUES for _, clause in issue.ladder]
    assert len(set(clauses)) == len(clauses)
    assert len({issue.name for issue in ISSUES}) == len(ISSUES)
    assert len({issue.question for issue in ISSUES}) == len(ISSUES)


@given(POOL)
def test_ladders_with_numbers_run_one_way(issue: IssueText) -> None:
    """A ladder is ordered: its options lie between its ends."""
    numbers = [
        [int(word) for word in clause.split() if word.isdigit()] for _, clause in issue.ladder
    ]
    steps = np.diff([found[0] for found in numbers if found])
    assert (steps > 0).all() or (steps < 0).all()


def test_some_ladders_have_numbers() -> None:
    counted = [issue.id for issue in ISSUES if any(c.isdigit() for c in issue.ladder[1][1])]
    assert {"volume", "staff", "hours", "reserve"} <= set(counted)


@pytest.mark.parametrize("options", range(2, LADDER + 1))
def test_a_shorter_ladder_has_both_ends_and_even_steps(options: int) -> None:
    asked = Generate(issues=3, options=options, kinds=Kinds(integrative=2, compatible=1))
    game = GameFamily(id="g", title="G", generate=asked).scenario(1)
    for issue in game.issues:
        taken = [LADDERS[issue.id].index(option) for option in issue.option_ids()]
        assert (taken[0], taken[-1], len(taken)) == (0, LADDER - 1, options)
        steps = np.diff(taken)
        assert steps.max() - steps.min() <= 1


@pytest.mark.parametrize(("name", "adjective"), NAMES)
def test_names_are_of_nobody_and_go_with_their_adjectives(name: str, adjective: str) -> None:
    assert name.isalpha()
    assert name.istitle()
    assert adjective.startswith(name.rstrip("e"))
    assert adjective.endswith("ian")
    others = [other for pair in NAMES for other in pair if other not in (name, adjective)]
    assert not [other for other in others if name in other or other in name], "one is found apart"
