"""Advice about errors of the operating system, by error number."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Final

from harness.errors import RecordError

RUNS: Final = "choose another folder with --log-dir"
"""Where else the files of a run may go."""
ELSEWHERE: Final = "name another place"
"""Where else may go what a user named a place for."""
_KEPT: Final = "; what is finished is kept"
_ROOM: Final = f"make room, or {{elsewhere}}{_KEPT}"
_WRITE: Final = "give yourself permission to write there (ls -ld shows who has it), or {elsewhere}"
_ADVICE: Final[dict[int, str]] = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: f"your share of the disk is used up: {_ROOM}",
    errno.EFBIG: "the file has reached the largest size here (ulimit -f, or the file system): "
    "raise that, or use another disk",
    errno.EMFILE: "too many files are open at once: raise the limit (ulimit -n 4096) or use fewer "
    "--max-connections, then type the same command again; what is finished is kept",
    errno.ENFILE: "the whole machine has too many files open: close other programs, then type the "
    "same command again; what is finished is kept",
    errno.EROFS: "nothing can be written on this disk: {elsewhere}",
    errno.EACCES: _WRITE,
    errno.EPERM: _WRITE,
    errno.ENAMETOOLONG: "use a shorter name, or a folder with a shorter path",
    errno.ELOOP: "it is a link: name the file itself, or add --follow-links",
    errno.EMLINK: "writing would change the file under that name too: put a copy of the file in "
    "its place, or add --follow-links",
    errno.EISDIR: "a folder stands where the file belongs: move it away",
    errno.ENOTDIR: "a part of the path is a file, not a folder: check the path",
    errno.ENOENT: "the folder does not exist (any more): make it, or check the path",
    errno.EIO: "the disk is failing: copy the run to another one and go on there",
    errno.ESTALE: "the network file system lost the file: type the same command again",
    errno.ETIMEDOUT: "the network file system does not answer: type the same command again",
    errno.EBUSY: "another program uses it: wait until it is done",
    errno.EINVAL: "name a regular file, or move this one away",
    errno.ENOMEM: "the machine has no memory left: close other programs, then type it again",
}
READ_ONLY: Final = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
"""Where nothing can be written, and nothing is wrong with that."""


def advice(error: OSError, *, reading: bool = False, elsewhere: str = RUNS) -> str:
    """What to do about it.

    Args:
        error: Of the system.
        reading: The file was to be read, not written.
        elsewhere: How another place is chosen, in words.
    """
    if reading and error.errno in (errno.EACCES, errno.EPERM):
        return (
            "give yourself permission to read the file (ls -l shows who has it), then type "
            "the command again"
        )
    if reading and error.errno == errno.ENOENT:
        return "check the path"
    if reading and error.errno == errno.EFBIG:
        return "the file is too large to be one of these: restore a copy, or move it away"
    known = _ADVICE.get(
        error.errno or 0, "check the path, the disk and its rights, or name another place"
    )
    if elsewhere != RUNS:  # of what is written at one go, nothing is finished before
        known = known.replace(_KEPT, "")
    return known.format(elsewhere=elsewhere)


def reason(error: OSError) -> str:
    """What the system says of it."""
    return error.strerror or str(error) or type(error).__name__


class UnwritableError(RecordError):
    """A file cannot be opened or written (exit code 1).

    ``read_only`` is True where writing is not allowed there at all.
    """

    read_only: bool = False


def cannot(verb: str, path: Path, error: OSError, *, elsewhere: str = RUNS) -> UnwritableError:
    """The error for a file that cannot be ``verb``: opened, written. ``elsewhere`` as for
    :func:`advice`."""
    fix = advice(error, elsewhere=elsewhere)
    made = UnwritableError(f"cannot be {verb}: {reason(error)}", where=str(path), fix=fix)
    made.read_only = error.errno in READ_ONLY
    return made
