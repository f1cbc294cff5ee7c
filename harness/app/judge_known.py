"""What is known of the errors of the judges of a run: calibrations that are kept in its folder.

A calibration counts only where it is of the judge, the served model and the rubric by which the run
was judged. That is held each time before a corrected figure is made.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from harness.analysis.judge_correction import JudgedPair
from harness.analysis.judged_measures import JudgeKnown
from harness.errors import InputError, Track15Error, UsageError
from harness.files.jsonl import write_atomically
from harness.orchestrator.judging import JudgingPlan
from harness.records.calibration import Calibration, read_calibration, rubric_digest
from harness.records.folder import CALIBRATION
from harness.records.judgement import JUDGEMENT, READ, JudgementRecord
from harness.records.reader import RunFolder
from harness.visible import visible_line

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


def keep_calibration(folder: RunFolder, file: Path) -> Path:
    """Keep a calibration in the folder of a run, in the place of one by the same rubric; where that
    is.

    Raises:
        InputError: The file is none.
        UsageError: It does not fit the run's judgements; says in what.
        RecordError: The run is damaged, or cannot be written.
    """
    found = read_calibration(file)
    if misfits := _misfits(folder, found):
        raise _does_not_fit(misfits, file)
    place = folder.path / CALIBRATION.format(found.rubric.id)
    write_atomically(place, iter([found.as_bytes()]))
    return place


def judge_known(folder: RunFolder) -> JudgeKnown:
    """What is known of the judges of a run, from what its folder holds.

    Raises:
        RecordError: A file of the run is damaged.
    """
    pairs: dict[str, tuple[JudgedPair, ...]] = {}
    judges: dict[str, str] = {}
    warnings = []
    for place in sorted(folder.path.glob(CALIBRATION.format("*"))):
        try:
            found = read_calibration(place)
        except InputError as error:
            warnings.append(f"{place.name} is not used: {error.what}.")
            continue
        if misfits := _misfits(folder, found):
            warnings.append(
                f"{place.name} does not fit the judgements of this run, and is not used: "
                f"{visible_line('; '.join(misfits))}."
            )
            continue
        for measure, own in found.pairs.items():
            judges[measure] = found.judge.model
            pairs[measure] = tuple(
                JudgedPair(one.cluster or one.transcript, one.truth, one.judged) for one in own
            )
    return JudgeKnown(pairs=pairs, judges=judges, warnings=tuple(warnings))


def _misfits(folder: RunFolder, calibration: Calibration) -> list[str]:
    """In what a calibration is of something else than the run's judgements; none where it fits."""
    rubric = calibration.rubric.id
    asked = dict.fromkeys(
        (one.spec.judge, rubric_digest(one.spec))
        for one in counted_judgements(folder, rubric).values()
    )
    if not asked:
        return [f"it is of the rubric {rubric!r}, by which nobody has judged this run"]
    judges = dict.fromkeys(judge for judge, _ in asked)
    if len(judges) > 1:
        several = f"several judges have judged this run by the rubric {rubric!r}"
        return [f"{several}, and none speaks for the others"]
    found = []
    for judge, digest in asked:
        served = folder.info.served.get(judge.model, ())
        for one in served or (None,):
            found += calibration.misfits(judge, one, rubric, digest)
    return list(dict.fromkeys(found))


def counted_judgements(folder: RunFolder, rubric: str) -> dict[tuple[str, str], JudgementRecord]:
    """The judgements by a rubric that count: (id of a record, judge) -> the last with an answer.

    Raises:
        RecordError: A file of the run is damaged.
    """
    last: dict[tuple[str, str], JudgementRecord] = {}
    for one in folder.records(JUDGEMENT, JudgementRecord):
        if one.spec.rubric.id == rubric and one.status == "done" and READ in one.spec.inputs:
            last[one.spec.inputs[READ], one.spec.judge.model_dump_json()] = one
    return last


def _does_not_fit(misfits: list[str], file: Path) -> Track15Error:
    return UsageError(
        f"the calibration {file.name!r} does not fit: {visible_line('; '.join(misfits))}",
        where=FLAG,
        fix=_FIX,
    )
