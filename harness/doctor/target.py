"""Chooses the dialogue and the seat that ``doctor`` tries: the one with the longest prompt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.disputes.scenario import Scenario
from harness.errors import UsageError
from harness.orchestrator.plan import Plan
from harness.orchestrator.tokens import Briefing, briefing_of, longest_prompt, seat_tokens
from harness.prompting.talks import Prompts
from harness.records.spec import TalksSpec
from harness.suite.parts import SeatSpec


@dataclass(frozen=True)
class Target:
    """A dialogue of a plan, and the seat in it that is tried.

    Attributes:
        suite, arm: Where the dialogue belongs.
        spec: The dialogue, by its own rules.
        scenario: Its scenario, already the right twin.
        seat: Whose model is tried.
        prompts: What the model reads.
        longest: Tokens of the longest prompt that the plan foresees.
        tokens: The most that the model takes in the dialogue.
        calls: The most calls of the model in the dialogue, without repairs.
    """

    suite: str
    arm: str
    spec: TalksSpec
    scenario: Scenario
    seat: SeatSpec
    prompts: Prompts
    longest: int
    tokens: int
    calls: int


def choose_target(plan: Plan, prompts: Prompts, address: str) -> Target:
    """Of all seats that the model at ``address`` plays, the one with the longest prompt.

    Raises:
        UsageError: The model plays no seat of the plan.
    """
    briefings: dict[tuple[str, str, str, str], Briefing] = {}

    def read(arm: str, spec: TalksSpec, seat: SeatSpec) -> Briefing:
        key = (arm, spec.scenario, spec.twin.value, seat.seat)
        if key not in briefings:
            twin = plan.scenarios[spec.scenario].twin(spec.twin)
            briefings[key] = briefing_of(spec, twin, seat.seat, prompts)
        return briefings[key]

    best: tuple[int, str, TalksSpec, SeatSpec] | None = None
    for arm, spec, seat in _seats(plan, address):
        longest = longest_prompt(seat, spec, read(arm, spec, seat))
        if best is None or longest > best[0]:
            best = (longest, arm, spec, seat)
    if best is None:
        raise UsageError(
            f"no seat of {plan.suite.id!r} is played by {address}",
            fix=f"seat it: --model official={address}",
        )
    longest, arm, spec, seat = best
    taken = [
        seat_tokens(other, spec, read(arm, spec, other), first=True)
        for other in spec.seats
        if other.model == address
    ]
    return Target(
        suite=plan.suite.id,
        arm=arm,
        spec=spec,
        scenario=plan.scenarios[spec.scenario].twin(spec.twin),
        seat=seat,
        prompts=prompts,
        longest=longest,
        tokens=sum(one.prompt + one.completion for one in taken),
        calls=sum(one.calls for one in taken),
    )


def _seats(plan: Plan, address: str) -> Iterator[tuple[str, TalksSpec, SeatSpec]]:
    for way in plan.ways():
        for seat in way.talks.seats:
            if seat.model == address:
                yield way.arm, way.talks, seat
