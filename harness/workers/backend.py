"""Where a run is played: in this process, in several beside it, or on a Ray cluster."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.workers.driver import Connect, RemoteExecutor
from harness.workers.executor import LocalExecutor
from harness.workers.processes import connect as start
from harness.workers.quotas import most_workers, split
from harness.workers.reply_service import ReplyService

if TYPE_CHECKING:
    from harness.models.limits.budget import Budget
    from harness.workers.executor import Executor
    from harness.workers.progress import Progress
    from harness.workers.resources import Resources, Setup


@dataclass(frozen=True)
class Backend:
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
        """Whether this process plays the dialogues itself."""
        return self.executor == "local" and (self.workers or 1) == 1


@asynccontextmanager
async def open_backend(
    backend: Backend,
    setup: Setup,
    resources: Resources,
    progress: Progress,
    budget: Budget | None,
    notify: Callable[[str], None],
) -> AsyncIterator[Executor]:
    """The executor, for as long as the block lasts.

    Args:
        resources: Opened in this process; they play where nobody else does.
        notify: Told, in words, what is not as it was asked for.

    Raises:
        Track15Error: Workers cannot be started, or the cluster cannot be reached.
    """
    if backend.here:
        yield LocalExecutor(resources.bench(progress.call), progress, slots=setup.slots)
        return

    if backend.executor == "ray":
        from harness.workers.ray import Cluster

        cluster = Cluster(backend.ray_address)
        wanted = backend.workers or cluster.cpus
        connect: Connect = cluster.connect
        # Files of this machine may not exist there.
        setup = setup.model_copy(update={"distant": True})
        reply_service = None if resources.kept is None else ReplyService(resources.kept)
    else:
        cluster, reply_service, wanted = None, None, backend.workers or 1
        connect = start
    try:
        most, why = most_workers(setup.wire, setup.players)
        count = wanted if most is None else min(wanted, most)
        if count < (backend.workers or 0):
            notify(f"{count:,} of {wanted:,} workers: {why}, and each worker needs a part of that.")
        shares = split(setup.wire, setup.players, count)
        setups = [setup.model_copy(update={"wire": share}) for share in shares]
        async with RemoteExecutor(
            setups, connect, progress, budget=budget, reply_service=reply_service
        ) as executor:
            yield executor
    finally:
        if cluster is not None:
            cluster.close()
