"""Columns of a comparison: their names, their seats and their signs."""

from __future__ import annotations

import pytest

from harness.analysis.comparison_measures import BY_NAME, COLUMNS, GAIN, columns_of
from harness.errors import UsageError
from harness.evaluators.registry import measures


def test_by_default_all_are_shown_and_costs_are_not_tested() -> None:
    columns, tested = columns_of((), measures())
    assert columns == COLUMNS
    assert [column.name for column in tested] == [
        *("gain", "skew", "deals", "below", "red_lines", "overstatement", "regret"),
    ]


def test_every_source_is_a_measure_that_there_is() -> None:
    known = measures()
    for column in COLUMNS:
        for seat in ("o", "u"):
            source = column.source(seat)
            assert source is None or source in known, column.name


def test_the_gain_stands_first_whatever_is_asked_for() -> None:
    columns, tested = columns_of(["seconds", "skew", "skew"], measures())
    assert [column.name for column in columns] == ["gain", "seconds", "skew"]
    assert [column.name for column in tested] == ["seconds", "skew"]
    assert columns_of(["gain"], measures()) == ((GAIN,), (GAIN,))


def test_skew_counts_for_the_seat_that_got_it() -> None:
    skew = BY_NAME["skew"]
    assert (skew.seen(0.25, "o"), skew.seen(0.25, "u")) == (0.25, -0.25)
    assert str(skew.seen(0.0, "u")) == "0.0"
    assert GAIN.seen(0.25, "u") == 0.25


@pytest.mark.parametrize("name", ["overstatement.refused", "overstatement.refused_u"])
def test_a_measure_of_a_seat_is_read_for_both(name: str) -> None:
    (_, column), _ = columns_of([name], measures())
    assert column.name == "overstatement.refused"
    assert [column.source(seat) for seat in ("o", "u")] == [
        "overstatement.refused_o",
        "overstatement.refused_u",
    ]
    assert "delegation" in column.title


def test_a_measure_of_the_dialogue_is_the_same_for_both() -> None:
    (_, column), _ = columns_of(["settlement.joint_value"], measures())
    assert column.source("o") == column.source("u") == "settlement.joint_value"
    assert column.seen(0.5, "u") == 0.5


def test_an_unknown_measure_is_named_with_a_guess() -> None:
    with pytest.raises(UsageError, match="unknown measure 'regrets'") as no:
        columns_of(["regrets"], measures())
    assert "did you mean 'regret'?" in (no.value.fix or "")


def test_words_cannot_be_compared() -> None:
    with pytest.raises(UsageError, match="are words, and have no mean"):
        columns_of(["process.void_kind"], measures())
