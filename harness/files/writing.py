"""Writes files atomically, and never through a link or into a device by accident."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import stat
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from harness.files.advice import ELSEWHERE, RUNS, cannot
from harness.files.regular import FOLLOW_LINKS, NO_LINK, leads_to, refuse_special

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINK
STDOUT = Path("-")
"""``--out -``: the standard output."""


def write_whole(
    path: Path,
    chunks: Iterable[bytes],
    *,
    follow: bool | None = None,
    elsewhere: str = RUNS,
) -> None:
    """Replace ``path`` by ``chunks`` so that a reader sees the old file or the new, never a part.

    The new content is written beside the file, under a name that nobody can foresee, brought to
    disk, and renamed over it. Several may do so at once: the last one's stands, whole.

    Args:
        path: Of a regular file, or of none yet.
        chunks: The content.
        follow: Whether to write through a link to its target; None for what the user allowed for
            links in run folders. A link that is not followed is an error.
        elsewhere: How another place is chosen, for the fix of an error.

    Raises:
        UnwritableError: It cannot be written, or is no regular file; the old file stands.
    """
    follow = FOLLOW_LINKS.get() if follow is None else follow
    target = Path(os.path.realpath(path)) if follow else path
    beside: Path | None = None
    try:
        mode = _mode(target)
        beside = _beside(target)
        descriptor = os.open(beside, _NEW | getattr(os, "O_CLOEXEC", 0), 0o666)
        with open(descriptor, "wb") as file:  # noqa: PTH123 - of the descriptor
            if mode is not None:
                with contextlib.suppress(OSError):
                    os.fchmod(descriptor, mode)
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(descriptor)
        beside.replace(target)
    except BaseException as error:
        if beside is not None:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise cannot("written", path, error, elsewhere=elsewhere) from None
        raise


def _beside(path: Path) -> Path:
    """Beside a file, a name that nobody can foresee."""
    return path.with_name(f".track15-{secrets.token_hex(12)}.part")


def _stat(path: Path) -> os.stat_result | None:
    """What stands at a place, or where a link there leads to; None for nothing.

    Raises:
        OSError: That cannot be told.
    """
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _is_replaced(path: Path, found: os.stat_result) -> bool:
    """Whether a new file is put in the place of what stands there. A descriptor that the shell has
    opened is written to, not replaced under it."""
    handed = path.is_absolute() and path.parts[1:2] in (("dev",), ("proc",))
    return stat.S_ISREG(found.st_mode) and not handed


def _mode(path: Path) -> int | None:
    """The rights of the file that is replaced; None where there is none.

    Raises:
        OSError: What stands there is a link, or no regular file.
    """
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(found.st_mode):
        raise OSError(errno.ELOOP, leads_to(path))
    refuse_special(path, found)
    return stat.S_IMODE(found.st_mode)


def is_stdout(path: Path) -> bool:
    """Whether what is written to ``path`` goes where the standard output goes: ``-``,
    ``/dev/stdout``, or the very file."""
    if path == STDOUT:
        return True
    try:
        return os.path.samestat(os.stat(path), os.fstat(sys.stdout.fileno()))  # noqa: PTH116
    except (OSError, ValueError, AttributeError):
        return False


def write_out(path: Path, content: bytes, *, elsewhere: str = ELSEWHERE) -> None:
    """As :func:`stream_out`, of what is at hand."""
    stream_out(path, [content], elsewhere=elsewhere)


def hold_writable(path: Path, *, elsewhere: str = ELSEWHERE) -> None:
    """Hold that :func:`stream_out` could write to a place, before anything is paid for that is to
    go there. What stands there is left as it is, and nothing stays beside it.

    Raises:
        UnwritableError: It could not.
    """
    if is_stdout(path):
        return
    try:
        found = _stat(path)
        if found is None or _is_replaced(path, found):
            target = Path(os.path.realpath(path))
            beside = _beside(target)
            os.close(os.open(beside, _NEW | getattr(os, "O_CLOEXEC", 0), 0o666))
            beside.unlink(missing_ok=True)
        elif stat.S_ISDIR(found.st_mode):
            refuse_special(path, found)
    except OSError as error:
        raise cannot("written", path, error, elsewhere=elsewhere) from None


def stream_out(path: Path, chunks: Iterable[bytes], *, elsewhere: str = ELSEWHERE) -> None:
    """Write what the user asked for to the place the user named.

    A regular file is replaced whole; a link is followed to its target; a pipe or a device is
    written to as such; ``-`` is the standard output.

    Args:
        path: The place.
        chunks: The content; one is held at a time.
        elsewhere: How another place is chosen, for the fix of an error.

    Raises:
        UnwritableError: It cannot be written.
    """
    if is_stdout(path):
        sys.stdout.flush()
        for chunk in chunks:
            sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        return
    try:
        found = _stat(path)
    except OSError as error:
        raise cannot("written", path, error, elsewhere=elsewhere) from None
    if found is None or _is_replaced(path, found):
        write_whole(path, chunks, follow=True, elsewhere=elsewhere)
        return
    try:
        if stat.S_ISDIR(found.st_mode):
            refuse_special(path, found)
        with path.open("wb", buffering=0) as file:
            for chunk in chunks:
                rest = memoryview(chunk)
                while rest:
                    rest = rest[file.write(rest) :]
    except OSError as error:
        raise cannot("written", path, error, elsewhere=elsewhere) from None


def write_together(
    folder: Path,
    files: Mapping[str, Iterable[bytes]] | Iterable[tuple[str, Iterable[bytes]]],
    *,
    elsewhere: str = ELSEWHERE,
) -> None:
    """Put files into a folder, all of them or none: they are written beside it first, whole, and
    then renamed.

    Args:
        folder: Made where it is not there, with its parents.
        files: Name -> content, or such pairs, of which each is written before the next one is asked
            for. A file of that name is replaced; others stay.
        elsewhere: How another place is chosen, for the fix of an error.

    Raises:
        UnwritableError: One cannot be written; the old files stand.
    """
    made = False
    beside = folder / f".track15-{secrets.token_hex(12)}.part"
    try:
        made = not folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
        if isinstance(files, Mapping):
            for name in files:
                _mode(folder / name)  # what cannot be replaced is told before anything is made
        beside.mkdir()
        names = []
        for name, chunks in files.items() if isinstance(files, Mapping) else files:
            _mode(folder / name)
            write_whole(beside / name, chunks, follow=False, elsewhere=ELSEWHERE)
            names.append(name)
        for name in names:
            (beside / name).replace(folder / name)
        beside.rmdir()
    except BaseException as error:
        shutil.rmtree(beside, ignore_errors=True)
        if made:
            with contextlib.suppress(OSError):
                folder.rmdir()
        if isinstance(error, OSError):
            raise cannot("written", folder, error, elsewhere=elsewhere) from None
        raise
