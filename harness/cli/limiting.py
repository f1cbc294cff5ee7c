"""The flags that keep a run within limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from harness.cli.options import FiniteRange

F = TypeVar("F", bound=Callable[..., Any])

_MOST = 1e12


def limit_options(function: F, of: str = "the run") -> F:
    """``--requests-per-minute``, ``--tokens-per-minute``, ``--no-adaptive``, ``--token-limit`` and
    ``--cost-limit``.

    Args:
        of: What has the budget.
    """
    options = [
        click.option(
            "--requests-per-minute",
            type=FiniteRange(0, _MOST, min_open=True),
            help="Most requests started in any 60 seconds, for each endpoint.",
        ),
        click.option(
            "--tokens-per-minute",
            type=FiniteRange(0, _MOST, min_open=True),
            help="Most tokens of the requests started in any 60 seconds, for each endpoint.",
        ),
        click.option(
            "--adaptive/--no-adaptive",
            default=True,
            show_default=True,
            help="Send fewer concurrent requests to an endpoint that fails or slows down.",
        ),
        click.option(
            "--token-limit",
            type=click.IntRange(1),
            help=f"Token budget of {of}, earlier sessions included.",
        ),
        click.option(
            "--cost-limit",
            type=FiniteRange(0, _MOST, min_open=True),
            metavar="USD",
            help=f"Budget of {of} in US dollars, earlier sessions included.",
        ),
    ]
    for option in reversed(options):
        function = option(function)
    return function
