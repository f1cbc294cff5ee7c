"""What every kind of answer must be, so that anybody can be asked for it."""

from __future__ import annotations

import dataclasses

from harness.asking.answer import AnyAnswer, MadeCall
from harness.delegations import base
from harness.delegations.base import Answer


def test_a_delegations_answer_is_one() -> None:
    answer: AnyAnswer = Answer(problem="no JSON", hint="raise --max-tokens")
    assert (answer.problem, answer.hint, tuple(answer.calls)) == (
        "no JSON",
        "raise --max-tokens",
        (),
    )
    fields = dataclasses.fields(Answer)
    assert all(field.default is not dataclasses.MISSING for field in fields), (
        "what is left of an answer that held a key is made of defaults"
    )


def test_users_find_a_made_call_beside_the_answer() -> None:
    """Both are given by whoever writes a delegation, and come from one module."""
    assert base.MadeCall is MadeCall
