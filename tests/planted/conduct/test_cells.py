"""Which transcripts there are for a rubric file: balanced, so that form does not tell the truth."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import product

import pytest

from harness.planted.conduct.cells import ConductCell, conduct_cells
from harness.planted.conduct.registry import PLANTINGS
from harness.planted.phrases import SPLITS, Split, disputes_of

EACH = list(product(PLANTINGS, SPLITS))


def cells(rubric: str, split: Split) -> tuple[ConductCell, ...]:
    return conduct_cells(PLANTINGS[rubric], split)


@pytest.mark.parametrize(("rubric", "split"), EACH)
def test_seat_order_names_manner_and_disputes_are_in_balance(rubric: str, split: Split) -> None:
    found = cells(rubric, split)
    whole = len(found)
    assert whole == len(PLANTINGS[rubric].rows) * {"dev": 2, "test": 4}[split]
    for feature in ("giver", "first", "twin", "devious", "balanced"):
        assert set(Counter(getattr(cell, feature) for cell in found).values()) == {whole // 2}
    for one, other in (("giver", "first"), ("giver", "twin"), ("first", "twin")):
        pairs = Counter((getattr(cell, one), getattr(cell, other)) for cell in found)
        assert max(pairs.values()) - min(pairs.values()) <= whole // 12
        assert len(pairs) == 4
    assert Counter(cell.scenario for cell in found) == dict.fromkeys(
        disputes_of(split), whole // len(disputes_of(split))
    )
    assert len({cell.name for cell in found}) == whole
    assert {cell.name.startswith(f"{rubric}-") for cell in found} == {True}


@pytest.mark.parametrize("rubric", PLANTINGS)
def test_in_the_split_test_a_row_has_each_seat_in_each_order(rubric: str) -> None:
    found = Counter((c.number, c.giver, c.first) for c in cells(rubric, "test"))
    assert set(found.values()) == {1}
    assert len(found) == 4 * len(PLANTINGS[rubric].rows)
    padding = {
        number: sorted(c.padding for c in cells(rubric, "test") if c.number == number)
        for number in range(len(PLANTINGS[rubric].rows))
    }
    assert set(map(tuple, padding.values())) == {(0, 1, 1, 2)}
    manners = Counter((c.number, c.devious) for c in cells(rubric, "test"))
    assert set(manners.values()) == {2}


@pytest.mark.parametrize(("rubric", "split"), EACH)
def test_an_answer_goes_with_neither_seat_nor_order_nor_name_nor_manner(
    rubric: str, split: Split
) -> None:
    shares: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for cell in cells(rubric, split):
        for who in ("giver", "taker"):
            seat_o = (who == "giver") == (cell.giver == "o")
            first = (who == "giver") == cell.first
            for item, planted in cell.planted(who).items():
                own = shares[item, PLANTINGS[rubric].answer(item, planted)]
                own["whole"] += 1
                own["seat o"] += seat_o
                own["first"] += first
                own["names"] += cell.twin.value == "names"
                own["devious"] += cell.devious
    assert shares
    for (item, answer), own in shares.items():
        for feature in ("seat o", "first", "names", "devious"):
            of = f"{rubric} {item} {answer} {feature}: {own[feature]} of {own['whole']}"
            bound = own["whole"] / (6 if split == "test" else 3)
            assert abs(own[feature] - own["whole"] / 2) <= bound, of
