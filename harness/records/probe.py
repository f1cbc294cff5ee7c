"""What determines a probe, and what is recorded of it.

A probe asks one delegate in private, before any talks, which of a number of packages it would sign,
and where that is wanted what it takes the other sides to need. It reads no other stage: the same
delegate with the same briefing is probed once, however many arms it sits in.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from harness.disputes.scenario import Identifier, Package, Twin
from harness.incentives.profiles import Authority
from harness.records.spec import RULES, StageSpec
from harness.records.transcript import PART, Record, Repair, StageRecord
from harness.suite.parts import Participant, Protocol, Seat, SeatSpec, later_field

PROBE: Final = "probe"
PACKAGES: Final = 9
"""Packages that a delegate is shown."""


class ProbeChair(Participant):
    """A seat as every delegate sees it."""

    authority: Authority | None = later_field()
    home: Identifier | None = later_field()


class ProbeSpec(StageSpec):
    """Everything that determines a probe of one delegate.

    ``seed`` is that of the talks, so that the belief of the delegate is the one it brings to the
    table, and all delegates of one principal are shown the same packages. ``rules``, ``protocol``,
    ``chairs`` and ``opener`` are in the briefing that it reads.
    """

    kind: Literal["probe"] = PROBE
    scenario: str
    scenario_hash: str
    twin: Twin
    seed: int = Field(ge=0)
    rules: int = Field(default=RULES, ge=1, description="Version of the rules of talks.")
    protocol: Protocol
    asked: SeatSpec
    chairs: tuple[ProbeChair, ...] = Field(min_length=2, max_length=8)
    opener: Seat | None = later_field()
    packages: int = Field(default=PACKAGES, ge=2, le=100)
    estimates: Literal[True] | None = later_field(
        description="It is asked what no deal is worth to each other side, and its top issue."
    )
    templates: dict[str, str] = Field(
        default_factory=dict,
        description="Hash of every template that is read: those of talks, and the question's.",
    )

    @model_validator(mode="after")
    def _asked_is_seated(self) -> ProbeSpec:
        if self.asked.seat not in {chair.seat for chair in self.chairs}:
            raise ValueError(f"seat {self.asked.seat!r} is asked, and has no chair")
        return self


@dataclass(frozen=True, slots=True, kw_only=True, config=PART)
class ProbeAnswer:
    """What a delegate said of one package.

    ``signs`` is null where there is no usable answer; ``problem`` says why. That is never "leave".
    """

    package: Package
    signs: bool | None = None
    why: str = ""
    problem: str | None = None
    repairs: tuple[Repair, ...] = ()
    calls: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, config=PART)
class Estimates:
    """What a delegate takes the others to need, before anything was said; the same questions as
    after the talks (:class:`~harness.records.transcript.Debrief`).

    ``reservations`` has each other seat's value of no deal (0-1 of what it could get at best),
    ``top_issues`` what it is thought to care about most. Without a usable answer both are empty,
    and ``problem`` says why.
    """

    reservations: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(default_factory=dict)
    top_issues: dict[str, Identifier] = Field(default_factory=dict)
    words: str = ""
    problem: str | None = None
    repairs: tuple[Repair, ...] = ()
    calls: tuple[int, ...] = ()


class Probe(Record):
    """The body: one answer a package, in the order in which they were asked; and what the delegate
    takes the others to need, where it was asked."""

    answers: tuple[ProbeAnswer, ...] = ()
    estimates: Estimates | None = later_field()


class ProbeRecord(StageRecord):
    """A delegate that was probed."""

    kind: Literal["probe"] = PROBE
    spec: ProbeSpec
    body: Probe
