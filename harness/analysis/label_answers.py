"""Answers of people about whole records of a run, beside those of its judges.

What a person answered is measured as a judge's answers are: the person's take the judge's place in
the judgement, and the same evaluator reads it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from harness.analysis.answer_agreement import (
    Answer,
    AnswerAgreement,
    AnswersBy,
    Differing,
    RecordReading,
    answer_agreements,
    differing,
)
from harness.analysis.judge_known import counted_judgements
from harness.analysis.labelled_records import LabelledRecord
from harness.analysis.scale import scale_of
from harness.evaluators.base import Evaluator
from harness.evaluators.case import Case, case_made_from, case_of
from harness.evaluators.of_run import scales_of_run
from harness.evaluators.registry import builtin
from harness.evaluators.scales import evaluator_name, place_of, verdicts_of
from harness.plans.article import ARTICLE
from harness.records.judgement import JudgementRecord, Verdict
from harness.records.labels import Label, asked_digest
from harness.records.publication import ARTICLE as WRITTEN
from harness.records.reader import RunFolder
from harness.records.transcript import Transcript

PUBLISHED: Final = "published"
"""Name of the evaluator that reads judgements by the rubric ``article``."""
NOT_ANSWERED: Final = "the person was not asked, or left it open"
_OF_THE_JUDGE: Final = frozenset({"undecided", "rejected", "unusable"})
"""Measures of how much of a judgement stands, of which a person says nothing."""
_SEVERAL: Final = (
    "Several judges have read this run by the rubric {!r}, so that labels correct none of them."
)
_OTHERWISE: Final = (
    "Labels by the rubric {!r} that were asked in other words than the judge was do not correct "
    "it: {} of {}. Label the run again as the rubric is now."
)
_GONE: Final = "Labels of records that this run does not have are not used: {} of {}."


@dataclass(frozen=True)
class AnswersRead:
    """What the labels of a run's whole records come to.

    Attributes:
        labels: ``evaluator.measure`` -> its labelled records; of rubrics by which a single judge
            has read the run.
        judges: ``evaluator.measure`` -> whom the labels correct.
        agreements: Of people with one another and with the judges.
        differing: Questions that people answer otherwise than one another.
        people: Who answered by what.
        warnings: What is there and cannot be used, a sentence each.
    """

    labels: Mapping[str, tuple[LabelledRecord, ...]] = field(default_factory=dict)
    judges: Mapping[str, str] = field(default_factory=dict)
    agreements: tuple[AnswerAgreement, ...] = ()
    differing: tuple[Differing, ...] = ()
    people: tuple[AnswersBy, ...] = ()
    warnings: tuple[str, ...] = ()


NO_ANSWERS: Final = AnswersRead()


def answers_read(
    folder: RunFolder, labels: Sequence[Label], *, compare: bool = True
) -> AnswersRead:
    """What the labels of whole records of a run come to.

    Args:
        labels: Of the run; those of turns are ignored.
        compare: Whether to say how far readers agree, which takes longest.

    Raises:
        RecordError: A file of the run is damaged.
    """
    whole = [one for one in labels if one.whole is not None]
    known = [one for one in whole if _is_done(folder, one.record)]
    if not whole:
        return NO_ANSWERS
    warnings = [_GONE.format(len(whole) - len(known), len(whole))] * (len(known) < len(whole))
    found: dict[str, tuple[LabelledRecord, ...]] = {}
    judges: dict[str, str] = {}
    records = _Records(folder, known)
    readings = [_reading(one, records) for one in known] if compare else []
    for rubric in dict.fromkeys(one.rubric for one in known):
        own = [one for one in known if one.rubric == rubric]
        judged = counted_judgements(folder, rubric)
        if compare:
            readings += _by_judges(own, judged, records)
        models = {one.spec.judge for one in judged.values()}
        if len(models) > 1:
            warnings.append(_SEVERAL.format(rubric))
        elif models:
            by_record = {record: one for (record, _), one in judged.items()}
            alike = [one for one in own if _same_words(one, by_record)]
            if len(alike) < len(own):
                warnings.append(_OTHERWISE.format(rubric, len(own) - len(alike), len(own)))
            measured = _measured(records, rubric, alike, by_record)
            found |= measured
            judges |= dict.fromkeys(measured, next(iter(models)).model)
    return AnswersRead(
        labels=found,
        judges=judges,
        agreements=answer_agreements(readings),
        differing=differing(readings),
        people=tuple(_people(known)),
        warnings=tuple(warnings),
    )


class _Records:
    """The records of a run that people have answered about, each read once."""

    def __init__(self, folder: RunFolder, labels: Iterable[Label]) -> None:
        self.folder = folder
        self._cases: dict[str, Case] = {}
        wanted = {one.record for one in labels}
        self.rows: dict[str, list[tuple[str, str]]] = {}
        for episode in folder.episodes() if wanted else ():
            pair = f"{episode.pair}/{episode.lineup}" if episode.lineup else episode.pair
            for stage in wanted.intersection(episode.stages.values()):
                self.rows.setdefault(stage, []).append((episode.arm, pair))

    def place(self, record: str) -> str:
        """The scenario of a record."""
        return self.folder.place(record).scenario

    def case(self, record: str) -> Case:
        """A record as evaluators read it, without any judgement."""
        if record not in self._cases:
            read, _ = self.folder.stage(record)
            info = self.folder.info
            if isinstance(read, Transcript):
                self._cases[record] = case_of(read, info)
            else:
                place = self.folder.place(record)
                self._cases[record] = case_made_from(read, {WRITTEN: read}, place, info)
        return self._cases[record]


def _is_done(folder: RunFolder, record: str) -> bool:
    return folder.stage_index.has((record,)) and folder.stage_index.became((record,)) == "done"


def _same_words(label: Label, judged: Mapping[str, JudgementRecord]) -> bool:
    """Whether a person was asked in the words in which the judge was, where it was."""
    judgement = judged.get(label.record)
    assert label.whole is not None
    return judgement is None or asked_digest(judgement.spec.rubric) == label.whole.digest


def _reading(label: Label, records: _Records) -> RecordReading:
    assert label.whole is not None
    places = label.whole.places
    return RecordReading(
        who=label.who,
        rubric=label.rubric,
        digest=label.whole.digest,
        record=label.record,
        scenario=records.place(label.record),
        answers={
            item: None if one.answer is None else Answer(one.answer, places.get(item))
            for item, one in label.items.items()
        },
    )


def _by_judges(
    labels: Sequence[Label],
    judged: Mapping[tuple[str, str], JudgementRecord],
    records: _Records,
) -> Iterator[RecordReading]:
    """What judges answered about the records that people have answered about."""
    wanted = {one.record for one in labels}
    for (record, _), one in judged.items():
        if record not in wanted:
            continue
        verdicts = verdicts_of(one)
        yield RecordReading(
            who=one.spec.judge.model,
            rubric=one.spec.rubric.id,
            digest=asked_digest(one.spec.rubric),
            record=record,
            scenario=records.place(record),
            answers={
                item.id: None
                if (answer := verdicts[item.id].answer) is None
                else Answer(answer, place_of(item, answer) if item.scale else None)
                for item in one.spec.rubric.items
                if item.id in verdicts
            },
            judge=True,
        )


def evaluator_of(rubric: str) -> str:
    """What the evaluator of a rubric that asks questions is called."""
    return PUBLISHED if rubric == ARTICLE else evaluator_name(rubric)


def _evaluator(folder: RunFolder, rubric: str) -> Evaluator | None:
    """Who reads judgements by a rubric that asks questions; None for nobody."""
    known = builtin() if rubric == ARTICLE else scales_of_run(folder)
    return next((one for one in known if one.name == evaluator_of(rubric)), None)


def _measured(
    records: _Records,
    rubric: str,
    labels: Sequence[Label],
    judged: Mapping[str, JudgementRecord],
) -> dict[str, tuple[LabelledRecord, ...]]:
    """Labels by measure. Where several people have answered about a record, their mean counts."""
    evaluator = _evaluator(records.folder, rubric)
    if evaluator is None:
        return {}
    names = [
        one.name
        for one in evaluator.measures
        if one.name not in _OF_THE_JUDGE and scale_of(one.range).width is not None
    ]
    by_record: dict[str, list[Label]] = {}
    for label in labels:
        if label.record in judged:
            by_record.setdefault(label.record, []).append(label)
    found: dict[str, list[LabelledRecord]] = {}
    for record, own in by_record.items():
        case, judgement = records.case(record), judged[record]
        by_judge = _values(evaluator, case, judgement)
        by_people = [_values(evaluator, case, _answered(judgement, one)) for one in own]
        for name in names:
            told = [one[name] for one in by_people if one.get(name) is not None]
            found.setdefault(f"{evaluator.name}.{name}", []).append(
                LabelledRecord(
                    scenario=records.place(record),
                    places=tuple(records.rows.get(record, ())),
                    truth=math.fsum(told) / len(told) if told else None,
                    judged=by_judge.get(name),
                    chance=own[-1].chance,
                )
            )
    return {measure: tuple(own) for measure, own in found.items()}


def _answered(judgement: JudgementRecord, label: Label) -> JudgementRecord:
    """A judgement with the answers of a person in place of the judge's."""
    told = label.items
    verdicts = []
    for item in judgement.spec.rubric.items:
        answer = told[item.id].answer if item.id in told else None
        known = answer is not None and answer in {one.id for one in item.answers}
        verdicts.append(
            Verdict(item=item.id, answer=answer)
            if known
            else Verdict(item=item.id, problem=NOT_ANSWERED)
        )
    body = judgement.body.model_copy(update={"verdicts": tuple(verdicts)})
    return judgement.model_copy(update={"body": body})


def _values(evaluator: Evaluator, case: Case, judgement: JudgementRecord) -> dict[str, float]:
    """Measures of a record as one judgement has it; those without a value are left out."""
    inputs = {**case.inputs, f"judged_{judgement.spec.rubric.id}": judgement}
    found = evaluator.score(Case(case.record, case.scenario, case.spec, inputs))
    return {
        name: float(value)
        for name, value in found.values.items()
        if value is not None and not isinstance(value, str)
    }


def _people(labels: Sequence[Label]) -> Iterator[AnswersBy]:
    for who, rubric in dict.fromkeys((one.who, one.rubric) for one in labels):
        own = [one for one in labels if (one.who, one.rubric) == (who, rubric)]
        verdicts = [verdict for one in own for verdict in one.verdicts]
        given = sum(one.answer is not None for one in verdicts)
        yield AnswersBy(
            who=who,
            rubric=rubric,
            records=len(own),
            answers=given,
            missing=len(verdicts) - given,
        )
