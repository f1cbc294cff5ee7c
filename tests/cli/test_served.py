"""Another model behind the same address, as a user meets it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web

from tests.support.command import track15
from tests.support.disputes import write
from tests.support.mock_server import MockServer, payload
from tests.support.player import plays

SUITE = """\
schema: track15/suite/1
id: served
title: Who serves it
question: Who serves it?
scenarios: [small.yaml]
seed: 3
twins: [none]
protocol: {rounds: 1, turns: 2, debrief: false}
arms: {only: {track: "1"}}
"""


class Llama(MockServer):
    def __init__(self) -> None:
        super().__init__(plays)
        self.quantization = "Q4_K_M"

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/v1/models":
            self.queue(payload({"data": [{"id": "m", "owned_by": "llamacpp"}]}))
        elif request.path == "/props":
            self.queue(payload({"model_ftype": self.quantization, "build_info": "b1"}))
        return await super()._handle(request)


@pytest.fixture
def server() -> Iterator[Llama]:
    with Llama() as running:
        yield running


def test_a_run_is_not_resumed_with_another_model_unless_that_is_said(
    server: Llama, tmp_path: Path
) -> None:
    write(tmp_path)
    (tmp_path / "served.yaml").write_text(SUITE)
    address = f"llamacpp/m@{server.base_url}"
    command = ("run", "served.yaml", "--model", address, "--display", "none", "--epochs")
    first = track15(*command, "1", cwd=tmp_path)
    assert first.code == 0, first.err
    assert f"{address} served: m, Q4_K_M, llama.cpp b1." in " ".join(first.out.split())

    server.quantization = "Q8_0"
    again = track15(*command, "1", cwd=tmp_path)
    assert again.code == 0, "it is complete, and nobody is asked"
    refused = track15(*command, "2", cwd=tmp_path)
    assert refused.code == 1
    said = " ".join(refused.err.split())
    assert "its quantisation was 'Q4_K_M' in the run and is 'Q8_0' now" in said
    assert "fix: start the server as it was" in said

    allowed = track15(*command, "2", "--allow-model-change", cwd=tmp_path)
    assert allowed.code == 0, allowed.err
    assert f"More than one model served {address}" in " ".join(allowed.out.split())
    (run,) = (tmp_path / "transcripts").iterdir()
    (history,) = json.loads((run / "run.json").read_text())["served"].values()
    assert [one["quantization"] for one in history] == ["Q4_K_M", "Q8_0"]
    listed = track15("show", run.name, cwd=tmp_path)
    assert f"More than one model served {address}" in " ".join(listed.out.split())
    reported = track15("report", run.name, "--json", cwd=tmp_path)
    (warning,) = [w for w in json.loads(reported.out)["account"]["warnings"] if "served" in w]
    assert warning.startswith("More than one model served")


def test_plan_says_that_two_models_must_be_loaded_at_once(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "served.yaml").write_text(SUITE)
    models = ("--model", "official=ollama/a", "--model", "unofficial=ollama/b")
    done = track15("plan", "served.yaml", *models, cwd=tmp_path)
    assert "a and b are on http://127.0.0.1:11434/v1" in " ".join(done.out.split()), done.err
    document = json.loads(track15("plan", "served.yaml", *models, "--json", cwd=tmp_path).out)
    (sentence,) = document["loading"]
    assert "must hold both at once" in sentence
