"""Where the corpora of other people's negotiations are: in no checkout, so that tests which read
them skip where they are absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

VARIABLE = "TRACK15_CORPORA"
BESIDE = Path(__file__).parents[3] / "shared" / "corpora"
"""Where they are looked for beside the checkout."""


def corpus(*parts: str) -> Path:
    """A file or folder of the corpora. The test skips, saying so, where it is not there."""
    root = Path(os.environ.get(VARIABLE, BESIDE))
    found = root.joinpath(*parts)
    if not found.exists():
        pytest.skip(f"there is no {'/'.join(parts)} in the corpora; name them by {VARIABLE}")
    return found
