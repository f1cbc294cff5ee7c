"""Which of a judge's readings of transcripts whose truth is known count for what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Protocol, TypeVar

AS_WRITTEN: Final = "as_written"
"""How a transcript is told that is not perturbed."""


class KnownReading(Protocol):
    """One reading of one transcript."""

    @property
    def transcript(self) -> str:
        """Its name; that of the same talks told otherwise, or read again, too."""

    @property
    def told(self) -> str:
        """How it is told."""

    @property
    def repeat(self) -> int:
        """Which reading of the same words, from 1."""

    @property
    def usable(self) -> bool:
        """Whether the judge gave a reply that can be used."""


R = TypeVar("R", bound=KnownReading)


def usable(reads: Iterable[R]) -> list[R]:
    """Those with a reply that can be used."""
    return [one for one in reads if one.usable]


def first_of(reads: Iterable[R], told: str = AS_WRITTEN) -> dict[str, R]:
    """Transcript -> its first usable reading, told in one way."""
    found: dict[str, R] = {}
    for one in usable(reads):
        if one.told == told and one.repeat == 1:
            found.setdefault(one.transcript, one)
    return found


def repeated(reads: Sequence[R]) -> list[list[R]]:
    """The usable readings of the same words, of those that were read twice or more."""
    found: dict[str, list[R]] = {}
    for one in usable(reads):
        if one.told == AS_WRITTEN:
            found.setdefault(one.transcript, []).append(one)
    return [several for several in found.values() if len(several) > 1]
