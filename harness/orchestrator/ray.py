"""Workers as actors of a Ray cluster (``--executor ray``, extra ``ray``).

An actor carries the frames of the same :class:`~harness.orchestrator.worker.Worker` that a process
carries. Everything it has to say is fetched by one standing call, so that many finished dialogues
travel in one reply; when that call fails, for whatever reason, the actor counts as dead, is ended,
and another takes its place, on another machine where that one is gone.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any, Final

from harness.errors import MissingExtraError
from harness.orchestrator.frames import Frame
from harness.orchestrator.players import Setup
from harness.orchestrator.remote import WorkerError

CONCURRENCY: Final = 10_000
"""Calls that one actor may have under way: each frame to it is one, the standing call another."""
STARTED: Final = 60.0
"""Seconds in which an actor must have answered for the first time."""


def hold_installed() -> None:
    """Hold that Ray is there.

    Raises:
        MissingExtraError: It is not.
    """
    if importlib.util.find_spec("ray") is None:
        raise MissingExtraError("ray", "ray")


class Cluster:
    """A Ray cluster, joined for the time of a run.

    Where this process has joined one already, that one is used, and left as it is.

    Args:
        address: Of a running cluster; None to start one on this machine, on loopback.

    Raises:
        WorkerError: It cannot be joined or started.
    """

    def __init__(self, address: str | None = None) -> None:
        # Read when Ray is imported: no report of its use leaves the machine, and what it starts
        # here listens on loopback alone.
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        import ray

        self._own = not ray.is_initialized()
        if self._own:
            _join(address)
        self.cpus = max(1, int(ray.cluster_resources().get("CPU", 1)))
        self._actor = ray.remote(Actor)

    async def connect(self, setup: Setup) -> ActorLine:
        """Start a worker somewhere on the cluster.

        Raises:
            WorkerError: It does not start.
        """
        made = self._actor.options(
            # It waits for models nearly all the time. With no CPU set aside one can always be
            # placed, also when half of the machines are gone.
            num_cpus=0,
            max_concurrency=CONCURRENCY,
            max_restarts=0,
            max_task_retries=0,
            scheduling_strategy="SPREAD",
        ).remote(setup.model_dump_json(by_alias=True).encode(), sys.path)
        return ActorLine(made)

    def close(self) -> None:
        """Leave the cluster, and end it where it was started here."""
        import ray

        if self._own:
            ray.shutdown()


def _join(address: str | None) -> None:
    import ray

    options: dict[str, Any] = {
        "address": address or "local",
        "log_to_driver": False,
        "logging_level": "ERROR",
        "configure_logging": True,
    }
    if address is None:
        options |= {"include_dashboard": False, "_node_ip_address": "127.0.0.1"}
    # Ray takes SIGTERM for itself; here it does what Ctrl-C does.
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        ray.init(**options)
    except (ConnectionError, OSError, RuntimeError, ValueError) as error:
        said = str(error).partition("\n")[0][:200]
        raise WorkerError(
            f"the Ray cluster cannot be joined: {said}",
            where="--executor ray" if address is None else f"--ray-address {address}",
            mend="see that it runs the same versions of Ray and Python: ray status",
        ) from None
    finally:
        for number, handler in handlers.items():
            if handler is not None:
                signal.signal(number, handler)


class Actor:
    """A worker in a Ray actor.

    Args:
        setup: What plays, as JSON.
        path: Where the driver finds modules, for a worker on the same machine.
    """

    def __init__(self, setup: bytes, path: Sequence[str]) -> None:
        sys.path.extend(entry for entry in path if entry not in sys.path)
        self._setup = setup
        self._said: list[bytes] = []
        self._something = asyncio.Event()
        self._worker: Any = None
        self._running: asyncio.Task[None] | None = None

    async def take(self, frame: bytes) -> None:
        """Take a frame of the driver's."""
        self._start().take(Frame.decode(frame))

    async def say(self) -> list[bytes]:
        """Everything there is to say; waits until there is something."""
        self._start()
        await self._something.wait()
        self._something.clear()
        said, self._said = self._said, []
        return said

    def _start(self) -> Any:
        if self._worker is None:
            from harness.orchestrator.worker import Worker

            folder = Setup.model_validate_json(self._setup).folder
            if os.path.isdir(folder):  # noqa: PTH112
                os.chdir(folder)
            self._worker = Worker(self._send)
            self._worker.take(Frame("setup", parts=(self._setup,)))
            self._running = asyncio.get_running_loop().create_task(self._worker.run())
        return self._worker

    def _send(self, frame: Frame) -> None:
        self._said.append(frame.encode())
        self._something.set()


class ActorLine:
    """A way to an actor. Implements :class:`~harness.orchestrator.remote.Line`."""

    def __init__(self, actor: Any) -> None:
        self._actor = actor
        self._how = "ended"

    def send(self, frame: Frame) -> None:
        """See :class:`~harness.orchestrator.remote.Line`."""
        self._actor.take.remote(frame.encode())

    async def receive(self) -> Sequence[Frame]:
        """See :class:`~harness.orchestrator.remote.Line`."""
        from ray.exceptions import RayError

        try:
            said: list[bytes] = await self._actor.say.remote()
        except RayError as error:
            self._how = f"{type(error).__name__}: {str(error).partition(chr(10))[0][:200]}"
            return ()
        return [Frame.decode(frame) for frame in said]

    async def end(self, grace: float) -> str:
        """See :class:`~harness.orchestrator.remote.Line`. What an actor still had to close closes
        with its process."""
        import ray

        ray.kill(self._actor, no_restart=True)
        return self._how
