"""Flags that several commands share. Names are those that users of other eval tools know."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from harness.orchestrator.plan import Overrides

F = TypeVar("F", bound=Callable[..., Any])

LOG_DIR = Path("transcripts")


class FiniteRange(click.FloatRange):
    """A range that NaN is outside of; every comparison of click's with it is false."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        number: float = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return number


def log_dir_option(function: F) -> F:
    return click.option(
        "--log-dir",
        type=click.Path(path_type=Path, file_okay=False),
        default=LOG_DIR,
        show_default=True,
        help="Folder that run folders are in.",
    )(function)


def json_option(function: F) -> F:
    return click.option("--json", "as_json", is_flag=True, help="Machine-readable result.")(
        function
    )


def suite_options(function: F) -> F:
    """Flags that say what is played."""
    options = [
        click.option(
            "--model",
            "models",
            multiple=True,
            metavar="[ROLE=]PROVIDER/MODEL[@URL]",
            help="Who plays: for both seats, or for the role 'official' or 'unofficial'. "
            "Left out, scripted delegations play.",
        ),
        click.option("--scenario", "scenarios", multiple=True, help="Only this one (repeatable)."),
        click.option("--arm", "arms", multiple=True, help="Only this arm (repeatable)."),
        click.option("--limit", type=click.IntRange(1), help="At most so many dialogues."),
        click.option("--epochs", type=click.IntRange(1, 100_000), help="Repetitions per cell."),
        click.option("--seed", type=click.IntRange(0, 2**53), help="Seed of all random choices."),
        click.option("--turns", type=click.IntRange(1, 200), help="Turns a seat and round."),
        click.option("--rounds", type=click.IntRange(1, 20), help="Rounds of talks."),
        click.option("--temperature", type=FiniteRange(0, 2), help="Sampling temperature."),
        click.option("--max-tokens", type=click.IntRange(64, 200_000), help="Longest reply."),
        click.option(
            "--prompts",
            type=click.Path(path_type=Path, file_okay=False, exists=True),
            help="Folder whose templates replace the shipped prompts.",
        ),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def overrides(models: tuple[str, ...], **flags: Any) -> Overrides:
    """The flags of :func:`suite_options` as overrides.

    Raises:
        UsageError: A model address is malformed, or one role is given twice.
    """
    from harness.models.address import parse_roles

    parsed: dict[str, str] = {r: str(address) for r, address in parse_roles(models).items()}
    return Overrides(models=parsed, **flags)
