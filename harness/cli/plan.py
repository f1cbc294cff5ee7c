"""``track15 plan SUITE``: what would be played and what it would cost. Nothing is sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from harness.cli.console import echo_json, results
from harness.cli.options import evaluator_option, json_option, overrides, suite_options


@click.command()
@click.argument("suite")
@suite_options
@evaluator_option
@json_option
def command(
    suite: str,
    models: tuple[str, ...],
    models_file: Path | None,
    prompts: Path | None,
    evaluators: tuple[str, ...],
    as_json: bool,
    **flags: Any,
) -> None:
    """Show the dialogues, calls and tokens that SUITE would take, and the smallest effect it could
    detect. Nothing is sent and nothing is written."""
    from harness.cli.preparing import prepare
    from harness.models.named import endpoints, load_models
    from harness.orchestrator.estimate import estimate

    known = load_models(models_file)
    changes = overrides(models, known=known, **flags)
    plan, texts = prepare(suite, changes, prompts, evaluators, plays=False)
    cost = estimate(plan, texts, endpoints(known))
    detectable = _detectable(cost.compared, cost.per_scenario)
    if as_json:
        document = {
            "suite": plan.suite.id,
            "cut_by_limit": plan.cut,
            "cut_scenarios": plan.cut_scenarios,
            **cost.as_json(),
            "smallest_detectable": detectable,
        }
        echo_json(json.dumps(document, indent=1))
        return
    from harness.analysis.account import cut_by_limit
    from harness.report.tables import print_table

    console = results()
    console.print(plan.suite.title, style="bold", markup=False)
    console.print(plan.suite.question, markup=False)
    rows = [
        (row.arm, row.track, str(row.scenarios), f"{row.dialogues:,}", f"{row.calls:,}")
        for row in cost.arms
    ]
    headings = ("arm", "track", "scenarios", "dialogues", "model calls")
    console.print()
    print_table(console, headings, rows, names=range(5), right=(2, 3, 4))
    console.print()
    cut = cut_by_limit(plan.cut, plan.cut_scenarios)
    for line in (*cut, *cost.sentences(), _power_sentence(detectable)):
        console.print(line, markup=False)


BETWEEN_SCENARIOS = 0.05
WITHIN_SCENARIO = 0.20
"""Assumed standard deviations of a difference between and within scenarios (docs/method.md)."""


def _detectable(scenarios: int, per_scenario: int) -> float | None:
    if not per_scenario:
        return None
    from harness.analysis.power import minimum_detectable_effect

    return minimum_detectable_effect(BETWEEN_SCENARIOS, WITHIN_SCENARIO, scenarios, per_scenario)


def _power_sentence(detectable: float | None) -> str:
    if detectable is None:
        return "Fewer than two scenarios are compared: no effect can be told from chance."
    return (
        f"Smallest detectable difference in skew: about {detectable:.3f} (80 % power, two-sided "
        f"5 %, SD {BETWEEN_SCENARIOS:g} between and {WITHIN_SCENARIO:g} within scenarios)."
    )
