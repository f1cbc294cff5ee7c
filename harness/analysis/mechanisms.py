"""Which incentive does the work: each alone on top of Track 1, and each left out of Track 1.5."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict, Field

from harness.analysis.contrast import evaluate
from harness.analysis.effect import Effect
from harness.analysis.factorial import Decomposition, decompose
from harness.analysis.observations import Observation
from harness.analysis.pairing import complete_places, single
from harness.analysis.scale import UNKNOWN, scale_of
from harness.analysis.twopart import PartEffect, agreement_change
from harness.analysis.values import Values
from harness.evaluators.base import Measure
from harness.incentives.tracks import MECHANISMS
from harness.suite.contrasts import Contrast
from harness.suite.suite import Arm, SeatChange, Suite


class MechanismFinding(BaseModel):
    """What one incentive does: alone on top of Track 1, and last of all in Track 1.5.

    Where the two differ, incentives do not add up. ``alone`` or ``last`` is None where the suite
    lacks the arms for it. A comparison that the suite declares is the declared one, with its
    correction; others are uncorrected. ``alone_agreement`` and ``last_agreement`` are the changes
    of the share of deals that go with them: an incentive may move the mean only by ending talks
    without a deal, or by turning no deals into lopsided ones. ``lineup`` says whom it is of, in a
    run in which several line-ups take turns.
    """

    model_config = ConfigDict(frozen=True)

    mechanism: str
    title: str
    claim: str
    alone: Effect | None
    last: Effect | None
    alone_agreement: PartEffect | None = None
    last_agreement: PartEffect | None = None
    lineup: str = Field(default="", exclude_if=lambda name: not name)

    @property
    def called(self) -> str:
        """Its title, and of whom it is where that is said."""
        return f"{self.title}, {self.lineup}" if self.lineup else self.title


def _plain(arm: Arm) -> bool:
    """Whether an arm is a track with mechanisms switched and nothing else changed."""
    unchanged = arm.o == arm.u == SeatChange()
    return unchanged and not (arm.reversed or arm.also or arm.tactic)


def _cells(suite: Suite, track: str) -> dict[frozenset[str], str]:
    """Mechanisms switched on top of Track 1, or out of Track 1.5 -> the arm that does it."""
    cells: dict[frozenset[str], str] = {}
    for name, arm in suite.arms.items():
        switched = arm.with_ if track == "1" else arm.without
        other = arm.without if track == "1" else arm.with_
        if arm.track == track and _plain(arm) and not other:
            cells.setdefault(frozenset(switched), name)
    return cells


def mechanism_findings(
    suite: Suite,
    values: Values,
    measure: str,
    declared: Sequence[Effect],
    definitions: dict[str, Measure],
) -> tuple[MechanismFinding, ...]:
    """Each incentive alone (against no mechanism) and last (against all but this one)."""
    added, removed = _cells(suite, "1"), _cells(suite, "1.5")
    none, every = added.get(frozenset()), removed.get(frozenset())
    rows = list(values.observations(measure))
    titles = {measure: definitions[measure].title} if measure in definitions else {}
    scale = scale_of(definitions[measure].range) if measure in definitions else UNKNOWN
    known = {(e.contrast.measure, e.contrast.treatment, e.contrast.control): e for e in declared}

    def difference(name: str, treatment: str | None, control: str | None) -> Effect | None:
        if treatment is None or control is None:
            return None
        if (measure, treatment, control) in known:
            return known[measure, treatment, control]
        question = Contrast(name=name, measure=measure, treatment=treatment, control=control)
        return evaluate(question, rows, titles, scale)

    def agreement(treatment: str | None, control: str | None) -> PartEffect | None:
        if treatment is None or control is None:
            return None
        return agreement_change(values, treatment, control)

    found = []
    for mechanism in MECHANISMS.values():
        cell = frozenset([mechanism.name])
        alone = difference(f"{mechanism.title}, alone", added.get(cell), none)
        last = difference(f"{mechanism.title}, last", every, removed.get(cell))
        if alone is not None or last is not None:
            found.append(
                MechanismFinding(
                    mechanism=mechanism.name,
                    title=mechanism.title,
                    claim=mechanism.claim,
                    alone=alone,
                    last=last,
                    alone_agreement=agreement(added.get(cell), none),
                    last_agreement=agreement(every, removed.get(cell)),
                )
            )
    return tuple(found)


def factorial_of(suite: Suite, rows: Iterable[Observation]) -> Decomposition | None:
    """Decomposition over the mechanisms added to Track 1, where every combination was played.

    A dialogue counts with its counterparts in all cells, where all of them have a value: the cells
    would else be of different dialogues, and what a dispute favours in one twin would read as what
    mechanisms do. None where no dialogue does.

    Args:
        rows: Of the measure.
    """
    arms = _cells(suite, "1")
    mechanisms = sorted(set().union(*arms)) if arms else []
    if len(mechanisms) < 2 or len(arms) < 2 ** len(mechanisms):
        return None
    own = [row for row in rows if row.arm in arms.values()]
    counting = complete_places(own, arms.values())
    if not counting:
        return None
    cells = {cell: _mean(counting, arm) for cell, arm in arms.items()}
    found = decompose(cells, mechanisms)
    return found.model_copy(update={"excluded": len(own) - len(counting)})


def _mean(rows: Sequence[Observation], arm: str) -> float:
    """Of the means of the scenarios."""
    means = [mean for _, mean in single(rows, arm).scenarios]
    return math.fsum(means) / len(means)
