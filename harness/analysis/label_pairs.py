"""Labels of a run beside what its judges found in the same turns, or answered about the same
records."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

from harness.analysis.judge_known import JudgeKnown, counted_judgements, judge_known
from harness.analysis.judged_measures import said_of_judges
from harness.analysis.label_agreement import LabelAgreement, Reading, agreements
from harness.analysis.label_answers import AnswersRead, answers_read
from harness.analysis.labelled_turns import LabelledTurn
from harness.evaluators.base import Measure
from harness.evaluators.case import Case, case_of
from harness.evaluators.of_run import scales_of_run
from harness.evaluators.registry import builtin, measures
from harness.evaluators.word_events import listed
from harness.evaluators.word_turns import acts, found_in_turn, judged_turns
from harness.plans.prose_ledger import PROSE_LEDGER
from harness.records.folder import LABELS
from harness.records.judgement import JudgementRecord, Verdict
from harness.records.labels import Label, read_labels
from harness.records.reader import RunFolder

LABELLED: Final = (PROSE_LEDGER,)
"""Rubrics that people can label turns by."""
_SEVERAL: Final = (
    "Several judges have read this run by the rubric {!r}, so that labels correct none of them."
)
_OTHERWISE: Final = (
    "Labels by another version of the rubric than the judge's do not correct it: {}."
)
_GONE: Final = "Labels of turns that this run does not have are not used: {} of {}."


@dataclass(frozen=True)
class LabelsRead:
    """What the labels of a run come to.

    Attributes:
        labels: ``evaluator.measure`` -> its labelled turns; none where no single judge has read
            the run.
        turns: Id of talks that the judge has read -> turns in which it found anything, and others.
        judge: Whom the labels correct; empty for nobody.
        agreements: Of people with one another and with the judges.
        people: Who labelled turns -> how many, and those left out.
        answers: The same of whole records.
        warnings: What is there and cannot be used, a sentence each; of answers too.
    """

    labels: dict[str, tuple[LabelledTurn, ...]]
    turns: dict[str, tuple[int, int]]
    judge: str
    agreements: tuple[LabelAgreement, ...]
    people: dict[str, tuple[int, int]]
    answers: AnswersRead
    warnings: tuple[str, ...]


def labels_read(folder: RunFolder, *, compare: bool = True) -> LabelsRead | None:
    """What the labels of a run come to; None where there are none.

    Args:
        compare: Whether to say how far readers agree, which takes longest; else no two are
            compared.

    Raises:
        RecordError: A file of the run is damaged.
    """
    if not (folder.path / LABELS).exists():
        return None
    there = read_labels(folder.path)
    answers = answers_read(folder, there, compare=compare)
    whole = [one for one in there if one.rubric in LABELLED and one.whole is None]
    index = folder.index()
    cases = _cases(folder, [one for one in whole if one.record in index])
    said = {
        (record, turn.index)
        for record, case in cases.items()
        for turn in case.talks.turns
        if turn.kind == "statement"
    }
    known = [one for one in whole if (one.record, one.turn) in said]
    warnings = [_GONE.format(len(whole) - len(known), len(whole))] * (len(known) < len(whole))
    people = {
        who: (len(own), sum(one.skipped for one in own))
        for who in dict.fromkeys(one.who for one in known)
        if (own := [one for one in known if one.who == who])
    }
    (rubric,) = LABELLED
    judged = counted_judgements(folder, rubric) if whole else {}
    judges = dict.fromkeys(one.spec.judge for one in judged.values())
    readings = [*_by_people(known), *_by_judges(known, judged)]
    labels, turns = dict[str, tuple[LabelledTurn, ...]](), dict[str, tuple[int, int]]()
    if len(judges) > 1:
        warnings.append(_SEVERAL.format(rubric))
    elif judges:
        by_record = {record: one for (record, _), one in judged.items()}
        alike = [one for one in known if _same_version(one, by_record)]
        if len(alike) < len(known):
            warnings.append(_OTHERWISE.format(len(known) - len(alike)))
        labels = _labelled(folder, cases, alike, by_record)
        turns = _turns(folder, by_record)
    return LabelsRead(
        labels=labels,
        turns=turns,
        judge=next(iter(judges)).model if len(judges) == 1 else "",
        agreements=agreements(readings) if compare else (),
        people=people,
        answers=answers,
        warnings=(*warnings, *answers.warnings),
    )


def with_labels(folder: RunFolder, known: JudgeKnown, *, compare: bool = True) -> JudgeKnown:
    """What is known of a run's judges, with the labels of its own turns and records.

    Args:
        known: From calibrations.
        compare: As of :func:`labels_read`.

    Raises:
        RecordError: A file of the run is damaged.
    """
    found = labels_read(folder, compare=compare)
    if found is None:
        return known
    return replace(
        known,
        labels=found.labels,
        turns=found.turns,
        records=found.answers.labels,
        judges={
            **known.judges,
            **dict.fromkeys(found.labels, found.judge),
            **found.answers.judges,
        },
        agreements=found.agreements,
        people=found.people,
        answers=found.answers.agreements,
        answered=found.answers.people,
        warnings=(*known.warnings, *found.warnings),
    )


def definitions_in(folder: RunFolder) -> dict[str, Measure]:
    """``evaluator.measure`` -> its definition, for the built-in evaluators and the rubric files by
    which a run was judged. Those by a judge say whether its errors are known.

    Raises:
        RecordError: A file of the run is damaged.
    """
    known = with_labels(folder, judge_known(folder), compare=False)
    return said_of_judges(measures((*builtin(), *scales_of_run(folder))), known)


def _same_version(label: Label, judged: dict[str, JudgementRecord]) -> bool:
    """Whether a label is by the version of the rubric by which the judge has read its talks, where
    it has."""
    judgement = judged.get(label.record)
    return judgement is None or judgement.spec.rubric.version == label.version


def _cases(folder: RunFolder, labels: list[Label]) -> dict[str, Case]:
    wanted = list(dict.fromkeys(one.record for one in labels))
    return {one.id: case_of(one, folder.info) for one in folder.read(wanted)}


def _by_people(labels: list[Label]) -> list[Reading]:
    return [
        Reading(one.who, one.record, one.turn, one.chance, acts(one.verdicts))
        for one in labels
        if not one.skipped
    ]


def _by_judges(
    labels: list[Label], judged: dict[tuple[str, str], JudgementRecord]
) -> list[Reading]:
    """What judges found in the turns that people have read."""
    turns: dict[str, dict[int, float]] = {}
    for one in labels:
        if not one.skipped:
            turns.setdefault(one.record, {})[one.turn] = one.chance
    return [
        Reading(one.spec.judge.model, record, turn, chance, acts(_of_turn(one, turn)), judge=True)
        for (record, _), one in judged.items()
        for turn, chance in turns.get(record, {}).items()
    ]


def _of_turn(judgement: JudgementRecord, turn: int) -> list[Verdict]:
    return [one for one in judgement.body.verdicts if any(q.at == turn for q in one.quotes)]


def _labelled(
    folder: RunFolder,
    cases: dict[str, Case],
    labels: list[Label],
    judged: dict[str, JudgementRecord],
) -> dict[str, tuple[LabelledTurn, ...]]:
    """Labels by measure. Where several people have read a turn, their mean counts."""
    by_turn: dict[tuple[str, int], list[Label]] = {}
    for one in labels:
        if not one.skipped and one.record in judged:
            by_turn.setdefault((one.record, one.turn), []).append(one)
    found: dict[str, list[LabelledTurn]] = {}
    counted = {record: judged_turns(cases[record], judged[record]) for record, _ in by_turn}
    there = {
        record: {event.turn for event in listed(cases[record], judged[record]).events}
        for record in counted
    }
    for (record, turn), own in by_turn.items():
        place, case = folder.place(record), cases[record]
        each = [found_in_turn(case, one.verdicts) for one in own]
        for measure, turns in counted[record].items():
            found.setdefault(measure, []).append(
                LabelledTurn(
                    scenario=place.scenario,
                    arms=place.arms,
                    found=turn in there[record],
                    truth=math.fsum(one[measure] for one in each) / len(each),
                    judged=float(turns[turn]),
                    chance=own[-1].chance,
                    record=record,
                )
            )
    return {measure: tuple(turns) for measure, turns in found.items()}


def _turns(folder: RunFolder, judged: dict[str, JudgementRecord]) -> dict[str, tuple[int, int]]:
    """Of the talks that the judge has read."""
    found: dict[str, tuple[int, int]] = {}
    for talks in folder.transcripts():
        if talks.status != "done" or talks.id not in judged:
            continue
        events = listed(case_of(talks, folder.info), judged[talks.id]).events
        there = {one.turn for one in events}
        said = [
            turn.index in there
            for turn in talks.body.turns
            if turn.kind == "statement" and turn.words.strip()
        ]
        found[talks.id] = sum(said), len(said) - sum(said)
    return found
