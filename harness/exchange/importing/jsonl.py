"""The neutral form, one negotiation a line: for transcripts of anybody's. See docs/import.md."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from harness.exchange.importing.base import Imported
from harness.exchange.importing.files import json_lines, negotiation_of

WHAT: Final = "a file with one negotiation a line (docs/import.md)"


class JsonLines:
    """Reads the neutral form. Implements :class:`~harness.exchange.importing.base.Importer`."""

    name = "jsonl"
    title = "the neutral form, one negotiation a line"

    def read(self, path: Path) -> Iterator[Imported]:
        """See :class:`~harness.exchange.importing.base.Importer`."""
        for found in json_lines(path, WHAT):
            if isinstance(found, Imported):
                yield found
                continue
            where, given = found
            yield negotiation_of(given, where)
