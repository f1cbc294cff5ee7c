"""What is known of the errors of the judges of a run: calibrations that are kept in its folder.

A calibration counts only where it is of the judge, the served model and the rubric by which the run
was judged. That is held each time before a corrected figure is made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from harness.analysis.judge_correction import JudgedPair
from harness.analysis.judged import standing
from harness.analysis.label_agreement import LabelAgreement
from harness.analysis.labelled_turns import LabelledTurn
from harness.errors import InputError, RecordError
from harness.records.calibration import Calibration, read_calibration, rubric_digest
from harness.records.folder import CALIBRATION
from harness.records.judgement import JUDGEMENT, READ, JudgementRecord
from harness.records.reader import RunFolder
from harness.visible import visible_line


@dataclass(frozen=True)
class JudgeKnown:
    """What is known of the errors of the judges of a run.

    Attributes:
        pairs: ``evaluator.measure`` -> pairs of a calibration that fits the run's judgements.
        calibrations: ``evaluator.measure`` -> SHA-256 of that calibration, whenever it was made.
        labels: ``evaluator.measure`` -> turns that a person has labelled.
        turns: Id of talks that the judge has read -> turns in which it found anything, and others.
        judges: ``evaluator.measure`` -> the judge that they are of.
        agreements: How far people agree with one another and with the judges, where any labelled.
        people: Who labelled -> turns, and those left out of these.
        warnings: What is there and cannot be used, a sentence each.
    """

    pairs: Mapping[str, tuple[JudgedPair, ...]] = field(default_factory=dict)
    calibrations: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, tuple[LabelledTurn, ...]] = field(default_factory=dict)
    turns: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    judges: Mapping[str, str] = field(default_factory=dict)
    agreements: tuple[LabelAgreement, ...] = ()
    people: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def measures(self) -> list[str]:
        """Those of which something is known."""
        return list(dict.fromkeys((*self.pairs, *self.labels)))

    def of(self, talks: Container[str]) -> JudgeKnown:
        """The same with the labels of some talks alone. A calibration is of no talks of the run."""
        labels = {
            measure: tuple(one for one in own if one.record in talks)
            for measure, own in self.labels.items()
        }
        turns = {name: counts for name, counts in self.turns.items() if name in talks}
        return replace(self, labels=labels, turns=turns)


NOTHING_KNOWN: Final = JudgeKnown()


def judge_known(folder: RunFolder) -> JudgeKnown:
    """What is known of the judges of a run, from what its folder holds.

    Raises:
        RecordError: A file of the run is damaged.
    """
    pairs: dict[str, tuple[JudgedPair, ...]] = {}
    judges: dict[str, str] = {}
    calibrations: dict[str, str] = {}
    warnings = []
    for place in sorted(folder.path.glob(CALIBRATION.format("*"))):
        try:
            found = read_calibration(place)
        except InputError as error:
            warnings.append(f"{place.name} is not used: {error.what}.")
            continue
        if misfits := misfits_of(folder, found):
            warnings.append(
                f"{place.name} does not fit the judgements of this run, and is not used: "
                f"{visible_line('; '.join(misfits))}."
            )
            continue
        # Written down twice, it is one calibration.
        digest = hashlib.sha256(found.model_copy(update={"made": "-"}).as_bytes()).hexdigest()
        for measure, own in found.pairs.items():
            calibrations[measure] = digest
            judges[measure] = found.judge.model
            pairs[measure] = tuple(
                JudgedPair(one.cluster or one.transcript, one.truth, one.judged) for one in own
            )
    return JudgeKnown(
        pairs=pairs, calibrations=calibrations, judges=judges, warnings=tuple(warnings)
    )


def known_judges(folder: RunFolder, evaluator: str) -> frozenset[str]:
    """Judges of a run for whose figures by an evaluator a calibration in its folder fits; empty
    where there is none, or where that cannot be told since a file is damaged. What was found is
    kept as long as the files are the same."""
    places = sorted(folder.path.glob(CALIBRATION.format("*")))
    if not places:
        return frozenset()
    files = [*places, *folder.path.glob(f"{JUDGEMENT}.jsonl")]
    try:
        stamps = tuple((one.name, *_stamp(one)) for one in files)
        known = _known_judges(folder.path, stamps)
    except (OSError, RecordError):
        return frozenset()
    return frozenset(by for name, by in known.items() if name.startswith(f"{evaluator}."))


@lru_cache(maxsize=8)
def _known_judges(path: Path, stamps: tuple[tuple[object, ...], ...]) -> Mapping[str, str]:
    return judge_known(RunFolder(path)).judges


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size


def misfits_of(folder: RunFolder, calibration: Calibration) -> list[str]:
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
    Those that were asked in another form, to see what that changes, do not, nor do those of a
    record that was played again since.

    Raises:
        RecordError: A file of the run is damaged.
    """
    last: dict[tuple[str, str], JudgementRecord] = {}
    for one in standing(folder):
        asked = one.spec.rubric.id == rubric and one.spec.variant is None
        if asked and one.status == "done" and READ in one.spec.inputs:
            last[one.spec.inputs[READ], one.spec.judge.model_dump_json()] = one
    return last
