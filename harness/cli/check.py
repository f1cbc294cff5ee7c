"""``track15 check``: whether a scenario, a suite or a rubric is fit to be used."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from harness.cli.console import echo_json, results, say
from harness.cli.options import json_option

if TYPE_CHECKING:
    from harness.app.checking import Checked
    from harness.app.rubrics import RubricChecked

_SIGNS = {"good": "ok", "warn": "!", "bad": "X"}
_STYLES = {"good": "green", "warn": "yellow", "bad": "bold red"}
_BROKEN = 100


@click.command()
@click.argument("what", nargs=-1, required=True, metavar="SCENARIO|SUITE|RUBRIC...")
@json_option
def command(what: tuple[str, ...], as_json: bool) -> int:
    """Check scenarios and suites against the rules for a fair dispute: is a deal possible and not
    too easy, are both sides alike, do the incentives leave a fair choice? Each rule shows its
    figure, its aim and a fix. Of a rubric file, see what it asks, on which scales, and what the
    judge is told.

    ok: as it should be. !: worth a look. X: results would mean little, and the exit code is 100.
    Nothing is sent and nothing is written.
    """
    from harness.app.checking import check

    found = []
    for ref in what:
        found.append(check(ref, notify=say))
        if not as_json:
            _print(found[-1], first=len(found) == 1)
    if as_json:
        echo_json(json.dumps([one.as_json() for one in found], indent=1, ensure_ascii=False))
    return 0 if all(one.sound for one in found) else _BROKEN


def _print(found: Checked | RubricChecked, *, first: bool) -> None:
    from rich.table import Table

    from harness.app.rubrics import EXAMPLE, RubricChecked
    from harness.cli.console import program
    from harness.report.tables import shown

    console = results()
    if not first:
        console.print()
    console.print(shown(f"{found.ref}: {found.title}", "bold"))
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1))
    table.add_column(width=2)
    table.add_column(no_wrap=True)
    table.add_column()
    for row in found.rows:
        aim = f" (aim: {row.aim})" if row.aim else ""
        fix = f"\nfix: {row.fix}" if row.fix else ""
        table.add_row(
            shown(_SIGNS[row.state], _STYLES[row.state]),
            shown(row.name),
            shown(f"{row.found}{aim}{fix}"),
        )
    console.print(table)
    states = [row.state for row in found.rows]
    if isinstance(found, RubricChecked):
        console.print()
        console.print(shown(f"What the judge is told, of the scenario {EXAMPLE!r}:", "bold"))
        console.print(shown(found.prompt), soft_wrap=True)
        console.print()
        console.print(shown(f"Scored as {', '.join(found.measures)}."), soft_wrap=True)
        console.print(
            f"{states.count('good')} ok, {states.count('warn')} worth a look. "
            f"Judge by it: {program()} {found.use}",
            markup=False,
            soft_wrap=True,
        )
    elif found.sound:
        console.print(
            f"{states.count('good')} ok, {states.count('warn')} worth a look. "
            f"Play it: {program()} {found.play}",
            markup=False,
            soft_wrap=True,
        )
    else:
        console.print(
            f"{states.count('bad')} to fix first: measurements here would mean little.",
            markup=False,
        )
