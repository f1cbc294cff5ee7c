"""Inspect, where it is installed."""

from __future__ import annotations

import sys

import pytest

from harness.errors import MissingExtraError
from harness.exchange.inspect_types import inspect

# In one process: Inspect and pandas take seconds to import, and are imported when they are used.
pytestmark = pytest.mark.xdist_group("exchange")


def test_its_parts_are_there() -> None:
    found = inspect()
    assert found.log.EvalLog.__name__ == "EvalLog"
    assert found.scorer.Score.__name__ == "Score"


def test_it_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "inspect_ai.log", raising=False)
    monkeypatch.setitem(sys.modules, "inspect_ai", None)  # as if it were not installed
    with pytest.raises(MissingExtraError, match="inspect_ai") as caught:
        inspect()
    assert "[inspect]" in str(caught.value)
