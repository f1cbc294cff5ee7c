"""What a rendering may take, and what ends it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from harness.prompting.meter import DIGITS, LONGEST, STEP, Meter, TooMuchError, as_text, joined


@pytest.fixture
def meter() -> Meter:
    meter = Meter()
    meter.start(1_000)
    return meter


def left(meter: Meter) -> int:
    """What may still be taken, found by taking it."""
    taken = 0
    while True:
        try:
            meter.take(1)
        except TooMuchError:
            return taken
        taken += 1


def test_all_that_is_there_may_be_taken_and_no_more(meter: Meter) -> None:
    meter.take(1_000)
    with pytest.raises(TooMuchError, match="a loop in a loop"):
        meter.take(1)
    meter.start(1_000)
    meter.take(1_000)


@pytest.mark.parametrize(
    ("value", "costs"),
    [
        ("abc", 4),
        (7, 1),
        (1.5, 1),
        (None, 1),
        (True, 1),
        (range(20), 21),
        (["ab", 1], STEP + 3 + 1),
        ({"a": [1]}, STEP + 2 + STEP + 1),
        (object(), STEP),
    ],
)
def test_what_a_value_costs(meter: Meter, value: object, costs: int) -> None:
    assert meter.made(value) is value
    assert left(meter) == 1_000 - costs


def test_what_is_lazy_is_gone_through_and_ends(meter: Meter) -> None:
    assert meter.made(iter([1, 2])) == [1, 2]
    assert left(meter) == 1_000 - 2 * (STEP + 1)

    def endless() -> object:
        while True:
            yield 1

    meter.start(1_000)
    with pytest.raises(TooMuchError):
        meter.made(endless())


@pytest.mark.parametrize(
    "make",
    [
        lambda meter: meter.made(1 << DIGITS),
        lambda meter: meter.hold(LONGEST + 1),
        lambda meter: meter.made(range(LONGEST + 1)),
        lambda meter: joined(["x" * 400] * 3, "", meter),
        lambda meter: joined([""] * 600, "--", meter),
    ],
)
def test_what_is_too_large_is_not_made(meter: Meter, make: Callable[[Meter], object]) -> None:
    with pytest.raises(TooMuchError):
        make(meter)


def test_comparing_counts_by_length(meter: Meter) -> None:
    meter.weigh("x" * 100)
    meter.weigh([1, 2])
    meter.weigh(5)
    assert left(meter) == 1_000 - 100 - (STEP + 2)


def test_text_is_written_as_it_is(meter: Meter) -> None:
    assert as_text(meter, "abc") == "abc"
    assert left(meter) == 1_000, "it is counted where it is put together"
    meter.start(1_000)
    assert as_text(meter, 12) == "12"
    assert joined(["a", "b"], ", ", meter) == "a, b"
    assert left(meter) == 1_000 - 1 - (4 + 1)


def test_each_thread_counts_for_itself(meter: Meter) -> None:
    meter.take(900)
    found: list[int] = []

    def other() -> None:
        meter.start(500)
        found.append(left(meter))

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert found == [500]
    assert left(meter) == 100
