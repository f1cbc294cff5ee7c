"""The flags that spread a run: ``--workers``, ``--executor`` and ``--ray-address``."""

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
        workers: Processes, or Ray actors; None for what the executor takes by itself: 1 process,
            or an actor for each of the cluster's CPUs.
        executor: ``local`` or ``ray``.
        ray_address: Of a running cluster; None to start one here.
    """

    workers: int | None = None
    executor: str = "local"
    ray_address: str | None = None

    @property
    def here(self) -> bool:
        """Whether this process plays itself."""
        return self.executor == "local" and (self.workers or 1) == 1


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


@asynccontextmanager
async def spread_out(
    spread: Spread, setup: Setup, players: Players, tally: Tally, budget: Budget | None
) -> AsyncIterator[Executor]:
    """The executor, for as long as the block lasts.

    Args:
        players: Opened in this process; they play where nobody else does.

    Raises:
        Track15Error: The cluster cannot be reached.
    """
    from harness.orchestrator.executor import LocalExecutor

    if spread.here:
        yield LocalExecutor(setup.scenarios, players.seats, tally, slots=setup.slots)
        return
    from harness.orchestrator.remote import Connect, RemoteExecutor
    from harness.orchestrator.safe import Safe
    from harness.orchestrator.shares import most_workers, split

    if spread.executor == "ray":
        from harness.orchestrator.ray import Cluster

        cluster = Cluster(spread.ray_address)
        wanted = spread.workers or cluster.cpus
        connect: Connect = cluster.connect
        # No file of this machine can be counted on there.
        setup = setup.model_copy(update={"distant": True})
        safe = None if players.kept is None else Safe(players.kept)
    else:
        from harness.orchestrator.processes import connect as start

        cluster, safe, wanted = None, None, spread.workers or 1
        connect = start
    try:
        most, why = most_workers(setup.wire, setup.players)
        count = wanted if most is None else min(wanted, most)
        if count < (spread.workers or 0):
            notes().print(
                f"{count:,} of {wanted:,} workers: {why}, and each worker needs a part of that.",
                markup=False,
                soft_wrap=True,
            )
        shares = split(setup.wire, setup.players, count)
        setups = [setup.model_copy(update={"wire": share}) for share in shares]
        async with RemoteExecutor(setups, connect, tally, budget=budget, safe=safe) as executor:
            yield executor
    finally:
        if cluster is not None:
            cluster.close()
