"""Scenarios that are complete, in the order of the plan: the blocks of a run in progress.

Dialogues that end soon are not like those that drag on: talks without a deal, or that a soft side
gives in to, are short. What is there of a run at some time is then a selection. So a scenario
counts once every dialogue of it in the arms that are compared has come to its end, void ones among
them, and only if all scenarios before it in the plan do. How long anything took then changes when
something is said, and not what.

Repetitions of a scenario are no new scenarios, and the first of all of them is played before the
second of any. So blocks are of the first epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from harness.analysis.observations import Observation
from harness.analysis.pairing import against_zero, paired
from harness.records.episodes import Episode
from harness.suite.contrasts import Contrast

FIRST: Final = 1
"""The epoch that blocks are of."""
Cell = tuple[str, str]
"""Arm and pair of an episode."""


@dataclass(frozen=True)
class Complete:
    """The blocks that are complete.

    Attributes:
        values: Scenario -> its mean difference, or mean against 0, in plan order.
        without: Complete scenarios without any value, or pair of values.
        missing: Dialogues of the complete scenarios without a value.
        awaited: The first scenario that is not complete; None where there is none.
        waiting: Scenarios that are complete, and count once ``awaited`` is.
    """

    values: dict[str, float]
    without: tuple[str, ...]
    missing: int
    awaited: str | None = None
    waiting: int = 0

    @property
    def blocks(self) -> int:
        """Complete scenarios, with or without a value."""
        return len(self.values) + len(self.without)


@dataclass
class Blocks:
    """The scenarios of a plan that a contrast compares, as far as the plan is written.

    Args:
        contrast: What is compared.
        lineup: Whose episodes count; empty for a run of one line-up.
    """

    contrast: Contrast
    lineup: str = ""
    _cells: dict[str, dict[Cell, Episode]] = field(default_factory=dict)
    _last: tuple[str, int] | None = None

    @property
    def arms(self) -> tuple[str, ...]:
        """The arms that are compared."""
        asked = self.contrast.treatment, self.contrast.control
        return tuple(arm for arm in asked if arm is not None)

    def add(self, episode: Episode) -> bool:
        """Enter an episode of the plan, in its order; whether it belongs to a block."""
        self._last = episode.scenario, episode.epoch
        own = episode.epoch == FIRST and episode.arm in self.arms
        if own and episode.lineup == self.lineup:
            self._cells.setdefault(episode.scenario, {})[episode.arm, episode.pair] = episode
            return True
        return False

    def complete(
        self,
        settled: Callable[[Episode], bool],
        value: Callable[[Episode], float | None],
        *,
        whole: bool,
    ) -> Complete:
        """The blocks that are complete.

        Args:
            settled: Whether an episode needs no more playing.
            value: Of the measure; None where it has none.
            whole: Whether the plan is written to its end. Else more episodes of the last scenario
                may come.
        """
        values, without, missing = dict[str, float](), list[str](), 0
        awaited, waiting = None, 0
        for scenario, cells in self._cells.items():
            under_way = not whole and self._last == (scenario, FIRST)
            over = not under_way and all(map(settled, cells.values()))
            if awaited is not None or not over:
                awaited = awaited or scenario
                waiting += over
                continue
            rows = [
                Observation(scenario, pair, arm, value(episode))
                for (arm, pair), episode in cells.items()
            ]
            missing += sum(row.value is None for row in rows)
            if (found := self._of(rows).get(scenario)) is None:
                without.append(scenario)
            else:
                values[scenario] = found
        return Complete(values, tuple(without), missing, awaited, waiting)

    def _of(self, rows: Iterable[Observation]) -> Mapping[str, float]:
        treatment, control = self.contrast.treatment, self.contrast.control
        if control is None:
            return dict(against_zero(rows, treatment).scenarios)
        return dict(paired(rows, treatment, control).scenarios)
