"""One dialogue of a run, laid out: what the terminal and the viewer show."""

from __future__ import annotations

from harness.evaluators.case import case_of
from harness.evaluators.landscape import landscape
from harness.records.placement import placement_of
from harness.records.reader import RunFolder
from harness.records.transcript import Transcript
from harness.report.layout import read
from harness.report.reading import Reading


def reading_of(folder: RunFolder, transcript: Transcript) -> Reading:
    """A dialogue of a run laid out, with what was measured in it.

    Raises:
        RecordError: A file of the run is damaged.
    """
    place = placement_of(folder, transcript)
    scores = folder.score_lines().of(transcript.id)
    return read(case_of(transcript, folder.info), scores, place)


def skew_range(folder: RunFolder, transcript: Transcript) -> tuple[float, float] | None:
    """The smallest and the largest skew, in [-1, 1] and + to the official seat, of a deal that both
    principals prefer to none; None where there is no such deal."""
    case = case_of(transcript, folder.info)
    return landscape(case.scenario, case.seats, case.talks.outcome.round).skew_range
