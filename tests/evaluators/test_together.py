"""Joint values that say what additive ones say give the same scores, or none with the reason."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.disputes.scenario import Scenario
from harness.evaluators.base import TOGETHER
from harness.evaluators.case import Case
from harness.evaluators.landscape import landscape_in
from harness.evaluators.ledger import ledger
from harness.evaluators.registry import builtin
from harness.evaluators.scoring import evaluate
from tests.support.joint import plain, together
from tests.support.transcripts import Entry, make_transcript

PLAIN = plain()
JOINED = {
    "alone": together(PLAIN),
    "beside": together(PLAIN, 0.5),
    "turned": together(PLAIN, turned=True),
}
PACKAGES = st.tuples(*(st.integers(0, n - 1) for n in PLAIN.shape())).map(PLAIN.package)
TALKS = st.lists(st.tuples(st.sampled_from(["o", "u"]), PACKAGES), min_size=1, max_size=8)
OF_ISSUES = {"rigidity", "kept", "frequency", "bayesian", "change", "known", "beyond", "top"}
OF_ISSUES |= {"top_known", "misled"}
"""Measures of single issues: a pair has no weights of its issues."""


def talks(scenario: Scenario, talk: list[Entry], deal: bool) -> Case:
    last = talk[-1][0]
    entries: list[Entry] = [*talk, ("u" if last == "o" else "o", "accept")] if deal else talk
    return Case(make_transcript(scenario, entries), scenario)


@pytest.mark.parametrize("name", JOINED)
@given(talk=TALKS, deal=st.booleans())
@settings(max_examples=25)
def test_every_score_is_that_of_the_same_payoffs_issue_by_issue(
    name: str, talk: list[Entry], deal: bool
) -> None:
    ours, theirs = talks(JOINED[name], talk, deal), talks(PLAIN, talk, deal)
    compared = 0
    for found, other in zip(evaluate(ours, builtin()), evaluate(theirs, builtin()), strict=True):
        for measure, value in other.values.items():
            own = found.values[measure]
            if own is None and value is not None:
                assert measure.removesuffix("_o").removesuffix("_u") in OF_ISSUES, measure
                assert found.why_null[measure] == TOGETHER
            else:
                assert own == pytest.approx(value, abs=1e-9), measure
                compared += value is not None
    assert compared > 30


@pytest.mark.parametrize("name", JOINED)
def test_all_packages_frontier_and_fair_points_are_the_same(name: str) -> None:
    ours = landscape_in(talks(JOINED[name], [("o", PLAIN.package((0, 0)))], False), 1)
    theirs = landscape_in(talks(PLAIN, [("o", PLAIN.package((0, 0)))], False), 1)
    assert ours.u == pytest.approx(theirs.u, abs=1e-12)
    rows = ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian", "zopa_size")
    assert [getattr(ours.solutions, one) for one in rows] == [
        getattr(theirs.solutions, one) for one in rows
    ]
    assert ours.frontier.points == pytest.approx(theirs.frontier.points, abs=1e-12)


@pytest.mark.parametrize("name", JOINED)
@given(talk=TALKS, deal=st.booleans())
@settings(max_examples=25)
def test_the_lines_of_the_ledger_are_the_same_and_sum_to_the_move(
    name: str, talk: list[Entry], deal: bool
) -> None:
    """Of two issues that simply add up, the mean over both orders is what each adds."""
    ours, theirs = ledger(talks(JOINED[name], talk, deal)), ledger(talks(PLAIN, talk, deal))
    assert len(ours) == len(theirs) >= 1
    for move, other in zip(ours, theirs, strict=True):
        assert sum(line.cost for line in move.given) == pytest.approx(move.cost, abs=1e-12)
        costs = {line.issue: line.cost for line in move.given}
        assert costs == pytest.approx({line.issue: line.cost for line in other.given}, abs=1e-9)
        worths = {line.issue: line.worth for line in move.given}
        assert worths == pytest.approx({line.issue: line.worth for line in other.given}, abs=1e-9)


def test_a_pair_that_is_worth_something_only_together_splits_its_cost_evenly() -> None:
    document = PLAIN.model_dump(mode="json", by_alias=True)
    only = {
        one: {two: float((one, two) == ("mine", "them")) for two in ("them", "us")}
        for one in ("mine", "half", "yours")
    }
    owner = document["principals"]["a"]
    owner |= {"weights": {}, "values": {}}
    owner["joint"] = [{"issues": ["well", "fence"], "weight": 1, "values": only}]
    owner["public"]["stereotype"]["values"] |= {"fence": {"them": 1, "us": 0}}
    scenario = Scenario.model_validate(document)
    both: list[Entry] = [("u", PLAIN.package((0, 0))), ("u", PLAIN.package((1, 1)))]
    _, gave = ledger(talks(scenario, both, False))
    assert (gave.before, gave.own, gave.cost) == (1, 0, 1)
    assert {line.issue: line.cost for line in gave.given} == {"well": 0.5, "fence": 0.5}
    one: list[Entry] = [("u", PLAIN.package((0, 0))), ("u", PLAIN.package((1, 0))), both[1]]
    _, first, second = ledger(talks(scenario, one, False))
    assert [line.cost for line in first.given] == [1], "the other issue did not change"
    assert [line.cost for line in second.given] == [0], "nothing was left to lose"
