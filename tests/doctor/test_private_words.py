"""What code of the user's keeps of the private words that it was told."""

from __future__ import annotations

import sys
import types
from collections import deque
from collections.abc import Callable
from enum import Enum
from typing import Any

import pytest

from harness.doctor.private_words import holders

WORDS = ("no less than half", "red line")
TOLD = f"We take {WORDS[0]}. It is our {WORDS[1]}."


class Kept:
    def __init__(self, inner: Any) -> None:
        self.inner = inner


class Slotted:
    __slots__ = ("inner",)

    def __init__(self, inner: Any) -> None:
        self.inner = inner


def closing_over(text: str) -> Callable[[], str]:
    return lambda: text


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    made = types.ModuleType("users_own")
    monkeypatch.setitem(sys.modules, "users_own", made)
    return made


@pytest.mark.parametrize(
    "make",
    [
        lambda: TOLD,
        lambda: TOLD.encode(),
        lambda: [{"said": (TOLD,)}],
        lambda: Kept(deque([Kept(TOLD)])),
        lambda: Slotted(TOLD),
        lambda: closing_over(TOLD),
        lambda: [WORDS[0], [WORDS[1]]],
    ],
)
def test_words_are_found_in_whatever_depth(
    module: types.ModuleType, make: Callable[[], Any]
) -> None:
    module.history = make()  # type: ignore[attr-defined]
    module.other = ["nothing"]  # type: ignore[attr-defined]
    assert holders("users_own", WORDS) == ["history"]


def test_some_of_the_words_are_not_all(module: types.ModuleType) -> None:
    module.history = [WORDS[0]]  # type: ignore[attr-defined]
    assert holders("users_own", WORDS) == []


def test_a_circle_is_gone_through_once(module: types.ModuleType) -> None:
    circle: list[Any] = ["nothing"]
    circle.append(circle)
    module.history = circle  # type: ignore[attr-defined]
    assert holders("users_own", WORDS) == []
    circle.append(TOLD)
    assert holders("users_own", WORDS) == ["history"]


def test_code_is_not_what_is_kept(module: types.ModuleType) -> None:
    class Said(Enum):
        WORDS = TOLD

    module.Said = Said  # type: ignore[attr-defined]
    module.__told__ = TOLD  # type: ignore[attr-defined]
    assert holders("users_own", WORDS) == []
    assert holders("not_loaded", WORDS) == []
