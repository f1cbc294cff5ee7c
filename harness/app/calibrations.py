"""Calibrations that a user brings for the judge of a run: held against it, and kept with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from harness.analysis.judge_known import asked_of, digest_in, misfits_of
from harness.errors import InputError, UsageError
from harness.files.jsonl import write_atomically
from harness.records.calibration import Calibration, read_calibration
from harness.records.folder import CALIBRATION
from harness.records.judging import read_judgings
from harness.records.reader import RunFolder
from harness.visible import visible_line

if TYPE_CHECKING:
    from harness.orchestrator.judging import JudgingPlan
    from harness.records.run import RunInfo

FLAG: Final = "--calibration"
_MARK: Final = 8
"""Characters that tell the file of one judge from that of another."""
_FIX: Final = (
    "calibrate this judge by this rubric: track15 calibrate MODEL --rubric NAME --record FILE; or "
    "leave the calibration out, and its figures say that they are uncalibrated"
)


def hold_calibrations(plan: JudgingPlan, folder: RunFolder, files: Sequence[Path]) -> None:
    """See that calibrations fit, before a judge is paid: each fits judgements that are about to be
    asked for, or those that the run has already. Of a rubric that is about to be asked one has to
    be of its judge: somebody who names the calibration of another one did not mean that.

    Raises:
        InputError: A file is none.
        UsageError: One does not fit; says in what.
        RecordError: The run is damaged.
    """
    found = {file: read_calibration(file) for file in files}
    misfits = {file: _misfits(plan, folder.info, one) for file, one in found.items()}
    covered = {found[file].rubric.id for file, why in misfits.items() if not why}
    for file, why in misfits.items():
        rubric = found[file].rubric.id
        meant = rubric in covered or rubric not in plan.rubrics
        if why and not (meant and not misfits_of(folder, found[file])):
            raise _does_not_fit(why, file)


def _misfits(plan: JudgingPlan, info: RunInfo, found: Calibration) -> list[str]:
    """In what a calibration does not fit judgements that are about to be asked for."""
    for one in plan.asked:
        if one.rubric == found.rubric.id:
            spec = plan.specs.of(one.rubric, one.read, plan.places[one.read], one.talks)
            return found.misfits(spec.judge, None, one.rubric, digest_in(info, spec))
    return found.misfits(plan.specs.judge, None, plan.rubrics[0], None)


def kept_for(plan: JudgingPlan, folder: RunFolder, files: Iterable[Path] = ()) -> frozenset[str]:
    """Rubrics by which there is a calibration that fits judgements that are about to be asked for.

    Args:
        folder: Of the run, which may hold some.
        files: Others that are given.
    """
    found = set()
    for place in (*files, *folder.path.glob(CALIBRATION.format("*"))):
        with suppress(InputError):
            kept = read_calibration(place)
            if not _misfits(plan, folder.info, kept):
                found.add(kept.rubric.id)
    return frozenset(found)


def keep_calibration(folder: RunFolder, file: Path) -> Path:
    """Keep a calibration in the folder of a run, in the place of one of the same judge by the same
    rubric; where that is. One of another judge stays beside it.

    Raises:
        InputError: The file is none.
        UsageError: It does not fit the run's judgements; says in what.
        RecordError: The run is damaged, or cannot be written.
    """
    found = read_calibration(file)
    if misfits := misfits_of(folder, found):
        raise _does_not_fit(misfits, file)
    place = _place(folder, found)
    write_atomically(place, iter([found.as_bytes()]))
    return place


def without_answers(folder: RunFolder, file: Path) -> str | None:
    """Why a calibration corrects nothing although its judge was asked by its rubric: no judgement
    by it has an answer. None where that is not so.

    Raises:
        InputError: The file is none.
        RecordError: The run is damaged.
    """
    found = read_calibration(file)
    rubric = found.rubric.id
    asked = {one.rubric for one in read_judgings(folder.path) if one.judge == found.judge.model}
    if rubric not in asked or asked_of(folder, rubric):
        return None
    return (
        f"The calibration {file.name} is not kept: no judgement by {rubric} has an answer that it "
        "could correct."
    )


def _place(folder: RunFolder, found: Calibration) -> Path:
    """Where a calibration is kept: under the name of its rubric, and where that holds one of
    another judge, with a mark of its own judge behind it."""
    rubric = found.rubric.id
    usual = folder.path / CALIBRATION.format(rubric)
    mark = hashlib.sha256(found.judge.model_dump_json().encode()).hexdigest()[:_MARK]
    own = folder.path / CALIBRATION.format(f"{rubric}-{mark}")
    if own.exists() or (usual.exists() and not _same_judge(usual, found)):
        return own
    return usual


def _same_judge(place: Path, found: Calibration) -> bool:
    """Whether a file may be overwritten by a calibration: it is of the same judge, or none."""
    try:
        return read_calibration(place).judge == found.judge
    except InputError:
        return True


def _does_not_fit(misfits: list[str], file: Path) -> UsageError:
    return UsageError(
        f"the calibration {file.name!r} does not fit: {visible_line('; '.join(misfits))}",
        where=FLAG,
        fix=_FIX,
    )
