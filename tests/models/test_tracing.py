"""Nothing is posted to a tracing service unless it is asked for: what it would get are briefs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from harness.models import tracing
from tests.support.command import Result, track15
from tests.support.mock_server import MockServer
from tests.support.player import plays

RUN = ("run", "quickstart", "--scenario", "opening", "--limit", "1", "--turns", "1", "--no-report")
AGENTS = """
import os
from langchain_core.runnables import RunnableLambda
from langchain_core.tracers import LangChainTracer
from langchain_core.tracers.langchain import get_client, wait_for_all_tracers
from langsmith import traceable

def speak(messages):
    wait_for_all_tracers()  # what was traced till now is posted before the process ends
    get_client().flush()
    return "nothing"

@traceable
def traced(messages):
    return "nothing"

def forgets(messages):
    os.environ["LANGSMITH_TRACING"] = "true"
    return traced(messages)

plain = RunnableLambda(speak)
decorated = RunnableLambda(traced)
forgetful = RunnableLambda(forgets)
by_hand = RunnableLambda(speak).with_config(callbacks=[LangChainTracer()])
os.environ["LANGSMITH_TRACING"] = "true"
"""


class Collector:
    """Stands in for a tracing service."""

    def __init__(self) -> None:
        self.posted: list[bytes] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer()

            def do_POST(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                if length:
                    collector.posted.append(self.rfile.read(length))
                else:
                    collector.posted.append(self._chunks())
                self._answer()

            do_PATCH = do_POST  # noqa: N815 - the name is the server's

            def _chunks(self) -> bytes:
                body = b""
                while size := int(self.rfile.readline().strip() or b"0", 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                return body

            def _answer(self) -> None:
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def collector() -> Iterator[Collector]:
    found = Collector()
    yield found
    found.server.shutdown()
    found.server.server_close()


def play(cwd: Path, collector: Collector, *arguments: str, **env: str) -> Result:
    (cwd / "mine.py").write_text(AGENTS)
    variables = {
        "LANGSMITH_TRACING": "true",
        "LANGCHAIN_TRACING_V2": "true",
        "LANGSMITH_ENDPOINT": collector.url,
        "LANGCHAIN_ENDPOINT": collector.url,
        "LANGSMITH_API_KEY": "made-up",
        "NO_PROXY": "127.0.0.1",
    }
    return track15(*RUN, *arguments, cwd=cwd, **{**variables, **env})


@pytest.mark.kind("G3")
@pytest.mark.parametrize(
    ("name", "loopback_only"),
    [("plain", "1"), ("plain", "0"), ("decorated", "0"), ("forgetful", "0"), ("by_hand", "0")],
)
def test_an_agent_is_not_traced(
    tmp_path: Path, collector: Collector, name: str, loopback_only: str
) -> None:
    done = play(
        tmp_path,
        collector,
        f"--delegation=unofficial=mine.py:{name}",
        TRACK15_LOOPBACK_ONLY=loopback_only,
    )
    assert done.code == 100, done.err  # nothing is no move: void throughout
    assert list(tmp_path.glob("transcripts/*/transcripts.jsonl"))
    assert not collector.posted


@pytest.mark.kind("G3")
def test_a_model_that_langchain_reaches_is_not_traced(tmp_path: Path, collector: Collector) -> None:
    with MockServer(plays) as server:
        done = play(tmp_path, collector, f"--model=langchain/openai:m@{server.base_url}")
    assert done.code in (0, 100), done.err
    assert not collector.posted


@pytest.mark.kind("G3")
def test_tracing_that_is_asked_for_is_on_except_under_loopback_only(
    tmp_path: Path, collector: Collector
) -> None:
    target = "--delegation=unofficial=mine.py:plain"
    play(tmp_path, collector, target, TRACK15_TRACING="1", TRACK15_LOOPBACK_ONLY="1")
    assert not collector.posted
    (tmp_path / "again").mkdir()
    play(tmp_path / "again", collector, target, TRACK15_TRACING="1", TRACK15_LOOPBACK_ONLY="0")
    assert collector.posted  # so the collector of this test would have heard of the others


@pytest.mark.kind("G3")
@pytest.mark.parametrize("workers", [(), ("--workers=2",)])
def test_code_that_reaches_out_by_itself_is_held_on_this_machine(
    tmp_path: Path, collector: Collector, workers: tuple[str, ...]
) -> None:
    (tmp_path / "out.py").write_text(
        "import socket\n"
        "def agent(messages):\n"
        "    with socket.socket() as line:\n"
        "        line.settimeout(5)\n"
        "        line.connect(('192.0.2.1', 80))\n"
    )
    done = play(tmp_path, collector, "--delegation=unofficial=out.py:agent", *workers)
    (record,) = tmp_path.glob("transcripts/*/transcripts.jsonl")
    assert "TRACK15_LOOPBACK_ONLY is set, and 192.0.2.1 is not on this machine" in (
        record.read_text()
    ), done.err


@pytest.mark.kind("G3")
def test_what_is_here() -> None:
    for host in ("127.0.0.1", "::1", "127.8.8.8", "::ffff:127.0.0.1", "localhost", "::", ""):
        assert tracing._is_here(host)
    for host in ("192.0.2.1", "example.org", "::ffff:192.0.2.1", "localhost.example.org"):
        assert not tracing._is_here(host)


@pytest.mark.kind("G3")
def test_other_sockets_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    tracing._audit("socket.connect", (None, "/a/path"))
    monkeypatch.setenv("TRACK15_LOOPBACK_ONLY", "1")
    with pytest.raises(tracing.BeyondLoopbackError):
        tracing._audit("socket.connect", (None, ("192.0.2.1", 80)))
    monkeypatch.setenv("TRACK15_LOOPBACK_ONLY", "0")
    tracing._audit("socket.connect", (None, ("192.0.2.1", 80)))


@pytest.mark.kind("G3")
def test_what_is_set_up_is_named() -> None:
    environ = {
        "LANGSMITH_TRACING": "true",
        "LANGCHAIN_TRACING_V2": "false",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1",
    }
    assert tracing.set_up(environ) == ("LANGSMITH_TRACING", "OTEL_EXPORTER_OTLP_ENDPOINT")
