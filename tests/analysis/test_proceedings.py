"""What is kept of a transcript, and counted of an arm."""

from __future__ import annotations

import pickle
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.analysis.proceedings import REASONS_KEPT, Proceedings, count_reason, went_of
from harness.records.placement import Placement
from harness.records.transcript import Debrief, Repair, VoidReason
from tests.support.disputes import small
from tests.support.transcripts import make_transcript

PLACE = Placement(scenario="small", twin="none", epoch=2, arms=("lean",))


@pytest.mark.kind("S10")
def test_warnings_that_differ_in_numbers_are_one(tmp_path: Path) -> None:
    record, went = make_transcript(small(tmp_path), []), Proceedings()
    for seat, count in (("o", "4,907"), ("o", "5,425"), ("u", "4,970")):
        warning = f"the server of seat {seat} counted {count} tokens " + "and so on " * 30
        noted = record.body.model_copy(update={"warnings": (warning,)})
        went.add(went_of(record.model_copy(update={"body": noted}), PLACE))
    (first, twice), (other, once) = went.warnings.most_common()
    assert (twice, once) == (2, 1)
    assert "seat o counted 4,907" in first
    assert "seat u counted 4,970" in other


def test_what_is_kept_goes_to_another_process_whole(tmp_path: Path) -> None:
    debriefs = {"o": Debrief(problem="nothing usable"), "u": Debrief(gave_more="equal")}
    went = went_of(make_transcript(small(tmp_path), [("o", "walk_out")], debriefs=debriefs), PLACE)
    assert pickle.loads(pickle.dumps(went)) == went  # noqa: S301 - our own
    assert (went.status, went.ending, went.void) == ("done", "walk_out", None)
    assert went.unanswered == ("o",)
    assert (went.dialogue.pair, went.dialogue.arms, went.dialogue.deal) == (
        "none/2",
        ("lean",),
        False,
    )


def test_a_void_dialogue_counts_by_its_seat_and_its_reason(tmp_path: Path) -> None:
    repairs = (Repair(error="no JSON"), Repair(error="no JSON"))
    void = VoidReason(kind="reply", seat="u", detail="nothing\nusable", repairs=repairs)
    proceedings = Proceedings()
    proceedings.add(went_of(make_transcript(small(tmp_path), [], void=void), PLACE))
    assert (proceedings.void, proceedings.done, proceedings.dialogues) == (1, 0, 1)
    assert proceedings.void_by_seat == {"u": 1}
    assert proceedings.void_reasons == {"nothing": 1}
    assert proceedings.repairs_by_seat == {"u": 2}, "a seat without any is left out"


@given(st.lists(st.integers(0, 2 * REASONS_KEPT), max_size=400))
@example(list(range(REASONS_KEPT + 3)))
def test_no_reason_is_lost_and_few_are_named(numbers: list[int]) -> None:
    reasons: Counter[str] = Counter()
    for number in numbers:
        count_reason(reasons, f"reason {number}\nand more")
    assert reasons.total() == len(numbers)
    assert len(reasons) <= REASONS_KEPT + 1
    kept = list(dict.fromkeys(numbers))[:REASONS_KEPT]
    assert all(reasons[f"reason {n}"] == numbers.count(n) for n in [*kept, -1])
