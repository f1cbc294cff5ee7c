"""What is read of long talks for each issue holds what is said on it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from benchmarks.long_talks import HEADINGS, Joined, Narrowed, joined, narrowed, table
from harness.judging.passages import Passage
from harness.plans.prose_ledger import prose_ledger_rubric
from tests.support.judging import SMALL_DISPUTE

PAGE = Path(__file__).parents[2] / "docs" / "judging.md"


@cache
def found() -> tuple[Narrowed, ...]:
    return tuple(map(narrowed, joined()))


def test_no_event_of_a_planted_transcript_is_left_out() -> None:
    assert [one.missed for one in found()] == [()] * len(found())
    assert sum(len(one.joined.events) for one in found()) > 300


def test_issues_that_nobody_disputes_are_read_in_a_part_of_the_text() -> None:
    shares = [
        share
        for one in found()
        for issue, share in one.shares.items()
        if issue not in {topic for topic, _ in one.joined.events}
    ]
    assert len(shares) > 40
    assert sum(shares) / len(shares) < 0.35


def test_what_is_not_read_is_counted() -> None:
    passages = (Passage(0, "Arden", "Of the well."), Passage(1, "Boral", "Good day to you."))
    passages += tuple(Passage(at, "Boral", "Good day to you.") for at in range(2, 9))
    small = Joined(
        "small", prose_ledger_rubric(SMALL_DISPUTE), passages, (("well", 0), ("well", 8))
    )
    one = narrowed(small)
    assert one.missed == (("well", 8),)
    assert dict(zip(HEADINGS, one.row, strict=True))["not read"] == "1"
    assert list(table([one]))[-2].startswith("1 of 2 events stand")


def test_the_page_has_these_figures() -> None:
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    events, share = list(table(found()))[-2:]
    assert events.split(" events")[0].replace(" of ", " of the ") in page
    assert f"for an issue {share.split()[3]} % of the text is read" in page
    missed = [event for one in map(narrowed, joined("paraphrase")) for event in one.missed]
    assert len(missed) == 4
    assert "four of the 346 events are" in page
