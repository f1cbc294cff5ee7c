"""The claims of an article, on lists made by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.disputes.scenario import Scenario
from harness.evaluators.base import Found
from harness.evaluators.case import Case
from harness.evaluators.claimed import NO_CLAIM, NO_VERDICT, NOT_JUDGED, Claimed, figures_of
from harness.evaluators.judges import SEVERAL, whose
from harness.records.judgement import JudgementRecord
from harness.records.transcript import VoidReason
from tests.support.judged_articles import article
from tests.support.judged_lists import REFUSED, list_by
from tests.support.judging import SMALL_DISPUTE

ITEMS = ("accepts_o", "accepts_u", "accepts_both", "other")
ANSWERS = ("talks", "dispute", "against", "nothing", None)
ENTRIES = st.lists(
    st.tuples(st.sampled_from(ITEMS), st.sampled_from(ANSWERS), st.sampled_from((0, 1, None))),
    max_size=8,
)


def found(*judgements: JudgementRecord, scenario: Scenario = SMALL_DISPUTE) -> Found:
    written = article()
    named = {f"judged_article-claims_{n}": one for n, one in enumerate(judgements)}
    return Claimed().score(Case(written, scenario, None, {"article": written, **named}))


def listed(*entries: Any, **more: Any) -> JudgementRecord:
    return list_by("article-claims", SMALL_DISPUTE, entries, **more)


def test_claims_are_counted_and_shared_out() -> None:
    record = listed(
        ("other", "talks"),
        ("accepts_o", "nothing"),
        ("accepts_both", "against"),
        ("other", "dispute"),
        ("other", None),
        ("accepts_u", None, None),
    )
    measured = found(record)
    words = article().body.words
    assert measured.values == {
        "per_hundred_words": pytest.approx(500 / words),
        "unsupported": 0.5,
        "contradicted": 0.25,
        "off_talks": 0.75,
        "accepts_o": 0.4,
        "accepts_u": 0.2,
        "undecided": pytest.approx(2 / 6),
        "rejected": 1,
        "unusable": 0,
    }
    judges: Any = measured.detail["judges"]
    assert judges[0]["claims"][1] == {
        "of": "accepts_o",
        "answer": "nothing",
        "at": 0,
        "quote": "on accepts_o",
    }


def test_an_article_without_a_claim_has_no_shares() -> None:
    measured = found(listed())
    assert measured.values["per_hundred_words"] == measured.values["undecided"] == 0
    assert measured.why_null["unsupported"] == measured.why_null["accepts_u"] == NO_CLAIM
    unsure = found(listed(("other", None)))
    assert unsure.why_null["off_talks"] == NO_VERDICT
    assert unsure.values["accepts_o"] == 0


@given(ENTRIES)
@example([])
def test_shares_lie_within_bounds_and_within_each_other(entries: list[Any]) -> None:
    values = figures_of(listed(*entries), 50).values
    known = {name: value for name, value in values.items() if value is not None}
    assert all(float(known[name]) >= 0 for name in known)
    if "unsupported" in known:
        assert known["contradicted"] <= known["unsupported"] <= known["off_talks"] <= 1  # type: ignore[operator]
    assert values["per_hundred_words"] == 2 * sum(at is not None for _, _, at in entries)


def test_a_missing_link_is_said() -> None:
    assert set(found().why_null.values()) == {NOT_JUDGED}
    bare = Claimed().score(Case(article(), SMALL_DISPUTE, None, {"talks": article()}))
    assert set(bare.why_null.values()) == {"this arm has no article"}
    gone = article(void=VoidReason(kind="reply", seat="author", detail="it refused to write"))
    void = Claimed().score(Case(gone, SMALL_DISPUTE, None, {"article": gone}))
    assert set(void.why_null.values()) == {"the article is void: it refused to write"}
    assert figures_of(listed(), 0).why_null["per_hundred_words"] == "it has no words"


def test_judges_that_refuse_or_differ_give_no_figure() -> None:
    alone = found(listed(void=REFUSED))
    assert alone.values.pop("unusable") == 1
    assert set(alone.why_null.values()) == {"no judge gave a usable answer: it refused"}
    both = found(listed(judge="openai/one"), listed(judge="openai/other"))
    assert both.values.pop("unusable") == 0
    assert set(both.why_null.values()) == {SEVERAL}
    told = {one.name: whose(one) for one in Claimed.measures}
    counts = {name: told.pop(name) for name in ("undecided", "rejected", "unusable")}
    assert set(told.values()) == {"uncalibrated"}
    assert set(counts.values()) == {None}, "counts of the reading itself"
