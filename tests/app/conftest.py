"""A small suite that scripts play, in a folder of its own."""

from __future__ import annotations

import gc
import signal
from pathlib import Path
from typing import Any

import pytest

SHORT: dict[str, Any] = {"scenarios": "opening", "epochs": 2, "limit": 6, "turns": 3}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def process() -> dict[str, Any]:
    """What belongs to the whole process."""
    return {
        "gc": (gc.isenabled(), gc.get_threshold(), gc.get_freeze_count()),
        "signals": [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)],
    }
