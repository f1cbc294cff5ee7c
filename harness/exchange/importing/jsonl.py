"""The neutral form, one negotiation a line: for transcripts of anybody's. See docs/import.md."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pydantic_core import from_json

from harness.exchange.importing.base import Imported, problem
from harness.exchange.importing.files import LONGEST_LINE, lines_of_text, negotiation_of

WHAT: Final = "a file with one negotiation a line (docs/import.md)"


class JsonLines:
    """Reads the neutral form. Implements :class:`~harness.exchange.importing.base.Importer`."""

    name = "jsonl"
    title = "the neutral form, one negotiation a line"

    def read(self, path: Path) -> Iterator[Imported]:
        """See :class:`~harness.exchange.importing.base.Importer`."""
        for where, line in lines_of_text(path, WHAT):
            if line is None:
                yield problem(where, f"no UTF-8 text, or longer than {LONGEST_LINE >> 20} MB")
                continue
            try:
                given = from_json(line)
            except ValueError as error:
                yield problem(where, f"no JSON: {error}")
                continue
            yield negotiation_of(given, where)
