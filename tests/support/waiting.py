"""Waiting in a test for what another thread or process does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

PATIENCE: Final = 60.0
"""Seconds after which it is taken for granted that it never happens."""
_PAUSE: Final = 0.005


def until(happened: Callable[[], bool], otherwise: str = "nothing happened") -> None:
    """Wait until something has happened.

    Args:
        happened: Whether it has.
        otherwise: What is said where it does not.
    """
    end = time.monotonic() + PATIENCE
    while not (done := happened()) and time.monotonic() < end:
        time.sleep(_PAUSE)
    assert done, otherwise
