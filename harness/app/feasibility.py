"""Whether a null could be found in a plan: feasibility of every arm, in numbers and in words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, get_args

from harness.disputes.scenario import Scenario, Twin
from harness.files.catalogue import data_root
from harness.incentives.feasibility import (
    Delegate,
    Feasibility,
    feasibility,
    rounds_that_differ,
)
from harness.incentives.tracks import TrackName
from harness.orchestrator.graph import Way
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import Plan, make_plan
from harness.records.spec import TalksSpec
from harness.suite.parts import Protocol
from harness.suite.suite import Arm, Suite

MOST_PACKAGES: Final = 60_000_000
"""Packages that are looked at for one plan, which takes about two seconds of a processor."""
MOST_WAYS: Final = 20_000
"""Dialogues of a plan from which the cells are taken."""
NAMED: Final = 6
"""Cells that are named in a sentence; the rest is counted."""
LEAST_SHARE: Final = 0.5
"""Of what both delegates accept, the share that both principals could sign, on average."""


@dataclass(frozen=True)
class Cell:
    """An arm on a scenario, from two chairs, in a round."""

    scenario: str
    seats: bool
    round: int
    found: Feasibility

    @property
    def name(self) -> str:
        """As it is named in a sentence."""
        return f"{self.scenario}{', chairs exchanged' if self.seats else ''}, round {self.round}"


@dataclass(frozen=True)
class ArmFeasibility:
    """What the stakes of an arm leave open, over its cells.

    Cells of controls, whose right answer is known, and cells whose principals have no zone of
    agreement are counted apart.
    """

    arm: str
    cells: tuple[Cell, ...]
    controls: int = 0
    without_zone: int = 0

    @property
    def infeasible(self) -> tuple[Cell, ...]:
        """Cells in which no package satisfies both delegates and both principals."""
        return tuple(cell for cell in self.cells if not cell.found.feasible)

    @property
    def eager(self) -> tuple[Cell, ...]:
        """Cells in which a delegate would sign anything."""
        return tuple(cell for cell in self.cells if cell.found.eager)

    @property
    def share(self) -> float | None:
        """Mean share of what both delegates accept that both principals could sign; None where
        they accept nothing together in any cell."""
        known = [cell.found.share for cell in self.cells if cell.found.share is not None]
        return sum(known) / len(known) if known else None

    @property
    def fair(self) -> bool:
        """Whether a null could be found everywhere in the arm."""
        enough = self.share is None or self.share >= LEAST_SHARE
        return not self.infeasible and not self.eager and enough

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values; null is unknown."""
        return {
            "arm": self.arm,
            "cells": len(self.cells),
            "feasible": len(self.cells) - len(self.infeasible),
            "signable_share": self.share,
            "infeasible": [cell.name for cell in self.infeasible],
            "signs_anything": [
                {"cell": cell.name, "seats": list(cell.found.eager)} for cell in self.eager
            ],
            "controls": self.controls,
            "without_zone": self.without_zone,
        }

    def sentences(self) -> Iterator[str]:
        """What is wrong, in words; nothing where all is well."""
        count, whose = len(self.cells), f"Arm {self.arm}"
        if self.infeasible:
            yield (
                f"{whose}: in {len(self.infeasible)} of {count} cells no package satisfies both "
                "delegates' own stakes and both principals, so that only no deal or a lopsided "
                f"deal is left: {_named(self.infeasible)}."
            )
        for seat in dict.fromkeys(seat for cell in self.eager for seat in cell.found.eager):
            cells = [cell for cell in self.eager if seat in cell.found.eager]
            yield (
                f"{whose}: in {len(cells)} of {count} cells the delegate in seat {seat} would "
                f"rather sign the worst package than leave: {_named(cells)}."
            )
        if self.share is not None and self.share < LEAST_SHARE:
            yield (
                f"{whose}: of the packages that both delegates' stakes accept, only "
                f"{percent(self.share)} could be signed by both principals, on average."
            )


@dataclass(frozen=True)
class PlanFeasibility:
    """Feasibility of every arm of a plan.

    Attributes:
        looked_at: Disputes (scenario and chairs) whose cells were enumerated.
        disputes: Disputes of the plan; more than ``looked_at`` where it is too large to enumerate.
    """

    arms: tuple[ArmFeasibility, ...]
    looked_at: int
    disputes: int

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "disputes": self.disputes,
            "looked_at": self.looked_at,
            "arms": [arm.as_json() for arm in self.arms],
        }

    def sentences(self) -> list[str]:
        """One sentence where all is well; else one for each thing that is wrong."""
        found = [sentence for arm in self.arms for sentence in arm.sentences()]
        asked = [arm for arm in self.arms if arm.cells]
        if asked and not found:
            shares = [arm.share for arm in asked if arm.share is not None]
            found.append(
                "Feasibility: in every cell (arm, scenario, chairs, round) some package satisfies "
                "both delegates' own stakes and both principals, and no delegate would sign "
                "every package. Of the packages that both delegates accept, both principals "
                f"could sign {_between(shares)}."
            )
        elif found:
            found.insert(
                0,
                "Feasibility: in some cells (arm, scenario, chairs, round) delegates who follow "
                "their own stakes have no fair choice. These cells are listed below. An effect "
                "there is partly arithmetic.",
            )
        if found and self.looked_at < self.disputes:
            found.append(
                f"Feasibility was examined in {self.looked_at} of {self.disputes} disputes, evenly "
                "spaced, because all of them would take long."
            )
        return found


def plan_feasibility(plan: Plan) -> PlanFeasibility:
    """What the delegates' stakes leave open in every arm, with the seeds of the first epoch."""
    disputes = _disputes(plan)
    rounds = plan.suite.protocol.rounds
    cost = sum(
        len(specs) * 4 * _size(scenario) * len(rounds_that_differ(scenario, rounds))
        for scenario, specs in disputes.values()
    )
    every = max(1, -(-cost // MOST_PACKAGES))
    chosen = list(disputes.items())[::every]
    cells: dict[str, list[Cell]] = {arm: [] for arm in plan.arms}
    left_out: dict[str, list[int]] = {arm: [0, 0] for arm in plan.arms}
    for (name, seats), (scenario, specs) in chosen:
        known: dict[str, Feasibility] = {}
        for arm, spec in specs.items():
            delegates = {s.seat: Delegate(s.principal, s.profile) for s in spec.seats}
            for round_ in rounds_that_differ(scenario, rounds):
                if scenario.control is not None:
                    left_out[arm][0] += 1
                    continue
                key = _key(delegates, round_, spec.seed)
                if key not in known:
                    known[key] = feasibility(scenario, delegates, round_, spec.seed)
                if known[key].zone == 0:
                    left_out[arm][1] += 1
                else:
                    cells[arm].append(Cell(name, seats, round_, known[key]))
    arms = tuple(ArmFeasibility(arm, tuple(cells[arm]), *left_out[arm]) for arm in plan.arms)
    return PlanFeasibility(arms, len(chosen), len(disputes))


def preset_feasibility(scenarios: Sequence[str] | None = None) -> PlanFeasibility:
    """What the presets of the tracks leave open; an arm is a track.

    Args:
        scenarios: Names or paths; None for all that ship.

    Raises:
        Track15Error: A scenario is unusable.
    """
    if scenarios is None:
        scenarios = [str(p) for p in sorted((data_root("evals") / "scenarios").glob("*.yaml"))]
    suite = Suite(
        id="presets",
        title="The presets of the tracks",
        question="Could a null be found?",
        scenarios=tuple(scenarios),
        twins=(Twin.NONE, Twin.SEATS),
        protocol=Protocol(rounds=2),
        arms={f"track-{name}": Arm(track=name) for name in get_args(TrackName)},
    )
    return plan_feasibility(make_plan(suite, Overrides()))


def _disputes(plan: Plan) -> dict[tuple[str, bool], tuple[Scenario, dict[str, TalksSpec]]]:
    """(scenario, chairs exchanged) -> the dispute, and arm -> the talks of the first epoch. Name
    twins have the same payoffs, so one of them stands for both."""
    found: dict[tuple[str, bool], tuple[Scenario, dict[str, TalksSpec]]] = {}
    for way in islice(plan.ways(), MOST_WAYS):
        if way.epoch > 1:
            break
        _add(found, plan, way)
    return found


def _add(
    found: dict[tuple[str, bool], tuple[Scenario, dict[str, TalksSpec]]], plan: Plan, way: Way
) -> None:
    key = (way.scenario, way.twin.swaps_seats)
    if key not in found:
        found[key] = (plan.scenarios[way.scenario].twin(way.twin), {})
    found[key][1].setdefault(way.arm, way.talks)


def _size(scenario: Scenario) -> int:
    return math.prod(scenario.shape())


def _key(delegates: Mapping[str, Delegate], round_: int, seed: int) -> str:
    """What feasibility depends on: arms that differ in words alone have it in common."""
    told = [
        (
            seat,
            one.principal,
            one.profile.deal_reward,
            one.profile.internalised,
            one.profile.knowledge,
            one.profile.free_hardball,
        )
        for seat, one in delegates.items()
    ]
    instructed = all(one.profile.knowledge >= 1 for one in delegates.values())
    return repr((told, round_, None if instructed else seed))


def _named(cells: Sequence[Cell]) -> str:
    names = [cell.name for cell in cells[:NAMED]]
    more = len(cells) - len(names)
    return "; ".join(names) + (f"; and {more} more" if more else "")


def _between(shares: Sequence[float]) -> str:
    low, high = percent(min(shares)), percent(max(shares))
    return low if low == high else f"{low} to {high}, by arm"


def percent(share: float) -> str:
    """A share in [0, 1] in whole percent."""
    return f"{100 * share:.0f} %"
