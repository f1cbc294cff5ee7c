"""Shares of a factorial hold what they claim, in experiments with a known truth."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.factorials import DESIGNS, row_of, table, true_values

KNOWN = {design.name: design for design in DESIGNS}
SEED = 7


def test_the_truth_is_that_of_the_cells() -> None:
    truth = true_values(KNOWN["two do .2 together, nothing alone"])
    assert truth["shapley", ("a",)] == pytest.approx(0.1)
    assert truth["shapley", ("c",)] == pytest.approx(0)
    assert truth["two_way", ("a", "b")] == pytest.approx(0.2)
    assert not any(true_values(KNOWN["nothing, 8 scenarios"]).values())


def test_where_nothing_is_true_little_is_shown() -> None:
    row = row_of(KNOWN["nothing, 12 scenarios"], 100, SEED)
    assert row.false <= 0.12, "of six tests together; SE .02"
    assert row.power is None
    assert row.shares >= 0.9
    assert row.pairs >= 0.9


def test_what_is_true_is_shown() -> None:
    row = row_of(replace(KNOWN["one alone does .1"], mechanisms=2), 60, SEED)
    assert row.power is not None
    assert row.power >= 0.8
    assert row.false <= 0.12


def test_the_table_has_every_design() -> None:
    lines = table(2, SEED)
    assert [line.split(" | ")[0].removeprefix("| ") for line in lines[2:]] == list(KNOWN)
