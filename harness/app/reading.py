"""One dialogue of a run, laid out: what the terminal and the viewer show."""

from __future__ import annotations

import sqlite3

from harness.analysis.judge_known import known_judges
from harness.errors import RecordError
from harness.evaluators.case import case_of
from harness.evaluators.landscape import landscape
from harness.records.placement import placement_of
from harness.records.reader import RunFolder
from harness.records.transcript import Transcript
from harness.report.in_words import WORDS
from harness.report.layout import read
from harness.report.reading import Reading
from harness.viewer.lookup import Found, look_up
from harness.viewer.ready import ready


def reading_of(folder: RunFolder, transcript: Transcript) -> Reading:
    """A dialogue of a run laid out, with what was measured in it. An index that a viewer has left
    says where that stands; else the files of the run are gone through.

    Raises:
        RecordError: A file of the run is damaged.
    """
    found = _indexed(folder, transcript.id)
    if found is not None:
        place, scores = found.place, found.scores
    else:
        place = placement_of(folder, transcript)
        scores = folder.score_lines().of(transcript.id)
    case = case_of(transcript, folder.info)
    return read(case, scores, place, calibrated=known_judges(folder, WORDS))


def _indexed(folder: RunFolder, dialogue: str) -> Found | None:
    """A dialogue by the index of its run; None where there is none that can be used."""
    index = None if folder.info.is_former else ready(folder)
    if index is None:
        return None
    try:
        found = look_up(folder, index, dialogue)
    except (sqlite3.Error, RecordError):  # whatever it is, the files say so
        return None
    return found if found.place.arms else None


def skew_range(folder: RunFolder, transcript: Transcript) -> tuple[float, float] | None:
    """The smallest and the largest skew, in [-1, 1] and + to the official seat, of a deal that both
    principals prefer to none; None where there is no such deal."""
    case = case_of(transcript, folder.info)
    return landscape(case.scenario, case.seats, case.talks.outcome.round).skew_range
