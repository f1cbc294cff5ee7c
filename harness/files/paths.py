"""Paths as people read and type them."""

from __future__ import annotations

import os


def shown_path(path: os.PathLike[str]) -> str:
    """A path as the user would type it: relative when it is below the current folder."""
    text = os.path.relpath(path)
    return os.fspath(path) if text.startswith("..") else text
