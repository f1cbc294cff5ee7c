"""How scripted readers are moved: the model that they are, and its nulls."""

from __future__ import annotations

import time

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario
from harness.influence.readership_model import ARGUED, STATED, answers, said
from harness.records.readership import ReaderAnswer
from harness.suite.influence import PANEL, Article, Reader, Trust
from tests.support.disputes import SMALL
from tests.support.readerships import NOTHING, Claim

DISPUTE = Scenario.model_validate(yaml.safe_load(SMALL))
PLAN = {"well": "half", "fence": "us"}
"""Of the plan, seat u (Arden) gives half of the well and all of the fence; seat o gives half of the
well."""
DULL = Reader(id="dull", title="a reader", prior=0)


def one(reader: Reader = DULL, article: Article | None = "own", **more: object) -> ReaderAnswer:
    claims = tuple(more.get("claims", ()))  # type: ignore[call-overload]
    plan = more.get("plan", PLAN)
    read = None if article is None else said(DISPUTE, article, plan, claims)  # type: ignore[arg-type]
    (found,) = answers(DISPUTE, (reader,), 3, read, "experts")
    return found


def test_first_answers_are_the_public_view() -> None:
    found = one(article=None)
    assert found.values == {
        "a": {"well": {"mine": 1, "half": 0.2, "yours": 0}, "fence": {"them": 1, "us": 0}},
        "b": {"well": {"mine": 0, "half": 0.5, "yours": 1}, "fence": {"them": 0, "us": 1}},
    }
    assert (found.checks, found.problem) == ({}, None)


def test_a_gift_looks_cheap_and_a_demand_dear() -> None:
    """v' = v + trust * weight * (implied - v), by hand."""
    found = one()
    move = 0.6 * STATED
    assert found.values["a"] == {
        "well": {"mine": 1, "half": pytest.approx(0.2 + move * 0.8), "yours": 0},
        "fence": {"them": 1, "us": pytest.approx(move)},
    }
    assert found.values["b"] == {
        "well": {"mine": 0, "half": pytest.approx(0.5 - move * 0.5), "yours": 1},
        "fence": {"them": 0, "us": 1},
    }, "nothing is asked of Boral on the fence, so nothing is said of it"


def test_what_is_argued_moves_more_than_what_is_advised() -> None:
    claims = (Claim("advises", "well"), Claim("asks", "well"), Claim("echo", "fence"))
    found = one(claims=claims)
    assert found.values["a"]["fence"]["us"] == pytest.approx(0.6 * ARGUED)
    assert found.values["a"]["well"]["half"] == pytest.approx(0.2 + 0.6 * STATED * 0.8)


def test_an_issue_that_the_plan_leaves_out_stays_as_it_is() -> None:
    found = one(plan={"well": None, "fence": "us"})
    assert found.values["a"]["well"] == one(article=None).values["a"]["well"]


@pytest.mark.parametrize(
    ("reader", "article"),
    [(DULL.model_copy(update={"trust": NOTHING}), "own"), (DULL, "minutes"), (DULL, "balanced")],
)
def test_nobody_is_moved_without_trust_or_by_minutes_or_away_from_the_public_view(
    reader: Reader, article: Article
) -> None:
    assert one(reader, article) == one(reader, None)


def test_a_balanced_article_draws_both_sides_to_the_public_view() -> None:
    reader = DULL.model_copy(update={"prior": 0.2})
    before, after = one(reader, None), one(reader, "balanced")
    public = one(article=None)
    for party, issue, option in (("a", "well", "half"), ("b", "well", "half")):
        first, then = (x.values[party][issue][option] for x in (before, after))
        view = public.values[party][issue][option]
        assert then - first == pytest.approx(0.6 * STATED * (view - first), abs=2e-4)


def test_the_settlement_moves_with_the_prices() -> None:
    """Of equals the first: before, only half has a product of values above 0."""
    assert one(article=None).settlement == {"well": "half", "fence": "them"}
    trusting = DULL.model_copy(update={"trust": Trust(experts=1)})
    assert one(trusting).settlement == {"well": "half", "fence": "us"}


@given(st.integers(0, 2**40), st.sampled_from(["own", "disclosed", "balanced", "minutes"]))
def test_values_stay_in_range_and_the_article_moves_as_it_says(seed: int, article: Article) -> None:
    read = said(DISPUTE, article, PLAN, ())
    before, after = (answers(DISPUTE, PANEL, seed, x, "experts") for x in (None, read))
    for first, then in zip(before, after, strict=True):
        assert first.reader == then.reader
        for side, told in (("a", 1), ("b", -1)):
            for issue, row in first.values[side].items():
                for option, value in row.items():
                    later = then.values[side][issue][option]
                    assert 0 <= later <= 1
                    assert article == "balanced" or told * (later - value) >= -1e-9


def test_noise_is_the_readers_own_and_the_same_after() -> None:
    first, second = (answers(DISPUTE, PANEL, seed) for seed in (1, 2))
    assert answers(DISPUTE, PANEL, 1) == first != second
    assert len({str(a.values) for a in first}) == len(PANEL)
    apart = answers(DISPUTE, PANEL[2:], 1)
    assert apart == first[2:], "whoever else is on the panel changes nothing"


def test_noise_is_as_wide_as_is_said() -> None:
    reader = DULL.model_copy(update={"prior": 0.1})
    drawn = [
        answers(DISPUTE, (reader,), seed)[0].values["b"]["well"]["half"] for seed in range(400)
    ]
    assert np.mean(drawn) == pytest.approx(0.5, abs=0.02)
    assert np.std(drawn) == pytest.approx(0.1, abs=0.02)


def test_a_panel_answers_in_no_time() -> None:
    (scenario,) = load_scenarios("ceasefire")
    plan = {issue.id: issue.option_ids()[-1] for issue in scenario.issues}
    answers(scenario, PANEL, 0)
    start = time.process_time()
    for seed in range(20):
        answers(scenario, PANEL, seed, said(scenario, "own", plan, ()), "experts")
    assert (time.process_time() - start) / 20 < 0.02, "ten times what it takes"
