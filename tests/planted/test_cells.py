"""Which planted transcripts there are: balanced, so that a judge that leans is seen to."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest

from harness.planted.cells import EXTRAS, cells
from harness.planted.kinds import KINDS
from harness.planted.phrases import SPLITS, Split, disputes_of


@pytest.mark.parametrize(("split", "each"), [("dev", 2), ("test", 4)])
def test_every_kind_stands_in_either_manner_as_often(split: Split, each: int) -> None:
    found = Counter((cell.kind, cell.manner) for cell in cells(split))
    assert found == dict.fromkeys(product(KINDS, ("plain", "devious")), each)
    assert len({cell.name for cell in cells(split)}) == len(cells(split))


@pytest.mark.parametrize("split", SPLITS)
def test_seat_order_names_and_disputes_are_in_balance(split: Split) -> None:
    found, whole = cells(split), len(cells(split))
    for feature in ("giver", "first", "twin", "devious"):
        assert set(Counter(getattr(cell, feature) for cell in found).values()) == {whole // 2}
    assert set(Counter((cell.giver, cell.first) for cell in found).values()) == {whole // 4}
    assert set(Counter((cell.giver, cell.twin) for cell in found).values()) == {whole // 4}
    assert set(Counter(cell.extra for cell in found).values()) == {whole // len(EXTRAS)}
    assert {(cell.scenario, cell.kind) for cell in found} == set(
        product(disputes_of(split), KINDS)
    ), "each dispute has every kind once"


def test_in_the_split_test_a_kind_and_manner_has_each_seat_in_each_order() -> None:
    found = Counter((c.kind, c.manner, c.giver, c.first) for c in cells("test"))
    assert set(found.values()) == {1}
    assert len(found) == 96
