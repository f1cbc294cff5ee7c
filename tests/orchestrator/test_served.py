"""A sitting notes what is served, and one that resumes holds it against the record."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.errors import RecordError
from harness.orchestrator.replay import Recording
from harness.orchestrator.session import Session
from harness.records.reader import RunFolder
from harness.records.run import RunInfo
from harness.workers.backend import Backend
from harness.workers.progress import Progress
from tests.support.llama import Llama, session


@pytest.fixture
def server() -> Iterator[Llama]:
    with Llama() as running:
        yield running


def sit(sitting: Session) -> Progress:
    with sitting.opened() as writer:
        return asyncio.run(sitting.play(writer))


def info(folder: Path) -> RunInfo:
    return RunFolder(folder / "run").info


@pytest.mark.parametrize("backend", [Backend(), Backend(workers=2)], ids=["here", "workers"])
def test_what_is_served_and_what_replies_say_stands_in_the_record(
    tmp_path: Path, server: Llama, backend: Backend
) -> None:
    sit(session(tmp_path, server, backend=backend))
    document = json.loads((tmp_path / "run" / "run.json").read_text())
    (served,) = document["served"][f"openai/m@{server.base_url}"]
    assert served.pop("since") >= document["created"]
    assert {name: value for name, value in served.items() if value is not None} == {
        "model": "m",
        "quantization": "Q4_K - Medium",
        "server": "llama.cpp",
        "version": "b1",
        "replies": {"model": ["mock"]},
    }
    paths = server.taken()
    assert paths[:2] == ["/v1/models", "/props"]
    assert set(paths[2:]) == {"/v1/chat/completions"}


def test_another_model_is_refused_before_it_is_asked_anything(
    tmp_path: Path, server: Llama
) -> None:
    sit(session(tmp_path, server))
    before = info(tmp_path)
    server.taken()
    server.props = {"model_ftype": "Q8_0", "build_info": "b1"}
    with pytest.raises(RecordError, match="its quantisation was 'Q4_K - Medium' in the run and is"):
        sit(session(tmp_path, server, epochs=2))
    assert server.taken() == ["/v1/models", "/props"]
    assert info(tmp_path).served == before.served


def test_it_goes_on_where_that_is_allowed_and_the_record_says_so(
    tmp_path: Path, server: Llama
) -> None:
    sit(session(tmp_path, server))
    server.props = {"model_ftype": "Q8_0", "build_info": "b1"}
    progress = sit(session(tmp_path, server, epochs=2, allow_model_change=True))
    assert (progress.resumed, progress.done) == (1, 1)
    ((first, second),) = info(tmp_path).served.values()
    assert (first.quantization, second.quantization) == ("Q4_K - Medium", "Q8_0")
    assert first.since <= second.since
    sit(session(tmp_path, server, epochs=3))
    assert len(next(iter(info(tmp_path).served.values()))) == 2


@pytest.mark.parametrize("silent_first", [True, False])
def test_a_server_that_does_not_tell_is_gone_on_with(
    tmp_path: Path, server: Llama, silent_first: bool
) -> None:
    telling = server.props
    server.props = None if silent_first else telling
    sit(session(tmp_path, server))
    server.props = telling if silent_first else None
    progress = sit(session(tmp_path, server, epochs=2))
    assert progress.done == 1
    ((served,),) = info(tmp_path).served.values()
    assert (served.quantization, served.version) == ("Q4_K - Medium", "b1")


def test_a_complete_run_that_is_asked_again_asks_no_server(tmp_path: Path, server: Llama) -> None:
    sit(session(tmp_path, server))
    server.taken()
    server.props = {"model_ftype": "Q8_0"}
    progress = sit(session(tmp_path, server))
    assert (progress.resumed, server.taken()) == (1, [])


def test_a_replay_says_what_served_the_run_that_it_replays(tmp_path: Path, server: Llama) -> None:
    sit(session(tmp_path, server))
    server.taken()
    recording = Recording(RunFolder(tmp_path / "run"))
    again = session(tmp_path, server, recording=recording)
    again.folder = tmp_path / "again"
    sit(again)
    assert server.taken() == []
    assert RunFolder(tmp_path / "again").info.served == info(tmp_path).served
