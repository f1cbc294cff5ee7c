"""The flags that spare paid calls: ``--cache``, ``--reuse`` and ``--replay``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from harness.cli.options import UserPath

F = TypeVar("F", bound=Callable[..., Any])


def reuse_options(function: F) -> F:
    """``--cache FILE``, ``--reuse`` and ``--replay RUN``."""
    options = [
        click.option(
            "--cache",
            type=UserPath(),
            metavar="FILE",
            help="Cache replies in this file, and reuse them for identical requests.",
        ),
        click.option(
            "--reuse",
            is_flag=True,
            help="Reuse finished dialogues of other runs in --log-dir instead of playing them "
            "again.",
        ),
        click.option(
            "--replay",
            metavar="RUN",
            help="Replay this run from its record into a new folder. Asks no model.",
        ),
    ]
    for option in reversed(options):
        function = option(function)
    return function
