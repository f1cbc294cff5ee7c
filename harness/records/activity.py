"""When a run was last played, which decides what ``latest`` means.

The times of files are lost when a folder is copied, and nothing is written to a complete run that
is asked for again. So the lock file holds when the run was last started, and when that ended. A run
from elsewhere has the times of its record.
"""

from __future__ import annotations

import contextlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from pydantic_core import from_json

from harness.files.regular import open_regular

LOCK: Final = ".lock"
_TAIL: Final = 1 << 16
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


def stamp(descriptor: int) -> None:
    """Write down, in the open lock file, that the run is being played now."""
    now = datetime.now(UTC).isoformat(timespec="microseconds").encode()
    with contextlib.suppress(OSError):  # on a full disk, an older time stands
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, now + b"\n", 0)


def last_played(run: Path, created: str, timings: str = "timings.jsonl") -> datetime:
    """When a run folder was last played, as far as its files tell; long ago where they do not.

    Args:
        run: The folder.
        created: Of its ``run.json``.
        timings: Name of the file of its timings.
    """
    said = [_moment(created), _moment(_tail(run / LOCK)), _ended(_tail(run / timings))]
    horizon = datetime.now(UTC) + timedelta(days=1)
    # A time in the future comes from a clock that cannot be compared with ours.
    return max((at for at in said if at is not None and at <= horizon), default=_LONG_AGO)


def has_dialogues(run: Path, transcripts: str = "transcripts.jsonl") -> bool:
    """Whether any dialogue of a run has been brought to disk."""
    try:
        return (run / transcripts).stat().st_size > 0
    except OSError:
        return False


def _tail(path: Path) -> str:
    """The last whole line of a file; empty where there is none."""
    try:
        with open_regular(path) as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL))
            lines = file.read(_TAIL).split(b"\n")
    except OSError:
        return ""
    return lines[-2].decode(errors="replace") if len(lines) > 1 else ""


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _ended(line: str) -> datetime | None:
    """When the dialogue of a line of timings was over."""
    try:
        timing = from_json(line)
        started = _moment(timing["started"])
        return None if started is None else started + timedelta(seconds=timing["seconds"])
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return None
