from __future__ import annotations

import pytest

from harness.errors import UsageError
from harness.evaluators.registry import registry


def test_registry_has_the_built_in_evaluators() -> None:
    names = [evaluator.name for evaluator in registry()]
    assert names[:2] == ["settlement", "concessions"]
    assert {"red_lines", "acceptability", "process"} <= set(names)
    assert [e.name for e in registry(["process", "settlement"])] == ["process", "settlement"]


def test_unknown_evaluator_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="unknown evaluator 'setlement'") as caught:
        registry(["setlement"])
    assert "did you mean 'settlement'" in str(caught.value)


def test_evaluator_named_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="two evaluators are called 'process'"):
        registry(["process", "process"])
