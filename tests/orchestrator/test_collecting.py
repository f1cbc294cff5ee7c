"""The garbage collector is told to look rarely, and told again when that is over."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from harness.orchestrator.collecting import YOUNG, rare_collections


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def test_it_looks_rarely_while_a_run_is_played() -> None:
    gc.set_threshold(701, 11, 12)
    with rare_collections():
        assert gc.get_threshold()[0] == YOUNG
        assert gc.get_freeze_count() > 0
    assert gc.get_threshold() == (701, 11, 12)
    assert gc.get_freeze_count() == 0


def test_it_is_as_before_whatever_ends_the_run() -> None:
    gc.set_threshold(701, 11, 12)
    with pytest.raises(KeyboardInterrupt), rare_collections():
        raise KeyboardInterrupt
    assert (gc.get_threshold(), gc.get_freeze_count()) == ((701, 11, 12), 0)
