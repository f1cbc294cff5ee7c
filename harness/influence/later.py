"""Later real talks as a kind of stage (claim C13): Track 1 after what came of an earlier meeting.

Who hears what. The delegation of **seat u**, whose principal's former officials met the other side,
hears the readers that advise that principal: of what its options cost its own principal, and of
what they cost the other one. The delegation of **seat o** hears no reader, since those of a panel
who advise anybody advise the principal of seat u; it has learned the other side's hand at the
meeting. A script is moved in its numbers (:mod:`harness.incentives.shift`,
:mod:`harness.incentives.hand`): an instrument, and no evidence. A model reads the same as documents
(:mod:`harness.prompting.later`), and its numbers stay what its leadership has told it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from harness.incentives.hand import Hand
from harness.influence.later_inputs import can_be_heard, hand_of, heard, nodes_of
from harness.influence.later_papers import advice, memorandum
from harness.models.usage import REPLY_TOKENS
from harness.prompting.later import ADVICE, MEMORANDUM, later_prompts
from harness.records.finished import Played
from harness.records.later import (
    ARTICLE,
    LATER,
    MEETING,
    HandSeen,
    LaterRecord,
    LaterSpec,
    LaterTalks,
)
from harness.records.spec import TALKS, StageSpec, TalksSpec
from harness.records.transcript import Outcome, Transcript, VoidReason
from harness.stages.base import Bench, Foreseen, InPlay, Inputs, Kind, Planning, ScenarioOf
from harness.suite.influence import Later
from harness.suite.parts import SeatSpec
from harness.talks.barrier import Barrier, Learned
from harness.talks.foreseen import growth, threads
from harness.talks.order import first_order
from harness.talks.rules import TableState
from harness.talks.table import Table
from harness.view import View

ADVICE_TOKENS: Final = 500
ARTICLE_TOKENS: Final = 1500
MEMORANDUM_TOKENS: Final = 1000
"""Of what is read beside a brief, at most in nearly all."""
_READS: Final = ("model", "runnable", "person")
"""Kinds of delegations that are told in words. All others are shown numbers."""


class LaterKind(Kind[LaterSpec]):
    """Delegations at a table, after what came before."""

    name = LATER
    spec = LaterSpec
    record = LaterRecord

    def next_stages(
        self, arm: str, before: Mapping[str, StageSpec], planning: Planning
    ) -> Iterator[tuple[str, LaterSpec]]:
        """See :meth:`~harness.stages.base.Kind.next_stages`. Of a link that is off, or that has
        nobody to carry it, nothing is in the spec. None where the arm has a strength of its own and
        whoever it is of is told in words: no number moves it, and the talks would be those of
        another arm under this one's name."""
        then = planning.then.get(arm)
        if then is None or then.later is None:
            return
        strengths = then.later.strengths(planning.influence)
        first = before[TALKS]
        assert isinstance(first, TalksSpec)
        talks = planning.later(first, arm)
        reads = {seat.seat: _reads(seat) for seat in talks.seats}
        if unmovable(then.later, reads):
            return
        inputs: dict[str, str] = {}
        links: dict[str, Any] = {}
        templates: list[str] = []
        advising = tuple(one.id for one in planning.influence.panel if one.advises)
        asked = {name for one in advising for name in nodes_of(one, before) or ()}
        if then.later.readers and asked:
            inputs |= {name: spec.id for name, spec in before.items() if name in asked}
            links |= {"advising": advising, "quorum": planning.influence.quorum}
            if not reads["u"]:
                links["persuadable"] = strengths["persuadable"]
            else:
                templates.append(ADVICE)
                if ARTICLE in before:
                    inputs[ARTICLE] = before[ARTICLE].id
        if then.later.hand:
            inputs[MEETING] = first.id
            if not reads["o"]:
                links["caution"] = strengths["caution"]
            else:
                templates.append(MEMORANDUM)
        if templates:
            known = later_prompts().hashes()
            links["templates"] = {f"{LATER}/{name}": known[name] for name in templates}
        yield (
            LATER,
            LaterSpec(
                inputs=inputs,
                scenario=talks.scenario,
                scenario_hash=talks.scenario_hash,
                twin=talks.twin,
                seed=talks.seed,
                talks=talks,
                **links,
            ),
        )

    def can_play(self, spec: LaterSpec, missing: Collection[str]) -> bool:
        """See :meth:`~harness.stages.base.Kind.can_play`. Readers that have no result are no
        opinion, and a quorum of the others is enough; nothing stands for a meeting or an article.
        """
        if {MEETING, ARTICLE} & set(missing):
            return False
        return spec.quorum is None or can_be_heard(spec, missing) >= spec.quorum

    def empty_body(self, spec: LaterSpec, why: VoidReason) -> LaterTalks:
        """See :meth:`~harness.stages.base.Kind.empty_body`."""
        return LaterTalks(
            order=first_order(spec.talks),
            outcome=Outcome(kind="void", round=1, reason=why.detail),
        )

    async def play(self, spec: LaterSpec, inputs: Inputs, bench: Bench) -> Played:
        """See :meth:`~harness.stages.base.Kind.play`.

        Where fewer advising readers than the quorum have answered twice the stage is void, as where
        an input is: nothing is made up for them.
        """
        scenario = bench.scenario(spec.scenario, spec.twin)
        talks = spec.talks
        own, other = (talks.seat(seat).principal for seat in ("u", "o"))
        said = heard(spec, inputs)
        counted: dict[str, Any] = {}
        if spec.advising is not None:
            assert spec.quorum is not None
            counted = {"heard": len(said.pairs), "unheard": said.unheard}
            if len(said.pairs) < spec.quorum:
                why = VoidReason(kind="input", seat=None, detail=_too_few(spec, len(said.pairs)))
                body = self.empty_body(spec, why).model_copy(update=counted)
                return InPlay(self, spec).over(body, why)
        learned: dict[str, Learned] = {}
        if spec.advising is not None:
            learned["u"] = (
                Learned(documents=(advice(spec, said, inputs, scenario),))
                if spec.persuadable is None
                else Learned(
                    shifts={one: said.shift(one, spec.persuadable) for one in (own, other)}
                )
            )
        meeting = inputs.get(MEETING)
        if meeting is not None:
            assert isinstance(meeting, Transcript)
            hand = hand_of(meeting, scenario, own)
            if spec.caution is None:
                paper = memorandum(spec, meeting, hand, scenario)
                learned["o"] = Learned(documents=(paper,))
            else:
                learned["o"] = Learned(hand=hand, caution=spec.caution)
                if hand is not None:
                    counted["hand"] = _seen(hand)
        seated = spec.seated()
        table = Table(seated, scenario, bench.seats(seated), bench.on_call, learned)
        return _as_later(spec, await table.play(), counted)

    def foreseen(self, spec: LaterSpec) -> Mapping[str, Foreseen]:
        """See :meth:`~harness.stages.base.Kind.foreseen`: all turns used, no deal before the end.
        Briefings come on top, before each call; what prompts grow by is counted here."""
        found: dict[str, Foreseen] = {}
        talks = spec.talks
        for seat in talks.seats:
            if seat.model is None or seat.kind not in ("model", "runnable"):
                continue
            papers = _paper_tokens(spec, seat.seat)
            calls = threads(seat, talks)
            known = found.get(seat.model, Foreseen())
            grown = sum(growth(talks) * (count * (count - 1) // 2) for count in calls)
            found[seat.model] = Foreseen(
                known.calls + sum(calls),
                known.prompt + sum(calls) * papers + grown,
                known.completion + sum(calls) * REPLY_TOKENS,
            )
        return found

    def view(self, spec: LaterSpec, scenarios: ScenarioOf) -> View | None:
        """See :meth:`~harness.stages.base.Kind.view`: what the first seat of a model sees as the
        talks begin. Those of the others are about as long."""
        talks = spec.talks
        seat = next((one for one in talks.seats if one.kind in ("model", "runnable")), None)
        if seat is None:
            return None
        scenario = scenarios(spec.scenario, spec.twin)
        consult = {one.seat: one.profile.consults_capital for one in talks.seats}
        state = TableState(scenario, talks.protocol, first_order(talks), consult)
        state.open_round(1)
        return Barrier(talks, scenario).view(state, seat.seat, ())


def unmovable(later: Later, reads: Mapping[str, bool]) -> bool:
    """Whether an arm sets a strength of its own for a delegation that no number moves.

    Args:
        reads: Seat -> whether it is told in words.
    """
    of = {"u": later.persuadable, "o": later.caution}
    return any(reads[seat] and strength is not None for seat, strength in of.items())


def _reads(seat: SeatSpec) -> bool:
    """Whether a delegation is told in words."""
    return seat.kind in _READS


def _paper_tokens(spec: LaterSpec, seat: str) -> int:
    """Tokens of what a seat is given to read beside its brief."""
    if seat == "u" and spec.advising is not None:
        return ADVICE_TOKENS + (ARTICLE_TOKENS if ARTICLE in spec.inputs else 0)
    return MEMORANDUM_TOKENS if seat == "o" and MEETING in spec.inputs else 0


def _too_few(spec: LaterSpec, count: int) -> str:
    assert spec.advising is not None
    return (
        f"{count} of the {len(spec.advising)} readers that advise have answered before and after, "
        f"and the quorum is {spec.quorum}"
    )


def _seen(hand: Hand) -> HandSeen:
    return HandSeen(
        weights={issue: round(weight, 6) for issue, weight in hand.weights.items()},
        reservation=round(hand.reservation, 6),
        proposals=hand.proposals,
    )


def _as_later(spec: LaterSpec, played: Played, counted: Mapping[str, Any]) -> Played:
    """Talks that were played, as this stage leaves them."""
    talks = played.record
    record = LaterRecord(
        id=spec.id,
        status=talks.status,
        spec=spec,
        void=talks.void,
        calls=talks.calls,
        body=LaterTalks.model_construct(**dict(talks.body), **counted),
    )
    return Played(record, played.timing, played.messages)
