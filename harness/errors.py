"""Errors a person reads: what is wrong, where, and how to fix it; and how messages count.

Every error that bad input can cause is a :class:`Track15Error`. The command line prints it as one
message and exits with its ``exit_code``; nothing below the command line prints or exits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import PurePath
from typing import Literal

LISTED = 12
"""How many known names an error lists; more would bury the fix."""
FEW = 6
"""So few known names are listed beside a guess."""
ALIKE = 0.55
"""How alike two names must be for the one to be guessed for the other, in [0, 1]."""
NAME_SHOWN = 60
"""Characters of a name that an error shows; whoever wrote the file may have written a book."""
SAID = 300
"""Characters of the message of somebody else's exception that an error shows."""


class Track15Error(Exception):
    """Base of every expected failure.

    Args:
        what: One sentence saying what is wrong.
        where: File and line, flag, field or URL it was found at.
        fix: What the user can do about it.
    """

    exit_code: int = 1

    def __init__(self, what: str, *, where: str | None = None, fix: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.fix = fix

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text}\n  fix: {self.fix}" if self.fix else text


class UsageError(Track15Error):
    """A flag or argument is unusable (exit code 2)."""

    exit_code = 2


class InputError(Track15Error):
    """A file the user wrote (scenario, suite, prompt) is unusable (exit code 2)."""

    exit_code = 2


class RecordError(Track15Error):
    """A run folder is missing, damaged, or cannot be written (exit code 1)."""


class LoadError(UsageError):
    """Code of a user's raised while it was loaded (exit code 2).

    Attributes:
        error: What it raised.
        file: Path of the file that was loaded, where there is one.
    """

    def __init__(
        self,
        subject: str,
        error: BaseException,
        *,
        where: str,
        fix: str,
        file: str | None = None,
        said: str | None = None,
    ) -> None:
        words = told(error, file=file) if said is None else said
        super().__init__(f"{subject} cannot be loaded: {words}", where=where, fix=fix)
        self.subject = subject
        self.error = error
        self.file = file

    def saying(self, said: str) -> LoadError:
        """The same error with another description, where the exception may not be shown whole."""
        return LoadError(
            self.subject,
            self.error,
            where=self.where or "",
            fix=self.fix or "",
            file=self.file,
            said=said,
        )


Account = Literal["endpoint", "delegation", "prompt", "limit", "person"]
"""What a failure is booked on: the kinds of a dialogue's reason that an error can bring about.

``endpoint``: a server failed. ``delegation``: code that the user brought along failed. ``prompt``:
the server works and will never answer this very prompt. ``limit``: the dialogue has used up the
time it may take. ``person``: the person in a seat ended the sitting. The first two are played again
when the run is resumed; the others are results.
"""


class ModelError(Track15Error):
    """A seat could not be asked (exit code 1).

    ``account`` says what was at fault. Whoever raises the error sets it, and the dialogue is
    recorded as void or failed accordingly.

    ``final`` is True where the endpoint works but will never answer this prompt: it is too long,
    or a filter refuses it. Asking again, now or on resume, cannot help. It is the same as the
    account ``prompt``.

    ``seat`` says whose doing it was, where that is not the one who was asked.
    """

    account: Account = "endpoint"
    seat: str | None = None

    @property
    def final(self) -> bool:
        return self.account == "prompt"

    @final.setter
    def final(self, final: bool) -> None:
        if final:
            self.account = "prompt"
        elif self.account == "prompt":
            self.account = "endpoint"


class PersonLeftError(ModelError):
    """The person in a seat has ended the sitting. It is no walk-out: nobody has left the talks.

    Args:
        seat: The person's; None for the one who was asked.
    """

    account: Account = "person"

    def __init__(self, seat: str | None = None) -> None:
        super().__init__("the person ended the sitting")
        self.seat = seat


class MissingExtraError(UsageError):
    """An optional package is needed and absent (exit code 2)."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"this needs the optional package {package!r}",
            fix=install_command(extra),
        )


class LimitReachedError(Track15Error):
    """The run has reached its limit of tokens or dollars (exit code 1).

    The same command with a higher limit resumes it.
    """


def told(
    error: BaseException, *, file: str | None = None, said: Callable[[str], str] | None = None
) -> str:
    """An exception in one line: ``ValueError at mine.py:12: no such option``.

    The line never names a folder, and never holds an unpaired surrogate.

    Args:
        file: The user's own file: the line of it is named, rather than one of a library.
        said: What may be shown of the exception's message; its first line by default.
    """
    try:
        message = error.msg if isinstance(error, SyntaxError) else str(error)
    except Exception:  # noqa: BLE001 - a broken __str__ must not hide what it was raised for
        message = ""
    if isinstance(error, ImportError) and error.path:
        message = message.replace(f" ({error.path})", "")
    shown = (_first_line if said is None else said)(message)
    if isinstance(error, SystemExit):
        shown = f"it called sys.exit({shown})"
    place = raised_at(error, file)
    return (
        type(error).__name__ + (f" at {place}" if place else "") + (f": {shown}" if shown else "")
    )


def raised_at(error: BaseException, file: str | None = None) -> str:
    """``name.py:LINE`` of the last step through ``file``, or of the place it was raised at where
    it never came through there; empty where there is no trace. Never a folder."""
    if isinstance(error, SyntaxError) and error.filename and error.filename[0] != "<":
        return f"{PurePath(error.filename).name}:{error.lineno}"
    innermost, ours = "", ""
    trace = error.__traceback__
    while trace is not None:
        path = trace.tb_frame.f_code.co_filename
        innermost = f"{PurePath(path).name}:{trace.tb_lineno}"
        if path == file:
            ours = innermost
        trace = trace.tb_next
    return ours or innermost


def _first_line(message: str) -> str:
    whole = message.encode(errors="replace").decode()  # no file holds half a character
    lines = whole.strip().splitlines()
    return lines[0][:SAID] if lines else ""


def install_command(extra: str) -> str:
    """What to type to install an optional part: from the checkout where this is one, since no
    index need know of it, and for the Python that is running."""
    import os
    import shlex
    import sys
    from pathlib import Path

    checkout = Path(__file__).resolve().parents[1]
    if not (checkout / "pyproject.toml").is_file():
        return f"pip install 'track15[{extra}]'"
    python, here = sys.executable or "python", str(Path.cwd())
    if python.startswith(here + os.sep):
        python = os.path.relpath(python, here)
    folder = "." if checkout == Path(here).resolve() else str(checkout)
    return f"{shlex.quote(python)} -m pip install -e {shlex.quote(f'{folder}[{extra}]')}"


def brief(name: str) -> str:
    """A name as an error shows it: in quotes, cut where it is long."""
    return repr(name if len(name) <= NAME_SHOWN else name[: NAME_SHOWN - 3] + "...")


def closest(name: str, known: Iterable[str], n: int = 1, *, cutoff: float = ALIKE) -> list[str]:
    """The names of ``known`` that ``name`` may be meant to be, the likeliest first; at most ``n``.

    Case and ``-`` for ``_`` do not count, and a name may be the last part of a dotted one.

    Args:
        cutoff: How alike they must be, in [0, 1]; more where any name at all may be meant.
    """
    import difflib

    if not name or len(name) > NAME_SHOWN:
        return []
    by_key: dict[str, str] = {}
    for candidate in known:
        by_key.setdefault(_key(candidate), candidate)
    key = _key(name)
    if key in by_key:
        return [by_key[key]]
    found = [one for other, one in by_key.items() if other.rpartition(".")[2] == key]
    close = difflib.get_close_matches(key, by_key, n=n, cutoff=cutoff)
    found += [by_key[other] for other in close if by_key[other] not in found]
    return found[:n]


def suggest(name: str, known: Iterable[str], *, see: str = "", n: int = 1, other: str = "") -> str:
    """The fix for an unknown name: what it may be meant to be, else what is known.

    Args:
        known: Every name that would have done.
        see: What shows them all, as in "track15 list measures"; in place of a list of them.
        n: At most so many guesses.
        other: What would do in place of any of them, as in "give the path of a file".
    """
    hint = _suggested(name, list(known), see, n)
    if not other:
        return hint
    return f"{hint} Or {other}" if hint.endswith("?") else f"{hint}; or {other}"


def _suggested(name: str, names: list[str], see: str, n: int) -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    listed = f"known: {', '.join(names[:LISTED])}{more}"
    if close := closest(name, names, n):
        hint = f"did you mean {' or '.join(repr(one) for one in close)}?"
        if see:
            return f"{hint} See: {see}"
        return f"{hint} ({listed})" if len(names) <= FEW else hint
    if see:
        return f"see: {see}"
    return listed if names else "there is none"


def _key(name: str) -> str:
    return name.strip().lower().replace("-", "_")


def counted(count: int, noun: str, plural: str = "") -> str:
    """A count with its noun: ``1 deal``, ``2 deals``, ``1,000 deals``.

    Args:
        plural: Of the noun; empty for the noun with an s.
    """
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def be(count: int) -> str:
    """``is`` of one, ``are`` of more and of none."""
    return "is" if count == 1 else "are"
