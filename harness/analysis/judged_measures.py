"""Measures that a judge gives, as it gives them and without the errors that it is known to make.

What is known of a judge comes from a calibration, from labels of the run's own turns or records, or
from nowhere. Labels are preferred where there are enough: they are of the very talks that were
judged, and of each arm by itself. A calibration is of planted transcripts. It assumes that the
judge errs on the run as it does there, and alike in all arms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from harness.analysis.answer_agreement import AnswerAgreement, AnswersBy
from harness.analysis.contrast import evaluate
from harness.analysis.effect import Effect
from harness.analysis.intervals import cluster_t
from harness.analysis.judge_correction import (
    Corrected,
    Spread,
    apart,
    corrected_difference,
    corrected_mean,
    count_interval,
)
from harness.analysis.judge_errors import Errors, errors_of
from harness.analysis.judge_known import JudgeKnown
from harness.analysis.label_agreement import LabelAgreement
from harness.analysis.labelled_records import by_records
from harness.analysis.labelled_turns import by_labels, difference, enough, read_of
from harness.analysis.numbers import number
from harness.analysis.observations import ROUNDING
from harness.analysis.scale import Scale, scale_of
from harness.analysis.values import Values
from harness.evaluators.base import Measure
from harness.evaluators.judges import UNCALIBRATED, plain_title, whose, with_errors_known
from harness.suite.contrasts import Contrast
from harness.suite.suite import Suite

PLANTED: Final = "planted transcripts"
LABELS: Final = "labels of the run's own turns"
ANSWERS: Final = "labels of the run's own records"
BY_PEOPLE: Final = (LABELS, ANSWERS)
Interval = tuple[float, float]
_Turns = dict[str, dict[str, tuple[int, int]]]


class Labels(BaseModel):
    """Who labelled turns or records of a run, and how far they agree.

    Attributes:
        people: Who -> turns, and those left out of these.
        agreements: Of people with one another and with the judges.
        answered, answers: The same of questions about whole records.
    """

    model_config = ConfigDict(frozen=True)

    people: dict[str, tuple[int, int]]
    agreements: tuple[LabelAgreement, ...]
    answered: tuple[AnswersBy, ...] = Field(default=(), exclude_if=lambda found: not found)
    answers: tuple[AnswerAgreement, ...] = Field(default=(), exclude_if=lambda found: not found)


class JudgeCorrected(BaseModel):
    """A figure by a judge, and the same without the judge's errors.

    Attributes:
        measure: ``evaluator.measure``.
        title: What it is called.
        judge: Whose figure it is.
        treatment: The arm; of a difference, the one that the other is taken from.
        control: The other one; None for the mean of an arm.
        declared: Whether the suite asks for this difference; False of a mean.
        judged, judged_interval: As the judge reads it, with its 95 % interval over scenarios; none
            where all scenarios read alike, which would have no width.
        corrected, interval: Without its errors, not clipped to what the measure allows; None where
            that cannot be told.
        why: Why there is no corrected figure, or no interval; empty where there are both.
        by: :data:`PLANTED`, :data:`LABELS` or :data:`ANSWERS`.
        sensitivity, specificity: Of the judge, for a yes/no measure; None else, and by labels.
        slope, intercept: Of the line on which its reading of a count or value lies; likewise.
        mean_error: Truth less judged, over the pairs; None by labels.
        pairs: Planted transcripts, labelled turns, or labelled records, that were used.
        pairs_missing: Planted transcripts, or labelled records, without a value.
        n, missing: Arm -> dialogues with a value, and without one.
        lineup: Whose dialogues alone these are, where several line-ups take turns; else empty.
    """

    model_config = ConfigDict(frozen=True)

    measure: str
    title: str
    judge: str
    treatment: str
    control: str | None = None
    declared: bool = False
    judged: float | None
    judged_interval: Interval | None
    corrected: float | None
    interval: Interval | None
    why: str = ""
    by: str
    sensitivity: float | None = None
    specificity: float | None = None
    slope: float | None = None
    intercept: float | None = None
    mean_error: float | None = None
    pairs: int
    pairs_missing: int = 0
    n: dict[str, int]
    missing: dict[str, int]
    lineup: str = Field(default="", exclude_if=lambda name: not name)


def said_of_judges(definitions: Mapping[str, Measure], known: JudgeKnown) -> dict[str, Measure]:
    """Definitions that say of each measure by a judge whether its errors are known."""
    told = set(known.measures)
    return {
        name: with_errors_known(one)
        if name in told and one.definition.endswith(UNCALIBRATED)
        else one
        for name, one in definitions.items()
    }


def judged_findings(
    values: Values,
    suite: Suite,
    definitions: Mapping[str, Measure],
    known: JudgeKnown,
    lineups: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """What findings have of judges: ``corrected``, ``judge_warnings`` and ``labels``.

    Args:
        values, suite, definitions, known, lineups: As for :func:`corrected_measures`.
    """
    labels = Labels(
        people=dict(known.people),
        agreements=known.agreements,
        answered=known.answered,
        answers=known.answers,
    )
    return {
        "corrected": corrected_measures(values, suite, definitions, known, lineups),
        "judge_warnings": known.warnings,
        "labels": labels if known.people or known.answered else None,
    }


def corrected_measures(
    values: Values,
    suite: Suite,
    definitions: Mapping[str, Measure],
    known: JudgeKnown,
    lineups: Mapping[str, str] = MappingProxyType({}),
) -> tuple[JudgeCorrected, ...]:
    """Every measure of whose judge something is known: the mean of each arm, each difference that
    the suite declares of it, and else that of the arms of the primary contrast.

    Where several line-ups take turns, each has its own figures, by labels of its own talks alone.
    There is none of them together: it would say nothing of any, and a judge that errs otherwise on
    one would be hidden in it.

    Args:
        values: Of the run.
        definitions: Of the measures; one that is not defined, or that no judge gives, is left out.
        lineups: Name of a line-up -> what it is called; none for a run of one.
    """
    names = [name for name in known.measures if name in definitions and whose(definitions[name])]
    if not names:
        return ()
    found = []
    for lineup, called in lineups.items() or (("", ""),):
        own = values.of_lineup(lineup) if lineup else values
        theirs = known.of(own.dialogues) if lineup else known
        turns = _turns(own, theirs)
        for name in names:
            rows = _Measured(name, own, definitions[name], theirs, turns).all(suite)
            found += [one.model_copy(update={"lineup": called}) for one in rows]
    return tuple(found)


def _turns(values: Values, known: JudgeKnown) -> _Turns:
    """Arm -> scenario -> turns in which the judge found anything, and others."""
    found: _Turns = {}
    for name, dialogue in values.dialogues.items() if known.turns else ():
        if (counts := known.turns.get(name)) is not None:
            for arm in dialogue.arms:
                of_arm = found.setdefault(arm, {})
                yes, no = of_arm.get(dialogue.scenario, (0, 0))
                of_arm[dialogue.scenario] = yes + counts[0], no + counts[1]
    return found


def without_errors(judged: Sequence[JudgeCorrected], primary: Effect | None) -> tuple[str, ...]:
    """What the answer to the primary question comes to without the errors of the judge that gives
    its measure, in a sentence; none where no judge gives it, or nothing is known of its errors.

    Args:
        judged: Of the run, or of one line-up.
        primary: Of the same.
    """
    if primary is None:
        return ()
    asked = (primary.contrast.measure, primary.contrast.treatment, primary.contrast.control)
    found = [one for one in judged if (one.measure, one.treatment, one.control) == asked]
    if not found:
        return ()
    one = found[-1]
    if one.corrected is None:
        return (f"The errors of its judge cannot be taken out: {one.why}.",)
    ends = one.interval
    between = (
        f"; {one.why}"
        if ends is None
        else f" (95% interval {number(ends[0])} to {number(ends[1])})"
    )
    alike = "" if one.by in BY_PEOPLE else ", if it errs alike in both arms"
    value = number(one.corrected)
    return (f"Without the judge's errors, known from {one.by}, it is {value}{between}{alike}.",)


@dataclass
class _Measured:
    """One measure of a run."""

    name: str
    values: Values
    measure: Measure
    known: JudgeKnown
    turns: _Turns

    def all(self, suite: Suite) -> Iterator[JudgeCorrected]:
        """Arms with a value, then differences."""
        for arm in self.values.proceedings:
            if self.values.summary(self.name, arm).n:
                yield self.arm(arm)
        for contrast, declared in self._asked(suite):
            yield self.contrast(contrast, suite, declared=declared)

    def arm(self, arm: str) -> JudgeCorrected:
        """The mean of an arm."""
        summary = self.values.summary(self.name, arm)
        assert summary.mean is not None
        row = self._row(arm, summary.mean, summary.interval)
        row = row.model_copy(update={"n": {arm: summary.n}, "missing": {arm: summary.missing}})
        t = cluster_t([mean for _, mean in summary.scenarios])
        return self._entered(
            row, Spread.of(summary.mean, t, self._ends(arm, len(summary.scenarios)))
        )

    def contrast(self, contrast: Contrast, suite: Suite, *, declared: bool) -> JudgeCorrected:
        """A difference of two arms; without a control, a mean that is held against 0."""
        effect = evaluate(
            contrast,
            self.values.observations(self.name),
            scale=self._scale,
            account=False,
            planned={contrast.treatment: suite.twins_of(contrast.treatment)},
        )
        row = self._row(contrast.treatment, effect.estimate, effect.interval)
        arms = effect.n_dialogues
        row = row.model_copy(
            update={
                "control": contrast.control,
                "declared": declared,
                "n": {arm: arms[arm] - effect.n_missing[arm] for arm in arms},
                "missing": dict(effect.n_missing),
            }
        )
        if effect.estimate is None:
            why = "no pair of dialogues has a value in both arms"
            return row.model_copy(update={"why": why, "by": self._by()})
        t = cluster_t([one for _, one in effect.scenario_differences])
        ends, count = effect.interval, len(effect.scenario_differences)
        if not self._scale.yes_no:
            arms_of = [one for one in (contrast.treatment, contrast.control) if one is not None]
            each = [self._ends(arm, count) for arm in arms_of]
            ends = apart(effect.estimate, each)
        return self._entered(row, Spread.of(effect.estimate, t, ends))

    def _ends(self, arm: str, scenarios: int) -> Interval | None:
        """An interval of an arm that has a width where all scenarios are alike: of a share or a
        count; None of other measures."""
        summary = self.values.summary(self.name, arm)
        if self._scale.yes_no:
            return summary.interval
        if (self._scale.lo, self._scale.hi) != (0, None) or summary.mean is None:
            return None
        return count_interval(summary.mean, scenarios)

    def _entered(self, row: JudgeCorrected, spread: Spread) -> JudgeCorrected:
        """By labels where there are enough, else by planted transcripts."""
        by_label = self._by_labels(row)
        if by_label is not None and (by_label.corrected is not None or self._errors() is None):
            return by_label
        errors = self._errors()
        assert errors is not None
        if isinstance(errors, str):
            return row.model_copy(update={"why": errors, "by": PLANTED})
        row = row.model_copy(
            update={
                "by": PLANTED,
                "sensitivity": errors.sensitivity,
                "specificity": errors.specificity,
                "slope": None if errors.yes_no else errors.b,
                "intercept": None if errors.yes_no else errors.a,
                "mean_error": errors.mean_error,
                "pairs": errors.n,
                "pairs_missing": errors.missing,
            }
        )
        correct = corrected_mean if row.control is None else corrected_difference
        return _with(row, correct(spread, errors))

    def _errors(self) -> Errors | str | None:
        pairs = self.known.pairs.get(self.name)
        return None if pairs is None else errors_of(pairs, yes_no=self._scale.yes_no)

    def _by_labels(self, row: JudgeCorrected) -> JudgeCorrected | None:
        labels = self.known.labels.get(self.name)
        arms = [arm for arm in (row.treatment, row.control) if arm is not None]
        if labels is None:
            return self._by_records(row, arms)
        rows = list(self.values.observations(self.name))
        used = sum(any(arm in one.arms for arm in arms) for one in labels)
        row = row.model_copy(update={"by": LABELS, "pairs": used})
        found = []
        for arm in arms:
            read = read_of(rows, arm, arms, self.turns.get(arm, {}))
            why = enough(labels, read, arm) if read else "no scenario has a value"
            if why is not None:
                return row.model_copy(update={"why": f"{arm}: {why}"})
            t = cluster_t([one.mean for one in read.values()])
            ends = None if t is None else (t.lo, t.hi)
            if t is not None and t.sd == 0:
                ends = self._ends(arm, len(read)) or ends
            found.append(by_labels(labels, read, arm, ends))
        return _with(row, found[0] if len(found) == 1 else difference(*found))

    def _by_records(self, row: JudgeCorrected, arms: list[str]) -> JudgeCorrected | None:
        records, width = self.known.records.get(self.name), self._scale.width
        if records is None or width is None:
            return None
        found = by_records(records, self.values.observations(self.name), arms, width)
        told = {"by": ANSWERS, "pairs": found.used, "pairs_missing": found.missing}
        return _with(row.model_copy(update=told), found.corrected)

    def _asked(self, suite: Suite) -> Iterator[tuple[Contrast, bool]]:
        if suite.contrasts is None:
            return
        declared = [one for one in suite.contrasts.all() if one.measure == self.name]
        yield from ((one, True) for one in declared)
        primary = suite.contrasts.primary
        if not declared and primary.control is not None:
            yield primary.model_copy(update={"measure": self.name}), False

    def _row(self, arm: str, mean: float | None, interval: Interval | None) -> JudgeCorrected:
        return JudgeCorrected(
            measure=self.name,
            title=plain_title(self.measure),
            judge=self.known.judges.get(self.name, ""),
            treatment=arm,
            judged=mean,
            judged_interval=_with_width(interval),
            corrected=None,
            interval=None,
            by=self._by(),
            pairs=len(self.known.pairs.get(self.name, ())),
            n={},
            missing={},
        )

    def _by(self) -> str:
        if self.name in self.known.pairs:
            return PLANTED
        return LABELS if self.name in self.known.labels else ANSWERS

    @property
    def _scale(self) -> Scale:
        return scale_of(self.measure.range)


def _with_width(interval: Interval | None) -> Interval | None:
    """None of an interval without a width: scenarios that read alike do not say that others do."""
    alike = interval is None or interval[1] - interval[0] <= ROUNDING
    return None if alike else interval


def _with(row: JudgeCorrected, found: Corrected) -> JudgeCorrected:
    return row.model_copy(
        update={"corrected": found.value, "interval": found.interval, "why": found.why}
    )
