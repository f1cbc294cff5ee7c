"""``track15 plan SUITE``: what would be played and what it would cost. Nothing is sent."""

from __future__ import annotations

import json
from typing import Any

import click

from harness.cli.console import echo_json, results, say
from harness.cli.options import (
    evaluator_option,
    json_option,
    lineup_options,
    log_dir_option,
    suite_options,
)


@click.command()
@click.argument("suite")
@suite_options
@lineup_options
@evaluator_option
@click.option(
    "--from",
    "pilot",
    metavar="RUN",
    help="Pilot run from which to take the variance of the primary measure.",
)
@log_dir_option
@json_option
def command(
    suite: str,
    as_json: bool,
    **options: Any,
) -> None:
    """Show the dialogues, calls and tokens that SUITE would take, and the smallest effect on its
    primary measure that it could detect. Nothing is sent and nothing is written."""
    from harness.app.planning import plan as planned

    found = planned(suite, notify=say, **options)
    if as_json:
        echo_json(json.dumps(found.as_json(), indent=1))
        return
    from harness.report.tables import print_table

    console = results()
    console.print(found.plan.suite.title, style="bold", markup=False)
    console.print(found.plan.suite.question, markup=False)
    rows = [
        (row.arm, row.track, str(row.scenarios), f"{row.dialogues:,}", f"{row.calls:,}")
        for row in found.estimate.arms
    ]
    headings = ("arm", "track", "scenarios", "dialogues", "model calls")
    console.print()
    print_table(console, headings, rows, names=range(5), right=(2, 3, 4))
    console.print()
    if found.estimate.graph:
        graph = [
            (
                row.name,
                ", ".join(row.reads) or "nothing",
                f"{row.stages:,}",
                f"{row.episodes:,}",
                f"{row.calls:,}",
                ", ".join(row.arms) if len(row.arms) < len(rows) else "all",
            )
            for row in found.estimate.graph
        ]
        stages = ("stage", "reads", "played", "in episodes", "model calls", "arms")
        print_table(console, stages, graph, names=range(6), right=(2, 3, 4))
        console.print()
    for line in found.sentences():
        console.print(line, markup=False)
