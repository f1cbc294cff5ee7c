"""Which incentive does the work: each alone on top of Track 1, and each left out of Track 1.5."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict, Field

from harness.analysis.contrast import evaluate
from harness.analysis.effect import Effect
from harness.analysis.factorial_effects import (
    FactorialFinding,
    corrected,
    full_factorial,
    largest_full,
    partial_factorial,
)
from harness.analysis.observations import Observation
from harness.analysis.scale import UNKNOWN, Scale, scale_of
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


def factorial_of(
    suite: Suite, rows: Iterable[Observation], scale: Scale = UNKNOWN
) -> FactorialFinding | None:
    """What the combinations of mechanisms show; None where the suite does not switch two or more of
    them on one track.

    Of the mechanisms added to Track 1 and those left out of Track 1.5, the ones count of which more
    were played in every combination. A dialogue counts with its counterparts in all cells, where
    all of them have a value: the cells would else be of different dialogues, and what a dispute
    favours in one twin would read as what mechanisms do.

    Args:
        rows: Of the measure.
        scale: Of the measure.
    """
    found = [one for track in ("1", "1.5") if (one := _design(suite, track)) is not None]
    if not found:
        return None
    finding, cells = max(found, key=lambda one: len(one[0].mechanisms))  # the first of several
    if finding.mechanisms:
        finding = full_factorial(finding, cells, rows, scale)
    else:
        finding = partial_factorial(finding, _four(suite), rows, scale)
    return corrected([finding])[0]


def _design(suite: Suite, track: str) -> tuple[FactorialFinding, dict[frozenset[str], str]] | None:
    """The mechanisms that are switched on a track, before anything is known of values; and the arm
    of each combination of those that are on."""
    switched = _cells(suite, track)
    order = [name for name in MECHANISMS if any(name in cell for cell in switched)]
    if len(order) < 2:
        return None
    cells = {
        frozenset(order) - cell if track == "1.5" else cell: arm for cell, arm in switched.items()
    }
    full = largest_full(switched, order)
    left = frozenset(order) - frozenset(full) if track == "1.5" else frozenset[str]()
    finding = FactorialFinding(
        mechanisms=full, track=track, switched=tuple(order), played=len(switched)
    )
    return finding, {cell - left: arm for cell, arm in cells.items() if left <= cell}


def _four(suite: Suite) -> dict[str, tuple[str, str, str, str]]:
    """Mechanism -> the arms with none, with it alone, with all but it, and with all; of those that
    have all four."""
    added, removed = _cells(suite, "1"), _cells(suite, "1.5")
    nothing = frozenset[str]()
    found = {}
    for name in MECHANISMS:
        own = frozenset([name])
        arms = (added.get(nothing), added.get(own), removed.get(own), removed.get(nothing))
        none, alone, others, every = arms
        if none and alone and others and every:
            found[name] = (none, alone, others, every)
    return found
