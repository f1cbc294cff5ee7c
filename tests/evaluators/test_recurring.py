"""What follows from a package is worked out once, and it is that of this package."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from harness.evaluators import recurring
from harness.evaluators.recurring import ByPackage


def test_it_is_worked_out_once_whatever_the_order_of_the_issues() -> None:
    asked: list[Mapping[str, str]] = []

    def joined(package: Mapping[str, str]) -> str:
        asked.append(package)
        return package["a"] + package["b"]

    known = ByPackage(["a", "b"], joined)
    assert known.of({"a": "x", "b": "y"}) == known.of({"b": "y", "a": "x"}) == "xy"
    assert known.of({"a": "y", "b": "x"}) == "yx", "the same options on other issues"
    assert asked == [{"a": "x", "b": "y"}, {"a": "y", "b": "x"}]


def test_one_issue_is_enough() -> None:
    known = ByPackage(["a"], lambda package: len(package["a"]))
    assert known.of({"a": "xyz"}) == known.of({"a": "xyz", "b": "other"}) == 3


def test_a_package_that_leaves_an_issue_out_is_an_error() -> None:
    with pytest.raises(KeyError):
        ByPackage(["a", "b"], len).of({"a": "x"})


def test_it_keeps_no_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recurring, "KEPT", 1)
    asked: list[str] = []
    known = ByPackage(["a"], lambda package: asked.append(package["a"]))
    for option in "xyxy":
        assert known.of({"a": option}) is None
    assert asked == ["x", "y", "y"]
