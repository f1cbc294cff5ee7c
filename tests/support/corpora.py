"""Negotiations of other people, where they lie on this machine; no part of the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_BESIDE = Path(__file__).parents[2].parent / "shared" / "corpora"


def corpus(name: str) -> Path:
    """A file of the corpora, by its path among them. The test is skipped where it is absent."""
    path = Path(os.environ.get("TRACK15_CORPORA") or _BESIDE) / name
    if not path.is_file():
        pytest.skip(f"{name} is not among the corpora here (TRACK15_CORPORA names their folder)")
    return path
