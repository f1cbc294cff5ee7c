"""Where a run is played: in this process, in several beside it, or on a Ray cluster."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.models.limits.budget import Budget
    from harness.orchestrator.executor import Executor
    from harness.orchestrator.players import Players, Setup
    from harness.orchestrator.tally import Tally


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


@asynccontextmanager
async def spread_out(
    spread: Spread,
    setup: Setup,
    players: Players,
    tally: Tally,
    budget: Budget | None,
    notify: Callable[[str], None],
) -> AsyncIterator[Executor]:
    """The executor, for as long as the block lasts.

    Args:
        players: Opened in this process; they play where nobody else does.
        notify: Told, in words, what is not as it was asked for.

    Raises:
        Track15Error: Workers cannot be started, or the cluster cannot be reached.
    """
    from harness.orchestrator.executor import LocalExecutor

    if spread.here:
        yield LocalExecutor(players.bench(tally.call), tally, slots=setup.slots)
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
            notify(f"{count:,} of {wanted:,} workers: {why}, and each worker needs a part of that.")
        shares = split(setup.wire, setup.players, count)
        setups = [setup.model_copy(update={"wire": share}) for share in shares]
        async with RemoteExecutor(setups, connect, tally, budget=budget, safe=safe) as executor:
            yield executor
    finally:
        if cluster is not None:
            cluster.close()
