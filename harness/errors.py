"""Errors a person reads: what is wrong, where, and how to fix it.

Every error that bad input can cause is a :class:`Track15Error`. The command line prints it as one
message and exits with its ``exit_code``; nothing below the command line prints or exits.
"""

from __future__ import annotations

from typing import Literal


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


Account = Literal["endpoint", "delegation", "prompt", "limit"]
"""What a failure is booked on: the kinds of a dialogue's reason that an error can bring about.

``endpoint``: a server failed. ``delegation``: code that the user brought along failed. ``prompt``:
the server works and will never answer this very prompt. ``limit``: the dialogue has used up the
time it may take. The first two are played again when the run is resumed; the others are results.
"""


class ModelError(Track15Error):
    """A seat could not be asked (exit code 1).

    ``account`` says whose doing it is; whoever raises it sets it, the table books by it.

    ``final`` is True where the endpoint works and will never answer this very prompt: it is too
    long, or a filter refuses it. Asking again, now or on resume, cannot help. It is the same as
    the account ``prompt``.
    """

    account: Account = "endpoint"

    @property
    def final(self) -> bool:
        return self.account == "prompt"

    @final.setter
    def final(self, final: bool) -> None:
        if final:
            self.account = "prompt"
        elif self.account == "prompt":
            self.account = "endpoint"


class MissingExtraError(UsageError):
    """An optional package is needed and absent (exit code 2)."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"this needs the optional package {package!r}",
            fix=f"pip install 'track15[{extra}]'",
        )


class LimitReachedError(Track15Error):
    """The run has spent the tokens or the dollars it may (exit code 1); raising the limit and
    typing the same command again goes on."""
