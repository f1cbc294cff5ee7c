"""Opens files that others may have made: a regular file, or an error at once.

Reading a pipe, a device or a socket in the place of a file could block, or never end. A link inside
a run folder could lead to somebody else's file, or to one that must not be overwritten.
"""

from __future__ import annotations

import errno
import os
import stat
from contextvars import ContextVar
from pathlib import Path
from typing import BinaryIO, Final

from harness.errors import RecordError

_AHEAD: Final = 1 << 16
"""Bytes that are read ahead: lines of a record are longer than what Python reads by itself."""
FOLLOW_LINKS: Final[ContextVar[bool]] = ContextVar("follow_links", default=False)
"""Whether the user lets files of a run folder be links (``--follow-links``)."""

_KINDS: Final = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
# Opening a pipe that nobody writes to would wait without it. Windows has neither.
_AT_ONCE: Final = getattr(os, "O_NONBLOCK", 0)
_CLOSED: Final = getattr(os, "O_CLOEXEC", 0)
_BYTES: Final = getattr(os, "O_BINARY", 0)
NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0)


def open_regular(path: Path) -> BinaryIO:
    """A regular file, for reading bytes. Links are followed, the file they lead to must be one.

    Raises:
        OSError: It cannot be opened; IsADirectoryError for a folder; EINVAL, with words, for a
            pipe, a socket or a device.
    """
    # A device may do something when it is opened: looked at first.
    refuse_special(path, os.stat(path))  # noqa: PTH116 - takes what open() takes
    descriptor = os.open(path, os.O_RDONLY | _AT_ONCE | _CLOSED | _BYTES)
    return open(checked(path, descriptor), "rb", buffering=_AHEAD)


LARGEST: Final = 256 << 20
"""Bytes of a file that is read whole, and of a line of one that is read by lines; hundreds of times
what is ever written. A file full of holes takes no room on a disk or in an archive, and the memory
of the machine when it is read."""


def read_regular(path: Path) -> bytes:
    """All bytes of a regular file.

    Raises:
        OSError: As :func:`open_regular`; EFBIG, with words, for more than :data:`LARGEST` bytes.
    """
    with open_regular(path) as file:
        if os.fstat(file.fileno()).st_size > LARGEST:
            raise OSError(errno.EFBIG, f"it is larger than {LARGEST:,} bytes", str(path))
        return file.read(LARGEST)


def read_head(path: Path, most: int) -> bytes:
    """The first ``most`` bytes of a regular file, or fewer where it has no more.

    Raises:
        OSError: As :func:`open_regular`.
    """
    with open_regular(path) as file:
        return file.read(most)


def open_own(path: Path, flags: int) -> int:
    """Open a file of a run folder with ``flags`` (``O_CREAT`` creates it); gives its descriptor.

    A link, or a file with a second hard link, is refused unless the user lets files of the run be
    links: writing it would change the other file too.

    Raises:
        OSError: As :func:`open_regular`; ELOOP for a link, EMLINK for a second name.
    """
    last = 0
    if not FOLLOW_LINKS.get():
        last = NO_LINK  # it holds whatever happens between the look and the opening
        if path.is_symlink():
            raise OSError(errno.ELOOP, leads_to(path), str(path))
    opened = checked(path, os.open(path, flags | last | _AT_ONCE | _CLOSED | _BYTES, 0o666))
    if not FOLLOW_LINKS.get() and os.fstat(opened).st_nlink > 1:
        os.close(opened)
        raise OSError(errno.EMLINK, "the file has a second name (a hard link)", str(path))
    return opened


def checked(path: Path, descriptor: int) -> int:
    """``descriptor``, once it is known to be of a regular file; closed if it is not.

    Raises:
        OSError: As :func:`open_regular`.
    """
    try:
        refuse_special(path, os.fstat(descriptor))
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def refuse_special(path: Path, found: os.stat_result) -> None:
    """Hold that what was found at ``path`` is a regular file.

    Raises:
        OSError: It is not.
    """
    if stat.S_ISREG(found.st_mode):
        return
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder", str(path))
    kind = next((name for is_it, name in _KINDS if is_it(found.st_mode)), "no file")
    raise OSError(errno.EINVAL, f"it is {kind}, not a regular file", str(path))


def leads_to(link: Path) -> str:
    """What is said of a link that is not followed."""
    return f"it is a link, and leads to {os.path.realpath(link)}"


def refuse_links(folder: Path) -> None:
    """Refuse links in a run folder, unless the user lets files of the run be links.

    Raises:
        RecordError: There is a link; names the place it leads to.
    """
    if FOLLOW_LINKS.get():
        return
    try:
        with os.scandir(folder) as entries:
            links = sorted(entry.name for entry in entries if entry.is_symlink())
    except OSError:
        return  # there is no folder, or it cannot be read: opening its files says so
    if links:
        link = folder / links[0]
        raise RecordError(
            leads_to(link),
            where=str(link),
            fix="put the file itself there, or allow links with --follow-links",
        )
