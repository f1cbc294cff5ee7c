"""What an author brings home from the table: the barrier between the talks and what is published.

It has the public dispute, who sat there, what was said aloud and put on the table, and how the
talks ended. Of the author's own brief it has what is public: for whom it spoke and as what, and
what its principal says that it will never sign. It has no value and no estimate of anybody, no
thought, no paper, no word of a capital, and none of the answers that were given in private
afterwards: these speak of values.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from harness.disputes.scenario import Scenario
from harness.prompting.publication import Brought, Ending
from harness.records.spec import TalksSpec
from harness.records.transcript import Outcome, Transcript
from harness.talks.barrier import public_dispute, visible
from harness.view import Chair, Dispute

NOBODY = ""
"""A seat that nobody sits in: it sees of the talks what all see."""


def brought_home(talks: Transcript, scenario: Scenario, seat: str) -> Brought:
    """What the author from ``seat`` has of finished talks.

    Args:
        talks: Not void, and played here.
        scenario: In the twin that was played.
    """
    spec = talks.spec
    assert isinstance(spec, TalksSpec), "whoever sat at talks held elsewhere is not known"
    public = visible(talks.body.turns, NOBODY)
    said = [turn for turn in public if turn.move is not None]
    rounds = max([talks.body.outcome.round, *(turn.round for turn in said)])
    chairs = tuple(
        Chair(one.seat, one.principal, one.role, one.authority, one.home) for one in spec.seats
    )
    own = scenario.principals[spec.seat(seat).principal]
    return Brought(
        dispute=_dispute(scenario, {one.principal for one in spec.seats}),
        chairs=chairs,
        seat=seat,
        red_lines=tuple(
            line.model_copy(update={"why": scenario.say(line.why)}) for line in own.red_lines
        ),
        rounds=tuple(
            (_events(scenario, number), tuple(turn for turn in said if turn.round == number))
            for number in range(1, rounds + 1)
        ),
        ending=_ending(talks.body.outcome),
    )


def _dispute(scenario: Scenario, met: Collection[str]) -> Dispute:
    """The public dispute, where whoever sat at this table is said to have had a seat."""
    whole = public_dispute(scenario)
    parties = {
        key: replace(one, at_table=one.at_table or key in met)
        for key, one in whole.principals.items()
    }
    return replace(whole, principals=parties)


def _events(scenario: Scenario, round_: int) -> tuple[str, ...]:
    """What happened between the round before and this one."""
    return tuple(
        scenario.say(reality.text)
        for reality in scenario.realities
        if reality.after_round == round_ - 1
    )


def _ending(outcome: Outcome) -> Ending:
    if outcome.kind == "deal":
        assert outcome.package is not None
        return Ending("deal", dict(outcome.package), outcome.commitment, outcome.side_terms)
    if outcome.kind == "walk_out":
        return Ending("walk_out", by=outcome.by)
    return Ending("no_deal")
