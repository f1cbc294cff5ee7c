"""``track15 fork RUN DIALOGUE --turn K``: what if, from this turn on, something were different?"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.console import echo_json, program, results, say, shown_path
from harness.cli.options import (
    FiniteRange,
    json_option,
    log_dir_option,
    model_change_option,
    models_option,
)
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.orchestrator.fork import Player
    from harness.prompting.talks import Prompts
    from harness.records.reader import RunFolder
    from harness.records.transcript import Transcript
    from harness.scenario import Scenario

SHOWN = 4
"""Branches beside the record in the table; there may be more."""


@click.command()
@click.argument("run")
@click.argument("dialogue")
@click.option(
    "--turn",
    type=click.IntRange(0),
    required=True,
    help="First turn that is played anew, counted from 0 as 'index' in the record.",
)
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="PATH=VALUE",
    help="What is different from there on: u.profile.deal_reward=0, o.tactic=boulware, ...",
)
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="[ROLE=]PROVIDER/MODEL[@URL]",
    help="Who plays on, for both seats, or for the role 'official' or 'unofficial'.",
)
@models_option
@click.option("--seed", type=click.IntRange(0, 2**53), help="Other random draws from there on.")
@click.option(
    "--epochs", type=click.IntRange(1, 10_000), default=1, show_default=True, help="Repetitions."
)
@click.option(
    "--prompts",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder whose templates replace the shipped prompts.",
)
@click.option("--max-connections", type=click.IntRange(1, 10_000), default=16, show_default=True)
@click.option("--max-retries", type=click.IntRange(0, 100), default=5, show_default=True)
@click.option("--timeout", type=FiniteRange(0.1, 86_400), default=120.0, show_default=True)
@model_change_option
@log_dir_option
@json_option
def command(
    run: str,
    dialogue: str,
    turn: int,
    changes: tuple[str, ...],
    models: tuple[str, ...],
    models_file: Path | None,
    seed: int | None,
    epochs: int,
    prompts: Path | None,
    max_connections: int,
    max_retries: int,
    timeout: float,
    allow_model_change: bool,
    log_dir: Path,
    as_json: bool,
) -> int:
    """Branch a recorded dialogue: DIALOGUE (its id, or the start of it) of RUN.

    Turns before --turn are taken from the record, the rest is played anew, into a run folder of its
    own. The same command resumes it.
    """
    from harness.cli.runs import open_run
    from harness.models.named import choose, endpoints, load_models
    from harness.models.settings import PoolSettings
    from harness.orchestrator.collecting import rare_collections
    from harness.orchestrator.fork import (
        Player,
        branch_seats,
        branched_seats,
        make_branches,
        played_here,
        role_of,
    )
    from harness.orchestrator.replay import Recording
    from harness.orchestrator.session import Session

    folder = open_run(run, log_dir)
    transcript = folder.transcript(dialogue)
    known = load_models(models_file)
    chosen: dict[str, Player] = {
        role: Player(one.address, one.sampling) for role, one in choose(models, known).items()
    }
    spec = played_here(transcript)
    players = {s.seat: chosen[role_of(s.seat)] for s in spec.seats if role_of(s.seat) in chosen}
    seats = branch_seats(spec, changes, players)
    _refuse_strangers({s.model for s in seats if s.model and s.seat not in players})
    texts = _prompts(prompts) if any(seat.model for seat in seats) else None
    plan = make_branches(
        folder.info,
        transcript,
        folder.place(transcript.id),
        turn,
        seats,
        changes=[*changes, *(f"model {text}" for text in models)],
        seed=seed,
        epochs=epochs,
        templates=texts.hashes() if texts else None,
    )
    wire = PoolSettings(
        max_connections=max_connections,
        max_retries=max_retries,
        timeout=timeout,
        endpoints=endpoints(known),
    )
    path = log_dir / plan.name
    timings = Recording(folder).timings(transcript.id)
    session = Session(
        plan=plan,
        folder=path,
        command=shlex.join([program(), *sys.argv[1:]]),
        wire=wire,
        prompts=texts,
        seats=lambda spec, chat_of: branched_seats(
            spec, transcript, chat_of, texts, timings=timings
        ),
        allow_model_change=allow_model_change,
        notify=say,
    )
    with session.opened() as writer, rare_collections():
        asyncio.run(session.play(writer))
    return _show(folder, transcript, path, as_json=as_json)


def _refuse_strangers(addresses: set[str]) -> None:
    """Hold that no server is spoken to because a record names it: a stranger's record could have a
    server of its own be sent the user's key.

    Raises:
        UsageError: An address that is not of this machine, nor OpenAI's, was not named.
    """
    from harness.models.address import parse_address

    for text in sorted(addresses):
        address = parse_address(text)
        # Without a URL, LangChain or an installed package decides where the requests go.
        if not address.is_loopback and not address.is_openai_itself:
            raise UsageError(
                f"the record was played by {text}, whose server would be sent your key and what "
                "its seat reads",
                where="--model",
                fix=f"name it yourself: --model {shlex.quote(text)}; or let another play on",
            )


def _prompts(folder: Path | None) -> Prompts:
    from harness.prompting.talks import Prompts

    return Prompts(folder)


def _show(recorded: RunFolder, transcript: Transcript, path: Path, *, as_json: bool) -> int:
    """Score and report the branches, and set them beside the record; the exit code."""
    from harness.cli.measuring import measure
    from harness.records.reader import RunFolder

    if not as_json:
        _print_beside(transcript, RunFolder(path))
        return measure(path, retry_hint=shlex.join([program(), *sys.argv[1:]]))
    with contextlib.redirect_stdout(io.StringIO()) as said:
        code = measure(path, as_json=True)
    branches = RunFolder(path)
    scenario = branches.info.scenario(transcript.spec.scenario, transcript.spec.twin)
    document = json.loads(said.getvalue())
    document["record"] = {"run": str(recorded.path), **_ending(transcript, scenario)}
    document["branches"] = [_ending(branch, scenario) for branch in branches.transcripts()]
    echo_json(json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False))
    return code


def _ending(transcript: Transcript, scenario: Scenario) -> dict[str, Any]:
    """How a dialogue ended, as plain values; the worth to each seat's principal where it did."""
    outcome = transcript.body.outcome
    return {
        "id": transcript.id,
        "outcome": outcome.kind,
        "turns": len(transcript.body.turns),
        "package": outcome.package,
        "worth": {
            seat.seat: _worth(transcript, scenario, seat.principal)
            for seat in transcript.spec.seats
        },
    }


def _worth(transcript: Transcript, scenario: Scenario, principal: str) -> float | None:
    """u of the ending to a principal: of the deal, or of having none; None where it is void."""
    outcome = transcript.body.outcome
    if outcome.kind == "void":
        return None
    terms = scenario.terms(principal, outcome.round)
    return terms.reservation if outcome.package is None else terms.utility(outcome.package)


def _print_beside(transcript: Transcript, folder: RunFolder) -> None:
    """The record and its branches, a column each."""
    from itertools import islice

    from harness.report.tables import print_table

    scenario = folder.info.scenario(transcript.spec.scenario, transcript.spec.twin)
    played = list(islice(folder.transcripts(), SHOWN))
    endings = [_ending(one, scenario) for one in (transcript, *played)]
    number = len(played) > 1
    branches = (f"branch {i}" if number else "branch" for i in range(1, len(played) + 1))
    headings = ("", "record", *branches)
    rows: list[list[str]] = []

    def row(name: str, values: list[str]) -> None:
        rows.append([name, *values])

    row("dialogue", [one["id"] for one in endings])
    row("ending", [one["outcome"].replace("_", " ") for one in endings])
    row("turns", [str(one["turns"]) for one in endings])
    for issue in scenario.issues:
        terms = [(one["package"] or {}).get(issue.id, "-") for one in endings]
        if set(terms) != {"-"}:
            row(scenario.say(issue.name), terms)
    for seat in transcript.spec.seats:
        worth = [one["worth"][seat.seat] for one in endings]
        name = scenario.principals[seat.principal].name
        row(f"worth to {name}", ["-" if value is None else f"{value:.2f}" for value in worth])
    console = results()
    print_table(console, headings, rows, names=range(1, len(headings)))
    if len(folder.index()) > SHOWN:
        console.print(
            f"... and more: {program()} show {shown_path(folder.path)}",
            markup=False,
            soft_wrap=True,
        )
    console.print()
