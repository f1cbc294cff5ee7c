"""``track15 run SUITE``: play, score, report."""

from __future__ import annotations

import asyncio
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness import __version__
from harness.cli.console import notes, program, shown_path
from harness.cli.options import FiniteRange, json_option, log_dir_option, overrides, suite_options
from harness.errors import Track15Error

if TYPE_CHECKING:
    from harness.models.chat import Chat
    from harness.models.settings import PoolSettings
    from harness.orchestrator.plan import Plan
    from harness.orchestrator.run import Tally
    from harness.prompting import Prompts
    from harness.records.store import RunWriter


@click.command()
@click.argument("suite")
@suite_options
@click.option(
    "--max-connections",
    type=click.IntRange(1, 10_000),
    default=16,
    show_default=True,
    help="Requests at once to each endpoint.",
)
@click.option(
    "--max-retries",
    type=click.IntRange(0, 100),
    default=5,
    show_default=True,
    help="Retries of a failed request.",
)
@click.option(
    "--timeout",
    type=FiniteRange(0.1, 86_400),
    default=120.0,
    show_default=True,
    help="Seconds a request may take.",
)
@click.option("--retry-void", is_flag=True, help="Play dialogues void for a reply again.")
@click.option(
    "--display",
    type=click.Choice(["auto", "rich", "plain", "none"]),
    default="auto",
    show_default=True,
    help="Progress on stderr.",
)
@log_dir_option
@json_option
def command(
    suite: str,
    models: tuple[str, ...],
    models_file: Path | None,
    prompts: Path | None,
    max_connections: int,
    max_retries: int,
    timeout: float,
    retry_void: bool,
    display: str,
    log_dir: Path,
    as_json: bool,
    **flags: Any,
) -> int:
    """Play SUITE (a name from `track15 list suites`, or a YAML file), score and report it.

    The same command resumes an interrupted run and never plays a finished dialogue twice.
    """
    from harness.cli.measuring import measure
    from harness.cli.preparing import prepare
    from harness.models.named import endpoints, load_models
    from harness.models.settings import PoolSettings

    known = load_models(models_file)
    plan, texts = prepare(suite, overrides(models, known=known, **flags), prompts)
    folder = log_dir / plan.name
    wire = PoolSettings(
        max_connections=max_connections,
        max_retries=max_retries,
        timeout=timeout,
        endpoints=endpoints(known),
    )
    _play(plan, texts, folder, wire, retry_void=retry_void, display=display)
    return measure(folder, as_json=as_json, retry_hint=_resume_command())


def _play(
    plan: Plan,
    prompts: Prompts | None,
    folder: Path,
    wire: PoolSettings,
    *,
    retry_void: bool,
    display: str,
) -> None:
    from harness.cli.progress import showing
    from harness.orchestrator.run import Tally
    from harness.records.run import RunInfo
    from harness.records.store import RunWriter

    info = RunInfo(
        version=__version__,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        command=_resume_command(),
        plan=plan.digest,
        dialogues=len(plan.ids),
        suite=plan.suite,
        scenarios=plan.scenarios,
        models=plan.models,
        templates=plan.templates,
        limited=plan.limit is not None,
    )
    tally = Tally()
    with RunWriter(folder, info) as writer:
        try:
            with showing(tally, display, plan.suite.title):
                asyncio.run(_session(plan, prompts, writer, tally, wire, retry_void))
        except KeyboardInterrupt:
            _say_resume(folder, tally)
            raise
        except Track15Error:
            if tally.planned:
                _say_resume(folder, tally)
            raise


async def _session(
    plan: Plan,
    prompts: Prompts | None,
    writer: RunWriter,
    tally: Tally,
    wire: PoolSettings,
    retry_void: bool,
) -> None:
    """Play with connections open."""
    from harness.delegations.seating import seat_delegations
    from harness.orchestrator.run import play_plan

    if not plan.models or set(plan.models.values()) == {"scripted"}:
        await play_plan(
            plan,
            writer,
            lambda spec: seat_delegations(spec, _no_model, None),
            tally,
            workers=wire.max_connections,
            retry_void=retry_void,
        )
        return
    from harness.models.address import parse_address
    from harness.models.pool import EndpointPool

    async with EndpointPool(wire) as pool:
        chats = {address: pool.chat(parse_address(address)) for address in plan.addresses}
        chats |= _runnables(plan, wire)
        if any(writer.played.get(key) not in ("done", "void") for key in plan.ids) or retry_void:
            await asyncio.gather(*(chat.check() for chat in chats.values()))
        await play_plan(
            plan,
            writer,
            lambda spec: seat_delegations(
                spec, chats.__getitem__, prompts, brought=plan.brought, timeout=wire.timeout
            ),
            tally,
            # A dialogue waits for one endpoint at a time: this many keep every endpoint busy.
            workers=wire.max_connections * max(1, len(chats)),
            retry_void=retry_void,
        )


def _runnables(plan: Plan, wire: PoolSettings) -> dict[str, Chat]:
    """Runnables of the user's own, by name."""
    from harness.models.limits import ConnectionLimit
    from harness.models.retry import RetryPolicy

    chats: dict[str, Chat] = {}
    for name, own in plan.brought.items():
        if own.kind == "runnable":
            from harness.models.runnable import RunnableChat

            chats[name] = RunnableChat(
                own.value,
                name=name,
                file=own.file,
                limit=ConnectionLimit(wire.max_connections),
                retry=RetryPolicy(retries=wire.max_retries),
                timeout=wire.timeout,
            )
    return chats


def _no_model(address: str) -> Any:
    raise AssertionError(f"a scripted run asked for the model {address}")


def _resume_command() -> str:
    return shlex.join([program(), *sys.argv[1:]])


def _say_resume(folder: Path, tally: Tally) -> None:
    notes().print(
        f"{tally.finished} of {tally.planned} dialogues are finished and kept in "
        f"{shown_path(folder)}.\nTo resume, type: {_resume_command()}",
        markup=False,
        soft_wrap=True,  # a command broken over two lines cannot be pasted
    )
