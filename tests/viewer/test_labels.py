"""Labels of marks: each in a place of its own, or not drawn."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.viewer.labels import MOST, RADIUS, RING, SIZE, Frame, Link, Mark, labelled

FRAME = Frame(340, 330, 40, 10, 330, 290)
Box = tuple[float, float, float, float]


def mark(x: float, y: float, *turns: int, fell: bool = False) -> Mark:
    links = tuple(Link(str(turn), f"#turn-{turn}", f"Turn {turn}") for turn in turns)
    return Mark(x, y, "o", 0, "proposal", below=fell, fell=fell, links=links)


def boxes(marks: tuple[Mark, ...]) -> list[Box]:
    """Where the drawn labels are: at least as wide as narrow figures are, and as high."""
    return [
        (link.x, link.y - 0.7 * SIZE, link.x + 0.5 * SIZE * len(link.text), link.y)
        for mark in marks
        for link in mark.links
        if link.drawn
    ]


def meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_a_frame_knows_the_places_of_values() -> None:
    assert (FRAME.x(0), FRAME.x(1), FRAME.y(0), FRAME.y(1)) == (40, 330, 290, 10)
    half = Frame(100, 100, 0, 0, 100, 100, low=0.5)
    assert (half.x(0.5), half.x(0.75), half.y(1)) == (0, 50, 0)


def test_a_label_stands_right_of_its_mark_where_there_is_room() -> None:
    (alone,) = labelled([mark(100, 100, 7)], FRAME)
    (link,) = alone.links
    assert link.drawn
    assert link.x > 100 + RADIUS
    assert abs(link.y - 100) < SIZE


def test_a_label_goes_elsewhere_where_another_mark_is() -> None:
    first, second = labelled([mark(100, 100, 7), mark(112, 100, 8)], FRAME)
    assert first.links[0].drawn
    assert first.links[0].x < 100
    assert second.links[0].x > 112 + RADIUS


def test_a_ring_is_kept_clear() -> None:
    (ringed,) = labelled([mark(100, 100, 7, fell=True)], FRAME)
    assert ringed.links[0].x >= 100 + RING


def test_a_mark_names_some_of_its_turns_and_leads_to_all() -> None:
    (many,) = labelled([mark(100, 100, *range(8))], FRAME)
    assert [link.text for link in many.links] == [str(turn) for turn in range(8)]
    assert [link.drawn for link in many.links] == [True] * MOST + [False] * (8 - MOST)
    places = [link.x for link in many.links if link.drawn]
    assert places == sorted(places)


def test_where_there_is_no_room_a_label_is_left_out() -> None:
    crowd = [mark(100 + 7 * i, 100 + 7 * j, 10 * i + j) for i in range(5) for j in range(5)]
    found = labelled(crowd, FRAME)
    drawn = [one.links[0].drawn for one in found]
    assert not all(drawn)
    assert any(drawn)
    assert [one.links[0].href for one in found] == [one.links[0].href for one in crowd]


places = st.tuples(st.floats(40, 330), st.floats(10, 290))


@given(st.lists(places, max_size=25))
@example([(100.0, 100.0), (100.0, 100.0)])
@example([(330.0, 10.0), (40.0, 290.0)])
def test_no_label_lies_on_another_or_outside(found: list[tuple[float, float]]) -> None:
    marks = labelled([mark(x, y, number) for number, (x, y) in enumerate(found)], FRAME)
    drawn = boxes(marks)
    assert not any(meet(one, other) for one, other in itertools.combinations(drawn, 2))
    assert all(box[0] >= 40 and box[2] <= 340 and box[1] >= 0 and box[3] <= 330 for box in drawn)


@pytest.mark.parametrize("turns", [(3,), (3, 5)])
def test_marks_stay_where_they_are(turns: tuple[int, ...]) -> None:
    before = mark(60, 200, *turns)
    (after,) = labelled([before], FRAME)
    assert (after.x, after.y, after.seat, after.kind) == (60, 200, "o", "proposal")
