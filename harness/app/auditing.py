"""A written plan held against a dispute: who concedes what, and whether the real parties could
sign it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario
from harness.errors import InputError, UsageError
from harness.files.catalogue import find
from harness.plans.assessment import Assessment, Party, Range, assess
from harness.plans.ground import ground
from harness.plans.nearest import Nearest
from harness.plans.written import WrittenPlan, read_plan, template
from harness.report.plan_words import favours, verdict

LAST_ROUND = 20
"""Realities end here."""


@dataclass(frozen=True)
class Audit:
    """A plan that was held against a dispute.

    Attributes:
        plan: What it advises.
        found: What that comes to.
    """

    plan: WrittenPlan
    found: Assessment

    @property
    def verdict(self) -> list[str]:
        """In words, one thought a sentence."""
        return verdict(self.found)

    @property
    def page(self) -> str:
        """As an HTML page that works offline."""
        from harness.report.plan_page import render

        return render(self.plan, self.found)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values; null is what is undefined, or what the plan does not say."""
        found = self.found
        return {
            "plan": self.plan.title,
            "scenario": found.scenario.id,
            "round": found.round,
            "verdict": self.verdict,
            "complete": not found.open,
            "not_addressed": list(found.open),
            "advises": {
                issue: {"option": advice.option, "sentence": advice.sentence}
                for issue, advice in self.plan.advises.items()
            },
            "parties": [_party(found, party) for party in found.parties],
            "towards": found.parties[0].id,
            "skew": _range(found.skew),
            "skew_of_signable": None if found.zone_skew is None else list(found.zone_skew),
            "normalised_gap": _range(found.gap),
            "favours": _favours(found),
            "frontier_distance": _range(found.distance),
            "share_of_concessions": found.share,
            "signable": found.signable,
            "nearest_signable": _nearest(found.nearest),
            "talking_points_echoed": None,
            "disclosed": None,
            "null": {
                "talking_points_echoed": "the plan is no prose",
                "disclosed": "the plan is no prose",
            },
        }


def audit(plan: str | os.PathLike[str], *, scenario: str | None = None, round_: int = 1) -> Audit:
    """Hold a written plan against a dispute. Nothing is sent and nothing is written.

    Args:
        plan: Its file, or the name of one in ``evals/plans``.
        scenario: Name or file of the dispute; None for the one that the plan names.
        round_: From 1; realities that came before it are in force.

    Raises:
        Track15Error: The plan or the scenario is unusable, or nobody named a scenario.
    """
    path = find("plans", os.fspath(plan))
    file = read_plan(path)
    named = scenario or file.scenario
    if named is None:
        raise UsageError(
            "nobody says which dispute the plan is for",
            where=str(path),
            fix="add --scenario NAME, or 'scenario: NAME' above 'advises:'",
        )
    if not 1 <= round_ <= LAST_ROUND:
        raise UsageError(
            f"there is no round {round_}", where="--round", fix=f"write 1 to {LAST_ROUND}"
        )
    dispute = one_scenario(named, path.parent if scenario is None else None)
    written = file.on(dispute)
    return Audit(written, assess(ground(dispute, round_), written.package))


def plan_template(scenario: str) -> str:
    """A plan to fill in.

    Raises:
        Track15Error: The scenario is unusable.
    """
    return template(one_scenario(scenario))


def one_scenario(name: str, folder: Path | None = None) -> Scenario:
    """The one scenario of that name.

    Args:
        folder: Of the file that names it: its paths start there.

    Raises:
        InputError: There is none, or it is a family of games.
    """
    found = load_scenarios(name, folder)
    if len(found) > 1:
        raise InputError(
            f"{name} is a family of {len(found)} games, and a plan is for one",
            fix=f"name one of them, such as {found[0].id}",
        )
    return found[0]


def _range(value: Range | None) -> float | list[float] | None:
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
        "value": _range(party.value),
        "gain": _range(party.gain),
        "stance": party.stance.name.lower(),
        "red_lines_crossed": [line.issue for line in party.crossed],
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
