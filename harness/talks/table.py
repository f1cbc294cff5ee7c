"""The table: plays one dialogue by the rules and leaves a talks stage.

No failure becomes a move. An answer that cannot be used is asked again with the exact complaint, a
set number of times; then the dialogue is void, with its reason. Nothing here turns an unusable
answer into a proposal, an acceptance, a rejection, a pass or a silence.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from harness.asking.asking import Asker, Effort, GivenUpError, Respondent
from harness.asking.meter import Meter
from harness.delegations.base import Answer, Delegation, MadeCall
from harness.disputes.scenario import Package, Scenario
from harness.records.finished import Played
from harness.records.spec import TalksSpec
from harness.records.transcript import (
    Action,
    CapitalAnswer,
    Commitment,
    Debrief,
    Outcome,
    Talks,
    Timing,
    Transcript,
    Turn,
    VoidReason,
    changed,
    status_of,
)
from harness.talks.barrier import Barrier, Learned
from harness.talks.order import first_order
from harness.talks.rules import Effect, TableState, apply, objection, words_problem

PATIENCE: Final = 1_000_000
"""How often a person is asked again for one move: a slip of the hand voids no dialogue."""


@dataclass(frozen=True, slots=True)
class PlayedTalks(Played):
    """A dialogue that was played."""

    record: Transcript


@dataclass
class Table:
    """One dialogue in play.

    Args:
        spec: What determines the dialogue.
        scenario: The scenario, already the right twin.
        delegations: Seat -> delegation.
        on_call: Called after every model call (for progress).
        learned: Seat -> what it has learned beside its brief.
    """

    spec: TalksSpec
    scenario: Scenario
    delegations: Mapping[str, Delegation]
    on_call: Callable[[MadeCall], None] | None = None
    learned: Mapping[str, Learned] = field(default_factory=dict)
    _turns: list[Turn] = field(default_factory=list)
    _efforts: list[Effort] = field(default_factory=list)
    _asker: Asker = field(init=False)

    def __post_init__(self) -> None:
        protocol = self.spec.protocol
        respondents = [
            Respondent(
                seat,
                PATIENCE if self.spec.seat(seat).kind == "person" else protocol.repairs,
                delegation.messages,
                own_code=self.spec.seat(seat).kind == "custom",
            )
            for seat, delegation in self.delegations.items()
        ]
        meter = Meter("dialogue", protocol.token_limit, protocol.time_limit)
        self._asker = Asker(respondents, meter, "seat", self.on_call)

    async def play(self) -> PlayedTalks:
        """Play to the end. Never raises for what a model or an endpoint does: that is a void."""
        started, clock = datetime.now(UTC), time.perf_counter()
        seats = [s.seat for s in self.spec.seats]
        order = first_order(self.spec)
        state = TableState(
            scenario=self.scenario,
            protocol=self.spec.protocol,
            order=order,
            may_consult={s.seat: s.profile.consults_capital for s in self.spec.seats},
            alternates=self.spec.opener is not None,
            authority={s.seat: s.authority for s in self.spec.seats},
        )
        barrier = Barrier(self.spec, self.scenario, self.learned)
        debriefs: dict[str, Debrief] = {}
        void: VoidReason | None = None
        try:
            outcome = await self._talks(state, barrier)
            if self.spec.protocol.debrief:
                for seat in seats:
                    debriefs[seat] = await self._debrief(state, barrier, seat)
        except GivenUpError as failure:
            void = failure.reason
            outcome = Outcome(
                kind="void", round=state.round, by=void.seat, reason=void.detail, turn=None
            )
        body = Talks(
            order=order,
            turns=tuple(
                changed(turn, repairs=effort.repairs, calls=effort.calls)
                for turn, effort in zip(self._turns, self._efforts, strict=True)
            ),
            debriefs=debriefs,
            outcome=outcome,
            warnings=self._asker.warnings,
        )
        key = self.spec.id
        timing = Timing(
            id=key,
            started=started.isoformat(timespec="milliseconds"),
            seconds=round(time.perf_counter() - clock, 6),
            calls=tuple(self._asker.timings),
        )
        transcript = Transcript(
            id=key,
            status=status_of(void),
            spec=self.spec,
            void=void,
            calls=tuple(self._asker.calls),
            body=body,
        )
        return PlayedTalks(transcript, timing, self._asker.messages())

    # --- rounds and turns --------------------------------------------------------------------

    async def _talks(self, state: TableState, barrier: Barrier) -> Outcome:
        outcome = None
        for round_ in range(1, self.spec.protocol.rounds + 1):
            state.open_round(round_)
            outcome = await self._round(state, barrier)
            left = outcome.kind == "walk_out" and self.spec.protocol.leaving == "talks"
            if outcome.kind == "deal" or left:
                break
        assert outcome is not None
        if outcome.kind == "deal":
            return changed(outcome, ratification=self._ratification(outcome))
        sketches = tuple(offer.id for offer in state.standing if offer.explored)
        return changed(outcome, explored=sketches or None)

    async def _round(self, state: TableState, barrier: Barrier) -> Outcome:
        for _ in range(self.spec.protocol.turns):
            for seat in state.order:
                effect = await self._turn(state, barrier, seat)
                if effect.deal is not None:
                    return effect.deal
                if effect.walked_out:
                    return Outcome(
                        kind="walk_out", round=state.round, turn=len(self._turns) - 1, by=seat
                    )
        return Outcome(kind="no_deal", round=state.round, reason="the round ran out of turns")

    async def _turn(self, state: TableState, barrier: Barrier, seat: str) -> Effect:
        """One turn: caucus, any consultations, then the public move."""
        delegation = self.delegations[seat]
        for member in self.spec.seat(seat).members:
            await self._caucus(state, barrier, seat, member.id)
        while True:
            asked = await self._asker.ask(
                seat,
                lambda complaint: delegation.move(
                    barrier.view(state, seat, self._turns), complaint
                ),
                lambda answer: _move_problem(answer, state, seat),
            )
            move = asked.answer.move
            assert move is not None
            effect = apply(move, state, seat, len(self._turns))
            consult = move.action is Action.CONSULT
            self._enter(
                Turn(
                    index=len(self._turns),
                    round=state.round,
                    step=state.steps[seat] + 1,
                    seat=seat,
                    kind="consultation" if consult else "statement",
                    move=move,
                    words=move.words,
                    thoughts=move.thoughts,
                    offer=effect.offer,
                    explored=effect.explored,
                    capital=self._capital(seat, state.round, move.package) if consult else None,
                ),
                asked.effort,
            )
            if not consult:
                state.steps[seat] += 1
                return effect

    async def _caucus(self, state: TableState, barrier: Barrier, seat: str, member: str) -> None:
        delegation = self.delegations[seat]
        asked = await self._asker.ask(
            seat,
            lambda complaint: delegation.caucus(
                barrier.view(state, seat, self._turns), member, complaint
            ),
            _words_problem,
        )
        self._enter(
            Turn(
                index=len(self._turns),
                round=state.round,
                step=state.steps[seat] + 1,
                seat=seat,
                kind="caucus",
                member=member,
                words=asked.answer.words or "",
            ),
            asked.effort,
        )

    def _enter(self, turn: Turn, effort: Effort) -> None:
        """Enter a turn into the protocol. What it took is kept beside it until the talks are over,
        so that the turn is the one its own seat may see, and need not be copied for it."""
        self._turns.append(turn)
        self._efforts.append(effort)

    def _capital(self, seat: str, round_: int, package: Package | None) -> CapitalAnswer:
        """The capital's answer: the truth about its own interests (claim C7)."""
        assert package is not None
        principal = self.spec.seat(seat).principal
        terms = self.scenario.terms(principal, round_)
        value = terms.utility(package)
        crossed = tuple(line.issue for line in self.scenario.crossed(principal, package))
        return CapitalAnswer(
            package=package,
            acceptable=value >= terms.reservation and not crossed,
            value=round(value, 6),
            reservation=terms.reservation,
            red_lines=crossed,
        )

    def _ratification(self, deal: Outcome) -> dict[str, CapitalAnswer] | None:
        """Whether the leaderships sign a deal that is subject to their approval. It is for the
        record alone: no seat is told, and the deal stays what it is."""
        if not self.spec.protocol.ratification or deal.commitment is not Commitment.AD_REFERENDUM:
            return None
        asked = [s.seat for s in self.spec.seats if s.authority and s.authority.line_home]
        answers = {seat: self._capital(seat, deal.round, deal.package) for seat in asked}
        return answers or None

    # --- afterwards --------------------------------------------------------------------------

    async def _debrief(self, state: TableState, barrier: Barrier, seat: str) -> Debrief:
        """Ask a delegation in private. A failure here is a missing answer, not a void dialogue:
        the talks are over and stand."""
        delegation = self.delegations[seat]
        try:
            asked = await self._asker.ask(
                seat,
                lambda complaint: delegation.debrief(
                    barrier.view(state, seat, self._turns), complaint
                ),
                _debrief_problem,
            )
        except GivenUpError as failure:
            reason = failure.reason
            if reason.kind == "budget":
                raise  # to be asked when the run goes on
            # Without the fix: resuming does not ask again, the dialogue is done.
            return Debrief(problem=reason.detail.splitlines()[0], repairs=reason.repairs)
        assert asked.answer.debrief is not None
        return asked.effort.noted_in(asked.answer.debrief)


def _move_problem(answer: Answer, state: TableState, seat: str) -> str | None:
    if answer.move is None:
        return "The answer holds no move."
    return objection(answer.move, state, seat)


def _words_problem(answer: Answer) -> str | None:
    words = (answer.words or "").strip()
    if not words:
        return "The advice is empty."
    return words_problem("advice", words)


def _debrief_problem(answer: Answer) -> str | None:
    if answer.debrief is None:
        return "The answer holds no debrief."
    said = (answer.debrief.words, *answer.debrief.learned.values())
    return next((found for text in said if (found := words_problem("debrief", text))), None)
