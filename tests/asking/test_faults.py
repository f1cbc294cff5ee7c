"""One complaint names all faults of a reply, in bounds, and completes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.asking.faults import MOST_FAULTS, Faults, in_words, shown

VALUES: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=90),
    st.just([]),
    st.just({}),
)


def test_one_fault_is_said_as_it_is_and_several_are_numbered() -> None:
    assert in_words([]) is None
    assert in_words(["It is late."]) == "It is late."
    assert in_words(["It is late.", "It is late."]) == "It is late.", "said twice it counts once"
    assert in_words(["It is late.", "It is long."]) == (
        "It has 2 faults. (1) It is late. (2) It is long."
    )


@given(st.lists(st.text("abc.", min_size=1, max_size=5), max_size=12, unique=True))
@example(["one", "two"])
@example([str(n) for n in range(MOST_FAULTS + 1)])
@settings(max_examples=40)
def test_faults_are_bounded_and_those_left_out_are_counted(faults: list[str]) -> None:
    said = in_words(faults)
    if len(faults) < 2:
        assert said == (faults[0] if faults else None)
        return
    assert said is not None
    more = len(faults) - MOST_FAULTS
    assert said.endswith(f"And {more} more.") == (more > 0)
    named = [n for n in range(1, len(faults) + 1) if f"({n}) " in said]
    assert named == list(range(1, min(len(faults), MOST_FAULTS) + 1))


def test_each_check_gives_what_a_sound_field_holds() -> None:
    faults, allowed = Faults(), ("yes", "no")
    fields = {"a": "yes", "b": " so ", "c": 3, "d": {"x": 1}}
    assert faults.choice(fields, "a", allowed) is allowed[0], "ours, and no copy"
    assert faults.text(fields, "b", 4) == "so"
    assert faults.number(fields, "c", 3) == 3.0
    assert faults.object(fields, "d") is fields["d"]
    faults.exactly(fields, ("a", "b", "c", "d", "e"), "It", ("e",))
    assert (bool(faults), faults.in_words()) == (False, None)


@pytest.mark.parametrize(
    ("check", "value", "said"),
    [
        (lambda f, v: f.choice(v, "x", ("a", "b"), "in."), "c", "'in.x' must be one of 'a', 'b'"),
        (lambda f, v: f.text(v, "x", 3), "long", "'x' has 4 characters; the limit is 3."),
        (lambda f, v: f.text(v, "x", 3), 1, "'x' must be a string, not 1."),
        (lambda f, v: f.text(v, "x", 3), "\x07", "'x' holds control characters."),
        (lambda f, v: f.number(v, "x", 10), True, "'x' must be a number from 0 to 10, not True."),
        (lambda f, v: f.number(v, "x", 10), float("nan"), "a number from 0 to 10, not nan."),
        (lambda f, v: f.object(v, "x", "a box", "in."), [], "'in.x' must be a box, not a list."),
    ],
)
def test_each_check_says_where_and_what_is_right(check: Any, value: object, said: str) -> None:
    faults = Faults()
    assert check(faults, {"x": value}) is None
    assert said in (faults.in_words() or "")


@given(VALUES)
@example("x" * 91)
@settings(max_examples=40)
def test_a_value_is_repeated_briefly(value: object) -> None:
    assert len(shown(value)) < 700
    assert "\n" not in shown(value), "a complaint stays on one line"


def test_what_is_missing_is_said_once() -> None:
    faults = Faults()
    faults.exactly({"c": 1}, ("a", "b"), "The box")
    for found in (
        faults.choice({}, "a", ("x",)),
        faults.text({}, "a", 1),
        faults.number({}, "a", 1),
        faults.object({}, "a"),
    ):
        assert found is None
    assert (
        faults.in_words() == "The box lacks 'a', 'b' and must not have 'c'. It must have 'a', 'b'."
    )
