"""The four cells of a chain among the arms of a suite."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.analysis.chain_cells import cells_of, chain_parts
from harness.analysis.values import Values
from harness.suite.loading import load_suite
from harness.suite.suite import Suite
from tests.support.chains import ARMS, THEN, chain_suite


def suite(folder: Path, **arms: Any) -> Suite:
    known = {name: arm for name, arm in {**ARMS, **arms}.items() if arm is not None}
    return load_suite(str(chain_suite(folder, arms=known, contrasts=None)))


def test_the_cells_are_arms_that_differ_in_their_links_alone(tmp_path: Path) -> None:
    cells = cells_of(suite(tmp_path))
    assert cells is not None
    assert list(cells.values()) == ["no-meeting", "no-hand", "no-article", "chain"]


@pytest.mark.parametrize(
    "other",
    [
        None,
        {"track": "1.5", "tactic": "conceder", "then": {**THEN, "later": {"hand": False}}},
        {"track": "1.5", "then": {**THEN, "article": "minutes", "later": {"hand": False}}},
        {"track": "1.5", "then": {**THEN, "byline": "unknown", "later": {"hand": False}}},
        # Another text, and other later talks: neither differs in its links alone.
        {"track": "1.5", "then": {**THEN, "script": {"echo": 0}, "later": {"hand": False}}},
        {"track": "1.5", "then": {**THEN, "later": {"hand": False, "track": "backchannel"}}},
    ],
)
def test_a_cell_without_an_arm_leaves_nothing_to_take_apart(tmp_path: Path, other: Any) -> None:
    found = suite(tmp_path, **{"no-hand": other})
    assert cells_of(found) is None
    assert chain_parts(found, Values()) is None


def test_readers_are_asked_twice_in_all_cells_where_the_suite_has_such_arms(tmp_path: Path) -> None:
    """What a model says otherwise when it is asked again is else a part of the article."""
    asked = {"track": "1.5", "then": {"reading": True, "later": {"hand": False}}}
    silent = {"track": "1.5", "then": {"later": {"readers": False}}}
    last = {"silent": silent, "no-article": None, "asked": asked, "heard": ARMS["no-article"]}
    cells = cells_of(suite(tmp_path, **last))
    assert cells is not None
    assert list(cells.values()) == ["asked", "no-hand", "heard", "chain"]


def test_an_arm_whose_strengths_are_its_own_is_no_cell(tmp_path: Path) -> None:
    arms = {name: ARMS[name] for name in ("no-article", "no-meeting", "track-1")}
    weak = {"track": "1.5", "then": {**THEN, "later": {"caution": 0}}}
    first = {"weak": weak, **arms, "no-hand": ARMS["no-hand"], "chain": ARMS["chain"]}
    found = load_suite(str(chain_suite(tmp_path, arms=first, contrasts=None)))
    cells = cells_of(found)
    assert cells is not None
    assert "weak" not in cells.values()


def test_cells_without_a_value_have_no_parts(tmp_path: Path) -> None:
    parts = chain_parts(suite(tmp_path), Values())
    assert parts is not None
    assert (parts.article, parts.hand, parts.scenarios) == (None, None, {})
