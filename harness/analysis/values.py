"""Every dialogue of a run with its measured values, in columns: what findings are computed from.

Transcripts and scores are streamed once. What stays in memory is a line a dialogue and one float a
dialogue and measure, so a run of a hundred thousand dialogues fits.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.columns import LARGEST, UNDEFINED, Column, no_measurement, unpacked
from harness.analysis.courses import Courses
from harness.analysis.intervals import cluster_t, share_interval
from harness.analysis.observations import Observation
from harness.analysis.pairing import mean_of, single
from harness.analysis.proceedings import Dialogue, Proceedings, Went, count_reason
from harness.analysis.summaries import Brief as Brief
from harness.analysis.summaries import Summary as Summary
from harness.records.run import RunInfo
from harness.records.score import Score

NOT_SCORED: Final = "it was not scored"
_Groups = list[tuple[str, NDArray[np.float64]]]  # scenario, and numbers of its dialogues


@dataclass
class Values:
    """Dialogues and the values of their measures.

    Attributes:
        dialogues: By id, in the order of the file.
        proceedings: Arm -> what happened in it.
        players: Kinds of delegation that sat at any table: ``scripted``, ``model``.
        by_lineup: Line-up -> arm -> what happened; empty for a run of one line-up.
        episodes: Whole episodes, each in place of a dialogue, with the values of measures of what
            follows talks (:mod:`harness.analysis.chains`). Those measures are asked for here like
            any other. None where nothing follows.
    """

    dialogues: dict[str, Dialogue] = field(default_factory=dict)
    proceedings: dict[str, Proceedings] = field(default_factory=dict)
    players: set[str] = field(default_factory=set)
    by_lineup: dict[str, dict[str, Proceedings]] = field(default_factory=dict)
    episodes: Values | None = None
    _by_arm: dict[str, list[tuple[int, Dialogue]]] = field(default_factory=dict)
    _rows: dict[str, int] = field(default_factory=dict)
    _columns: dict[str, array[float]] = field(default_factory=dict)
    _reasons: dict[tuple[str, str], Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    _reasons_of: dict[tuple[str, str, str], Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    _words: dict[str, dict[str, Counter[str]]] = field(default_factory=dict)
    _numeric: set[str] = field(default_factory=set)
    _names: dict[str, dict[str, str]] = field(default_factory=dict)
    _groups: dict[str, list[tuple[str, NDArray[np.intp]]]] = field(default_factory=dict)

    @classmethod
    def of_run(cls, info: RunInfo) -> Values:
        """Those of a run, with no dialogue yet."""
        return cls(proceedings={arm: Proceedings() for arm in info.suite.arms})

    def add_talks(self, talks: Iterable[Went]) -> None:
        """Enter dialogues, in the order of the file."""
        alike = dict[tuple[object, ...], tuple[Went, int]]()
        for went in talks:
            self._enter(went.id, went.dialogue)
            key = (went.dialogue.arms, went.dialogue.lineup, *went[2:])
            first, times = alike.get(key, (went, 0))
            alike[key] = first, times + 1
        for went, times in alike.values():  # few ways to go, in the order of their first
            self._count(went, times)

    def add_alike(self, ways: Sequence[Went], talks: Iterable[tuple[str, str, int]]) -> None:
        """The same of dialogues of which many went alike.

        Args:
            ways: How they went, in the order of their first, whatever their ids and pairs.
            talks: Id, pair and number of the way of each.
        """
        times = [0] * len(ways)
        for name, pair, way in talks:
            one = ways[way].dialogue
            own = Dialogue(one.arms, one.scenario, pair, one.played, one.deal, one.lineup)
            self._enter(name, own)
            times[way] += 1
        for went, n in zip(ways, times, strict=True):
            self._count(went, n)

    def _enter(self, name: str, dialogue: Dialogue) -> None:
        row = self._rows[name] = len(self.dialogues)
        self.dialogues[name] = dialogue
        for arm in dialogue.arms:
            self._by_arm.setdefault(arm, []).append((row, dialogue))

    def _count(self, went: Went, times: int) -> None:
        """Count so many dialogues that went alike."""
        for arm in went.dialogue.arms:
            _of_arm(self.proceedings, arm).add(went, times)
            if lineup := went.dialogue.lineup:
                _of_arm(self.by_lineup.setdefault(lineup, {}), arm).add(went, times)
        self.players.update(went.players)

    def measures(self) -> list[str]:
        """Measures of which some dialogue was scored, those in words last."""
        own = dict.fromkeys((*self._columns, *self._words))
        return list(own if self.episodes is None else own | dict.fromkeys(self.episodes.measures()))

    @property
    def followed(self) -> Mapping[str, Proceedings] | None:
        """Arm -> what happened in its episodes; None where nothing follows any talks."""
        return None if self.episodes is None else self.episodes.proceedings

    def _where(self, measure: str) -> Values:
        """Where the values of a measure are: with the dialogues, or with whole episodes."""
        episodes = self.episodes
        if episodes is not None and (measure in episodes._columns or measure in episodes._words):
            return episodes
        return self

    def placed(self, arm: str) -> Sequence[tuple[int, Dialogue]]:
        """The dialogues of an arm, each with its row."""
        return self._by_arm.get(arm, ())

    def column(self, measure: str) -> NDArray[np.float64] | None:
        """``(dialogues,)`` values of a measure, NaN where there is none; None where no dialogue has
        one. It must not be kept while dialogues are added."""
        column = self._columns.get(measure)
        return None if column is None else np.frombuffer(column)

    def of_lineup(self, lineup: str) -> Values:
        """The dialogues of one line-up, with their values, by themselves."""
        own = Values(
            proceedings={
                arm: self.by_lineup.get(lineup, {}).get(arm, Proceedings())
                for arm in self.proceedings
            },
            players=self.players,
        )
        rows: list[int] = []
        for name, dialogue in self.dialogues.items():
            if dialogue.lineup == lineup:
                own._rows[name] = len(rows)
                for arm in dialogue.arms:
                    own._by_arm.setdefault(arm, []).append((len(rows), dialogue))
                rows.append(self._rows[name])
                own.dialogues[name] = dialogue
        own._columns = {
            measure: array("d", np.frombuffer(column)[rows].tobytes())
            for measure, column in self._columns.items()
        }
        own._numeric = set(self._numeric)
        for (name, measure, arm), counted in self._reasons_of.items():
            if name == lineup:
                own._reasons[measure, arm] = counted
        own.episodes = None if self.episodes is None else self.episodes.of_lineup(lineup)
        return own

    def observations(
        self,
        measure: str,
        arm: str | None = None,
        *,
        scenarios: Collection[str] | None = None,
        lineup: str | None = None,
    ) -> Iterator[Observation]:
        """One row a dialogue, of one arm or of all, on ``scenarios`` or on all, of one line-up or
        of all; None where it is void, failed, undefined or not scored."""
        if (found := self._where(measure)) is not self:
            yield from found.observations(measure, arm, scenarios=scenarios, lineup=lineup)
            return
        column = self._columns.get(measure)
        for name in self._by_arm if arm is None else (arm,):
            for row, dialogue in self._by_arm.get(name, ()):
                if scenarios is not None and dialogue.scenario not in scenarios:
                    continue
                if lineup is not None and dialogue.lineup != lineup:
                    continue
                value = None if column is None else column[row]
                if value != value:
                    value = None
                yield Observation(dialogue.scenario, dialogue.pair, name, value, dialogue.played)

    def derive(
        self, name: str, measure: str | None, change: Callable[[bool | None, float], float]
    ) -> None:
        """Enter a measure that follows from another one, under a name of its own.

        Args:
            measure: The other; None where only the ending counts.
            change: Whether a dialogue ended in a deal (None: it has no end) and its value of
                ``measure`` (NaN where it has none) -> the new value, NaN for none.
        """
        column = None if measure is None else self._columns.get(measure)
        if measure is not None and column is None:
            return
        known = [math.nan] * len(self.dialogues) if column is None else column
        ends = (dialogue.deal for dialogue in self.dialogues.values())
        found = [change(end, value) for end, value in zip(ends, known, strict=True)]
        self._columns[name] = array("d", found)
        if measure is not None:  # else every value is a yes or a no
            self._numeric.add(name)

    def summary(self, measure: str, arm: str) -> Summary:
        """Mean and interval of a measure in an arm."""
        if (found := self._where(measure)) is not self:
            return found.summary(measure, arm)
        known = self._known(measure, arm)
        scenarios = self._means(measure, known)
        means = [mean for _, mean in scenarios]
        n = sum(len(values) for _, values in known)
        reasons = Counter(self._reasons.get((measure, arm), {}))
        missing = len(self._by_arm.get(arm, ())) - n
        if (unscored := missing - reasons.total()) > 0:
            reasons[NOT_SCORED] += unscored
        return Summary(
            mean=math.fsum(means) / len(means) if means else None,
            interval=self._interval(measure, means, n),
            n=n,
            missing=missing,
            scenarios=scenarios,
            total=math.fsum(chain(*(values.tolist() for _, values in known))) if n else None,
            why_missing=dict(reasons.most_common()),
        )

    def brief(self, measure: str, arm: str, *, scenarios: Collection[str] | None = None) -> Brief:
        """The same in short; of a measure in words, how often each value was found, on whatever
        scenario.

        Args:
            scenarios: Only these; None for all.
        """
        if (found := self._where(measure)) is not self:
            return found.brief(measure, arm, scenarios=scenarios)
        words = self._words.get(measure, {}).get(arm, Counter())
        known = self._known(measure, arm, scenarios)
        means = [mean for _, mean in self._means(measure, known)]
        n = sum(len(values) for _, values in known) + words.total()
        return Brief(
            mean=math.fsum(means) / len(means) if means else None,
            interval=self._interval(measure, means, n - words.total()),
            n=n,
            missing=sum(len(rows) for _, rows in self._scenarios(arm, scenarios)) - n,
            words=dict(words.most_common()),
        )

    def _interval(
        self, measure: str, means: Sequence[float], dialogues: int
    ) -> tuple[float, float] | None:
        if measure not in self._numeric:  # every value is a yes or a no
            return share_interval(means, dialogues)
        spread = cluster_t(means)
        return None if spread is None else (spread.lo, spread.hi)

    def _known(self, measure: str, arm: str, scenarios: Collection[str] | None = None) -> _Groups:
        """(scenario, values) by name, of the scenarios that have a value."""
        column = self._columns.get(measure)
        if column is None:
            return []
        whole = np.frombuffer(column)
        every = ((name, whole[rows]) for name, rows in self._scenarios(arm, scenarios))
        known = ((name, values[~np.isnan(values)]) for name, values in every)
        return [(name, values) for name, values in known if len(values)]

    def _means(self, measure: str, known: _Groups) -> tuple[tuple[str, float], ...]:
        """(scenario, mean); of yes and no, a sum is exact however it is made."""
        if measure in self._numeric:
            return tuple((name, mean_of(values.tolist())) for name, values in known)
        return tuple((name, float(values.sum()) / len(values)) for name, values in known)

    def _scenarios(
        self, arm: str, only: Collection[str] | None = None
    ) -> list[tuple[str, NDArray[np.intp]]]:
        """(scenario, rows) of an arm, by name; ``only`` some scenarios where it is given.

        Raises:
            UsageError: Two rows of the arm have the same scenario and pair.
        """
        if arm not in self._groups:
            placed = self._by_arm.get(arm, [])
            if len({(one.scenario, one.pair) for _, one in placed}) < len(placed):
                single(self.observations("", arm), arm)  # it says which
            groups: dict[str, list[int]] = defaultdict(list)
            for row, dialogue in placed:
                groups[dialogue.scenario].append(row)
            self._groups[arm] = [(name, np.array(rows)) for name, rows in sorted(groups.items())]
        if only is None:
            return self._groups[arm]
        return [(scenario, rows) for scenario, rows in self._groups[arm] if scenario in only]

    def add_score(self, score: Score, wanted: Collection[str], of: str | None = None) -> None:
        """Enter the ``wanted`` measures of a score; a score of an unknown dialogue is ignored.

        Args:
            of: Whose score it is; None for that of the dialogue with its id.
        """
        row = self._rows.get(of or score.id)
        dialogue = self.dialogues.get(of or score.id)
        if row is None or dialogue is None:
            return
        names = self._names.setdefault(score.evaluator, {})
        for name, value in score.values.items():
            measure = names.get(name)
            if measure is None:
                measure = names[name] = f"{score.evaluator}.{name}"
            if measure not in wanted:
                continue
            if isinstance(value, str):
                words = self._words.setdefault(measure, {})
                for arm in dialogue.arms:
                    count_reason(words.setdefault(arm, Counter()), value)
                continue
            column = self._columns.get(measure)
            if column is None:
                column = self._columns[measure] = array("d", [math.nan]) * len(self.dialogues)
            if value is None:
                self._excuse(measure, dialogue, score.why_null.get(name, UNDEFINED))
            elif abs(value) <= LARGEST:  # false for NaN too
                column[row] = float(value)
                if not isinstance(value, bool):
                    self._numeric.add(measure)
                continue
            else:
                self._excuse(measure, dialogue, no_measurement(value))

    def add_columns(self, columns: Mapping[str, Column], first: int) -> None:
        """Enter all measures of consecutive dialogues that are known already, after those before
        them. Comes to the same as :meth:`add_score` of each of their scores.

        Args:
            columns: Of these dialogues.
            first: Row of the first of them, from 0.
        """
        for measure, (values, numeric, missing, words) in columns.items():
            if values:
                column = self._columns.setdefault(measure, array("d"))
                column.extend([math.nan] * (first - len(column)))
                column.frombytes(unpacked(values).tobytes())
            if numeric:
                self._numeric.add(measure)
            for arms, why, times, lineup in missing:
                for arm in arms:
                    count_reason(self._reasons[measure, arm], why, times)
                    if lineup:
                        count_reason(self._reasons_of[lineup, measure, arm], why, times)
            for arms, word, times, _ in words:
                of_measure = self._words.setdefault(measure, {})
                for arm in arms:
                    count_reason(of_measure.setdefault(arm, Counter()), word, times)

    def complete(self) -> None:
        """Close all columns: whatever has none by now has no value."""
        for column in self._columns.values():
            column.extend([math.nan] * (len(self.dialogues) - len(column)))

    def of(self, measure: str) -> dict[str, float]:
        """Dialogue -> value of a measure in numbers; those without one are left out."""
        both = zip(self.dialogues, self._columns.get(measure, ()), strict=False)
        return {dialogue: value for dialogue, value in both if not math.isnan(value)}

    def _excuse(self, measure: str, dialogue: Dialogue, why: str) -> None:
        """Count why a dialogue has no value."""
        for arm in dialogue.arms:
            count_reason(self._reasons[measure, arm], why)
            if dialogue.lineup:
                count_reason(self._reasons_of[dialogue.lineup, measure, arm], why)


@dataclass
class Known:
    """What was read of a run already.

    Attributes:
        values: Its dialogues, and their values where these are known too.
        whole: Whether all values of its scores are.
        courses: Those of its dialogues; None where they were not looked at.
    """

    values: Values
    whole: bool
    courses: Courses | None = None


def _of_arm(known: dict[str, Proceedings], arm: str) -> Proceedings:
    """The proceedings of an arm; new ones where it has none yet. To make them takes time."""
    if arm not in known:
        known[arm] = Proceedings()
    return known[arm]
