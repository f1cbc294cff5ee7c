"""``track15 run SUITE``: play, score, report."""

from __future__ import annotations

import asyncio
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.console import notes, program, say, shown_path
from harness.cli.limiting import limit_options
from harness.cli.options import (
    FiniteRange,
    evaluator_option,
    json_option,
    log_dir_option,
    max_void_option,
    model_change_option,
    overrides,
    suite_options,
)
from harness.cli.reusing import reuse_options
from harness.cli.spreading import spread_of, spread_options
from harness.errors import Track15Error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.orchestrator.plan import Plan
    from harness.orchestrator.session import Session
    from harness.orchestrator.tally import Tally


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
@limit_options
@reuse_options
@spread_options
@evaluator_option
@model_change_option
@click.option("--retry-void", is_flag=True, help="Play dialogues void for a reply again.")
@max_void_option
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
    requests_per_minute: float | None,
    tokens_per_minute: float | None,
    adaptive: bool,
    most_tokens: int | None,
    most_usd: float | None,
    cache: Path | None,
    reuse: bool,
    replay: str | None,
    workers: int | None,
    executor: str,
    ray_address: str | None,
    evaluators: tuple[str, ...],
    allow_model_change: bool,
    retry_void: bool,
    max_void: float,
    display: str,
    log_dir: Path,
    as_json: bool,
    **flags: Any,
) -> int:
    """Play SUITE (a name from `track15 list suites`, or a YAML file), score and report it.

    The same command resumes an interrupted run and never plays a finished dialogue twice.
    """
    from harness.cli.agentnotes import say_agents
    from harness.cli.limiting import budget_of, say_spending
    from harness.cli.measuring import measure
    from harness.cli.preparing import prepare
    from harness.cli.reusing import folder_of, recording_of, reused
    from harness.models.named import endpoints, load_models
    from harness.models.settings import PoolSettings
    from harness.orchestrator.session import Session

    spread = spread_of(workers, executor, ray_address, replay)
    others = reused(reuse, replay, log_dir)
    known = load_models(models_file)
    plan, texts = prepare(suite, overrides(models, known=known, **flags), prompts, evaluators)
    recording = recording_of(replay, log_dir, plan)
    folder = folder_of(log_dir, plan, recording)
    wire = PoolSettings(
        max_connections=max_connections,
        max_retries=max_retries,
        timeout=timeout,
        adaptive=adaptive,
        requests_per_minute=requests_per_minute,
        tokens_per_minute=tokens_per_minute,
        endpoints=endpoints(known),
    )
    budget = budget_of(plan, folder, wire, tokens=most_tokens, usd=most_usd)
    session = Session(
        plan=plan,
        folder=folder,
        command=_resume_command(),
        wire=wire,
        prompts=texts,
        budget=budget,
        cache=cache,
        recording=recording,
        reuse=others,
        spread=spread,
        retry_void=retry_void,
        allow_model_change=allow_model_change,
        notify=say,
    )
    _play(session, display)
    say_agents(plan, folder)
    hint = None if session.tally.stopped is not None else _command_of(folder, plan)
    code = measure(
        folder, as_json=as_json, evaluators=evaluators, retry_hint=hint, max_void=max_void
    )
    say_spending(budget, session.tally)
    return code


def _play(session: Session, display: str) -> None:
    """Play, with progress, and say how to go on where that is interrupted."""
    from harness.cli.limiting import refuse_reached
    from harness.cli.progress import showing
    from harness.orchestrator.collecting import rare_collections

    plan, tally = session.plan, session.tally
    with session.opened() as writer:
        if session.reuse is None:  # else what is left may cost nothing
            refuse_reached(session.budget, plan, writer.played, retry_void=session.retry_void)
        try:
            with showing(tally, display, plan.suite.title):
                try:
                    with rare_collections():
                        asyncio.run(session.play(writer))
                finally:
                    _say_refused(tally.refusals)
        except KeyboardInterrupt:
            _say_resume(session.folder, tally)
            raise
        except Track15Error:
            if tally.planned:
                _say_resume(session.folder, tally)
            raise


def _command_of(folder: Path, plan: Plan) -> str:
    """What plays all that the folder is to hold; says so where that is more than was asked for."""
    from harness.cli.measuring import to_paste
    from harness.records.reader import RunFolder

    info = RunFolder(folder).info
    if info.dialogues <= plan.dialogues:
        return _resume_command()
    notes().print(
        f"The folder is for {info.dialogues:,} dialogues, of a longer command. All that it holds "
        "are counted.",
        markup=False,
        soft_wrap=True,
    )
    return to_paste(info)


def _resume_command() -> str:
    return shlex.join([program(), *sys.argv[1:]])


def _say_resume(folder: Path, tally: Tally) -> None:
    notes().print(
        f"{tally.finished} of {tally.planned} dialogues finished and kept in "
        f"{shown_path(folder)}.\nTo resume, type: {_resume_command()}",
        markup=False,
        soft_wrap=True,  # a command broken over two lines cannot be pasted
    )


def _say_refused(found: Mapping[str, tuple[str, ...]]) -> None:
    """Say in which ways the servers had to be spoken to, where those are not the best."""
    for address, whys in found.items():
        for why in whys:
            notes().print(f"{address}: {why}", markup=False, soft_wrap=True)
