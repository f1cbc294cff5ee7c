"""Main effects, interactions and Shapley values of a factorial of mechanisms."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.factorial import decompose
from harness.errors import UsageError

Cells = dict[frozenset[str], float | None]


def cells_of(names: str, means: list[float]) -> Cells:
    settings = product((0, 1), repeat=len(names))
    keys = [frozenset(n for n, b in zip(names, bits, strict=True) if b) for bits in settings]
    return dict(zip(keys, means, strict=True))


@st.composite
def factorials(draw: st.DrawFn) -> tuple[str, Cells]:
    names = "abcde"[: draw(st.integers(1, 5))]
    size = 2 ** len(names)
    whole = draw(st.lists(st.integers(-1000, 1000), min_size=size, max_size=size))
    return names, cells_of(names, [value / 1000 for value in whole])


def test_two_by_two_by_hand() -> None:
    found = decompose({(): 0.0, ("a",): 0.1, ("b",): 0.2, ("a", "b"): 0.7})
    assert found.mechanisms == ("a", "b")
    assert found.total == pytest.approx(0.7)
    # a: .1 without b, .5 with it; b: .2 without a, .6 with it.
    assert found.main == pytest.approx({"a": 0.3, "b": 0.4})
    assert found.shapley == pytest.approx({"a": 0.3, "b": 0.4})
    assert found.interactions is not None
    (only,) = found.interactions
    assert (only.first, only.second) == ("a", "b")
    assert only.effect == pytest.approx(0.4)
    assert found.missing == ()


def test_three_by_hand() -> None:
    # Only all three together do anything: each gets a third; two matter only with the third on.
    cells = cells_of("abc", [0.0] * 7 + [0.6])
    found = decompose(cells)
    assert found.shapley == pytest.approx({"a": 0.2, "b": 0.2, "c": 0.2})
    assert found.main == pytest.approx({"a": 0.15, "b": 0.15, "c": 0.15})
    assert found.interactions is not None
    assert [i.effect for i in found.interactions] == pytest.approx([0.3, 0.3, 0.3])


def test_one_mechanism() -> None:
    found = decompose({(): 0.1, ("a",): 0.4})
    assert found.main == found.shapley == pytest.approx({"a": 0.3})
    assert found.interactions == ()


def test_a_missing_cell_is_named_and_nothing_is_made_up() -> None:
    found = decompose({(): 0.0, ("a",): None, ("b",): 0.2, ("c",): 0.1, ("a", "b", "c"): 0.5})
    assert found.missing == (("b", "c"), ("a",), ("a", "c"), ("a", "b"))
    assert (found.main, found.interactions, found.shapley, found.total) == (None,) * 4


def test_listed_mechanisms_give_the_order_and_the_cells_due() -> None:
    found = decompose({(): 0.0, ("a",): 0.1}, mechanisms=("b", "a"))
    assert found.mechanisms == ("b", "a")
    assert found.missing == (("b",), ("b", "a"))


@given(factorials())
def test_shapley_values_sum_to_the_total(case: tuple[str, Cells]) -> None:
    names, cells = case
    found = decompose(cells, tuple(names))
    assert found.shapley is not None
    assert sum(found.shapley.values()) == pytest.approx(found.total, abs=1e-12)


@given(factorials())
def test_shapley_is_the_mean_over_orders(case: tuple[str, Cells]) -> None:
    names, cells = case
    marginal: dict[str, list[float]] = {name: [] for name in names}
    for order in permutations(names):
        on: frozenset[str] = frozenset()
        for name in order:
            before, after = cells[on], cells[on | {name}]
            assert before is not None
            assert after is not None
            marginal[name].append(after - before)
            on |= {name}
    expected = {name: float(np.mean(steps)) for name, steps in marginal.items()}
    assert decompose(cells, tuple(names)).shapley == pytest.approx(expected, abs=1e-12)


@given(st.lists(st.integers(-100, 100), min_size=5, max_size=5))
def test_effects_that_add_up_do_not_interact(weights: list[int]) -> None:
    effect = dict(zip("abcde", weights, strict=True))
    cells: Cells = {
        cell: float(sum(effect[name] for name in cell)) for cell in cells_of("abcde", [0.0] * 32)
    }
    found = decompose(cells)
    assert found.main == found.shapley == pytest.approx(effect, abs=1e-9)
    assert found.interactions is not None
    assert len(found.interactions) == 10
    assert all(i.effect == pytest.approx(0, abs=1e-9) for i in found.interactions)


def test_standard_error_of_the_measures() -> None:
    """k = 5 with 20 dialogues a cell: the Shapley value of a mechanism has an SE of about .02."""
    rng = np.random.default_rng(6)
    names = tuple("abcde")
    draws = rng.normal(0, 0.2 / np.sqrt(20), size=(400, 32))
    shapley = []
    for means in draws:
        found = decompose(cells_of("abcde", list(means)), names).shapley
        assert found is not None
        shapley.append(found["a"])
    assert float(np.std(shapley)) == pytest.approx(0.02, abs=0.006)


def test_eight_mechanisms_are_the_most() -> None:
    names = "abcdefgh"
    found = decompose(cells_of(names, [0.5] * 256), tuple(names))
    assert found.total == 0
    with pytest.raises(UsageError, match="1 to 8 mechanisms"):
        decompose({}, tuple("abcdefghi"))
    with pytest.raises(UsageError, match="1 to 8 mechanisms"):
        decompose({(): 0.3})


def test_refuses_unsound_cells() -> None:
    with pytest.raises(UsageError, match="twice"):
        decompose({("a", "b"): 0.1, ("b", "a"): 0.2})
    with pytest.raises(UsageError, match="twice"):
        decompose({(): 0.1}, mechanisms=("a", "a"))
    with pytest.raises(UsageError, match="unknown mechanism 'c'"):
        decompose({("c",): 0.1}, mechanisms=("a", "b"))
    with pytest.raises(UsageError, match="with nothing on is nan"):
        decompose({(): float("nan"), ("a",): 0.1})
