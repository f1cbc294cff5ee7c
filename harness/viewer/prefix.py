"""Tells whether a file is still what was read of it, and has only grown since.

Files of a run are appended to while it plays, and written anew when it is complete or scored. Which
of the two happened is told by samples of what was read, so that a file of gigabytes need not be
read again.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import BinaryIO, Final

from harness.files.regular import open_regular

SAMPLES: Final = 16
SAMPLE: Final = 1024
"""Bytes of a sample."""


def opened(path: Path) -> BinaryIO | None:
    """A file of a run for reading; None where there is none.

    Raises:
        OSError: It cannot be opened, or is no regular file.
    """
    try:
        return open_regular(path)
    except FileNotFoundError:
        return None


def print_of(file: BinaryIO, size: int) -> str:
    """What the first ``size`` bytes of a file are told from others by: samples of their start, of
    their end, and between."""
    digest = hashlib.sha256(str(size).encode())
    last = max(0, size - SAMPLE)
    for number in range(SAMPLES):
        at = last * number // (SAMPLES - 1)
        file.seek(at)
        digest.update(file.read(min(SAMPLE, size - at)))
    return digest.hexdigest()


def size_of(file: BinaryIO | None) -> int:
    """Bytes of an open file; 0 where there is none."""
    return 0 if file is None else os.fstat(file.fileno()).st_size


def stamp_of(path: Path) -> tuple[int, ...]:
    """What tells a file from what it was before; empty where there is none."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size
