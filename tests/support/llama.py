"""A server that says what it serves, as llama.cpp does, and sessions that play a dialogue on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiohttp import web

from harness.models.settings import PoolSettings
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import make_plan
from harness.orchestrator.session import Session
from harness.prompting.talks import Prompts
from tests.support.disputes import write
from tests.support.mock_server import MockServer, payload
from tests.support.player import plays
from tests.support.runs import tiny_suite


class Llama(MockServer):
    """llama.cpp, as far as it tells what it serves."""

    def __init__(self) -> None:
        super().__init__(plays)
        self.props: dict[str, Any] | None = {"model_ftype": "Q4_K - Medium", "build_info": "b1"}

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/v1/models":
            self.queue(payload({"data": [{"id": "m", "owned_by": "llamacpp"}]}))
        elif request.path == "/props":
            self.queue(payload(self.props, status=200 if self.props else 404))
        return await super()._handle(request)

    def taken(self) -> list[str]:
        """Paths that were asked for since the last time."""
        found = [request.path for request in self.requests]
        self.requests.clear()
        return found


def session(folder: Path, server: MockServer, *, epochs: int = 1, **more: Any) -> Session:
    """One dialogue an epoch, in the folder ``run``."""
    suite = tiny_suite(
        write(folder),
        arms={"only": {"track": "1"}},
        contrasts=None,
        twins=["none"],
        epochs=epochs,
        protocol={"rounds": 1, "turns": 2, "debrief": False},
    )
    address = f"openai/m@{server.base_url}"
    models = {"official": address, "unofficial": address}
    prompts = Prompts()
    plan = make_plan(suite, Overrides(models=models), prompts.hashes())
    wire = PoolSettings(max_connections=4, max_retries=0)
    return Session(plan, folder / "run", wire=wire, prompts=prompts, **more)
