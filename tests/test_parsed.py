"""A tree is built in one go: with no garbage collection, which other code could run in."""

from __future__ import annotations

import ast
import gc
import sys
from collections.abc import Iterator

import pytest

from tests.support.parsed import parsed

SOURCE = "\n".join(f"def f{n}(a, b):\n    return [a + {n}, b * (a - {n})]" for n in range(300))


@pytest.fixture
def begun() -> Iterator[list[str]]:
    """What garbage collections have done, while they begin at every chance."""
    seen: list[str] = []

    def note(phase: str, _: dict[str, int]) -> None:
        seen.append(phase)

    before = gc.get_threshold()
    gc.callbacks.append(note)
    gc.set_threshold(100)
    yield seen
    gc.set_threshold(*before)
    gc.callbacks.remove(note)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="none begins within a call from there on")
def test_no_garbage_is_collected_while_a_tree_is_built(begun: list[str]) -> None:
    begun.clear()
    plain = ast.parse(SOURCE)
    assert "start" in begun, "else this test holds nothing"
    begun.clear()
    tree = parsed(SOURCE)
    until_then = tuple(begun)
    assert until_then == ()
    assert ast.dump(tree) == ast.dump(plain)
    assert gc.isenabled()


def test_it_stays_off_where_it_was_and_comes_back_after_a_mistake() -> None:
    with pytest.raises(SyntaxError):
        parsed("def")
    assert gc.isenabled()
    gc.disable()
    try:
        parsed("x = 1")
        assert not gc.isenabled()
    finally:
        gc.enable()
