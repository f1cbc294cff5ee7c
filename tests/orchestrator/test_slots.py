"""An endpoint that takes more requests at once than ``--max-connections`` is given them."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path
from typing import Any, Self

import pytest
from aiohttp import web

from harness.models.settings import EndpointSettings, PoolSettings
from harness.records.folder import RUN
from harness.records.reader import RunFolder
from harness.workers.quotas import slots
from tests.support.command import track15
from tests.support.mock_server import Answer, MockServer
from tests.support.player import plays

PATIENCE = 300.0
"""Seconds that a held server waits for requests that do not come."""
RUN_IT = ("run", "quickstart", "--scenario", "opening", "--turns", "2", "--rounds", "1")
RUN_IT += ("--no-report",)


class Held(MockServer):
    """A model that holds its replies until ``wanted`` requests are open at once.

    What a seat says first is not held: a client asks one thing alone before all others, to find out
    what the server can do.
    """

    def __init__(self, wanted: int) -> None:
        super().__init__(plays)
        self.wanted = wanted
        self.most = 0
        self._waiting = 0
        self._all_here = asyncio.Event()

    def __enter__(self) -> Self:
        super().__enter__()
        return self

    async def _send(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        body = json.loads(await request.read() or b"{}")
        if not any(message["role"] == "assistant" for message in body.get("messages", ())):
            return await super()._send(request, answer)
        self._waiting += 1
        self.most = max(self.most, self._waiting)
        if self._waiting >= self.wanted:
            self._all_here.set()
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._all_here.wait(), PATIENCE)
            self._all_here.set()
            return await super()._send(request, answer)
        finally:
            self._waiting -= 1


def models(cwd: Path, **named: dict[str, Any]) -> None:
    lines = [f"  {name}: {{{_flow(entry)}}}\n" for name, entry in named.items()]
    (cwd / "models.yaml").write_text(f"schema: track15/models/1\nmodels:\n{''.join(lines)}")


def _flow(entry: dict[str, Any]) -> str:
    return ", ".join(f"{key}: {value}" for key, value in entry.items())


@pytest.mark.parametrize("more", [(), ("--workers", "2")], ids=["one process", "two workers"])
def test_a_wider_endpoint_is_filled(tmp_path: Path, more: tuple[str, ...]) -> None:
    with Held(6) as server:
        models(tmp_path, mine={"address": f"openai/x@{server.base_url}", "max_connections": 6})
        words = ("--model", "mine", "--max-connections", "2", "--no-adaptive")
        done = track15(*RUN_IT, *words, *more, cwd=tmp_path)
        assert done.code == 0, done.err
    assert server.most == 6


def test_two_endpoints_are_filled_each_to_its_own(tmp_path: Path) -> None:
    """With as many dialogues as both take together, one that holds its replies cannot keep the
    other from being filled: with one fewer, it might."""
    with Held(5) as wide, Held(2) as narrow:
        models(
            tmp_path,
            wide={"address": f"openai/w@{wide.base_url}", "max_connections": 5},
            narrow={"address": f"openai/n@{narrow.base_url}"},
        )
        words = ("--model", "official=wide", "--model", "unofficial=narrow")
        done = track15(*RUN_IT, *words, "--max-connections", "2", "--no-adaptive", cwd=tmp_path)
        assert done.code == 0, done.err
    assert (wide.most, narrow.most) == (5, 2)


def test_forks_fill_it_too(tmp_path: Path) -> None:
    assert track15(*RUN_IT, "--limit", "1", cwd=tmp_path).code == 0
    (run,) = (path.parent for path in tmp_path.glob(f"transcripts/*/{RUN}"))
    (dialogue,) = RunFolder(run).index()
    with Held(5) as server:
        models(tmp_path, mine={"address": f"openai/x@{server.base_url}", "max_connections": 5})
        words = ("--turn", "1", "--model", "mine", "--epochs", "8", "--max-connections", "2")
        done = track15("fork", run.name, dialogue, *words, cwd=tmp_path)
        assert done.code == 0, done.err
    assert server.most == 5


def test_slots_are_what_the_endpoints_take_together() -> None:
    wide, narrow = "openai/w@http://127.0.0.1:1/v1", "openai/n@http://127.0.0.1:2/v1"
    wire = PoolSettings(max_connections=4, endpoints={wide: EndpointSettings(max_connections=32)})
    assert slots(wire, (wide,)) == 32
    assert slots(wire, (wide, narrow)) == 36
    assert slots(wire, ()) == 4, "scripts ask no endpoint"
