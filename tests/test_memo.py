"""What is worked out once is worked out once an object, not once an equal one."""

from __future__ import annotations

from weakref import ref

from harness.memo import Once, once_per_object, while_alive


def test_once_per_object_and_again_for_an_equal_one() -> None:
    seen: list[list[int]] = []

    def work(of: list[int]) -> int:
        seen.append(of)
        return sum(of)

    known = once_per_object(work)
    first, equal = [1, 2], [1, 2]
    assert [known(first), known(first), known(equal), known(first)] == [3, 3, 3, 3]
    assert [id(of) for of in seen] == [id(first), id(equal)]


def test_what_was_forgotten_is_worked_out_again() -> None:
    """An identity is never trusted after its object may be gone."""
    calls = 0

    def work(of: list[int]) -> int:
        nonlocal calls
        calls += 1
        return of[0]

    known = once_per_object(work, kept=2)
    for number in range(100):
        assert known([number]) == number  # each list may get the address of one before it
    assert calls == 100


class Numbered:
    def __init__(self, number: int) -> None:
        self.number = number


def test_while_alive_and_no_longer() -> None:
    seen: list[int] = []

    def work(of: Numbered) -> int:
        seen.append(of.number)
        return of.number

    known = while_alive(work)
    alive = [Numbered(number) for number in range(3)]
    for _ in range(2):
        assert [known(one) for one in alive] == [0, 1, 2]
    assert seen == [0, 1, 2]
    gone = ref(alive.pop())
    assert gone() is None, "nothing is kept alive"
    for number in range(100):
        assert known(Numbered(number)) == number  # each may get the address of one before it
    assert seen == [0, 1, 2, *range(100)]


def test_what_was_found_on_another_way_is_known() -> None:
    def work(of: Numbered) -> int:
        return of.number

    known, one = while_alive(work), Numbered(1)
    known.know(one, 7)
    assert (known(one), known(Numbered(1))) == (7, 1)


def test_a_property_is_worked_out_once_an_object() -> None:
    asked = []

    class Pair:
        """Holds a number."""

        def __init__(self, number: int) -> None:
            self.number = number

        @Once
        def doubled(self) -> int:
            """Twice the number."""
            asked.append(self.number)
            return 2 * self.number

    one, other = Pair(1), Pair(2)
    assert (one.doubled, one.doubled, other.doubled) == (2, 2, 4)
    assert asked == [1, 2]
