"""What reads a format: an importer, and what it gives for each negotiation that a file holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from harness.exchange.importing.negotiation import Negotiation

PROBLEM_SHOWN = 300
"""Characters of a problem that are kept; the words of a file may be in it."""


@dataclass(frozen=True, slots=True)
class Imported:
    """One negotiation of a file, or what is wrong with it.

    Attributes:
        where: The file, and the line or the number in it, from 1.
        negotiation: None where there is a problem.
        problem: Why it cannot be used, in words; empty where it can.
        repeats: Whether it is the same negotiation again as one before it, seen by another party,
            as some corpora have it. It is counted, and not read a second time.
    """

    where: str
    negotiation: Negotiation | None = None
    problem: str = ""
    repeats: bool = False


class Importer(Protocol):
    """Reads the files of one format."""

    @property
    def name(self) -> str:
        """What the command line calls the format."""
        ...

    @property
    def title(self) -> str:
        """What it reads, in a few words."""
        ...

    def read(self, path: Path) -> Iterator[Imported]:
        """Every negotiation of a file, in its order. One that cannot be used is a problem and stops
        nothing.

        Raises:
            InputError: The file cannot be read, or is none of this format.
            MissingExtraError: An optional package is needed and absent.
        """
        ...


@runtime_checkable
class Together(Importer, Protocol):
    """An importer that has to see all files before it reads the first: what they have in common is
    in none of them alone."""

    def read_together(self, paths: Sequence[Path]) -> Iterator[Imported]:
        """As :meth:`Importer.read`, of several files, one after the other."""
        ...


class BadNegotiationError(ValueError):
    """A negotiation contradicts itself, or lacks something; says what, and how to mend it."""


def problem(where: str, why: str) -> Imported:
    """A negotiation that cannot be used."""
    text = " ".join(why.split())
    return Imported(where, problem=text if len(text) <= PROBLEM_SHOWN else f"{text[:297]}...")
