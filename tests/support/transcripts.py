"""Transcripts written down move by move, for tests of what reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from harness.disputes.scenario import Package, Scenario, Twin
from harness.evaluators.case import Case
from harness.incentives.profiles import IncentiveProfile, Role
from harness.records.spec import TalksSpec
from harness.records.transcript import (
    Action,
    Commitment,
    Debrief,
    Move,
    Outcome,
    Repair,
    Talks,
    Turn,
    VoidReason,
    status_of,
)
from harness.records.transcript import Transcript as Record
from harness.suite.parts import Protocol, SeatSpec
from harness.view import BINDINGNESS

Event = Literal["accept", "reject", "pass", "walk_out", "caucus"]
Entry = tuple[str, Package | Event | Move] | Literal["next round"]
"""A seat with the package it proposes or with what it does instead; ``next round`` opens one. A
whole move is taken as it is, but that it answers the last proposal of another seat."""


def make_spec(
    scenario: Scenario,
    *,
    twin: Twin = Twin.NONE,
    extra: Mapping[str, str] | None = None,
    debrief: bool = True,
) -> TalksSpec:
    """The spec of a dialogue on ``scenario``, which is already the twin that is played.

    Args:
        extra: Further seats and the principals they act for.
    """
    principals = {"o": scenario.seats.o, "u": scenario.seats.u, **(extra or {})}
    return TalksSpec(
        scenario=scenario.id,
        scenario_hash=scenario.digest(),
        twin=twin,
        seed=1,
        protocol=Protocol(rounds=3, debrief=debrief),
        seats=tuple(
            SeatSpec(seat=seat, principal=principal, role=Role.DELEGATE, profile=IncentiveProfile())
            for seat, principal in principals.items()
        ),
    )


def make_transcript(
    scenario: Scenario,
    entries: Sequence[Entry],
    *,
    spec: TalksSpec | None = None,
    debriefs: Mapping[str, Debrief] | None = None,
    void: VoidReason | None = None,
    words: str = "",
    repairs: Sequence[Repair] = (),
) -> Record:
    """A finished dialogue of exactly these moves.

    ``accept`` and ``reject`` answer the last proposal of another seat. The dialogue ends in a deal
    when the last move is an acceptance, in a walk-out when it is one, else without a deal; with
    ``void`` it has no result.

    Args:
        words: What is said in every public statement.
        repairs: What the first turn had to be asked again for.
    """
    spec = spec or make_spec(scenario)
    turns: list[Turn] = []
    offers: list[_Put] = []
    steps: dict[str, int] = {}
    round_ = 1
    for entry in entries:
        if entry == "next round":
            round_, steps, offers = round_ + 1, {}, []
            continue
        seat, what = entry
        number = 1 + sum(turn.seat == seat and turn.offer is not None for turn in turns)
        move, offer = _move(what, words), None
        if move is not None and move.package is not None:
            offer = f"{seat}-{number}"
            offers.append(_Put(offer, seat, move.package, move.commitment))
        elif move is not None and move.action in (Action.ACCEPT, Action.REJECT):
            offer = next(one.name for one in reversed(offers) if one.by != seat)
            move = replace(move, offer=offer)
        steps[seat] = steps.get(seat, 0) + (move is not None)
        turns.append(
            Turn(
                index=len(turns),
                round=round_,
                step=max(1, steps[seat]),
                seat=seat,
                kind="caucus" if move is None else "statement",
                move=move,
                words=words,
                offer=offer,
                repairs=tuple(repairs) if not turns else (),
            )
        )
    talks = Talks(
        order=tuple(seat.seat for seat in spec.seats),
        turns=tuple(turns),
        debriefs=dict(debriefs or {}),
        outcome=_outcome(turns, offers, round_, void),
    )
    return Record(id=spec.id, status=status_of(void), spec=spec, void=void, body=talks)


def case(transcript: Record, scenario: Scenario) -> Case:
    """What an evaluator reads of a dialogue that was played on ``scenario``."""
    return Case(transcript, scenario, transcript.spec)


@dataclass(frozen=True)
class _Put:
    """A proposal on the table."""

    name: str
    by: str
    package: Package
    commitment: Commitment


def _move(what: Package | Event | Move, words: str) -> Move | None:
    """What an entry says is done; None for a caucus."""
    if isinstance(what, Move):
        return what
    if isinstance(what, dict):
        return Move(action=Action.PROPOSE, package=what, words=words)
    return None if what == "caucus" else Move(action=Action(what), words=words)


def _outcome(
    turns: Sequence[Turn],
    offers: Sequence[_Put],
    round_: int,
    void: VoidReason | None,
) -> Outcome:
    if void is not None:
        return Outcome(kind="void", round=round_, by=void.seat, reason=void.detail)
    last = turns[-1] if turns else None
    if last is None or last.move is None or last.round != round_:
        return Outcome(kind="no_deal", round=round_)
    if last.move.action is Action.WALK_OUT:
        return Outcome(kind="walk_out", round=round_, turn=last.index, by=last.seat)
    if last.move.action is Action.ACCEPT:
        taken = next(offer for offer in offers if offer.name == last.offer)
        return Outcome(
            kind="deal",
            package=taken.package,
            offer=taken.name,
            proposer=taken.by,
            round=round_,
            turn=last.index,
            commitment=max(taken.commitment, last.move.commitment, key=BINDINGNESS.index),
        )
    return Outcome(kind="no_deal", round=round_)
