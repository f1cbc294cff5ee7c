"""What a model at later real talks is given to read, made from the records of what came before."""

from __future__ import annotations

from collections.abc import Mapping

from harness.disputes.scenario import Scenario
from harness.incentives.hand import Hand
from harness.incentives.profiles import Authority, Role
from harness.influence.later_inputs import AFTER, Heard, nodes_of, put_by
from harness.prompting.later import Meeting, PublishedArticle, later_prompts
from harness.records.later import ARTICLE, LaterSpec
from harness.records.spec import TalksSpec
from harness.records.transcript import StageRecord, Transcript
from harness.talks.barrier import public_dispute


def advice(
    spec: LaterSpec, said: Heard, inputs: Mapping[str, StageRecord], scenario: Scenario
) -> str:
    """The paper for seat u: what those who advise its side make of it by now, and the article.

    Args:
        said: By those of them that have answered twice; at least one has.
    """
    own, other = (spec.talks.seat(seat).principal for seat in ("u", "o"))
    asked = [record for name, record in inputs.items() if name.partition("_")[0] == AFTER]
    titles = {reader.id: reader.title for record in asked for reader in record.spec.readers}
    return later_prompts().advice(
        public_dispute(scenario),
        [titles.get(reader, reader) for reader in said.pairs],
        # In full: how far it follows them is for the model to say.
        {principal: said.shift(principal, 1.0) for principal in (own, other)},
        _article(spec, inputs, scenario),
    )


def _article(
    spec: LaterSpec, inputs: Mapping[str, StageRecord], scenario: Scenario
) -> PublishedArticle | None:
    """The article, under the byline that its readers saw; None where there is none."""
    record = inputs.get(ARTICLE)
    if record is None:
        return None
    nodes = [nodes_of(reader, spec.inputs) for reader in spec.advising or ()]
    reading = next(inputs[found[1]].spec for found in nodes if found and found[1] in inputs)
    home = record.spec.author.home if reading.byline == "experts" else None
    names = public_dispute(scenario)
    # The official side is the one that was met.
    signs = spec.talks.seat("o" if reading.byline == "official" else "u").principal
    return PublishedArticle(
        title=record.body.title,
        text=record.body.text,
        byline=reading.byline,
        authors=names.principals[signs].name if home is None else names.homes[home].name,
        third=home is not None,
        outlet=record.spec.outlet or reading.outlet,
    )


def memorandum(spec: LaterSpec, meeting: Transcript, hand: Hand | None, scenario: Scenario) -> str:
    """The paper for seat o: what the other side put and accepted at the meeting, and how it ended.

    Args:
        hand: What is estimated of that side; None where it put and accepted nothing.
    """
    own, other = (spec.talks.seat(seat).principal for seat in ("o", "u"))
    dispute = public_dispute(scenario)
    held, outcome, put = meeting.spec, meeting.body.outcome, put_by(meeting, other)
    assert isinstance(held, TalksSpec)
    ours, theirs = (
        next((seat for seat in held.seats if seat.principal == one), None) for one in (own, other)
    )
    home = None if theirs is None or theirs.home is None else dispute.homes[theirs.home].name
    return later_prompts().memorandum(
        dispute,
        own,
        other,
        Meeting(
            ours=Role.DELEGATE if ours is None else ours.role,
            theirs=Role.DELEGATE if theirs is None else theirs.role,
            home=home,
            bound_nobody=theirs is not None and theirs.authority is Authority.PRIVATE,
            proposed=put.proposed,
            accepted=put.accepted,
            seconds=put.seconds,
            softest=None if hand is None else hand.softest,
            outcome=outcome.kind,
            agreed=outcome.package,
            they_left=theirs is not None and outcome.by == theirs.seat,
        ),
        plain=spec.talks.seat("o").role is Role.DELEGATE,
    )
