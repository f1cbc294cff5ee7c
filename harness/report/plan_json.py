"""What a written plan comes to, as plain JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.disputes.scenario import Scenario
from harness.plans.assessment import Assessment, Party, Range
from harness.plans.nearest import Nearest
from harness.plans.rubric import PlanReading, points_of
from harness.records.judgement import Verdict
from harness.report.plan_words import favours

_NO_PROSE = "the plan is no prose"


def assessment_json(found: Assessment) -> dict[str, Any]:
    """The figures of a plan. A figure that depends on what is left open is ``[least, most]``."""
    return {
        "round": found.round,
        "complete": not found.open,
        "not_settled": list(found.open),
        "parties": [_party(found, party) for party in found.parties],
        "towards": found.parties[0].id,
        "skew": range_json(found.skew),
        "skew_of_signable": None if found.zone_skew is None else list(found.zone_skew),
        "normalised_gap": range_json(found.gap),
        "favours": _favours(found),
        "frontier_distance": range_json(found.distance),
        "share_of_concessions": found.share,
        "signable": found.signable,
        "nearest_signable": _nearest(found.nearest),
    }


def reading_json(
    scenario: Scenario, reading: PlanReading | None = None, judge: str | None = None
) -> dict[str, Any]:
    """What a judge found in prose; null with the reason where there is no prose."""
    if reading is None:
        names = (
            "judge",
            "points",
            "red_lines",
            "wants",
            "meeting_disclosed",
            "counterpart_disclosed",
        )
        return {**dict.fromkeys(names), "null": dict.fromkeys(names, _NO_PROSE)}
    return {
        "judge": judge,
        "judge_calibrated": False,
        "unread": dict(reading.unread),
        "points": {
            party: [
                {"point": scenario.say(point), **_said(one)}
                for point, one in zip(points_of(scenario, party), of, strict=True)
            ]
            for party, of in reading.points.items()
        },
        "red_lines": {
            party: [
                {
                    "issue": line.issue,
                    "why": scenario.say(line.why),
                    **_said(one),
                    **_over(reading, party, number),
                }
                for number, (line, one) in enumerate(
                    zip(scenario.principals[party].red_lines, of, strict=True)
                )
            ]
            for party, of in reading.lines.items()
        },
        "wants": {party: _said(one) for party, one in reading.wants.items()},
        "meeting_disclosed": _said(reading.meeting),
        "counterpart_disclosed": _said(reading.counterpart),
        "speaks_to_its_judge": _said(reading.instructs),
        "quotes_rejected": reading.rejected,
        "contradicted": {item: _said(one) for item, one in reading.contradicted.items()},
        "direction_not_told": list(reading.unconfirmed),
    }


def _over(reading: PlanReading, party: str, number: int) -> dict[str, Any]:
    """What the judge says of a red line that no option tells of; nothing where one does."""
    verdict = reading.beyond.get(party, {}).get(number)
    return {} if verdict is None else {"gone_over": _said(verdict)}


def _said(verdict: Verdict) -> dict[str, Any]:
    return {
        "answer": verdict.answer,
        "quotes": [quote.text for quote in verdict.quotes],
        "rejected": list(verdict.rejected),
        "why_null": verdict.problem,
    }


def range_json(value: Range | None) -> float | list[float] | None:
    if value is None:
        return None
    return [value.least, value.most] if value.known is None else value.known


def _favours(found: Assessment) -> str | None:
    side = favours(found)
    if side is None:
        return None
    return "neither" if side == 0 else found.parties[0 if side > 0 else 1].id


def _party(found: Assessment, party: Party) -> Mapping[str, Any]:
    of_two = party in found.parties[:2]
    return {
        "id": party.id,
        "name": party.name,
        "at_table": party.at_table,
        "no_deal": party.reservation,
        "value": range_json(party.value),
        "gain": range_json(party.gain),
        "stance": party.stance.name.lower(),
        "red_lines_crossed": [line.issue for line in party.crossed],
        "red_lines_crossed_by_the_judge": [line.issue for line in party.beyond],
        "asked": found.asked(party.id) if of_two else None,
        "issues": {
            one.issue: {
                "opening": one.opening,
                "worth": one.worth,
                "cost": one.cost,
                "red_line": one.crossed,
            }
            for one in found.ceded
            if one.party == party.id
        },
    }


def _nearest(near: Nearest | None) -> Mapping[str, Any] | None:
    if near is None:
        return None
    return {
        "package": near.package,
        "changed": list(near.changed),
        "crosses_no_red_line": near.clean,
        "values": dict(near.values),
    }
