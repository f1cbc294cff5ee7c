"""``track15 doctor``: plays two turns of the planned run with each model."""

from __future__ import annotations

import asyncio
import json
import socket
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.console import echo_json, notes, results, say
from harness.cli.options import FiniteRange, json_option, suite_options
from harness.report.tables import shown

if TYPE_CHECKING:
    from rich.console import Console

    from harness.app.examining import Subject
    from harness.doctor.checkup import Checkup

_SIGNS = {"good": "ok", "warn": "!", "bad": "X", "unknown": "?"}
_STYLES = {"good": "green", "warn": "yellow", "bad": "bold red", "unknown": "dim"}
_NO_MODEL = 2


@click.command()
@click.argument("suite", default="quickstart")
@suite_options
@click.option(
    "--load",
    type=click.IntRange(0, 256),
    default=0,
    help="Also test up to this many concurrent requests, with four times as many questions.",
)
@click.option(
    "--timeout",
    type=FiniteRange(0.1, 86_400),
    default=120.0,
    show_default=True,
    help="Time limit of one request, in seconds.",
)
@json_option
def command(
    suite: str,
    models: tuple[str, ...],
    models_file: Path | None,
    delegations: tuple[str, ...],
    prompts: Path | None,
    load: int,
    timeout: float,
    as_json: bool,
    **flags: Any,
) -> int:
    """Play two turns and a debrief of SUITE (default: quickstart) with each model, and send its
    longest prompt. What works here works in a run. Flags are those of `run`. Each model is asked
    about seven questions, which a paid service charges. Without --model, all of models.yaml."""
    if delegations:
        from harness.cli.doctor_delegation import examine_delegations

        if models:
            notes().print(
                "The delegation is tried alone. To try the models, type the same command without "
                "--delegation.",
                markup=False,
                soft_wrap=True,
            )
        return examine_delegations(delegations, timeout=timeout, as_json=as_json)
    from harness.app.examining import subjects

    tried = subjects(models, models_file, **flags)
    if not tried:
        _look_around(notes() if as_json else results())
        return _NO_MODEL
    checkups: list[Checkup] = []
    try:
        for subject in tried:
            _examine(checkups, subject, suite, prompts, timeout=timeout, load=load)
    except KeyboardInterrupt:
        _show(checkups, as_json=as_json, interrupted=True)
        raise
    _show(checkups, as_json=as_json)
    return 0 if all(checkup.usable for checkup in checkups) else 1


for _parameter in command.params:
    if _parameter.name == "models" and isinstance(_parameter, click.Option):
        _parameter.help = (
            "Who is tried: for both seats, or for the role 'official' or 'unofficial' "
            "(repeatable). By default, all models of models.yaml."
        )


def _examine(
    checkups: list[Checkup],
    subject: Subject,
    suite: str,
    prompts: Path | None,
    *,
    timeout: float,
    load: int,
) -> None:
    from harness.app.examining import examine

    status = notes().status(shown(subject.address))

    def begun(checkup: Checkup) -> None:
        checkups.append(checkup)
        status.start()

    def step(name: str) -> None:
        status.update(shown(f"{subject.address}: {name}"))

    work = examine(
        subject,
        suite,
        begun=begun,
        prompts=prompts,
        patience=timeout,
        load=load,
        on_step=step,
        notify=say,
    )
    try:
        asyncio.run(work)
    finally:
        status.stop()


def _show(checkups: list[Checkup], *, as_json: bool, interrupted: bool = False) -> None:
    if as_json:
        document = [
            {**asdict(one), "usable": one.usable and not interrupted, "verdict": one.verdict}
            for one in checkups
        ]
        echo_json(json.dumps(document, indent=1, ensure_ascii=False))
        return
    for checkup in checkups:
        _print(checkup, interrupted=interrupted and checkup is checkups[-1])


def _print(checkup: Checkup, *, interrupted: bool) -> None:
    from rich.markup import escape
    from rich.table import Table

    console = results()
    console.print(escape(checkup.address), style="bold")
    if checkup.suite:
        console.print(
            f"   as seat {checkup.seat} of {checkup.suite}: arm {checkup.arm}, "
            f"scenario {checkup.scenario}",
            markup=False,
        )
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1))
    table.add_column(width=2)
    table.add_column(no_wrap=True)
    table.add_column()
    for finding in checkup.findings:
        style = _STYLES[finding.state]
        words: Any = escape(finding.said)
        if finding.change and finding.state != "good":
            words += f"\n[italic]fix: {escape(finding.change)}[/italic]"
        elif finding.change:
            words += f"  ({escape(finding.change)})"
        table.add_row(f"[{style}]{_SIGNS[finding.state]}[/{style}]", finding.name, words)
    for advice in checkup.advice:
        table.add_row("", "note", escape(advice), style="dim")
    console.print(table)
    verdict = "Interrupted. Results so far:" if interrupted else checkup.verdict
    console.print(f"{verdict}\n", markup=False)


def _look_around(console: Console) -> None:
    """Nothing is configured: say what is there, and how to name it."""
    from harness.app.examining import PRESETS

    console.print("No model is named: no --model, and no models.yaml here.", markup=False)
    console.print("Servers on this machine, on their usual ports:", markup=False)
    for name, preset in PRESETS.items():
        listens = _listens(preset.port)
        state = "listens" if listens else "nothing listens"
        console.print(f"  {name:<9} {preset.base_url:<28} {state}", markup=False)
        if listens:
            console.print(f"            track15 doctor --model {name}/MODEL", markup=False)
    first = next(iter(PRESETS.values()))
    console.print(f"\nTo start one, for example: {first.start}", markup=False)


def _listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.3):
            return True
    except OSError:
        return False
