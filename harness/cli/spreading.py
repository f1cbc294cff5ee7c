"""The flags that spread a run: ``--workers``, ``--executor`` and ``--ray-address``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from harness.errors import UsageError
from harness.orchestrator.spread import Spread

if TYPE_CHECKING:
    pass

F = TypeVar("F", bound=Callable[..., Any])


def spread_options(function: F) -> F:
    """The flags of :class:`Spread`, under its names."""
    options = [
        click.option(
            "--workers",
            type=click.IntRange(1, 1024),
            help="Processes to play in; with --executor ray, actors.  [default: 1; ray: CPUs]",
        ),
        click.option(
            "--executor",
            type=click.Choice(["local", "ray"]),
            default="local",
            show_default=True,
            help="Play on this machine, or on a Ray cluster.",
        ),
        click.option(
            "--ray-address",
            metavar="HOST:PORT",
            help="A running Ray cluster. Left out, one is started on this machine.",
        ),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def spread_of(
    workers: int | None, executor: str, ray_address: str | None, replay: str | None
) -> Spread:
    """What the flags say.

    Raises:
        UsageError: They do not go together.
        MissingExtraError: Ray is asked for and not installed.
    """
    spread = Spread(workers, executor, ray_address)
    if ray_address is not None and executor != "ray":
        raise UsageError(
            "it is for --executor ray", where="--ray-address", fix="add --executor ray"
        )
    if replay is not None and not spread.here:
        raise UsageError(
            "a replay is played in one process",
            where="--replay",
            fix="leave out --workers and --executor",
        )
    if executor == "ray":
        from harness.orchestrator.ray import hold_installed

        hold_installed()
    return spread
