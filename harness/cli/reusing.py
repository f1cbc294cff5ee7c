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
            help="Keep replies here, and take from here those to the very same requests.",
        ),
        click.option(
            "--reuse",
            is_flag=True,
            help="Take finished dialogues of other runs in --log-dir, instead of playing the same "
            "ones again.",
        ),
        click.option(
            "--replay",
            metavar="RUN",
            help="Ask no model: play this run again from its record, into a folder of its own.",
        ),
    ]
    for option in reversed(options):
        function = option(function)
    return function
