"""Writing without waiting for the disk."""

from __future__ import annotations

import os


def to_no_disk(descriptor: int) -> None:
    """Stands in for :func:`os.fsync`: what it keeps from a power failure no test can see, and each
    call waits some milliseconds. A descriptor that is none is the error that it would be."""
    os.fstat(descriptor)
