"""Pairs within scenarios, and what is left out of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.analysis.observations import Observation
from harness.analysis.pairing import against_zero, complete_twins, paired, single
from harness.errors import UsageError


def rows(arm: str, scenario: str, values: Sequence[float | None]) -> list[Observation]:
    return [Observation(scenario, f"none/{i}", arm, value) for i, value in enumerate(values)]


def test_by_hand() -> None:
    data = [
        *rows("t", "dam", [0.5, 0.7, 0.3]),
        *rows("c", "dam", [0.1, 0.2, 0.3]),
        *rows("t", "border", [0.2]),
        *rows("c", "border", [0.3]),
    ]
    found = paired(data, "t", "c")
    # By name; a scenario with three pairs weighs no more than one with one.
    assert [name for name, _ in found.scenarios] == ["border", "dam"]
    assert found.values() == pytest.approx([-0.1, 0.3])
    assert found.n_pairs == 4
    assert found.n_dialogues == {"t": 4, "c": 4}
    # Dam: residuals (0, .2, -.2) and (-.1, 0, .1); border adds zeros. -.02 / √(.08 × .02) = -.5.
    assert found.correlation == pytest.approx(-0.5)


def test_missing_and_unpaired_are_counted_not_zero() -> None:
    data = [
        *rows("t", "dam", [0.5, None, 0.4, 0.9]),
        *rows("c", "dam", [0.1, 0.2, None]),
        *rows("t", "only_here", [0.8]),
        *rows("other", "dam", [9.0]),
    ]
    found = paired(data, "t", "c")
    assert dict(found.scenarios) == pytest.approx({"dam": 0.4})
    assert found.n_pairs == 1
    assert found.n_dialogues == {"t": 5, "c": 3}
    assert found.n_missing == {"t": 1, "c": 1}
    # t: pairs 2 and 3 of the dam and all of only_here; c: pair 1.
    assert found.n_unpaired == {"t": 3, "c": 1}


def test_nothing_to_pair() -> None:
    found = paired(rows("t", "dam", [0.5]), "t", "c")
    assert found.scenarios == ()
    assert found.values().shape == (0,)
    assert found.n_dialogues == {"t": 1, "c": 0}
    assert found.correlation is None


def test_single_arm() -> None:
    data = [*rows("t", "dam", [0.2, None, 0.4]), *rows("t", "border", [None]), *rows("c", "x", [1])]
    found = single(data, "t")
    assert dict(found.scenarios) == pytest.approx({"dam": 0.3})
    assert (found.n_pairs, found.correlation) == (0, None)
    assert found.n_dialogues == {"t": 4}
    assert found.n_missing == {"t": 2}
    assert found.n_unpaired == {"t": 0}


def twins(scenario: str, **values: Sequence[float | None]) -> list[Observation]:
    """Rows of one arm: twin -> a value an epoch."""
    return [
        Observation(scenario, f"{twin}/{epoch}", "t", value)
        for twin, known in values.items()
        for epoch, value in enumerate(known, start=1)
    ]


def counting(data: Sequence[Observation]) -> set[str]:
    return {f"{row.scenario} {row.pair}" for row in complete_twins(data)}


def test_against_zero_only_complete_twins_count() -> None:
    data = [
        *twins("dam", none=[0.3, 0.5], seats=[-0.1, None]),
        *twins("border", none=[0.4], seats=[None]),
    ]
    found = against_zero(data, "t")
    assert dict(found.scenarios) == pytest.approx({"dam": 0.1}), "no scenario by half of its twins"
    assert (found.n_dialogues, found.n_missing, found.n_unpaired) == ({"t": 6}, {"t": 2}, {"t": 2})
    assert found.n_counted == 2
    assert dict(single(data, "t").scenarios) == pytest.approx({"dam": 0.7 / 3, "border": 0.4})


def test_twins_that_differ_in_the_chairs_count_together() -> None:
    four = twins("dam", none=[1], names=[1], seats=[1], both=[None])
    assert counting(four) == {"dam none/1", "dam seats/1"}
    named = twins("dam", none=[1, 1], names=[None, 1])
    assert counting(named) == {"dam none/2", "dam names/2"}, "without seat twins, all together"
    three = twins("dam", none=[1, 1], names=[1, None], seats=[1, 1])
    assert counting(three) == {"dam none/1", "dam names/1", "dam seats/1"}


def test_one_twin_alone_counts_as_it_is() -> None:
    assert counting(twins("dam", none=[1, None, 2])) == {"dam none/1", "dam none/3"}
    other = [Observation("dam", "first", "t", 1.0), Observation("dam", "second", "t", None)]
    assert counting(other) == {"dam first"}, "a pair that names no twin stands alone"


def test_a_twin_that_was_not_played_is_none() -> None:
    data = [*twins("dam", none=[1], seats=[1]), *twins("border", none=[1])]
    assert counting(data) == {"dam none/1", "dam seats/1"}


def test_twins_of_one_line_up_are_no_counterpart_in_another() -> None:
    data = [
        Observation("dam", "none/1/a", "t", 1.0),
        Observation("dam", "seats/1/a", "t", None),
        Observation("dam", "none/1/b", "t", None),
        Observation("dam", "seats/1/b", "t", 1.0),
    ]
    assert complete_twins(data) == []


@given(
    st.sets(st.sampled_from(["none", "names", "seats", "both"]), min_size=1),
    st.lists(st.lists(st.floats(-1, 1), min_size=4, max_size=4), min_size=1, max_size=3),
)
@example({"none", "names", "seats"}, [[0.1, 0.2, 0.3, 0.4]])
def test_without_missing_values_no_number_changes(
    played: set[str], epochs: list[list[float]]
) -> None:
    columns = zip(sorted(played), zip(*epochs, strict=True), strict=False)
    data = twins("dam", **dict(columns))
    assert against_zero(data, "t") == single(data, "t")


def test_rounding_about_zero_is_zero() -> None:
    found = paired([*rows("t", "dam", [0.1 + 0.2]), *rows("c", "dam", [0.3])], "t", "c")
    assert found.scenarios == (("dam", 0.0),)


@pytest.mark.parametrize(
    ("t", "c"),
    [
        ([0.1, 0.2], [0.1, 0.3]),  # two pairs
        ([0.1, 0.1, 0.1], [0.1, 0.2, 0.3]),  # an arm that never varies
        ([0.3, 0.1 + 0.2, 0.3], [0.1, 0.2, 0.3]),  # or varies by rounding alone
    ],
)
def test_no_correlation_without_pairs_or_variance(t: list[float], c: list[float]) -> None:
    assert paired([*rows("t", "dam", t), *rows("c", "dam", c)], "t", "c").correlation is None


def test_differences_between_scenarios_are_not_pairing() -> None:
    rng = np.random.default_rng(2)
    data = []
    for s in range(40):
        level = float(rng.normal(0, 5))
        data += rows("t", f"s{s}", list(level + rng.normal(size=10)))
        data += rows("c", f"s{s}", list(level + rng.normal(size=10)))
    correlation = paired(data, "t", "c").correlation
    assert correlation is not None
    assert abs(correlation) < 0.2


values = st.none() | st.integers(-1000, 1000).map(lambda n: n / 1000)
tables = st.dictionaries(
    st.tuples(st.sampled_from("xyz"), st.sampled_from("123"), st.sampled_from(["t", "c", "d"])),
    values,
)


@given(tables, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter_and_counts_add_up(
    table: dict[tuple[str, str, str], float | None], random: object
) -> None:
    data = [Observation(s, p, a, v) for (s, p, a), v in table.items()]
    found = paired(data, "t", "c")
    for arm in ("t", "c"):
        used = found.n_missing[arm] + found.n_unpaired[arm] + found.n_pairs
        assert used == found.n_dialogues[arm] == sum(row.arm == arm for row in data)
    assert found.correlation is None or -1 <= found.correlation <= 1
    swapped = paired(data, "c", "t")
    assert swapped.scenarios == tuple((s, -v) for s, v in found.scenarios)
    random.shuffle(data)  # type: ignore[attr-defined]
    assert paired(data, "t", "c") == found


def test_refuses_two_rows_for_one_place() -> None:
    data = [*rows("t", "dam", [0.1]), *rows("t", "dam", [0.2])]
    with pytest.raises(UsageError, match="none/0") as caught:
        paired(data, "t", "c")
    assert caught.value.where == "scenario 'dam', arm 't'"
    with pytest.raises(UsageError):
        single(data, "t")
    with pytest.raises(UsageError, match="none/0"):
        against_zero(data, "t")


def test_refuses_an_arm_against_itself() -> None:
    with pytest.raises(UsageError, match="itself"):
        paired([], "t", "t")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_an_observation_is_a_number_or_none(value: float) -> None:
    with pytest.raises(UsageError, match="not a number to average"):
        Observation("dam", "none/0", "t", value)


def test_a_twin_that_a_run_was_cut_before_counts_as_missing() -> None:
    data = twins("dam", none=[1, 2])
    assert len(complete_twins(data)) == 2, "nobody says that another one was to be played"
    assert complete_twins(data, ("none", "seats")) == []
    assert len(complete_twins([*data, *twins("dam", seats=[3])], ("none", "seats"))) == 2
    cut = against_zero(data, "t", ("none", "seats"))
    assert (cut.scenarios, cut.n_unpaired) == ((), {"t": 2})
    other = [Observation("dam", "first", "t", 1.0)]
    assert complete_twins(other, ("none", "seats")) == other, "its pair names no twin"
