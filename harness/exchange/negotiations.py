"""A run's dialogues in the neutral form that ``track15 import jsonl`` reads.

What everybody at the table heard is in it, who sat there, and what the terms are truly worth. What
was said in private is not, nor what drove anybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from pydantic_core import to_json

from harness.disputes.scenario import Package, Scenario
from harness.exchange.importing.agenda import MATTER, NOT_AGREED
from harness.exchange.importing.negotiation import (
    Ending,
    Negotiation,
    Party,
    Scale,
    Statement,
    plain,
)
from harness.exchange.tidy import Chosen, chosen_of
from harness.records.placement import models_of
from harness.records.reader import RunFolder
from harness.records.spec import RecordedSeat, RecordedSpec
from harness.records.transcript import Action, Outcome, Transcript, Turn
from harness.visible import visible_json

_Does = Literal["propose", "accept", "reject", "walk_out", "say"]
_ACTIONS: Final[Mapping[Action, _Does]] = {
    Action.PROPOSE: "propose",
    Action.ACCEPT: "accept",
    Action.REJECT: "reject",
    Action.WALK_OUT: "walk_out",
    Action.PASS: "say",
}


def negotiation_chunks(folder: RunFolder, chosen: Chosen) -> Iterator[bytes]:
    """One dialogue a line, of those that were chosen.

    Raises:
        RecordError: A file of the run is damaged.
    """
    for transcript, row in chosen_of(folder, chosen, whole=False):
        arms = row["arm"]
        arm = arms[0] if isinstance(arms, tuple) else str(arms)
        told = negotiation_from(transcript, folder.info.scenarios, arm, public=chosen.public)
        yield visible_json(to_json(plain(told)).decode()).encode() + b"\n"


def negotiation_from(
    transcript: Transcript, scenarios: Mapping[str, Scenario], arm: str, *, public: bool = False
) -> Negotiation:
    """A dialogue in the neutral form.

    Args:
        scenarios: Of its run, by id, as written.
        arm: The group that it is shown under.
        public: Without what terms are worth to anybody.
    """
    spec = transcript.spec
    scenario = scenarios[spec.scenario]
    valued = transcript.valued and not public
    seats = {seat.seat: seat.principal for seat in spec.seats}
    models, names = models_of(transcript), scenario.twin(spec.twin).principals
    issues = {issue.id: issue.option_ids() for issue in scenario.issues}
    if list(issues) == [MATTER] and NOT_AGREED in issues[MATTER]:
        issues = {}
    parties = {}
    for seat in spec.seats:
        of_source = seat if isinstance(seat, RecordedSeat) and valued else None
        scale = None if of_source is None else of_source.points
        parties[seat.principal] = Party(
            name=names[seat.principal].name,
            model=models.get(seat.seat),
            role=seat.role,
            scale=None if scale is None else Scale(**scale.model_dump(exclude={"unit"})),
            unit="points" if scale is None else scale.unit,
            said=None if of_source is None else of_source.said,
            rated=None if of_source is None else of_source.rated,
        )
    return Negotiation(
        id=spec.called if isinstance(spec, RecordedSpec) else transcript.id,
        arm=arm,
        parties=parties,
        issues=(issues or None) if not valued else None,
        scenario=scenario if valued else None,
        twin=spec.twin,
        turns=tuple(
            _statement(turn, seats)
            for turn in transcript.body.turns
            if turn.kind == "statement" and turn.move is not None
        ),
        outcome=_ending(transcript, seats, terms=bool(issues), public=public),
    )


def _statement(turn: Turn, seats: Mapping[str, str]) -> Statement:
    move = turn.move
    assert move is not None
    answers = move.action in (Action.ACCEPT, Action.REJECT)
    named: dict[str, Any] = {}
    if answers and move.offer is not None:
        named["accepts" if move.action is Action.ACCEPT else "rejects"] = move.offer
    return Statement(
        who=seats[turn.seat],
        text=turn.words,
        action=_ACTIONS[move.action],
        offer=move.package or move.position,
        or_offer=move.or_package,
        offer_id=turn.offer if move.action is Action.PROPOSE else None,
        settled=move.agreed,
        side_terms=move.side_terms,
        commitment=move.commitment,
        round=turn.round,
        **named,
    )


def _ending(
    transcript: Transcript, seats: Mapping[str, str], *, terms: bool, public: bool
) -> Ending:
    outcome: Outcome = transcript.body.outcome
    by = None if outcome.by is None else seats[outcome.by]
    failed = outcome.kind == "void"
    kind = "failed" if outcome.kind == "void" else outcome.kind
    package: Package | None = outcome.package if terms else None
    return Ending(
        kind=kind,
        terms=package,
        by=by,
        reason="" if failed and public else outcome.reason[:2000],
        round=outcome.round,
    )
