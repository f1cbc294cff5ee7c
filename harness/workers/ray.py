"""Workers as actors of a Ray cluster (``--executor ray``, extra ``ray``).

An actor carries the frames of the same :class:`~harness.workers.worker.Worker` that a process
carries. Everything it has to say is fetched by one standing call, so that many finished dialogues
travel in one reply; when that call fails, for whatever reason, the actor counts as dead, is ended,
and another takes its place, on another machine where that one is gone.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import secrets
import signal
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from harness.errors import MissingExtraError, UsageError
from harness.workers.driver import WorkerError
from harness.workers.garbage import rare_collections
from harness.workers.messages import Frame
from harness.workers.resources import Setup
from harness.workers.worker import Worker

CONCURRENCY: Final = 10_000
"""Calls that one actor may have under way: each frame to it is one, the standing call another."""
STARTED: Final = 60.0
"""Seconds in which one machine must have started an actor."""
SOMEWHERE: Final = 180.0
"""Seconds in which some machine must have: a lost one takes a while to be missed, and is given
actors until then."""
PATIENCE: Final = 10.0
"""Seconds in which a cluster must take a connection. Ray itself would try for over a minute."""


def hold_installed() -> None:
    """Hold that Ray is there.

    Raises:
        MissingExtraError: It is not.
    """
    if importlib.util.find_spec("ray") is None:
        raise MissingExtraError("ray", "ray")


def _ray() -> Any:
    """The package; only part of it has types.

    Imported with its reports of use turned off: none leaves the machine.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    import ray

    return ray


class Cluster:
    """A Ray cluster, joined for the time of a run.

    Where this process has joined one already, that one is used, and left as it is.

    Args:
        address: Of a running cluster; None to start one on this machine, on loopback.

    Raises:
        UsageError: ``address`` is none.
        WorkerError: It cannot be joined or started.
    """

    def __init__(self, address: str | None = None) -> None:
        if address is None:
            _keep_to_ourselves()
        ray = _ray()
        self._own = not ray.is_initialized()
        if self._own:
            if address is not None:
                _reach(address)
            _join(address)
        self.cpus = max(1, int(ray.cluster_resources().get("CPU", 1)))
        self._actor = ray.remote(Actor)
        self._lines: list[ActorConnection] = []
        self._coming: Counter[str] = Counter()

    async def connect(self, setup: Setup) -> ActorConnection:
        """Start a worker somewhere on the cluster.

        Raises:
            WorkerError: It does not start.
        """
        ray = _ray()
        from ray.exceptions import RayError
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        text = setup.model_dump_json(by_alias=True).encode()
        end = time.monotonic() + SOMEWHERE
        while True:
            aim = self._idlest()
            self._coming[aim] += 1
            made = self._actor.options(
                # It waits for models nearly all the time. With no CPU set aside one can always be
                # placed, also when half of the machines are gone; where, is said by the strategy:
                # left to itself, Ray puts actors without CPUs anywhere.
                num_cpus=0,
                max_concurrency=CONCURRENCY,
                max_restarts=0,
                max_task_retries=0,
                scheduling_strategy=NodeAffinitySchedulingStrategy(aim, soft=False),
            ).remote(text, sys.path)
            try:
                async with asyncio.timeout(STARTED):
                    node = await made.ready.remote()
                line = ActorConnection(made, node)
                self._lines.append(line)
                return line
            except (RayError, TimeoutError) as error:
                ray.kill(made)
                if time.monotonic() > end:
                    raise WorkerError(
                        f"an actor cannot be started: {_words(error)}",
                        where="--executor ray",
                        fix="install the same version of track15 on every machine of the cluster",
                    ) from None
            finally:
                self._coming[aim] -= 1
            await asyncio.sleep(1)

    def _idlest(self) -> str:
        """The machine with the fewest of our actors for its CPUs."""
        ours = self._coming + Counter(line.node for line in self._lines if not line.ended)
        alive = [node for node in _ray().nodes() if node["Alive"]]
        able = [node for node in alive if node["Resources"].get("CPU")] or alive
        if not able:
            raise WorkerError("no machine of the Ray cluster is left", fix="see: ray status")

        def load(node: Any) -> float:
            return float((ours[node["NodeID"]] + 1) / node["Resources"].get("CPU", 1))

        return str(min(able, key=load)["NodeID"])

    def close(self) -> None:
        """Leave the cluster, and end it where it was started here."""
        if self._own:
            _ray().shutdown()


def _keep_to_ourselves() -> None:
    """Let a cluster that is started here listen on loopback, and ask for a token that nobody else
    has: whoever may speak to a Ray cluster may run any code on it. Read when Ray is imported."""
    os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")  # off: loopback everywhere
    if "RAY_AUTH_MODE" not in os.environ:
        os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}


def _reach(address: str) -> None:
    """Hold that somebody listens at an address.

    Raises:
        UsageError: It is no address of a cluster that this machine is part of.
        WorkerError: Nobody does.
    """
    host, colon, port = address.rpartition(":")
    where = f"--ray-address {address}"
    if not colon or not port.isdigit() or not host or "/" in host:
        raise UsageError(
            "not the address of a cluster",
            where=where,
            fix="give HOST:PORT as `ray start` says it, on a machine that is part of the cluster",
        )
    try:
        socket.create_connection((host, int(port)), timeout=PATIENCE).close()
    except (OSError, OverflowError) as error:
        raise WorkerError(
            f"the Ray cluster cannot be joined: {error}",
            where=where,
            fix="start it with `ray start --head`, and check it with `ray status`",
        ) from None


def _join(address: str | None) -> None:
    options: dict[str, Any] = {
        "address": address or "local",
        "log_to_driver": False,
        "logging_level": "ERROR",
        "configure_logging": True,
    }
    if address is None:
        options |= {"include_dashboard": False, "_node_ip_address": "127.0.0.1"}
    # Ray takes SIGTERM for itself; it goes back to whom it was. In a thread nobody can take it.
    main = threading.current_thread() is threading.main_thread()
    numbers = (signal.SIGINT, signal.SIGTERM) if main else ()
    handlers = {number: signal.getsignal(number) for number in numbers}
    try:
        _ray().init(**options)
    except (ConnectionError, OSError, RuntimeError, ValueError) as error:
        said = str(error).partition("\n")[0][:200]
        raise WorkerError(
            f"the Ray cluster cannot be joined: {said}",
            where="--executor ray" if address is None else f"--ray-address {address}",
            fix="see that it runs the same versions of Ray and Python (`ray status`); one that "
            "asks for a token takes it with RAY_AUTH_MODE=token",
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

    async def ready(self) -> str:
        """It is there, on this machine."""
        return str(_ray().get_runtime_context().get_node_id())

    async def take(self, frames: Sequence[bytes]) -> None:
        """Take frames of the driver's."""
        worker = self._start()
        for frame in frames:
            worker.take(Frame.decode(frame))

    async def say(self) -> list[bytes]:
        """Everything there is to say; waits until there is something."""
        self._start()
        await self._something.wait()
        self._something.clear()
        said, self._said = self._said, []
        return said

    def _start(self) -> Any:
        if self._worker is None:
            folder = Setup.model_validate_json(self._setup).folder
            if os.path.isdir(folder):  # noqa: PTH112
                os.chdir(folder)
            self._worker = Worker(self._send, playing=rare_collections)
            self._worker.take(Frame("setup", parts=(self._setup,)))
            self._running = asyncio.get_running_loop().create_task(self._worker.run())
        return self._worker

    def _send(self, frame: Frame) -> None:
        self._said.append(frame.encode())
        self._something.set()


class ActorConnection:
    """A way to an actor. Implements :class:`~harness.workers.driver.Connection`.

    Attributes:
        node: Id of the machine it is on.
        ended: Whether it has been ended.
        how: What became of it, in words.
    """

    def __init__(self, actor: Any, node: str) -> None:
        self.node = node
        self.ended = False
        self._actor = actor
        self.how = "ended"
        self._waiting: list[bytes] = []

    def send(self, frame: Frame) -> None:
        """See :class:`~harness.workers.driver.Connection`."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._flush)
        self._waiting.append(frame.encode())

    def _flush(self) -> None:
        """Send what came together in one call."""
        frames, self._waiting = self._waiting, []
        if not self.ended:
            self._actor.take.remote(frames)

    async def receive(self) -> Sequence[Frame]:
        """See :class:`~harness.workers.driver.Connection`."""
        from ray.exceptions import RayError

        try:
            said: list[bytes] = await self._actor.say.remote()
        except RayError as error:
            self.how = _words(error)
            return ()
        return [Frame.decode(frame) for frame in said]

    async def end(self, grace: float) -> str:
        """See :class:`~harness.workers.driver.Connection`. What an actor still had to close closes
        with its process."""
        self.ended = True
        _ray().kill(self._actor, no_restart=True)
        return self.how


def _words(error: BaseException) -> str:
    """What Ray says, in one line: the last of a traceback, else the first."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if not lines:
        return type(error).__name__
    return f"{type(error).__name__}: {lines[-1 if 'Traceback' in str(error) else 0][:200]}"
