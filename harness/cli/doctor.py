"""``track15 doctor``: plays two turns of the run that is meant with each model."""

from __future__ import annotations

import asyncio
import json
import socket
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.console import echo_json, notes, results, say
from harness.cli.options import FiniteRange, json_option, suite_options
from harness.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from harness.doctor.checkup import Checkup
    from harness.models.named import NamedModel
    from harness.orchestrator.plan import Overrides

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
    help="Also try up to so many requests at once: up to four times as many short questions.",
)
@click.option(
    "--timeout",
    type=FiniteRange(0.1, 86_400),
    default=120.0,
    show_default=True,
    help="Seconds a request may take.",
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
    """Play two turns and a debrief of SUITE (left out, quickstart) with each model, and send its
    longest prompt: what works here works in a run. Flags are those of `run`. About seven questions
    a model, which a paid service charges. Without --model, all of models.yaml."""
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
    from harness.app.options import overrides
    from harness.models.named import load_models

    known = load_models(models_file)
    changes = overrides((), known=known, **flags)
    subjects = _subjects(models, known, changes)
    if not subjects:
        _look_around(notes() if as_json else results())
        return _NO_MODEL
    checkups: list[Checkup] = []
    try:
        for address, meant in subjects:
            _examine(
                checkups, address, suite, meant, prompts, known=known, timeout=timeout, load=load
            )
    except KeyboardInterrupt:
        _show(checkups, as_json=as_json, interrupted=True)
        raise
    _show(checkups, as_json=as_json)
    return 0 if all(checkup.usable for checkup in checkups) else 1


for _parameter in command.params:
    if _parameter.name == "models" and isinstance(_parameter, click.Option):
        _parameter.help = (
            "Who is tried: for both seats, or for the role 'official' or 'unofficial' "
            "(repeatable). Left out, all of models.yaml."
        )


def _subjects(
    models: tuple[str, ...], known: dict[str, NamedModel], changes: Overrides
) -> list[tuple[str, Overrides]]:
    """Each model with the plan's changes that seat it; one that is named twice is there once."""
    from harness.models.named import choose
    from harness.orchestrator.plan import SEAT_OF_ROLE

    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for text in models or tuple(known):
        chosen = choose([text], known)
        for role, one in chosen.items():
            key = f"{one.address} {json.dumps(one.sampling, sort_keys=True)}"
            roles = found.setdefault(key, (one.address, {}))[1]
            if role in SEAT_OF_ROLE:
                roles[role] = one.sampling
    subjects = []
    for address, roles in found.values():
        # A judge or a reader sits in neither seat: its model is tried in both.
        seated = roles or {role: {} for role in SEAT_OF_ROLE}
        models_ = dict.fromkeys(seated, address)
        subjects.append((address, replace(changes, models=models_, sampling=seated)))
    return subjects


def _examine(
    checkups: list[Checkup],
    address: str,
    suite: str,
    changes: Overrides,
    prompts: Path | None,
    *,
    known: dict[str, NamedModel],
    timeout: float,
    load: int,
) -> None:
    from harness.app.planning import prepare
    from harness.doctor.checkup import Checkup
    from harness.doctor.meant import meant
    from harness.doctor.visit import examine
    from harness.models.address import parse_address
    from harness.models.named import endpoints
    from harness.models.settings import EndpointSettings

    plan, texts = prepare(suite, changes, prompts, notify=say)
    if texts is None:
        raise UsageError("a scripted delegation asks no model", where="--model")
    played = meant(plan, texts, address)
    checkups.append(checkup := Checkup(address))
    with notes().status(address) as status:
        asyncio.run(
            examine(
                checkup,
                parse_address(address),
                played,
                endpoints(known).get(address, EndpointSettings()),
                patience=timeout,
                load=load,
                on_step=lambda step: status.update(f"{address}: {step}"),
            )
        )


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
    verdict = "Interrupted; this is what was found so far." if interrupted else checkup.verdict
    console.print(f"{verdict}\n", markup=False)


def _look_around(console: Console) -> None:
    """Nothing is configured: say what is there, and how to name it."""
    from harness.models.presets import PRESETS

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
