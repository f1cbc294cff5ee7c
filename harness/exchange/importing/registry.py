"""The formats that can be imported: one line each."""

from __future__ import annotations

from typing import Final

from harness.errors import UsageError, suggest
from harness.exchange.importing.base import Importer
from harness.exchange.importing.casino import Casino
from harness.exchange.importing.dealornodeal import DealOrNoDeal
from harness.exchange.importing.inspect import InspectLog
from harness.exchange.importing.jobinterview import JobInterview
from harness.exchange.importing.jsonl import JsonLines
from harness.exchange.importing.srbench import SocialReasoningBench

IMPORTERS: Final[tuple[Importer, ...]] = (
    Casino(),
    DealOrNoDeal(),
    JobInterview(),
    SocialReasoningBench(),
    InspectLog(),
    JsonLines(),
)
FORMATS: Final = tuple(importer.name for importer in IMPORTERS)


def importer_of(name: str) -> Importer:
    """The importer of a format.

    Raises:
        UsageError: There is none of that name.
    """
    found = next((one for one in IMPORTERS if one.name == name), None)
    if found is None:
        raise UsageError(f"no format is called {name!r}", fix=suggest(name, FORMATS))
    return found
