"""The information barrier: the one place where it is decided what a seat may see.

Private are: thoughts, caucuses, consultations, briefs, beliefs, stakes, true values, reservations
and red lines of other seats; repairs and calls of everyone. A test plants canaries in every private
field and looks for them in every prompt and every public word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from harness.disputes.scenario import Issue, Option, RedLine, Scenario
from harness.incentives.expectation import public_values
from harness.incentives.hand import Hand, held_out
from harness.incentives.shift import Shift, shifted
from harness.incentives.stake import believe, stake
from harness.memo import once_per_object
from harness.records.spec import RULES, TalksSpec
from harness.records.transcript import Move, Turn, changed
from harness.suite.parts import SeatSpec
from harness.talks.rules import TableState
from harness.view import Brief, Chair, Dispute, PublicHome, PublicPrincipal, View


@dataclass(frozen=True)
class Learned:
    """What a seat has learned since the talks were planned, beside its brief. Private to it.

    Attributes:
        shifts: Principal -> what readers have changed in the seat's view of its option values: of
            its own principal, in what it believes; of another, in what it reads that one to want.
        hand: What it estimates of the other side after an earlier meeting; None for nothing.
        caution: How much of that it holds out for, in [0, 1].
        documents: What it has been given to read.
    """

    shifts: Mapping[str, Shift] = field(default_factory=dict)
    hand: Hand | None = None
    caution: float = 0.0
    documents: tuple[str, ...] = ()


NOTHING_LEARNED: Final = Learned()


def _publicly(scenario: Scenario, pid: str, *, seated: bool = False) -> PublicPrincipal:
    """A principal as everybody knows it. Of an absent one it is told what it is, and no more; where
    somebody sits for it (``seated``), what it opens with and wants as well."""
    principal, say = scenario.principals[pid], scenario.say
    face = scenario.public(pid) if seated or principal.public else None
    return PublicPrincipal(
        id=pid,
        name=principal.name,
        adjective=principal.adjective,
        description=say(principal.description),
        at_table=principal.at_table or seated,
        opening=dict(face.opening) if face else None,
        # What an absent party is said to be is no sentence of its own.
        talking_points=tuple(map(say, principal.public.talking_points)) if principal.public else (),
        believed_weights=dict(face.stereotype.weights) if face else {},
        believed_values=public_values(scenario, pid) if face else {},
        believed_reservation=face.stereotype.reservation if face else None,
    )


@once_per_object
def public_dispute(scenario: Scenario) -> Dispute:
    """The dispute as every newspaper reader knows it, names filled in."""
    say = scenario.say
    principals = {pid: _publicly(scenario, pid) for pid in scenario.principals}
    return Dispute(
        id=scenario.id,
        title=say(scenario.title),
        summary=say(scenario.summary),
        issues=tuple(
            Issue(
                id=i.id,
                name=say(i.name),
                question=say(i.question),
                options=tuple(Option(id=o.id, text=say(o.text)) for o in i.options),
            )
            for i in scenario.issues
        ),
        principals=principals,
        homes={
            key: PublicHome(home.name, say(home.description), tuple(map(say, home.policy)))
            for key, home in scenario.homes.items()
        },
    )


def dispute_of(scenario: Scenario, seats: Iterable[SeatSpec]) -> Dispute:
    """The dispute as it is known to those who meet: the same, but that an absent principal for
    which somebody sits is told of like the others."""
    whole = public_dispute(scenario)
    joined = [seat.principal for seat in seats if not scenario.principals[seat.principal].at_table]
    if not joined:
        return whole
    told = {pid: _publicly(scenario, pid, seated=True) for pid in joined}
    return replace(whole, principals={**whole.principals, **told})


@once_per_object
def _red_lines(scenario: Scenario) -> Mapping[str, tuple[RedLine, ...]]:
    """The red lines of every principal, names filled in."""
    return {
        pid: tuple(
            line.model_copy(update={"why": scenario.say(line.why)}) for line in principal.red_lines
        )
        for pid, principal in scenario.principals.items()
    }


def brief_for(
    scenario: Scenario,
    spec: SeatSpec,
    round_: int,
    seed: int,
    rules: int = RULES,
    learned: Learned = NOTHING_LEARNED,
) -> Brief:
    """The private brief of one seat in one round, by version ``rules`` of the rules of talks."""
    own, shifts = spec.principal, learned.shifts
    belief = believe(scenario, own, round_, spec.profile, seed, shifts.get(own))
    stakes = stake(scenario, own, belief, spec.profile, former=rules == 1, shifts=shifts)
    say = scenario.say
    told = {"title", "remit"}
    members = tuple(
        one.model_copy(update={name: say(getattr(one, name)) for name in told})
        for one in spec.members
    )
    return Brief(
        principal=spec.principal,
        role=spec.role,
        profile=spec.profile.model_copy(update={"stance": say(spec.profile.stance)}),
        belief=belief,
        stake=held_out(stakes, scenario, learned.hand, learned.caution),
        red_lines=_red_lines(scenario)[spec.principal],
        costs=dict(scenario.principals[spec.principal].costs),
        members=members,
        authority=spec.authority,
        style=spec.brief or "own",
    )


def _as_read(dispute: Dispute, own: str, learned: Learned) -> Dispute:
    """The dispute as a seat reads it, which acts for ``own``: what everybody knows, but for what
    readers have changed in its view of the others."""
    others = learned.shifts.keys() - {own}
    if not others:
        return dispute
    read = {
        pid: replace(one, believed_values=shifted(one.believed_values, learned.shifts[pid]))
        if pid in others
        else one
        for pid, one in dispute.principals.items()
    }
    return replace(dispute, principals=read)


def visible(turns: Sequence[Turn], seat: str) -> tuple[Turn, ...]:
    """The turns a seat may see: public statements without thoughts, and its own private ones."""
    return tuple(shown for turn in turns if (shown := _shown(turn, seat)) is not None)


def _shown(turn: Turn, seat: str) -> Turn | None:
    """A turn as a seat may see it; None where it may not."""
    own = turn.seat == seat
    if turn.kind != "statement" and not own:
        return None
    changes: dict[str, Any] = {}
    if turn.repairs or turn.calls:
        changes |= {"repairs": (), "calls": ()}
    if not own:
        changes["thoughts"] = ""
        if turn.move is not None:
            changes["move"] = _shown_move(turn.move)
    # A copy is most of what a turn costs in memory while its dialogue is in play.
    return changed(turn, **changes) if changes else turn


def _shown_move(move: Move) -> Move:
    """A move as the other side sees it. Its terms are copies: the record's own stay as they are,
    whatever is done to a view."""
    terms = ("package", "or_package", "position", "agreed")
    copies = {name: dict(own) for name in terms if (own := getattr(move, name)) is not None}
    return changed(move, thoughts="", **copies)


class Barrier:
    """Builds the views of one dialogue. Briefs are made once per seat and round, and each turn is
    looked at once per seat: what is said at a table only grows.

    Args:
        learned: Seat -> what it has learned beside its brief; one that is left out has learned
            nothing.
    """

    def __init__(
        self, spec: TalksSpec, scenario: Scenario, learned: Mapping[str, Learned] | None = None
    ) -> None:
        self._spec = spec
        self._scenario = scenario
        self._learned = learned or {}
        public = dispute_of(scenario, spec.seats)
        self._disputes = {
            s.seat: _as_read(public, s.principal, self._learned.get(s.seat, NOTHING_LEARNED))
            for s in spec.seats
        }
        self._chairs = tuple(
            Chair(
                seat=s.seat, principal=s.principal, role=s.role, authority=s.authority, home=s.home
            )
            for s in spec.seats
        )
        self._briefs: dict[tuple[str, int], Brief] = {}
        self._looked_at: dict[str, int] = {}
        self._visible: dict[str, tuple[Turn, ...]] = {}

    def view(self, state: TableState, seat: str, turns: Sequence[Turn]) -> View:
        """What ``seat`` sees now."""
        key = (seat, state.round)
        learned = self._learned.get(seat, NOTHING_LEARNED)
        if key not in self._briefs:
            self._briefs[key] = brief_for(
                self._scenario,
                self._spec.seat(seat),
                state.round,
                self._spec.seed,
                self._spec.version,
                learned,
            )
        step = state.steps.get(seat, 0) + 1
        return View(
            seat=seat,
            round=state.round,
            step=step,
            order=state.order,
            protocol=self._spec.protocol,
            dispute=self._disputes[seat],
            chairs=self._chairs,
            brief=self._briefs[key],
            history=self._history(turns, seat),
            standing=tuple(state.standing),
            legal=state.legal(seat),
            consultations_left=state.consultations_left(seat),
            final=step >= state.protocol.turns,
            seed=self._spec.seed,
            events=tuple(
                self._scenario.say(reality.text)
                for reality in self._scenario.realities
                if reality.after_round < state.round
            ),
            rules=self._spec.version,
            settled=dict(state.settling.settled),
            documents=learned.documents,
        )

    def _history(self, turns: Sequence[Turn], seat: str) -> tuple[Turn, ...]:
        seen = self._looked_at.get(seat, 0)
        if seen < len(turns):
            self._visible[seat] = self._visible.get(seat, ()) + visible(turns[seen:], seat)
            self._looked_at[seat] = len(turns)
        return self._visible.get(seat, ())
