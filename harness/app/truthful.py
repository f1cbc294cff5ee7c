"""What evaluators give of planted transcripts: by what is said in them, and by a judge's reading.

Truth and reading are judgements by one rubric, and the same evaluator reads both. So the pairs that
a correction needs are of the very measures that a run has.

A rubric file asks about both seats in the same words. Its pairs stay apart all the same, seat by
seat: a judge that errs otherwise about one seat, or about whom it is asked about first, would else
be corrected by the mean of the two, and its leaning would stand in every difference between seats.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from harness.app.readings import marks_of
from harness.evaluators.base import Evaluator, Value
from harness.evaluators.case import case_of
from harness.evaluators.registry import builtin
from harness.evaluators.scales import scales_of
from harness.evaluators.scoring import evaluate
from harness.plans.rubric import INSTRUCTS
from harness.planted.planted import Planted
from harness.records.calibration import Pair
from harness.records.judgement import Judge, Judgement, JudgementRecord
from harness.records.judging import node_name

if TYPE_CHECKING:
    from harness.records.run import RunInfo

TRUTH: Final = Judge(model="scripted")
"""Stands for whoever wrote the transcripts, where a judgement says who judged."""
READ_BY: Final = ("words",)
"""Evaluators that read what is planted as a list."""
_ABOUT_READING: Final = frozenset({"rejected", "undecided", "unusable"})
"""Measures of a reading, of which there is no truth."""


def pairs_of(
    told: Sequence[Planted], found: Mapping[str, JudgementRecord], info: RunInfo
) -> dict[str, tuple[Pair, ...]]:
    """``evaluator.measure`` -> a pair for each transcript that is told as it is written, of its
    first reading. Of measures in words there are none.

    Of a rubric file there is a pair only where the answer is known: one that nobody planted has
    none, and is never taken for "nothing of the kind". Whether something speaks to the judge has
    pairs only where it does in some transcripts and not in others.

    Args:
        told: What was read.
        found: Id of a record -> its judgement.
        info: Of the run.
    """
    pairs: dict[str, list[Pair]] = {}
    for one in told:
        if one.perturbation != "as_written" or one.repeat != 1:
            continue
        judgement = found[one.record.id]
        asks = judgement.spec.rubric.listed is None
        evaluators = list(_evaluators(one, judgement))
        truth = _values(one, truth_record(one, judgement), evaluators, info)
        judged = _values(one, judgement, evaluators, info)
        for name, value in truth.items():
            if asks and value is None:
                continue
            pair = Pair(
                transcript=one.cell.name,
                truth=_number(value),
                judged=_number(judged.get(name)),
                cluster=one.cell.scenario,
                marks=marks_of(one),
            )
            pairs.setdefault(name, []).append(pair)
    return {
        name: tuple(own)
        for name, own in pairs.items()
        if not name.endswith(f".{INSTRUCTS}") or len({pair.truth for pair in own}) > 1
    }


def _evaluators(one: Planted, judgement: JudgementRecord) -> Iterator[Evaluator]:
    """Those that read judgements by the rubric."""
    if judgement.spec.rubric.listed is not None:
        yield from (own for own in builtin() if own.name in READ_BY)
        return
    scales = scales_of(judgement.spec.rubric, one.scenario.twin(one.record.spec.twin))
    if scales is not None:
        yield scales


def truth_record(one: Planted, judgement: JudgementRecord) -> JudgementRecord:
    """What is said in a planted transcript, as a judgement of it.

    Args:
        one: The transcript.
        judgement: A reading of it, whose rubric and place it has.
    """
    spec = judgement.spec.model_copy(update={"judge": TRUTH})
    return JudgementRecord(id=spec.id, status="done", spec=spec, body=Judgement(verdicts=one.truth))


def _values(
    one: Planted, judgement: JudgementRecord, evaluators: Sequence[Evaluator], info: RunInfo
) -> dict[str, Value]:
    case = case_of(one.record, info, {node_name(judgement.spec.rubric.id): judgement})
    words = {f"{own.name}.{m.name}" for own in evaluators for m in own.measures if m.words}
    return {
        name: value
        for score in evaluate(case, evaluators)
        for measure, value in score.values.items()
        if (name := f"{score.evaluator}.{measure}") not in words and measure not in _ABOUT_READING
    }


def _number(value: Value) -> float | None:
    return None if value is None or isinstance(value, str) else float(value)
