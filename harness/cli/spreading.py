"""The flags that spread a run: ``--workers``, ``--executor`` and ``--ray-address``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def spread_options(function: F) -> F:
    """The flags of :class:`~harness.workers.backend.Backend`, under its names."""
    options = [
        click.option(
            "--workers",
            type=click.IntRange(1, 1024),
            help="Worker processes, or actors with --executor ray.  [default: 1; ray: CPUs]",
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
            help="Address of a running Ray cluster. By default, one is started on this machine.",
        ),
    ]
    for option in reversed(options):
        function = option(function)
    return function
