"""The article of an episode: who wrote it, what it advises, and whom that favours."""

from __future__ import annotations

import pytest

from harness.report.episode_article import ALIKE, article_of
from tests.support.articles import article, chain, commissioned, reply, talks
from tests.support.judging import SMALL_DISPUTE

TALKS = talks(SMALL_DISPUTE)


def test_an_article_says_who_wrote_it_and_what_it_advises() -> None:
    shown = article_of(chain(SMALL_DISPUTE, TALKS, article(SMALL_DISPUTE, TALKS)))
    assert shown is not None
    assert shown.missing is None
    assert "a script" in shown.author
    assert dict(shown.driven)["echo"] == "1.00"
    assert [row.issue for row in shown.plan] == [
        SMALL_DISPUTE.say(issue.name) for issue in SMALL_DISPUTE.issues
    ]
    for row in shown.plan:
        o, u = row.sides
        assert (o.seat, u.seat) == ("o", "u")
        assert row.favours == (
            ""
            if abs(o.asked - u.asked) < ALIKE
            else min(row.sides, key=lambda side: side.asked).seat
        )


def test_what_is_left_open_has_no_sides_and_the_deal_stands_beside_it() -> None:
    record, _ = commissioned(SMALL_DISPUTE, TALKS, lambda _: reply())
    shown = article_of(chain(SMALL_DISPUTE, TALKS, record))
    assert shown is not None
    _, fence = shown.plan
    assert (fence.option, fence.sides, fence.favours) == ("", (), "")
    assert fence.deal
    assert all(not paragraph.marks for paragraph in shown.paragraphs), "nobody has judged it"
    assert shown.driven == ()


@pytest.mark.parametrize("answer", ["no JSON at all", ""])
def test_an_article_that_was_not_written_has_a_reason_and_no_text(answer: str) -> None:
    record, _ = commissioned(SMALL_DISPUTE, TALKS, lambda _: answer)
    shown = article_of(chain(SMALL_DISPUTE, TALKS, record))
    assert shown is not None
    assert shown.missing is not None
    assert shown.missing.what.startswith("void")
    assert shown.missing.detail
    assert (shown.title, shown.paragraphs, shown.plan) == ("", (), ())
    assert shown.repairs


def test_an_arm_without_an_article_has_none() -> None:
    assert article_of(chain(SMALL_DISPUTE, TALKS, None)) is None
