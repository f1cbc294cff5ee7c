"""Views of one seat at a table in play, built as the real table builds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.disputes.scenario import Scenario, Twin
from harness.incentives.profiles import Authority, IncentiveProfile, Role
from harness.incentives.tracks import TRACKS, TrackName
from harness.records.spec import TalksSpec
from harness.records.transcript import CapitalAnswer, Move, Turn
from harness.suite.parts import Member, Protocol, SeatSpec
from harness.talks.barrier import Barrier
from harness.talks.rules import TableState, apply, objection
from harness.view import View


def seat_spec(
    scenario: Scenario,
    seat: str,
    role: Role,
    profile: IncentiveProfile,
    members: tuple[Member, ...] = (),
) -> SeatSpec:
    """A model in a seat of ``scenario``; seats other than o and u act for the first principal."""
    principal = {"o": scenario.seats.o, "u": scenario.seats.u}.get(seat, scenario.seats.o)
    return SeatSpec(
        seat=seat,
        principal=principal,
        role=role,
        profile=profile,
        kind="model",
        model="openai/fake@http://127.0.0.1:9",
        members=members,
    )


def dialogue(
    scenario: Scenario,
    seats: Sequence[SeatSpec],
    *,
    seed: int = 1,
    protocol: Protocol | None = None,
) -> TalksSpec:
    """A dialogue between ``seats``."""
    return TalksSpec(
        scenario=scenario.id,
        scenario_hash=scenario.digest(),
        twin=Twin.NONE,
        seed=seed,
        protocol=protocol or Protocol(rounds=2, turns=3),
        seats=tuple(seats),
    )


def track(
    scenario: Scenario,
    name: TrackName,
    *,
    seed: int = 1,
    protocol: Protocol | None = None,
    members: Mapping[str, tuple[Member, ...]] | None = None,
) -> TalksSpec:
    """A dialogue of a track's presets."""
    preset = TRACKS[name]
    seats = [
        seat_spec(scenario, s, p.role, p.profile, (members or {}).get(s, ()))
        for s, p in (("o", preset.o), ("u", preset.u))
    ]
    return dialogue(scenario, seats, seed=seed, protocol=protocol)


@dataclass
class PlayedTable:
    """A table whose moves the test makes; :meth:`view` is what a seat sees of it."""

    spec: TalksSpec
    scenario: Scenario
    order: tuple[str, ...] = ()
    turns: list[Turn] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.order = self.order or tuple(seat.seat for seat in self.spec.seats)
        self.state = TableState(
            scenario=self.scenario,
            protocol=self.spec.protocol,
            order=self.order,
            may_consult={s.seat: s.profile.consults_capital for s in self.spec.seats},
            authority={s.seat: s.authority for s in self.spec.seats},
        )
        self.state.open_round(1)
        self._barrier = Barrier(self.spec, self.scenario)

    def view(self, seat: str) -> View:
        return self._barrier.view(self.state, seat, self.turns)

    def play(self, seat: str, move: Move, capital: CapitalAnswer | None = None) -> None:
        """A public move, or a consultation with the capital's answer."""
        problem = objection(move, self.state, seat)
        assert problem is None, problem
        effect = apply(move, self.state, seat, len(self.turns))
        self._note(
            seat,
            "consultation" if capital else "statement",
            move=move,
            words=move.words,
            thoughts=move.thoughts,
            offer=effect.offer,
            explored=effect.explored,
            capital=capital,
        )
        if capital is None:
            self.state.steps[seat] += 1

    def advise(self, seat: str, member: str, words: str) -> None:
        """Advice in caucus."""
        self._note(seat, "caucus", member=member, words=words)

    def next_round(self) -> None:
        self.state.open_round(self.state.round + 1)

    def _note(self, seat: str, kind: str, **what: Any) -> None:
        values: dict[str, Any] = {
            "index": len(self.turns),
            "round": self.state.round,
            "step": self.state.steps[seat] + 1,
            "seat": seat,
            "kind": kind,
            **what,
        }
        self.turns.append(Turn(**values))


def authorised(spec: TalksSpec, **authority: Authority) -> TalksSpec:
    """The dialogue with how far the word of each seat commits, as suites give it."""
    seats = tuple(
        seat.model_copy(update={"authority": authority.get(seat.seat, seat.authority)})
        for seat in spec.seats
    )
    return spec.model_copy(update={"seats": seats})
