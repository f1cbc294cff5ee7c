"""What the records of each kind of stage are read as, by those who did not play them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.records.judgement import JUDGEMENT, JudgementRecord
from harness.records.later import LATER, LaterRecord
from harness.records.misreading import MISREADING, MisreadingRecord
from harness.records.news import NEWS, NewsRecord
from harness.records.probe import PROBE, ProbeRecord
from harness.records.publication import PUBLICATION, PublicationRecord
from harness.records.readership import READERSHIP, ReadershipRecord
from harness.records.spec import RECORDED, TALKS
from harness.records.transcript import StageRecord, Transcript

RECORDS: Final[Mapping[str, type[StageRecord]]] = {
    TALKS: Transcript,
    RECORDED: Transcript,
    PROBE: ProbeRecord,
    JUDGEMENT: JudgementRecord,
    NEWS: NewsRecord,
    READERSHIP: ReadershipRecord,
    MISREADING: MisreadingRecord,
    LATER: LaterRecord,
    PUBLICATION: PublicationRecord,
}
"""Kind -> the class of its records. Of a kind that is not named here spec and body are plain
values."""


def record_class(kind: str) -> type[StageRecord]:
    """What a record of that kind is read as."""
    return RECORDS.get(kind, StageRecord)
