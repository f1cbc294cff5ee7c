"""Lines that a person types, for tests of sittings."""

from __future__ import annotations

import io
import signal
from collections.abc import Sequence

import pytest

INTERRUPT = "\x03"
"""A line that stands for Ctrl-C."""


class Typing(io.StringIO):
    """A standard input that is typed at: it gives the lines, then its end.

    Args:
        lines: Without newlines; :data:`INTERRUPT` is a signal, as Ctrl-C sends it.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("".join(f"{line}\n" for line in lines))

    def readline(self, size: int | None = -1, /) -> str:
        line = super().readline(-1)
        if line.strip() == INTERRUPT:
            signal.raise_signal(signal.SIGINT)
            raise AssertionError("the signal was not heard")
        return line

    @property
    def left(self) -> str:
        """What nobody has read."""
        return self.read()


def type_in(monkeypatch: pytest.MonkeyPatch, *lines: str) -> Typing:
    """Let these lines be typed next."""
    typing = Typing(lines)
    monkeypatch.setattr("sys.stdin", typing)
    return typing
