"""What an evaluator reads: one finished record, and what it refers to."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Final, Literal, TypeVar

from harness.disputes.scenario import Scenario, Terms
from harness.incentives.profiles import IncentiveProfile
from harness.memo import Once, once_per_object
from harness.records.episodes import Place
from harness.records.run import RunInfo
from harness.records.spec import RECORDED, TALKS, TalksSpec
from harness.records.transcript import StageRecord, Talks, Transcript

NOT_OURS = "the dialogue was not played by this program"
Lacking = Literal["values", "ending"]
"""What nobody may have told of talks that were held elsewhere: what terms are worth, and how the
talks ended."""
ALL_THAT_IS_TOLD: Final[tuple[Lacking, ...]] = ("values", "ending")
NO_VALUES = "nobody told what any terms are worth"
NO_ENDING = "nobody told how the talks ended"
Of = TypeVar("Of", bound=Hashable)
T = TypeVar("T")


@dataclass(frozen=True)
class Case:
    """One record to measure. Nothing in it says in which arm or epoch it stands: a record that
    several arms share has the same scores in all of them.

    Attributes:
        record: The record of the stage; for talks, the transcript.
        scenario: The twin that was played.
        spec: What determined the talks; None for talks that were played elsewhere. Then no
            incentive profile and no seed is known.
        inputs: Records that this one was made from, by name; for talks, what is read beside them:
            judgements of them, and what their delegates were asked before.
    """

    record: StageRecord
    scenario: Scenario
    spec: TalksSpec | None = None
    inputs: Mapping[str, StageRecord] = field(default_factory=dict)
    _known: dict[object, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def kind(self) -> str:
        """The kind of the record, which evaluators are chosen by. Talks that were held elsewhere
        are talks to those who measure them."""
        return TALKS if self.record.kind == RECORDED else self.record.kind

    @Once
    def transcript(self) -> Transcript:
        """The record of the talks: this one, or that which it was made from.

        Raises:
            LookupError: It was not made from any talks.
        """
        for record in (self.record, *self.inputs.values()):
            if isinstance(record, Transcript):
                return record
        raise LookupError(f"this {self.kind} was not made from any talks")

    @Once
    def talks(self) -> Talks:
        """The talks: turns, debriefs and outcome. Raises as :attr:`transcript`."""
        return self.transcript.body

    @Once
    def seats(self) -> Mapping[str, str]:
        """Seat -> the principal it acted for."""
        return {seat.seat: seat.principal for seat in self.transcript.spec.seats}

    @Once
    def absent(self) -> list[str]:
        """Principals that nobody acted for."""
        seated = set(self.seats.values())
        return [principal for principal in self.scenario.principals if principal not in seated]

    @Once
    def lacking(self) -> Mapping[Lacking, str]:
        """What nobody told of talks that were held elsewhere, and so in words; empty for others."""
        record, found = self.record, dict[Lacking, str]()
        if not isinstance(record, Transcript):
            return found
        if not record.valued:
            found["values"] = NO_VALUES
        if record.body.outcome.kind == "unknown":
            found["ending"] = NO_ENDING
        return found

    def has_opening(self, seat: str) -> bool:
        """Whether it is on record what everybody knew of a seat's position before the talks."""
        principal = self.scenario.principals[self.seats[seat]]
        return principal.public is not None or not principal.at_table

    @property
    def seed(self) -> int | None:
        """The seed of the dialogue; None where it is not known."""
        return None if self.spec is None else self.spec.seed

    @property
    def debriefed(self) -> bool:
        """Whether the delegations were asked in private afterwards."""
        return bool(self.talks.debriefs) if self.spec is None else self.spec.protocol.debrief

    def terms(self, principal: str, round_: int) -> Terms:
        """True weights, values and reservation of a principal in a round, from 1. All cases of a
        scenario share them: nothing in them may be changed."""
        found = self._terms.get((principal, round_))
        if found is None:
            found = self._terms[principal, round_] = self.scenario.terms(principal, round_)
        return found

    @Once
    def _terms(self) -> dict[tuple[str, int], Terms]:
        """The terms of the scenario that any case of it has asked for."""
        return _terms(self.scenario)

    def profile(self, seat: str) -> IncentiveProfile | None:
        """The incentive profile of the delegate in ``seat``; None where it is not known."""
        return self._profiles.get(seat)

    @Once
    def _profiles(self) -> Mapping[str, IncentiveProfile]:
        seats = () if self.spec is None else self.spec.seats
        return {placed.seat: placed.profile for placed in seats}


def once_per_case(function: Callable[[Case], T]) -> Callable[[Case], T]:
    """A function that works out the same of a case only once for all evaluators that ask for it.

    It must be pure. What it gives is shared, so nobody may change it.
    """

    @wraps(function)
    def remembered(case: Case) -> T:
        known = case._known
        try:
            found: T = known[function]
        except KeyError:
            found = known[function] = function(case)
        return found

    return remembered


def once_per_case_and(function: Callable[[Case, Of], T]) -> Callable[[Case, Of], T]:
    """As :func:`once_per_case`, once for each seat or round that it is asked about as well."""

    @wraps(function)
    def remembered(case: Case, of: Of) -> T:
        known = case._known
        # What it is mostly asked for is known: this is the fast way to it.
        try:
            found: T = known[function, of]
        except KeyError:
            found = known[function, of] = function(case, of)
        return found

    return remembered


@once_per_object
def _terms(scenario: Scenario) -> dict[tuple[str, int], Terms]:
    """The terms of a scenario that were asked for, by principal and round; filled by
    :meth:`Case.terms`."""
    return {}


def case_of(
    record: Transcript, info: RunInfo, beside: Mapping[str, StageRecord] | None = None
) -> Case:
    """The case of a transcript of the run that ``info`` describes.

    Args:
        beside: What is read beside it, by name: judgements of it, and what its delegates were asked
            before; None for nothing.
    """
    spec = record.spec
    scenario = info.scenario(spec.scenario, spec.twin)
    return Case(record, scenario, _known(record), beside or {})


def case_made_from(
    record: StageRecord, inputs: Mapping[str, StageRecord], place: Place, info: RunInfo
) -> Case:
    """The case of a stage of another kind.

    Args:
        inputs: What it has read, by name.
        place: Where it stands in the run that ``info`` describes.
    """
    talks = next((read for read in inputs.values() if isinstance(read, Transcript)), None)
    scenario = info.scenario(place.scenario, place.twin)
    return Case(record, scenario, None if talks is None else _known(talks), inputs)


def _known(record: Transcript) -> TalksSpec | None:
    return record.spec if isinstance(record.spec, TalksSpec) else None
