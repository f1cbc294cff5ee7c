"""Calibrations that a user brings for the judge of a run: held against it, and kept with it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from harness.analysis.judge_known import misfits_of
from harness.errors import InputError, UsageError
from harness.files.jsonl import write_atomically
from harness.records.calibration import Calibration, read_calibration, rubric_digest
from harness.records.folder import CALIBRATION
from harness.records.reader import RunFolder
from harness.visible import visible_line

if TYPE_CHECKING:
    from harness.orchestrator.judging import JudgingPlan

FLAG: Final = "--calibration"
_FIX: Final = (
    "calibrate this judge by this rubric: track15 calibrate MODEL --record FILE; or leave the "
    "calibration out, and its figures say that they are uncalibrated"
)


def calibration_for(plan: JudgingPlan, file: Path) -> Calibration:
    """The calibration in a file, for judgements that are about to be asked for.

    Raises:
        InputError: The file is none.
        UsageError: It is of another judge or rubric; says which.
    """
    found = read_calibration(file)
    for one in plan.asked:
        if one.rubric == found.rubric.id:
            spec = plan.specs.of(one.rubric, one.read, plan.places[one.read], one.talks)
            misfits = found.misfits(spec.judge, None, one.rubric, rubric_digest(spec))
            break
    else:
        misfits = found.misfits(plan.specs.judge, None, plan.rubrics[0], None)
    if misfits:
        raise _does_not_fit(misfits, file)
    return found


def kept_for(plan: JudgingPlan, folder: RunFolder) -> frozenset[str]:
    """Rubrics by which the folder of a run holds a calibration that fits judgements that are about
    to be asked for."""
    found = set()
    for place in folder.path.glob(CALIBRATION.format("*")):
        with suppress(InputError, UsageError):
            found.add(calibration_for(plan, place).rubric.id)
    return frozenset(found)


def keep_calibration(folder: RunFolder, file: Path) -> Path:
    """Keep a calibration in the folder of a run, in the place of one by the same rubric; where that
    is.

    Raises:
        InputError: The file is none.
        UsageError: It does not fit the run's judgements; says in what.
        RecordError: The run is damaged, or cannot be written.
    """
    found = read_calibration(file)
    if misfits := misfits_of(folder, found):
        raise _does_not_fit(misfits, file)
    place = folder.path / CALIBRATION.format(found.rubric.id)
    write_atomically(place, iter([found.as_bytes()]))
    return place


def _does_not_fit(misfits: list[str], file: Path) -> UsageError:
    return UsageError(
        f"the calibration {file.name!r} does not fit: {visible_line('; '.join(misfits))}",
        where=FLAG,
        fix=_FIX,
    )
