"""What a plan could show: its design, and how much a pilot says that its measure varies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from harness.analysis.design import Design, Power, power_of
from harness.analysis.run_values import read_values
from harness.analysis.scale import UNKNOWN, scale_of
from harness.analysis.spread import Spread, assumed, spread_of
from harness.analysis.values import Values
from harness.disputes.scenario import Scenario
from harness.errors import RecordError
from harness.evaluators.base import Measure
from harness.evaluators.landscape import landscape
from harness.files.paths import shown_path
from harness.orchestrator.estimate import Estimate
from harness.orchestrator.plan import Plan
from harness.records.folder import SCORES
from harness.records.reader import RunFolder
from harness.suite.contrasts import Contrast

SKEW = "settlement.skew"


def power(
    plan: Plan, cost: Estimate, known: Mapping[str, Measure], pilot: RunFolder | None = None
) -> Power:
    """What a plan could show of its primary comparison.

    Args:
        cost: Of the plan.
        known: ``evaluator.measure`` -> its definition.
        pilot: Run that says how much the measure varies; None for what is assumed.

    Raises:
        RecordError: The pilot is damaged, is not scored, or does not have the measure.
    """
    if plan.suite.contrasts is None:
        return Power("", None, ("No comparison is declared, so there is no effect to detect.",))
    asked = plan.suite.contrasts.primary
    defined = known.get(asked.measure)
    scale = scale_of(defined.range) if defined else UNKNOWN
    spread = assumed(scale)
    if pilot is not None:
        spread = pilot_spread(pilot, asked, spread, models=plan.plays_models)
    paired = asked.control is not None
    design = Design(
        measure=asked.measure,
        title=defined.title if defined else asked.measure,
        scale=scale,
        paired=paired,
        scenarios=cost.compared,
        per_scenario=cost.per_scenario,
        surpluses=surpluses(plan.scenarios) if asked.measure == SKEW else (),
    )
    found = power_of(design, spread)
    if not plan.lineups:
        return found
    each = f"This holds for each of the {len(plan.lineups)} line-ups of models by itself."
    return replace(found, sentences=(*found.sentences, each))


def pilot_spread(
    pilot: RunFolder, asked: Contrast, otherwise: Spread | None, *, models: bool
) -> Spread:
    """How much a measure varies in a run.

    Args:
        asked: The comparison that is planned.
        otherwise: What is assumed where the run does not have its arms.
        models: Whether models are to play. A pilot by scripts then says nothing of pairing.

    Raises:
        RecordError: The run is not scored, does not have the measure, or has too little of it.
    """
    where = shown_path(pilot.path)
    again = f"score it again: track15 score {where}"
    if not (pilot.path / SCORES).is_file():
        raise RecordError("the pilot is not scored", where=str(where), fix=again)
    values = read_values(pilot, [asked.measure])
    if asked.measure not in values.measures():
        raise RecordError(
            f"the pilot does not have the measure {asked.measure!r} of the primary comparison",
            where=str(where),
            fix=f"{again}; or name a pilot that has it",
        )
    found = spread_of(
        list(values.observations(asked.measure)), asked.treatment, asked.control, otherwise
    )
    if found is None:
        raise RecordError(
            f"the pilot has too few values of {asked.measure!r} to show how much it varies",
            where=str(where),
            fix="it needs two dialogues of an arm on one scenario, and two scenarios",
        )
    return _said(found, values, pilot, models=models)


def _said(found: Spread, values: Values, pilot: RunFolder, *, models: bool) -> Spread:
    """The spread, with where it is from."""
    correlation, source = found.correlation, f"{found.source} of {pilot.path.name}"
    if models and "model" not in values.players:
        correlation = 0.0
        source += (
            ", which was played by scripts: models may vary more, so no gain from pairing "
            "is assumed"
        )
    return Spread(found.between, found.within, correlation, source)


def surpluses(scenarios: Mapping[str, Scenario]) -> tuple[float, ...]:
    """Half of what the whole surplus of each dispute is worth in skew: half the length of the
    frontier in the zone of possible agreement, as a share of its whole length, in [0, 0.5].
    Disputes without a zone of agreement, or without a conflict, are left out."""
    found = []
    for scenario in scenarios.values():
        seats = {"o": scenario.seats.o, "u": scenario.seats.u}
        land = landscape(scenario, seats, 1)
        frontier = land.frontier
        if frontier.degenerate:
            continue
        inside = (frontier.points >= land.r[:2] - 1e-9).all(axis=1)
        if inside.any():
            arc = frontier.arc[inside]
            found.append(float(np.ptp(arc)) / frontier.length / 2)
    return tuple(one for one in found if one > 0)
