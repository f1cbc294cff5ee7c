"""The article's part and the revealed hand's in what came of a meeting."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.analysis.decomposition import CELLS, Cells, parts
from harness.analysis.intervals import cluster_t
from harness.errors import UsageError

number = st.floats(-1, 1)


def cells(neither: float, article: float, hand: float, both: float) -> Cells:
    return dict(zip(CELLS, ([neither], [article], [hand], [both]), strict=True))


def test_each_part_is_the_mean_over_both_orders() -> None:
    found = parts({"one": cells(0.1, 0.05, 0.0, -0.1)})
    one = found.scenarios["one"]
    assert one.article == pytest.approx(((0.05 - 0.1) + (-0.1 - 0.0)) / 2)
    assert one.hand == pytest.approx(((0.0 - 0.1) + (-0.1 - 0.05)) / 2)
    assert one.total == pytest.approx(-0.2)
    assert one.interaction == pytest.approx(-0.1 - 0.0 - 0.05 + 0.1)
    assert found.total is not None
    assert (found.total.lo, found.total.p) == (None, None), "one scenario has no interval"


@given(rows=st.lists(st.tuples(number, number, number, number), min_size=1, max_size=6))
@settings(max_examples=50, deadline=None)
def test_the_parts_add_up_to_the_whole(rows: list[tuple[float, float, float, float]]) -> None:
    found = parts({str(n): cells(*row) for n, row in enumerate(rows)})
    assert found.article is not None
    assert found.hand is not None
    assert found.total is not None
    assert found.article.mean + found.hand.mean == pytest.approx(found.total.mean, abs=1e-12)
    assert found.total.mean == pytest.approx(np.mean([row[3] - row[0] for row in rows]), abs=1e-12)
    for one in found.scenarios.values():
        assert one.article + one.hand == pytest.approx(one.total, abs=1e-12)


def test_intervals_are_over_scenarios_and_episodes_do_not_narrow_them() -> None:
    rows = {"a": -0.1, "b": -0.2, "c": 0.0}
    once = parts({name: cells(0, x, 0, x) for name, x in rows.items()})
    often = parts(
        {
            name: {cell: list(values) * 50 for cell, values in cells(0, x, 0, x).items()}
            for name, x in rows.items()
        }
    )
    expected = cluster_t(list(rows.values()))
    assert expected is not None
    assert once.article is not None
    assert (once.article.mean, once.article.lo, once.article.p) == pytest.approx(
        (expected.mean, expected.lo, expected.p)
    )
    assert often.article is not None
    assert often.article.lo == pytest.approx(once.article.lo)
    assert often.scenarios["a"].episodes == 50
    assert once.hand is not None
    assert (once.hand.mean, once.hand.p) == (0, None), "exactly nothing"


def test_an_episode_without_a_value_leaves_all_cells_and_is_counted() -> None:
    values: list[list[float | None]] = [[0.0, 9.0], [0.1, None], [0.0, 9.0], [0.1, 9.0]]
    found = parts(
        {
            "one": dict(zip(CELLS, values, strict=True)),
            "none": dict(zip(CELLS, [[None], [0.1], [0.1], [0.1]], strict=True)),
        }
    )
    assert found.scenarios["one"].article == pytest.approx(0.1)
    assert (found.missing, found.without) == (2, ("none",))


def test_without_a_whole_episode_there_is_no_part() -> None:
    found = parts({"none": {cell: [None] for cell in CELLS}})
    assert (found.article, found.hand, found.total, found.interaction) == (None,) * 4
    assert (found.missing, found.without) == (1, ("none",))
    assert parts({}).total is None


def test_other_cells_are_refused() -> None:
    with pytest.raises(UsageError, match="four cells"):
        parts({"one": {cell: [0.0] for cell in CELLS[:3]}})
    with pytest.raises(UsageError, match="same episodes"):
        parts({"one": {**cells(0, 0, 0, 0), CELLS[0]: [0.0, 0.0]}})
    with pytest.raises(UsageError, match="nan"):
        parts({"one": cells(float("nan"), 0, 0, 0)})
