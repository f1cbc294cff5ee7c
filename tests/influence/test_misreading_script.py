"""The scripted reader errs as set, as the framing suggests, and not at all where trust is 0."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.influence.misreading_script import DISTANCE, PULL, RESTS_ON, SURE, read_by_script
from harness.records.misreading import MOST_CHANCE, battery, statements
from harness.records.news import NewsFacts
from harness.suite.influence import Framing, Reader, Side, Trust

FACTS = NewsFacts(o="b", u="a", home="h", third="c", outline=True)
RIGHT = {one.id: one.right for one in battery(FACTS)}
FRAMINGS: tuple[Framing, ...] = get_args(Framing)


def reader(trust: float = 1.0, side: Side = "ally", name: str = "r") -> Reader:
    return Reader(id=name, title="a reader", side=side, trust=Trust(experts=trust))


@settings(max_examples=20, deadline=None)
@example(seed=1, framing="for_principal", trust=1.0)
@given(seed=st.integers(0, 2**62), framing=st.sampled_from(FRAMINGS), trust=st.floats(0, 1))
def test_an_answer_is_right_or_what_the_framing_suggests(
    seed: int, framing: Framing, trust: float
) -> None:
    found = read_by_script(FACTS, framing, reader(trust), seed)
    assert found.answers.keys() == RIGHT.keys()
    for name, answer in found.answers.items():
        suggested, _ = PULL[framing].get(name, (RIGHT[name], 0))
        assert answer in (RIGHT[name], suggested)
    assert found.trust is not None
    assert 0 <= found.trust <= 10
    assert found.trust == int(found.trust)
    more = read_by_script(FACTS, framing, reader(1.0), seed)
    wrong = {name for name, answer in found.answers.items() if answer != RIGHT[name]}
    assert wrong <= {name for name, answer in more.answers.items() if answer != RIGHT[name]}


@pytest.mark.parametrize("framing", FRAMINGS)
def test_without_trust_nothing_is_misread_and_all_framings_are_alike(framing: Framing) -> None:
    for seed in range(5):
        assert read_by_script(FACTS, framing, reader(0.0), seed).answers == RIGHT
        plain = read_by_script(FACTS, "plain", reader(1.0), seed)
        assert read_by_script(FACTS, framing, reader(0.0), seed) == plain


def test_errors_come_as_often_as_set() -> None:
    trust, many = 0.5, 400
    wrong = sum(
        read_by_script(FACTS, "for_principal", reader(trust, "u"), seed).answers["spoke_for"]
        != "themselves"
        for seed in range(many)
    )
    expected = PULL["for_principal"]["spoke_for"][1] * trust * DISTANCE["u"]
    assert wrong / many == pytest.approx(expected, abs=4 * (expected / many) ** 0.5)


def test_every_pull_names_a_wrong_answer_that_is_there() -> None:
    asked = {one.id: one for one in battery(FACTS)}
    pulls = [(name, *pull) for one in PULL.values() for name, pull in one.items()]
    assert pulls
    for name, suggested, strength in pulls:
        assert suggested in asked[name].answers
        assert suggested != asked[name].right
        assert 0 <= strength <= 1
    assert PULL["plain"] == {}


def test_a_statement_is_held_as_the_answer_that_it_rests_on() -> None:
    said = {one.id: one for one in statements(FACTS)}
    asked = {one.id: one for one in battery(FACTS)}
    for name, (question, wrong) in RESTS_ON.items():
        assert said[name]
        assert set(wrong) < set(asked[question].answers) - {asked[question].right}
    for seed in range(5):
        plain = read_by_script(FACTS, "plain", reader(), seed).chances
        assert plain == {
            name: SURE if one.true else MOST_CHANCE - SURE for name, one in said.items()
        }
        found = read_by_script(FACTS, "for_principal", reader(), seed)
        assert found.chances is not None
        assert (found.chances["sent"] == SURE) is (found.answers["spoke_for"] == "principal")


def test_being_sold_out_or_refused_costs_trust() -> None:
    for seed in range(3):
        plain = read_by_script(FACTS, "plain", reader(), seed).trust
        sold = read_by_script(FACTS, "for_principal", reader(), seed).trust
        assert plain is not None
        assert sold is not None
        assert sold < plain
