"""``track15 doctor``: what the models' endpoints can do, and what to change."""

from __future__ import annotations

import asyncio
import json
import socket
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.console import notes, results
from harness.cli.options import FiniteRange, json_option, models_option

if TYPE_CHECKING:
    from harness.models.doctor import Checkup
    from harness.models.named import NamedModel

_SIGNS = {"good": "ok", "warn": "!", "bad": "X", "unknown": "?"}
_STYLES = {"good": "green", "warn": "yellow", "bad": "bold red", "unknown": "dim"}


@click.command()
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="PROVIDER/MODEL[@URL]",
    help="This endpoint, or a name of models.yaml (repeatable). Left out, all of models.yaml.",
)
@models_option
@click.option(
    "--load",
    type=click.IntRange(0, 256),
    help="Try up to so many requests at once. Left out, 64 for a server on this machine and none "
    "for others.",
)
@click.option(
    "--timeout",
    type=FiniteRange(0.1, 3600),
    default=60.0,
    show_default=True,
    help="Seconds a request may take.",
)
@click.option(
    "--delegation",
    "delegations",
    multiple=True,
    metavar="[ROLE=]TARGET",
    help="Instead: play a little with this agent of your own (repeatable).",
)
@json_option
def command(
    models: tuple[str, ...],
    models_file: Path | None,
    load: int | None,
    timeout: float,
    delegations: tuple[str, ...],
    as_json: bool,
) -> int:
    """Ask every configured endpoint what it can do: is it there, is the key right, structured
    replies, seed, prompt cache, how many requests at once. About ten short requests each, which a
    paid service charges."""
    if delegations:
        from harness.cli.doctor_delegation import examine_delegations

        return examine_delegations(delegations, timeout=timeout, as_json=as_json)
    from harness.models.named import load_models

    known = load_models(models_file)
    addresses = _addresses(models, known)
    if not addresses:
        _look_around()
        return 0
    checkups = [
        _examined(address, known, timeout=timeout, load=load)
        for address in dict.fromkeys(addresses)
    ]
    if as_json:
        document = [{**asdict(one), "usable": one.usable} for one in checkups]
        click.echo(json.dumps(document, indent=1, ensure_ascii=False))
    else:
        for checkup in checkups:
            _print(checkup)
    return 0 if all(checkup.usable for checkup in checkups) else 1


def _addresses(models: tuple[str, ...], known: dict[str, NamedModel]) -> list[str]:
    from harness.models.named import choose

    if not models:
        return [model.address for model in known.values()]
    found = []
    for text in models:
        found += [one.address for one in choose([text], known).values()]
    return found


def _examined(
    text: str, known: dict[str, NamedModel], *, timeout: float, load: int | None
) -> Checkup:
    from harness.models.address import parse_address
    from harness.models.doctor import examine
    from harness.models.named import endpoints
    from harness.models.settings import EndpointSettings

    address = parse_address(text)
    settings = endpoints(known).get(text, EndpointSettings())
    if load is None:
        load = min(64, settings.max_connections or 64) if address.is_loopback else 0
    console = notes()
    with console.status(f"{text}") as status:
        return asyncio.run(
            examine(
                address,
                settings,
                patience=timeout,
                load=load,
                on_step=lambda step: status.update(f"{text}: {step}"),
            )
        )


def _print(checkup: Checkup) -> None:
    from rich.markup import escape
    from rich.table import Table

    console = results()
    console.print(escape(checkup.address), style="bold")
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1))
    table.add_column(width=2)
    table.add_column(no_wrap=True)
    table.add_column()
    for finding in checkup.findings:
        style = _STYLES[finding.state]
        words: Any = escape(finding.said)
        if finding.change and finding.state != "good":
            words += f"\n[italic]{escape(finding.change)}[/italic]"
        elif finding.change:
            words += f"  ({escape(finding.change)})"
        table.add_row(f"[{style}]{_SIGNS[finding.state]}[/{style}]", finding.name, words)
    console.print(table)
    for advice in checkup.advice:
        console.print(f"   note: {advice}", markup=False)
    verdict = "It can play." if checkup.usable else "It cannot play yet."
    console.print(
        f"{verdict} Asked {checkup.requests} questions, {checkup.tokens:,} tokens.\n", markup=False
    )


def _look_around() -> None:
    """Nothing is configured: say what is there, and how to name it."""
    from harness.models.presets import PRESETS

    console = results()
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
