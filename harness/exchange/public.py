"""A dialogue without what was private, for exports that others may read.

What is left is what everyone at the table heard, who sat there, and how it ended: as
``track15 show --public`` has it. True values of the principals are private, and so is whatever
follows from them: scores, costs, red lines.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from harness.report.private import without_private
from harness.report.reading import Entry, Reading
from harness.report.rows import FIELDS, Row

WITHHELD: Final = frozenset({"void_reason"})
"""Fields of a row that may hold words of a raw reply."""


def public_row(row: Row) -> Row:
    """The fields of a dialogue, without its scores."""
    return {name: value for name, value in row.items() if name in FIELDS and name not in WITHHELD}


def public_reading(reading: Reading) -> Reading:
    """A dialogue laid out without what was private, true values included."""
    finished = bool(reading.worths) or not reading.valued
    bare = without_private(reading)
    return replace(
        bare,
        summary="",
        rounds=tuple(
            replace(round_, entries=tuple(_bare(entry) for entry in round_.entries))
            for round_ in bare.rounds
            if round_.entries
        ),
        ledger=(),
        said=(),
        trajectory=(),
        reason=reading.reason if finished else "",
        terms=tuple(replace(term, crosses=()) for term in reading.terms),
        worths=(),
        could=reading.besides,
        most=(),
        most_turns=(),
        numbers=(),
        together="",
    )


def _bare(entry: Entry) -> Entry:
    terms, package = (
        tuple(replace(term, crosses=()) for term in held) for held in (entry.terms, entry.package)
    )
    return replace(entry, terms=terms, package=package, worths=(), given=())
