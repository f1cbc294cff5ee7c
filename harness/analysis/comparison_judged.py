"""Differences in measures by a judge, without the errors that it is known to make.

One calibration that corrects both sides is one source of error: the difference is divided by the
slope of its line, as that of two arms is. Where each side has a calibration of its own, by another
judge or by the same one at another time, their errors are independent, and each side is corrected
for itself. Labels correct a side by its own turns. Where nothing is known of one side, there is no
corrected difference. Tests are of the differences as the judge reads them.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from harness.analysis.comparison_measures import Column
from harness.analysis.comparison_pairs import Pairs, Standing
from harness.analysis.comparison_rows import Meetings
from harness.analysis.effect import Effect
from harness.analysis.intervals import cluster_t, share_interval
from harness.analysis.judge_correction import (
    Corrected,
    Ends,
    Spread,
    apart,
    corrected_difference,
    corrected_mean,
    count_interval,
    independent_difference,
)
from harness.analysis.judge_errors import Errors, errors_of
from harness.analysis.judge_known import JudgeKnown
from harness.analysis.judged_measures import LABELS, PLANTED, said_of_judges
from harness.analysis.labelled_turns import LabelledTurn, Read, by_labels, difference, enough
from harness.analysis.pairing import mean_of
from harness.analysis.scale import Scale
from harness.evaluators.base import Measure

NO_VALUES: Final = "no pair of dialogues has both values"
_UNKNOWN: Final = "uncalibrated: nothing corrects its judge in {}"
_SEVERAL: Final = "several calibrations are of its dialogues, and none speaks for the others"


@dataclass(frozen=True)
class JudgedSide:
    """What is known of who judged the dialogues of one side of a difference.

    Attributes:
        judges: Their addresses; none where no score names one.
        by: What their errors are known from, ``planted transcripts`` or ``labels of the run's own
            turns``; empty where the side could not be corrected.
        unknown: Runs of these dialogues in which nothing is known of the judge that corrects a
            comparison.
        answered: Of these, runs in which people have answered about whole records. That corrects
            figures of the run, and no comparison.
    """

    judges: tuple[str, ...]
    by: str = ""
    unknown: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()


@dataclass(frozen=True)
class CorrectedDifference:
    """A difference without the errors of those who judged both sides.

    Attributes:
        value, interval: Not clipped to what the measure allows; None where that cannot be told.
        why: Why there is no value, or no interval; empty where there are both.
        shared: Whether one calibration corrects both sides.
        one, other: What is known of the judges of each side.
    """

    value: float | None
    interval: Ends | None
    why: str
    shared: bool
    one: JudgedSide
    other: JudgedSide

    @property
    def uncalibrated(self) -> bool:
        """Whether nothing is known of the judge of one side that corrects a comparison."""
        return bool(self.one.unknown or self.other.unknown)

    @property
    def judges_differ(self) -> bool:
        """Whether both sides were judged, and not by the same."""
        both = set(self.one.judges), set(self.other.judges)
        return all(both) and both[0] != both[1]

    def inside(self, scale: Scale) -> tuple[float | None, Ends | None]:
        """Value and interval as they are shown: inside what a difference of the measure can be."""
        width = math.inf if scale.width is None else scale.width

        def held(value: float) -> float:
            return min(max(value, -width), width)

        ends = None if self.interval is None else (held(self.interval[0]), held(self.interval[1]))
        return None if self.value is None else held(self.value), ends

    def as_json(self) -> dict[str, Any]:
        """As plain values; None is missing."""

        def side(one: JudgedSide) -> dict[str, Any]:
            return {
                "judges": list(one.judges),
                "known_from": one.by or None,
                "nothing_known_in": list(one.unknown),
            }

        return {
            "corrected": self.value,
            "interval": self.interval,
            "why": self.why or None,
            "uncalibrated": self.uncalibrated,
            "one_calibration": self.shared,
            "judges_differ": self.judges_differ,
            "one": side(self.one),
            "other": side(self.other),
        }


def said_in_all(
    definitions: Mapping[str, Measure], each: Sequence[JudgeKnown]
) -> dict[str, Measure]:
    """Definitions that say of each measure by a judge whether its errors are known in all runs, by
    what corrects a comparison: people's answers about whole records do not."""
    known = [{*one.pairs, *one.labels} for one in each]
    told = set[str].intersection(*known) if known else set[str]()
    return said_of_judges(definitions, JudgeKnown(pairs=dict.fromkeys(told, ())))


def corrected_of(
    meetings: Meetings, pairs: Pairs, column: Column, effect: Effect, names: Mapping[str, str]
) -> CorrectedDifference | None:
    """A difference without the errors of the judge; None of a measure that no judge gives.

    Args:
        pairs: Of two entries.
        effect: The difference of these in the column, as it was read.
        names: Id of an entry -> what it is called.
    """
    source = column.source(pairs.one.seat)
    if not column.by_judge or source is None:
        return None
    values = meetings.column(column.name, pairs.one.seat).tolist()
    read = [both for both in pairs.rows if not any(math.isnan(values[row]) for row in both)]
    asked = read or pairs.rows
    one, other = (
        _Side(meetings, standing, column, source, values, [both[n] for both in asked])
        for n, standing in enumerate((pairs.one, pairs.other))
    )
    if one.unknown or other.unknown:
        lacking = dict.fromkeys((*one.unknown, *other.unknown))
        found = _Joined(Corrected(None, None, _UNKNOWN.format(", ".join(lacking))))
    elif not read:
        found = _Joined(Corrected(None, None, NO_VALUES))
    else:
        found = _joined(one, other, effect, (names[pairs.one.id], names[pairs.other.id]))
    first, second = found.by
    return CorrectedDifference(
        value=found.corrected.value,
        interval=found.corrected.interval,
        why=found.corrected.why,
        shared=found.shared,
        one=JudgedSide(one.judges, first, one.unknown, one.answered),
        other=JudgedSide(other.judges, second, other.unknown, other.answered),
    )


@dataclass(frozen=True)
class _Joined:
    """A corrected difference, what each side is corrected by, and whether by one calibration."""

    corrected: Corrected
    by: tuple[str, str] = ("", "")
    shared: bool = False


class _Side:
    """The dialogues of one entry that are compared, as a judge has read them.

    Args:
        values: Of the column, by number of the dialogue.
        rows: Of the entry, one a pair.
    """

    def __init__(
        self,
        meetings: Meetings,
        standing: Standing,
        column: Column,
        source: str,
        values: Sequence[float],
        rows: Sequence[int],
    ) -> None:
        self._meetings, self._entry, self._source = meetings, standing.id, source
        self.column, self._rows = column, rows
        self._runs = list(dict.fromkeys(meetings.rows[row].run for row in rows))
        by_scenario: dict[str, list[float]] = defaultdict(list)
        for row in rows:
            by_scenario[meetings.rows[row].scenario].append(values[row])
        self.means = {name: mean_of(own) for name, own in sorted(by_scenario.items())}

    @property
    def unknown(self) -> tuple[str, ...]:
        """See :class:`JudgedSide`."""
        known = [(run, self._meetings.known_in(run)) for run in self._runs]
        return tuple(
            self._meetings.names[run]
            for run, one in known
            if self._source not in one.pairs and self._source not in one.labels
        )

    @property
    def answered(self) -> tuple[str, ...]:
        """See :class:`JudgedSide`."""
        names = {self._meetings.names[run]: run for run in self._runs}
        return tuple(
            name
            for name in self.unknown
            if self._source in self._meetings.known_in(names[name]).records
        )

    @property
    def judges(self) -> tuple[str, ...]:
        """Who judged."""
        evaluator = self._source.split(".", 1)[0]
        each = (self._meetings.judges.get((run, evaluator), ()) for run in self._runs)
        return tuple(dict.fromkeys(judge for own in each for judge in own))

    @property
    def calibration(self) -> frozenset[tuple[str, str]]:
        """The calibrations of its dialogues; a run that has none has an empty one."""
        each = [self._meetings.known_in(run) for run in self._runs]
        return frozenset(
            (one.calibrations.get(self._source, ""), one.judges.get(self._source, ""))
            if self._source in one.pairs
            else ("", "")
            for one in each
        )

    @property
    def planted_in_any(self) -> bool:
        """Whether a run of its dialogues has a calibration."""
        return any(self._source in self._meetings.known_in(run).pairs for run in self._runs)

    def errors(self) -> Errors | str:
        """By planted transcripts; why not, where that cannot be told."""
        each = [self._meetings.known_in(run).pairs.get(self._source) for run in self._runs]
        (first, *rest) = each
        if first is None or any(one is None for one in rest):
            return _UNKNOWN.format(", ".join(self._without_pairs(each)))
        if len(self.calibration) > 1:
            return _SEVERAL
        return errors_of(first, yes_no=self.column.scale.yes_no)

    def _without_pairs(self, each: Sequence[object]) -> list[str]:
        both = zip(self._runs, each, strict=True)
        return [self._meetings.names[run] for run, pairs in both if pairs is None]

    def ends(self) -> Ends | None:
        """An interval of its mean that has a width where all scenarios are alike: of a share or a
        count; None of other measures."""
        means, scale = list(self.means.values()), self.column.scale
        if scale.yes_no:
            return share_interval(means, len(set(self._rows)))
        if (scale.lo, scale.hi) != (0, None):
            return None
        return count_interval(math.fsum(means) / len(means), len(means))

    def planted(self, errors: Errors) -> Corrected:
        """Its mean, corrected by planted transcripts."""
        means = list(self.means.values())
        mean = math.fsum(means) / len(means)
        return corrected_mean(Spread.of(mean, cluster_t(means), self.ends()), errors)

    def labelled(self) -> Corrected:
        """Its mean, corrected by labels of its own turns; why not, where that cannot be told."""
        labels, read = self._labels(), self._read()
        why = enough(labels, read, self._entry) if read else "the judge has read none of its talks"
        if why is not None:
            return Corrected(None, None, why)
        t = cluster_t([one.mean for one in read.values()])
        ends = None if t is None else (t.lo, t.hi)
        if t is not None and t.sd == 0:
            ends = self.ends() or ends
        return by_labels(labels, read, self._entry, ends)

    def _labels(self) -> list[LabelledTurn]:
        """Of its dialogues, as those of an arm that is called after the entry."""
        own: dict[int, set[str]] = defaultdict(set)
        for row in self._rows:
            own[self._meetings.rows[row].run].add(self._meetings.rows[row].id)
        return [
            replace(one, arms=(self._entry,))
            for run, ids in own.items()
            for one in self._meetings.known_in(run).labels.get(self._source, ())
            if one.record in ids
        ]

    def _read(self) -> dict[str, Read]:
        """Scenario -> what the judge has read; only where it is of all these dialogues."""
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for row in dict.fromkeys(self._rows):
            meeting = self._meetings.rows[row]
            turns = self._meetings.known_in(meeting.run).turns.get(meeting.id)
            if turns is None:
                return {}
            found[meeting.scenario].append(turns)
        return {
            name: Read(
                mean=self.means[name],
                dialogues=len(turns),
                found=sum(yes for yes, _ in turns),
                rest=sum(no for _, no in turns),
            )
            for name, turns in found.items()
        }


def _joined(one: _Side, other: _Side, effect: Effect, names: tuple[str, str]) -> _Joined:
    """By labels where both sides have enough, else by what corrects each.

    Args:
        names: What the entries are called.
    """
    labelled = one.labelled(), other.labelled()
    if all(found.value is not None for found in labelled):
        return _Joined(difference(*labelled), (LABELS, LABELS))
    errors = one.errors(), other.errors()
    first, second = errors
    if isinstance(first, Errors) and isinstance(second, Errors):
        both = PLANTED, PLANTED
        if one.calibration == other.calibration:
            return _Joined(_by_one(one, other, effect, first), both, shared=True)
        readings = [(mean, other.means[name]) for name, mean in one.means.items()]
        ends = one.ends(), other.ends()
        return _Joined(independent_difference(readings, first, second, ends), both)
    each = []
    for name, side, labels, known in zip(names, (one, other), labelled, errors, strict=True):
        if labels.value is not None:
            each.append((labels, LABELS))
        elif isinstance(known, Errors):
            each.append((side.planted(known), PLANTED))
        else:
            why = known if side.planted_in_any else labels.why
            each.append((Corrected(None, None, f"{name}: {why}"), ""))
    (left, by), (right, by_other) = each
    return _Joined(difference(left, right), (by, by_other))


def _by_one(one: _Side, other: _Side, effect: Effect, errors: Errors) -> Corrected:
    """By one calibration, whose intercept is in both sides alike."""
    assert effect.estimate is not None
    ends = effect.interval
    if not one.column.scale.yes_no:
        ends = apart(effect.estimate, (one.ends(), other.ends()))
    t = cluster_t([value for _, value in effect.scenario_differences])
    return corrected_difference(Spread.of(effect.estimate, t, ends), errors)
