"""What is known of the errors of the judges of a run: calibrations that are kept in its folder.

A calibration counts only where it is of the judge, the served model and the rubric by which the run
was judged. That is held each time before a corrected figure is made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from harness.analysis.answer_agreement import AnswerAgreement, AnswersBy
from harness.analysis.judge_errors import JudgedPair
from harness.analysis.judged import standing
from harness.analysis.label_agreement import LabelAgreement
from harness.analysis.labelled_records import LabelledRecord
from harness.analysis.labelled_turns import LabelledTurn
from harness.errors import InputError, RecordError
from harness.evaluators.scales import evaluator_name
from harness.plans.article import ARTICLE
from harness.plans.article_claims import ARTICLE_CLAIMS
from harness.plans.private_facts import by_seat
from harness.plans.prose_ledger import PROSE_LEDGER
from harness.records.calibration import Calibration, Pair, read_calibration, rubric_digest
from harness.records.folder import CALIBRATION
from harness.records.judgement import JUDGEMENT, READ, Judge, JudgementRecord, JudgementSpec
from harness.records.reader import RunFolder
from harness.records.run import RunInfo
from harness.visible import visible_line

_READ_BY: Final[Mapping[str, str]] = {
    PROSE_LEDGER: "words",
    ARTICLE: "published",
    ARTICLE_CLAIMS: "claimed",
    **dict.fromkeys(by_seat(), "leakage"),
}
"""Rubric of the program -> the evaluator that reads judgements by it. Rubric files have one each,
of their name."""


@dataclass(frozen=True)
class JudgeKnown:
    """What is known of the errors of the judges of a run.

    Attributes:
        pairs: ``evaluator.measure`` -> pairs of a calibration that fits the run's judgements.
        calibrations: ``evaluator.measure`` -> SHA-256 of that calibration, whenever it was made.
        labels: ``evaluator.measure`` -> turns that a person has labelled.
        turns: Id of talks that the judge has read -> turns in which it found anything, and others.
        records: ``evaluator.measure`` -> records about which a person has answered.
        judges: ``evaluator.measure`` -> the judge that they are of.
        agreements: How far people agree with one another and with the judges, where any labelled.
        people: Who labelled -> turns, and those left out of these.
        answers, answered: The same of questions about whole records.
        warnings: What is there and cannot be used, a sentence each.
    """

    pairs: Mapping[str, tuple[JudgedPair, ...]] = field(default_factory=dict)
    calibrations: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, tuple[LabelledTurn, ...]] = field(default_factory=dict)
    turns: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    records: Mapping[str, tuple[LabelledRecord, ...]] = field(default_factory=dict)
    judges: Mapping[str, str] = field(default_factory=dict)
    agreements: tuple[LabelAgreement, ...] = ()
    people: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    answers: tuple[AnswerAgreement, ...] = ()
    answered: tuple[AnswersBy, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def measures(self) -> list[str]:
        """Those of which something is known."""
        return list(dict.fromkeys((*self.pairs, *self.labels, *self.records)))

    def of(self, talks: Container[str]) -> JudgeKnown:
        """The same with the labels of turns of some talks alone. A calibration is of no talks of
        the run, and labels of whole records know their rows themselves."""
        labels = {
            measure: tuple(one for one in own if one.record in talks)
            for measure, own in self.labels.items()
        }
        turns = {name: counts for name, counts in self.turns.items() if name in talks}
        return replace(self, labels=labels, turns=turns)


NOTHING_KNOWN: Final = JudgeKnown()
_TWICE: Final = (
    "{} is not used: {} is of the same judge by the same rubric. Keep the one that is to count."
)


@dataclass(frozen=True)
class Held:
    """A calibration in the folder of a run, held against its judgements.

    Attributes:
        place: Its file.
        found: What is in it; None where that is no calibration.
        why: Why it is not used; empty where it fits.
        several: Whether several judges have judged the run by its rubric. Then it says how good
            one of them is, and corrects no figure of the run.
    """

    place: Path
    found: Calibration | None
    why: str = ""
    several: bool = False

    @property
    def warning(self) -> str:
        """Why it corrects nothing, in a sentence; empty where it corrects."""
        name = visible_line(self.place.name)
        if self.found is None:
            return f"{name} is not used: {visible_line(self.why)}."
        if self.why:
            return (
                f"{name} does not fit the judgements of this run, and is not used: "
                f"{visible_line(self.why)}."
            )
        rubric = self.found.rubric.id
        if self.several:
            return (
                f"{name} is kept, and corrects nothing: several judges have judged this run by the "
                f"rubric {rubric!r}, and none speaks for the others."
            )
        if not any(own_pairs(self.found).values()):
            return (
                f"{name} is kept, and corrects nothing: it has no reading of a measure of the "
                f"rubric {rubric!r} beside its truth."
            )
        return ""


def own_pairs(found: Calibration) -> dict[str, tuple[Pair, ...]]:
    """``evaluator.measure`` -> the pairs of a calibration, of measures of its own rubric alone.

    It says how good a judge is by that rubric. What a file holds beside it is about readings that
    the judge was not held to, and corrects nothing.
    """
    rubric = found.rubric.id
    own = _READ_BY.get(rubric, evaluator_name(rubric))
    return {name: pairs for name, pairs in found.pairs.items() if name.split(".")[0] == own}


def held_calibrations(folder: RunFolder) -> Iterator[Held]:
    """The calibrations that the folder of a run holds, those that are called by their rubric alone
    first.

    Raises:
        RecordError: A file of the run is damaged.
    """
    asked: dict[str, Sequence[Asked]] = {}
    places = folder.path.glob(CALIBRATION.format("*"))
    for place in sorted(places, key=lambda one: (len(one.name), one.name)):
        try:
            found = read_calibration(place)
        except InputError as error:
            yield Held(place, None, error.what)
            continue
        rubric = found.rubric.id
        if rubric not in asked:
            asked[rubric] = asked_of(folder, rubric)
        why = "; ".join(misfits_among(folder, found, asked[rubric]))
        several = len(dict.fromkeys(one.judge for one in asked[rubric])) > 1
        yield Held(place, found, why, several)


def judge_known(folder: RunFolder) -> JudgeKnown:
    """What is known of the judges of a run, from what its folder holds.

    Raises:
        RecordError: A file of the run is damaged.
    """
    pairs: dict[str, tuple[JudgedPair, ...]] = {}
    judges: dict[str, str] = {}
    calibrations: dict[str, str] = {}
    used: dict[str, Path] = {}
    warnings = []
    for one in held_calibrations(folder):
        if one.found is None or one.warning:
            warnings.append(one.warning)
            continue
        if (first := used.setdefault(one.found.rubric.id, one.place)) != one.place:
            warnings.append(_TWICE.format(visible_line(one.place.name), visible_line(first.name)))
            continue
        # Written down twice, it is one calibration.
        digest = hashlib.sha256(one.found.model_copy(update={"made": "-"}).as_bytes()).hexdigest()
        for measure, own in own_pairs(one.found).items():
            calibrations[measure] = digest
            judges[measure] = one.found.judge.model
            pairs[measure] = tuple(
                JudgedPair(pair.cluster or pair.transcript, pair.truth, pair.judged) for pair in own
            )
    return JudgeKnown(
        pairs=pairs, calibrations=calibrations, judges=judges, warnings=tuple(warnings)
    )


def known_judges(folder: RunFolder, evaluator: str) -> frozenset[str]:
    """Judges of a run for whose figures by an evaluator a calibration in its folder fits; empty
    where there is none, or where that cannot be told since a file is damaged."""
    found = known_measures(folder)
    own = (by for name, by in found.items() if name.startswith(f"{evaluator}."))
    return frozenset(judge for judges in own for judge in judges)


def known_measures(folder: RunFolder) -> Mapping[str, frozenset[str]]:
    """``evaluator.measure`` -> judges of a run for whose figures of it a calibration in its folder
    fits; empty as for :func:`known_judges`. What was found is kept as long as the files are the
    same."""
    places = sorted(folder.path.glob(CALIBRATION.format("*")))
    if not places:
        return {}
    files = [*places, *folder.path.glob(f"{JUDGEMENT}.jsonl")]
    try:
        stamps = tuple((one.name, *_stamp(one)) for one in files)
        return _known_measures(folder.path, stamps)
    except (OSError, RecordError):
        return {}


@lru_cache(maxsize=8)
def _known_measures(
    path: Path, stamps: tuple[tuple[object, ...], ...]
) -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for one in held_calibrations(RunFolder(path)):
        if one.found is not None and not one.why:
            for measure in own_pairs(one.found):
                judges = found.get(measure, frozenset())
                found[measure] = judges | {one.found.judge.model}
    return found


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size


class Asked(NamedTuple):
    """By whom a run was judged by a rubric, and in which words: see :func:`rubric_digest`."""

    judge: Judge
    digest: str


def asked_of(folder: RunFolder, rubric: str) -> tuple[Asked, ...]:
    """By whom and in which words a run was judged by a rubric, each once.

    Raises:
        RecordError: A file of the run is damaged.
    """
    digests: dict[tuple[object, ...], str] = {}
    found = dict[Asked, None]()
    for record in counted_judgements(folder, rubric).values():
        spec = record.spec
        words = (spec.scenario, spec.twin, spec.rubric, tuple(sorted(spec.templates.items())))
        if words not in digests:
            digests[words] = digest_in(folder.info, spec)
        found[Asked(spec.judge, digests[words])] = None
    return tuple(found)


def digest_in(info: RunInfo, spec: JudgementSpec) -> str:
    """The digest of the rubric of a judgement of a run."""
    scenario = None
    if spec.twin is not None and spec.scenario is not None and spec.scenario in info.scenarios:
        scenario = info.scenario(spec.scenario, spec.twin)
    return rubric_digest(spec, scenario)


def misfits_of(folder: RunFolder, calibration: Calibration) -> list[str]:
    """In what a calibration is of something else than the run's judgements; none where it fits
    those of one of the run's judges.

    Raises:
        RecordError: A file of the run is damaged.
    """
    return misfits_among(folder, calibration, asked_of(folder, calibration.rubric.id))


def misfits_among(folder: RunFolder, calibration: Calibration, asked: Sequence[Asked]) -> list[str]:
    """As :func:`misfits_of`.

    Args:
        asked: Of its rubric, by :func:`asked_of`.
    """
    rubric = calibration.rubric.id
    if not asked:
        return [f"it is of the rubric {rubric!r}, by which nobody has judged this run"]
    same = [one for one in asked if one.judge == calibration.judge]
    alike = same or [one for one in asked if one.judge.model == calibration.judge.model]
    found = []
    for judge, digest in alike or asked:
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
