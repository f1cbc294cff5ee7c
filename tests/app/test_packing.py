"""What is packed is read again as it was."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.analysis.columns import Column, Columns, packed
from harness.analysis.proceedings import Dialogue, Went
from harness.app.packing import Packing, Part, pack_ints
from harness.disputes.scenario import Twin
from harness.evaluators.course import Asked
from harness.evaluators.course import Course as Replies
from harness.report.material import Chairs, Course, Put, Settled, Settlement

NAMES = st.sampled_from(["a", "b\n", "ü"])
NUMBERS = st.floats(-1, 1)
VALUES = st.lists(st.tuples(st.integers(0, 5), NUMBERS), max_size=3).map(tuple)


def went(number: int, arm: str, status: str, warning: str) -> Went:
    done = status == "done"
    one = Dialogue((arm,), "dam", f"none/{number}", done, None if not done else True, "")
    void = None if done else ("reply", "u", warning)
    ending = "deal" if done else "void"
    repairs = (("u", number),)
    return Went(str(number), one, status, ending, void, (warning,), repairs, ("o",), ("model",))  # type: ignore[arg-type]


def course(number: int, arm: str, status: str, values: tuple[tuple[int, float], ...]) -> Course:
    if status != "done":
        return Course(str(number), (arm,), None, ())
    settlement = Settlement(0.25, -0.5, agreed=True, round=2)
    seats = {"o": "state", "u": "club"}
    settled = Settled(Chairs("dam", exchanged=False), seats, Twin.NAMES, settlement)
    put = tuple(Put(seat, 6, values, 0.125) for seat in seats)
    return Course(str(number), (arm,), settled, put)


def replies(number: int, values: tuple[tuple[int, float], ...]) -> Replies:
    asked = tuple(Asked("o", "state", 1, step) for step, _ in values)
    return Replies(asked, tuple(value for _, value in values), broke_off=number == 1)


def went_in(part: Part) -> list[Went]:
    """How each dialogue of a part went."""
    ways, talks = part.went()
    return [
        ways[way]._replace(id=name, dialogue=replace(ways[way].dialogue, pair=pair))
        for name, pair, way in talks
    ]


def courses_in(part: Part) -> list[Course]:
    """The courses of a part, dialogue by dialogue."""
    alike, numbers = part.courses()
    puts, put = part.proposals(), dict[int, list[Put]]()
    bounds = np.cumsum([0, *puts.counts.tolist()])
    for n, (row, number) in enumerate(zip(puts.dialogue.tolist(), puts.seat.tolist(), strict=True)):
        seat, length, reservation = puts.seats[number]
        own = slice(bounds[n], bounds[n + 1])
        values = tuple(zip(puts.turns[own].tolist(), puts.values[own].tolist(), strict=True))
        put.setdefault(row, []).append(Put(seat, length, values, reservation))
    return [
        alike[which]._replace(dialogue=name, put=tuple(put.get(row, ())))
        for row, (name, which) in enumerate(zip(part.ids, numbers.tolist(), strict=True))
    ]


def answered(ways: list[Went], answers: list[Replies]) -> dict[tuple[str, str, str], Replies]:
    return {
        (way.dialogue.scenario, way.dialogue.pair, arm): one
        for way, one in zip(ways, answers, strict=True)
        for arm in way.dialogue.arms
    }


@given(
    st.lists(st.tuples(NAMES, st.sampled_from(["done", "void"]), NAMES, VALUES), max_size=5),
    st.booleans(),
)
@example(
    [("a", "done", "b\n", ((0, 0.5),)), ("ü", "void", "a", ()), ("a", "done", "b\n", ())], True
)
def test_what_is_packed_is_read_again_as_it_was(
    rows: list[tuple[str, str, str, tuple[tuple[int, float], ...]]], whole: bool
) -> None:
    ways = [went(n, arm, status, warning) for n, (arm, status, warning, _) in enumerate(rows)]
    courses = [course(n, arm, status, values) for n, (arm, status, _, values) in enumerate(rows)]
    answers = [replies(n, values) for n, (*_, values) in enumerate(rows)]
    packing, columns = Packing(), Columns()
    for number, way in enumerate(ways):
        packing.add(way, courses[number], answers[number] if whole else None, number)
        columns.add("e", way.dialogue.arms, {"m": None if number % 2 else 0.1}, {})
    part = packing.closed(columns.closed())
    assert Part.model_validate_json(part.model_dump_json()) == part
    assert went_in(part) == ways
    assert courses_in(part) == courses
    assert part.replies() == (answered(ways, answers) if whole else {})
    assert list(part.scored()) == [way.id for way in ways]
    assert [size for _, size in part.scored().values()] == list(range(len(rows)))
    assert [first for first, _ in part.scored().values()] == [
        sum(range(n)) for n in range(len(rows))
    ]
    assert part.columns == columns.closed()
    assert part.fits()


def test_what_dialogues_have_in_common_stands_once_and_a_number_of_nothing_is_an_error() -> None:
    packing = Packing()
    for number in range(3):
        one = went(number, "a", "done", "")._replace(repairs=())
        packing.add(one, course(number, "a", "done", ()), replies(2, ()), 0)
    part = packing.closed({})
    assert part.fits()
    assert (len(part.ways), len(part.tables), len(part.ends), len(part.asked)) == (1, 1, 1, 1)
    assert len(part.courses()[0]) == 1


def whole_part() -> Part:
    """One of two dialogues that came to their end, and of one that did not."""
    packing, columns = Packing(), Columns()
    for number, status in enumerate(("done", "void", "done")):
        values = ((0, 0.5), (1, 0.25))[: number + 1]
        packing.add(
            went(number, "a", status, ""),
            course(number, "a", status, values),
            replies(number, values),
            7,
        )
        columns.add("e", ("a",), {"m": 0.5, "w": "said"}, {})
    return packing.closed(columns.closed())


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("ways", []),
        ("tables", []),
        ("ends", []),
        ("asked", []),
        ("ids", ["0", "1"]),
        ("pairs", ["none/0"]),
        ("way", pack_ints([0, 1])),
        ("way", pack_ints([0, 1, 3])),
        ("way", pack_ints([0, 1, -1])),
        ("scores", pack_ints([7, -7, 7])),
        ("starts", pack_ints([0, 10])),
        ("starts", pack_ints([0, 10, -1])),
        ("table", pack_ints([0, 0, 0])),
        ("end", pack_ints([-1, -1, -1])),
        ("puts", pack_ints([1, 1, 2])),
        ("puts", pack_ints([1, 1, 4, -1])),
        ("turns", pack_ints([0])),
        ("turns", pack_ints([0, 0, 0, -1, 0, 1])),
        ("put", packed([0.5])),
        ("due", pack_ints([])),
        ("worth", packed([])),
        ("broke_off", pack_ints([0])),
        ("columns", {"e.m": Column(packed([0.5]), True, [], [])}),
    ],
)
def test_what_is_of_other_dialogues_or_a_number_of_nothing_does_not_fit(
    name: str, wrong: object
) -> None:
    part = whole_part()
    assert part.fits()
    assert not part.model_copy(update={name: wrong}).fits()


def test_what_is_no_number_is_an_error() -> None:
    with pytest.raises(ValueError, match="buffer size"):
        whole_part().model_copy(update={"way": b"odd"}).fits()
