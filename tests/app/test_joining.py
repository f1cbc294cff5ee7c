"""Parts that are joined are the one part that their dialogues come to."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from harness.analysis.columns import Columns, Value
from harness.analysis.proceedings import REASONS_KEPT, Dialogue, Went
from harness.analysis.values import Values
from harness.app.joining import Joining
from harness.app.packing import Packing, Part
from harness.disputes.scenario import Twin
from harness.evaluators.course import Asked
from harness.evaluators.course import Course as Replies
from harness.report.material import Chairs, Course, Put, Settled, Settlement

Row = tuple[str, bool, Value]
"""Its arm, whether it came to its end, and what was measured."""


def packed_of(rows: Sequence[Row], first: int, *, replies: bool = True) -> Part:
    """The dialogues of ``rows``, the first of which has the number ``first``."""
    packing, columns = Packing(), Columns()
    for number, (arm, done, value) in enumerate(rows, first):
        one = Dialogue((arm,), "dam", f"none/{number}", done, None, arm)
        went = Went(
            str(number), one, "done" if done else "void", "deal", None, (), (), (), ("model",)
        )
        settled = Settled(
            Chairs("dam", exchanged=False),
            {"o": "state"},
            Twin.NAMES,
            Settlement(0.25, number % 2, agreed=True, round=1),
        )
        put = (Put("o", 3, ((0, 0.5), (2, number / 7))[: number % 3], 0.1),)
        course = Course(str(number), (arm,), settled, put) if done else went_wrong(number, arm)
        answer = Replies((Asked("o", "state", 1, 1),) * (number % 2), (0.5,) * (number % 2), done)
        packing.add(went, course, answer if replies else None, number)
        why = {"m": f"not this one: {arm}"}
        columns.add("e", (arm,), {"m": value, "sure": True}, why, arm)
    return packing.closed(columns.closed() if rows else {})


def went_wrong(number: int, arm: str) -> Course:
    return Course(str(number), (arm,), None, ())


def joined(parts: Sequence[Part]) -> Part:
    joining = Joining()
    for part in parts:
        joining.add(part)
    return joining.joined()


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]),
        st.booleans(),
        st.one_of(st.none(), st.booleans(), st.floats(-1, 1), st.sampled_from(["said", "told"])),
    ),
    max_size=7,
)


@given(ROWS, st.lists(st.integers(0, 7), max_size=3), st.booleans())
@example([("a", True, "said"), ("b", False, 0.5), ("a", True, None)], [1, 2], True)
@example([], [], False)
def test_parts_that_are_joined_are_the_part_of_all_dialogues(
    rows: list[Row], cuts: list[int], replies: bool
) -> None:
    bounds = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    parts = [
        packed_of(rows[first:last], first, replies=replies) for first, last in pairwise(bounds)
    ]
    found = joined(parts)
    assert found.fits()
    assert found == packed_of(rows, 0, replies=replies)


def measured(parts: Sequence[Part]) -> Values:
    """The values that the columns of parts come to, entered one after another."""
    values, first = Values(), 0
    for part in parts:
        values.add_alike(*part.went())
        values.add_columns(part.columns, first)
        first += len(part.ids)
    values.complete()
    return values


def test_what_is_said_in_many_ways_is_counted_by_no_more_names() -> None:
    rows: list[Row] = [
        ("ab"[n % 2], True, f"word {chr(97 + n % 26)}{chr(97 + n // 26 % 26)}") for n in range(400)
    ]
    parts = [packed_of(rows[n : n + 40] + rows[:3], n * 2) for n in range(0, 400, 40)]
    found, whole = measured([joined(parts)]), measured(parts)
    assert found._words == whole._words
    assert list(found._words["e.m"]["a"]) == list(whole._words["e.m"]["a"])
    assert len(found._words["e.m"]["a"]) == REASONS_KEPT + 1
    assert len(joined(parts).columns["e.m"].words) == 2 * (REASONS_KEPT + 1)
