"""How a dialogue ended, as plain values."""

from __future__ import annotations

from typing import Any

from harness.disputes.scenario import Scenario
from harness.records.transcript import Transcript


def ending(transcript: Transcript, scenario: Scenario) -> dict[str, Any]:
    """Id, outcome, turns and package; the worth to each seat's principal where there is one."""
    outcome = transcript.body.outcome
    return {
        "id": transcript.id,
        "outcome": outcome.kind,
        "turns": len(transcript.body.turns),
        "package": outcome.package,
        "worth": {
            seat.seat: worth_of(transcript, scenario, seat.principal)
            for seat in transcript.spec.seats
        },
    }


def worth_of(transcript: Transcript, scenario: Scenario, principal: str) -> float | None:
    """u_P of the ending, of the deal or of having none; None where the dialogue is void, or nobody
    told how it ended or what terms are worth."""
    outcome = transcript.body.outcome
    if outcome.agreed is None or not transcript.valued:
        return None
    return scenario.terms(principal, outcome.round).worth(outcome.package)
