"""What is packed is read again as it was."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.analysis.columns import Columns
from harness.analysis.proceedings import Dialogue, Went
from harness.app.packing import Packing, Part
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
    part = Part.model_validate_json(packing.line(columns.closed()))
    assert list(part.went()) == ways
    assert list(part.drawn()) == courses
    assert list(part.answered()) == (answers if whole else [])
    assert [talk.scores for talk in part.talks] == list(range(len(rows)))
    assert part.columns == columns.closed()
    assert part.fits()


def test_what_dialogues_have_in_common_stands_once_and_a_number_of_nothing_is_an_error() -> None:
    packing = Packing()
    for number in range(3):
        one = went(number, "a", "done", "")._replace(repairs=())
        packing.add(one, course(number, "a", "done", ()), replies(2, ()), 0)
    part = Part.model_validate_json(packing.line({}))
    assert (len(part.ways), len(part.tables), len(part.asked)) == (1, 1, 1)
    short = part.model_copy(update={"courses": part.courses[1:]})
    assert not short.fits()
    lost = part.model_copy(update={"ways": []})
    for read in (lost.went, lost.drawn):
        with pytest.raises(LookupError):
            list(read())
