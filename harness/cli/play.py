"""``track15 play SCENARIO``: sit down at the table yourself."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.console import echo, echo_json, program, say
from harness.cli.limiting import limit_options
from harness.cli.options import (
    FiniteRange,
    endpoint_options,
    json_option,
    log_dir_option,
    models_option,
)
from harness.cli.view import ended_code, serve, typed
from harness.files.paths import shown_path
from harness.records.folder import LOG_DIR

if TYPE_CHECKING:
    from harness.app.sitting import SitDown
    from harness.cli.desk import Desk
    from harness.orchestrator.session import Session

LEFT = 1
"""Exit code where the person ended the sitting, by the end of what is typed."""


@click.command()
@click.argument("scenario", required=False)
@click.option(
    "--seat",
    type=click.Choice(["unofficial", "official"]),
    default="unofficial",
    show_default=True,
    help="Where you sit.",
)
@click.option(
    "--opponent",
    default="scripted",
    show_default=True,
    metavar="scripted|PROVIDER/MODEL[@URL]",
    help="Who sits opposite: a script, or a model, as for --model of run.",
)
@click.option(
    "--track",
    type=click.Choice(["1", "backchannel", "1.5", "2"]),
    default="1.5",
    show_default=True,
    help="What drives the two seats.",
)
@click.option(
    "--brief",
    type=click.Choice(["principal", "words", "own"]),
    default="principal",
    show_default=True,
    help="How you are told of your interests: in points, or in words alone.",
)
@click.option(
    "--twin",
    type=click.Choice(["none", "names", "seats", "both"]),
    default="none",
    show_default=True,
    help="The same dispute with the names, the seats or both exchanged.",
)
@click.option("--seed", type=click.IntRange(0, 2**53), help="Of all random choices.")
@click.option("--rounds", type=click.IntRange(1, 20), help="Rounds of talks.")
@click.option("--turns", type=click.IntRange(1, 200), help="Turns a seat and round.")
@click.option("--temperature", type=FiniteRange(0, 2), help="Of the model opposite.")
@click.option("--effort", help="How hard a reasoning model opposite thinks: low, medium, high.")
@click.option("--max-tokens", type=click.IntRange(64, 200_000), help="Its longest reply.")
@click.option(
    "--replay",
    metavar="RUN",
    help="In place of SCENARIO: play a sitting again from its record; nobody is asked.",
)
@click.option("--web", is_flag=True, help="Play in a browser, on this machine alone.")
@click.option("--port", type=click.IntRange(1, 65535), help="With --web: port of the pages.")
@click.option("--no-open", is_flag=True, help="With --web: open no browser.")
@models_option
@endpoint_options
@limit_options
@log_dir_option
@json_option
def command(
    scenario: str | None,
    replay: str | None,
    web: bool,
    port: int | None,
    no_open: bool,
    models_file: Path | None,
    log_dir: Path,
    as_json: bool,
    **options: Any,
) -> int:
    """Sit down at the table of SCENARIO (a name from `track15 list scenarios`, or a YAML file).

    You see what a model in your seat would see. Afterwards you are shown the truth: who gave what,
    and what you did not notice. Each sitting is a run of its own. Ctrl-C or Ctrl-D ends it. With
    --web you sit in a browser: without SCENARIO, you choose it there.
    """
    from harness.cli.desk import Desk
    from harness.errors import UsageError

    if web and replay is None:
        down = _sit_down(scenario or "", models_file, options)
        return _in_browser(down, log_dir, port, no_open, as_json=as_json)
    if web or port is not None or no_open:
        flag = "--web" if web else "--port" if port is not None else "--no-open"
        fix = "leave out --web or --replay" if web else f"add --web, or leave out {flag}"
        raise UsageError("there is no page to show", where=flag, fix=fix)
    if (scenario is None) == (replay is None):
        raise UsageError(
            "name a scenario to play, or a sitting to replay",
            where="SCENARIO",
            fix="for example track15 play ceasefire; the names: track15 list scenarios",
        )
    desk = Desk(sys.stderr if as_json else None)
    if replay is not None:
        from harness.app.sitting import session_of_replay

        session = session_of_replay(replay, log_dir=log_dir, command=typed(), notify=say)
        _play(session)
    else:
        assert scenario is not None
        session = _sit(desk, _sit_down(scenario, models_file, options), log_dir)
    return _tell(desk, session, as_json=as_json)


def _sit_down(scenario: str, models_file: Path | None, options: dict[str, Any]) -> SitDown:
    """What was typed to sit down."""
    from harness.app.sitting import SitDown
    from harness.disputes.scenario import Twin

    sampling = {name: options.pop(name) for name in ("temperature", "effort", "max_tokens")}
    own = ("seat", "opponent", "track", "brief", "seed", "rounds", "turns")
    return SitDown(
        scenario=scenario,
        twin=Twin(options.pop("twin")),
        models_file=models_file,
        settings={name: value for name, value in sampling.items() if value is not None},
        **{name: options.pop(name) for name in own},
        limits={name: value for name, value in options.items() if value is not None},
    )


def _in_browser(
    down: SitDown, log_dir: Path, port: int | None, no_open: bool, *, as_json: bool
) -> int:
    """Serve the pages of a sitting until the user interrupts; the exit code is that of the sitting
    that the command has begun, and 0 where it has begun none."""
    from harness.app.house import House

    house = House(down, log_dir=log_dir, command=typed(), notify=say)
    first = down if down.scenario else None
    tell = say if as_json else echo
    ended = serve(log_dir, port=port, no_open=no_open, house=house, first=first, tell=tell)
    code = ended_code(ended)
    if first is None:
        return code
    held = house.sittings()[0]
    problem = held.now().problem
    if problem is not None:
        raise problem
    told = _tell(None, held.session, as_json=as_json)
    return code or told


def _sit(desk: Desk, down: SitDown, log_dir: Path) -> Session:
    """Play a sitting with the person at ``desk``."""
    from harness.app.sitting import session_of_sitting
    from harness.cli.person import TerminalPerson

    people: list[TerminalPerson] = []

    def person(leave: Any) -> TerminalPerson:
        people.append(TerminalPerson(desk, leave))
        return people[0]

    session = session_of_sitting(
        down,
        person,
        log_dir=log_dir,
        command=typed(),
        notify=say,
    )
    with people[0].listening():
        _play(session)
    return session


def _play(session: Session) -> None:
    from harness.app.budgets import spending_notes
    from harness.app.playing import refusal_notes, sit

    asyncio.run(sit(session))
    for note in (
        *refusal_notes(session.progress),
        *spending_notes(session.budget, session.progress),
    ):
        say(note)


def _tell(desk: Desk | None, session: Session, *, as_json: bool) -> int:
    """Show what it was in truth, and where it can be read again; the exit code.

    Args:
        desk: Where it is shown; None where a page has shown it.
    """
    from harness.app.sitting import reveal
    from harness.cli.main import INTERRUPTED
    from harness.cli.revealing import print_truth

    truth = reveal(session.folder, say)
    path = truth.folder.path
    name = path.name if path.parent == LOG_DIR else shown_path(path)
    if as_json:
        document = {
            "run": str(path),
            "dialogue": truth.reading.dialogue,
            "seat": truth.role,
            "status": truth.status,
            "person_left": truth.left,
            "untold": list(truth.untold),
            "reading": dataclasses.asdict(truth.reading),
        }
        echo_json(json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False))
    elif desk is not None:
        print_truth(desk, truth)
    show = shlex.join(["show", name, truth.reading.dialogue])
    say(f"\nTo read it again, type: {program()} {show}")
    if desk is not None and desk.interrupted:
        return INTERRUPTED
    return 0 if truth.status == "done" else LEFT
