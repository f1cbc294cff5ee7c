"""What a statistic may start from."""

from __future__ import annotations

import math

import numpy as np
import pytest

from harness.analysis.observations import Observation, finite_vector
from harness.errors import UsageError


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_refused_with_its_place(value: float) -> None:
    with pytest.raises(UsageError, match="is not a number to average") as error:
        Observation("opening", "none/1", "left", value)
    assert error.value.where == "scenario 'opening', pair 'none/1', arm 'left'"


@pytest.mark.parametrize("value", [0.0, -1.5, None])
def test_a_number_or_none_is_kept(value: float | None) -> None:
    assert Observation("opening", "none/1", "left", value).value == value


def test_a_list_of_numbers_is_a_vector() -> None:
    vector = finite_vector([1, 2.5], "values")
    assert (vector.dtype, vector.shape) == (np.float64, (2,))
    assert finite_vector([], "values").shape == (0,)


@pytest.mark.parametrize("values", [3.0, [[1.0]], ["x"], [[1.0], [1.0, 2.0]]])
def test_what_is_no_list_of_numbers_is_named(values: object) -> None:
    with pytest.raises(UsageError, match="the gains must be a list of numbers"):
        finite_vector(values, "the gains")  # type: ignore[arg-type]


@pytest.mark.parametrize("missing", [math.nan, math.inf, None])
def test_a_missing_value_is_not_averaged(missing: float | None) -> None:
    with pytest.raises(UsageError, match="the gains must be"):
        finite_vector([1.0, missing], "the gains")  # type: ignore[list-item]
