"""The flag that spreads a run over processes: ``--workers``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from harness.cli.console import notes
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.models.budget import Budget
    from harness.orchestrator.executor import Executor
    from harness.orchestrator.players import Players, Setup
    from harness.orchestrator.tally import Tally

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Spread:
    """Where a run is played.

    Attributes:
        workers: Processes; None for this one alone.
    """

    workers: int | None = None

    @property
    def here(self) -> bool:
        """Whether this process plays itself."""
        return (self.workers or 1) == 1


def spread_options(function: F) -> F:
    """The flags of :class:`Spread`, under its names."""
    return click.option(
        "--workers",
        type=click.IntRange(1, 1024),
        help="Processes to play in.  [default: 1]",
    )(function)


def spread_of(workers: int | None, replay: str | None) -> Spread:
    """What the flags say.

    Raises:
        UsageError: They do not go together.
    """
    spread = Spread(workers)
    if replay is not None and not spread.here:
        raise UsageError(
            "a replay is played in one process", where="--replay", mend="leave out --workers"
        )
    return spread


@asynccontextmanager
async def spread_out(
    spread: Spread, setup: Setup, players: Players, tally: Tally, budget: Budget | None
) -> AsyncIterator[Executor]:
    """The executor, for as long as the block lasts.

    Args:
        players: Opened in this process; they play where nobody else does.
    """
    from harness.orchestrator.executor import LocalExecutor

    if spread.here:
        yield LocalExecutor(setup.scenarios, players.seats, tally, slots=setup.slots)
        return
    from harness.orchestrator.processes import connect
    from harness.orchestrator.remote import RemoteExecutor
    from harness.orchestrator.shares import most_workers, split

    wanted = spread.workers or 1
    most, why = most_workers(setup.wire, setup.players)
    count = wanted if most is None else min(wanted, most)
    if count < wanted:
        notes().print(
            f"{count:,} of {wanted:,} workers: {why}, and each worker needs a part of that.",
            markup=False,
            soft_wrap=True,
        )
    shares = split(setup.wire, setup.players, count)
    setups = [setup.model_copy(update={"wire": share}) for share in shares]
    async with RemoteExecutor(setups, connect, tally, budget=budget) as executor:
        yield executor
