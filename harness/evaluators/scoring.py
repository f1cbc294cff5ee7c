"""Runs every evaluator on every record. An evaluator that fails does not stop the others."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from math import isfinite
from typing import NamedTuple

from pydantic_core import to_json, to_jsonable_python

from harness.evaluators.base import (
    Evaluator,
    Found,
    OfAll,
    Value,
    kind_of,
    names_of,
    nothing,
    record_of,
    told,
)
from harness.evaluators.case import Case, case_made_from, case_of
from harness.evaluators.chain import (
    CHAIN,
    Beside,
    chains,
    last_stage,
    of_chains,
    placement_in,
)
from harness.records.placement import Placement, placement_of
from harness.records.reader import RunFolder
from harness.records.score import Score
from harness.records.spec import RECORDED, TALKS
from harness.records.transcript import StageRecord

NOWHERE = Placement()
"""Of a record that stands in no run."""


def scored(folder: RunFolder, evaluators: Sequence[Evaluator]) -> Iterator[Score]:
    """Every evaluator on every record of a run that is of its kind: transcripts first, then every
    other kind that an evaluator reads.

    Raises:
        RecordError: A file of the run is damaged.
    """
    beside = Beside(folder)
    for transcript in folder.transcripts():
        case = case_of(transcript, folder.info, beside.of(transcript.id))
        yield from evaluate(case, evaluators, placement_of(folder, transcript))
    yield from of_stages(folder, evaluators)


def of_stages(folder: RunFolder, evaluators: Sequence[Evaluator]) -> Iterator[Score]:
    """Every evaluator on every record of a run of its kind, where that is another one than talks.

    Raises:
        RecordError: A file of the run is damaged.
    """
    read_as = dict.fromkeys((kind_of(one), record_of(one)) for one in evaluators)
    for kind, record in read_as:
        if kind not in (TALKS, RECORDED, CHAIN):
            own = [one for one in evaluators if (kind_of(one), record_of(one)) == (kind, record)]
            for stage in folder.records(kind, record):
                yield from _of_stage(folder, stage, own)
    if own := of_chains(evaluators):
        yield from _of_chains(folder, own)


def _of_chains(folder: RunFolder, evaluators: Sequence[Evaluator]) -> Iterator[Score]:
    """The scores of every episode that goes on after its talks."""
    for episode, case in chains(folder):
        place, last = placement_in(episode, case), last_stage(episode)
        for one in evaluators:
            found = (
                _filed(one, nothing(one.measures, case))
                if isinstance(case, str)
                else (_found(case, one))
            )
            yield _as_score(last, place, found)


def _of_stage(
    folder: RunFolder, record: StageRecord, evaluators: Sequence[Evaluator]
) -> Iterator[Score]:
    """The scores of a stage that is no talks."""
    read = list(folder.inputs(record))
    inputs = {name: found for name, found, _ in read}
    case = case_made_from(record, inputs, folder.place(record.id), folder.info)
    placement = placement_of(folder, record)
    if stale := [name for name, _, same in read if not same]:
        why = f"{stale[0]} was played again since this was made from it; resume the run"
        for one in evaluators:
            yield _as_score(record.id, placement, _filed(one, nothing(one.measures, why)))
        return
    yield from evaluate(case, evaluators, placement)


def evaluate(
    case: Case, evaluators: Sequence[Evaluator], placement: Placement = NOWHERE
) -> list[Score]:
    """Score one record by those of the evaluators that read its kind.

    A void dialogue has no values, and an evaluator that fails has none: both are null with the
    reason, and never stop the others.

    Args:
        case: The record, and what it refers to.
        evaluators: In the order of the scores.
        placement: Where the record stands in its run; scores repeat it.
    """
    return [_score(case, one, placement) for one in evaluators if reads(one, case)]


class Filed(NamedTuple):
    """What an evaluator found, as it is written down: plain values, and a reason for every null.

    ``detail`` is as the evaluator has it.
    """

    evaluator: str
    version: int
    values: dict[str, Value]
    why_null: dict[str, str]
    detail: dict[str, object]

    def line(self, head: bytes) -> bytes:
        """Its line among the scores, byte for byte as if it were made a score and written.

        Args:
            head: Of the dialogue, by :func:`head_of`.
        """
        found = {
            "evaluator": self.evaluator,
            "version": self.version,
            "values": self.values,
            "why_null": self.why_null,
            "detail": self.detail,
        }
        return head + to_json(found, inf_nan_mode="null")[1:] + b"\n"


def head_of(dialogue: str, place: Placement) -> bytes:
    """How the line of every score of a dialogue that stands at ``place`` begins."""
    head = {
        "id": dialogue,
        "scenario": place.scenario,
        "twin": place.twin,
        "epoch": place.epoch,
        "arms": place.arms,
        "models": place.models,
    }
    return to_json(head)[:-1] + b","


def reads(evaluator: Evaluator, case: Case) -> bool:
    """Whether an evaluator reads a case: it is of its kind. Talks that were held elsewhere are
    talks, and a kind of their own for those that read nothing else."""
    return kind_of(evaluator) in (case.kind, case.record.kind)


def found_in(cases: Sequence[Case], evaluators: Sequence[Evaluator]) -> list[list[Filed]]:
    """For each case as :func:`evaluate`, before it is made scores: for built-in evaluators alone,
    whose values need no checking. One evaluator goes over all cases before the next one does: what
    it works with stays in the processor's caches, which takes a third less."""
    found: list[list[Filed]] = [[] for _ in cases]
    for one in evaluators:
        kind = kind_of(one)
        # as in reads()
        own = [n for n, case in enumerate(cases) if kind in (case.kind, case.record.kind)]
        for number, filed in zip(own, _of_all([cases[n] for n in own], one), strict=True):
            found[number].append(filed)
    return found


def _of_all(cases: Sequence[Case], evaluator: Evaluator) -> list[Filed]:
    """What an evaluator finds in each of these cases. Where it fails at all of them together, it is
    asked about each alone."""
    if isinstance(evaluator, OfAll):
        with contextlib.suppress(Exception):
            every = zip(cases, evaluator.score_all(cases), strict=True)
            return [_filed(evaluator, told(evaluator, case, found)) for case, found in every]
    return [_found(case, evaluator) for case in cases]


def _found(case: Case, evaluator: Evaluator) -> Filed:
    try:
        return _filed(evaluator, told(evaluator, case, evaluator.score(case)))
    except Exception as error:  # noqa: BLE001 - as in _score
        return _filed(evaluator, _failed(evaluator, error))


def _score(case: Case, evaluator: Evaluator, placement: Placement) -> Score:
    try:
        return _as_score(case.record.id, placement, _found(case, evaluator))
    except Exception as error:  # noqa: BLE001 - a plug-in's defect is its own missing value
        return _as_score(case.record.id, placement, _filed(evaluator, _failed(evaluator, error)))


def _failed(evaluator: Evaluator, error: Exception) -> Found:
    why = f"the evaluator failed: {type(error).__name__}: {error}"
    return nothing(evaluator.measures, why)


def _filed(evaluator: Evaluator, found: Found) -> Filed:
    """What was found itself takes this form: another dictionary would take as long as all else."""
    names, values = names_of(evaluator.measures), found.values
    reasons, why_null = found.why_null, dict[str, str]()
    if tuple(values) != names:  # some are left out, or in another order, or of another name
        values = {name: values.get(name) for name in names}
    for name, value in values.items():
        # Type by type, the most frequent first: that is the fast way to tell what is a number.
        kind = type(value)
        if kind is float:
            if isfinite(value):  # type: ignore[arg-type]
                continue
        elif value is None:
            why_null[name] = reasons.get(name, "the evaluator gave no value")
            continue
        elif kind is bool or kind is str:
            continue
        if kind is float or kind is int or isinstance(value, float | int):
            # JSON has no infinity and no NaN: they would be read back as nulls without a reason.
            if not isfinite(value):  # type: ignore[arg-type]
                why_null[name] = reasons[name] = f"the value was {value}"
                values[name] = None
            elif kind is not float:
                values[name] = float(value)  # type: ignore[arg-type]
        # What is no value at all is refused where a score is made of it.
    return Filed(evaluator.name, evaluator.version, values, why_null, found.detail)


def _as_score(stage: str, placement: Placement, filed: Filed) -> Score:
    """The score of a stage that is written down: JSON only."""
    return Score(
        id=stage,
        scenario=placement.scenario,
        twin=placement.twin,
        epoch=placement.epoch,
        arms=placement.arms,
        models=dict(placement.models),
        evaluator=filed.evaluator,
        version=filed.version,
        values=filed.values,
        why_null=filed.why_null,
        detail=to_jsonable_python(filed.detail),
    )
