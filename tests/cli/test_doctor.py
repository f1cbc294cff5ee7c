"""``track15 doctor`` through the real command line, against real servers on loopback."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from harness.app.examining import Subject
from harness.cli.doctor import _examine
from harness.doctor.checkup import Checkup
from harness.models.settings import EndpointSettings
from harness.orchestrator.overrides import Overrides
from tests.support import bargainer as faults
from tests.support.bargainer import Bargainer
from tests.support.command import COMMAND, PATIENCE, environment, track15
from tests.support.disputes import write
from tests.support.mock_server import Answer, Body, MockServer

SUITE = """\
schema: track15/suite/1
id: mine
title: Mine
question: Does it lean?
scenarios: [small.yaml]
protocol: {rounds: 1, turns: 3}
arms: {one: {track: "1"}, half: {track: "1.5"}}
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with a suite of its own: ``mine.yaml``."""
    write(tmp_path)
    (tmp_path / "mine.yaml").write_text(SUITE)
    return tmp_path


def test_every_endpoint_of_models_yaml_is_visited(here: Path) -> None:
    with MockServer(Bargainer()) as one, MockServer(Bargainer(faults.short_by_default)) as two:
        text = "schema: track15/models/1\nmodels:\n"
        for name, server in (("first", one), ("second", two)):
            address = f"openai/m@{server.base_url}"
            text += f"  {name}: {{address: '{address}', temperature: 0.3, max_connections: 2}}\n"
        (here / "models.yaml").write_text(text)
        done = track15("doctor", "mine.yaml", "--json", cwd=here)
        assert done.code == 1, done.err
        found = json.loads(done.out)
        assert [one["usable"] for one in found] == [True, False]
        assert [one["suite"] for one in found] == ["mine", "mine"]
        assert found[0]["how"] == "schema"
        assert found[0]["requests"] == 7
        assert all(body.get("temperature") == 0.3 for body in one.bodies if "messages" in body)
        told = ("--model", "second", "--max-tokens", "900", "--temperature", "0.7")
        named = track15("doctor", "mine.yaml", *told, cwd=here)
        assert {body.get("temperature") for body in two.bodies if "messages" in body} == {0.3, 0.7}
    assert named.code == 0, named.err
    assert "It can play: by JSON schema, at most about " in named.out
    assert two.base_url in named.out
    assert one.base_url not in named.out
    assert "at once" not in named.out


@pytest.mark.kind("S1")
def test_the_suite_that_is_named_is_the_one_that_is_played(here: Path) -> None:
    with MockServer(Bargainer()) as server:
        model = ("--model", f"unofficial=openai/m@{server.base_url}")
        done = track15("doctor", "mine.yaml", *model, "--arm", "half", cwd=here)
        asked = [body["messages"] for body in server.bodies if "messages" in body]
    assert done.code == 0, done.err
    assert "as seat u of mine: arm half, scenario small" in done.out
    assert "Arden" in asked[0][0]["content"]
    with MockServer(Bargainer()) as server:
        done = track15("doctor", "--model", f"openai/m@{server.base_url}", cwd=here)
    assert done.code == 0, done.err
    assert "of quickstart: arm track-1.5" in done.out


@pytest.mark.kind("S1")
@pytest.mark.kind("S2")
def test_what_is_wrong_stands_with_what_helps_and_the_code_says_it(here: Path) -> None:
    with MockServer(Bargainer(faults.no_temperature)) as server:
        model = ("--model", f"openai/m@{server.base_url}")
        bad = track15("doctor", "mine.yaml", *model, "--temperature", "0.5", cwd=here)
        good = track15("doctor", "mine.yaml", *model, cwd=here)
    assert (bad.code, good.code) == (1, 0)
    assert "X   first move" in bad.out
    assert "refused: temperature 0.5" in bad.out
    assert "fix: leave --temperature out" in bad.out
    assert "It cannot play yet (see: first move)." in bad.out


def test_an_endpoint_that_cannot_play_is_exit_code_1(tmp_path: Path) -> None:
    done = track15("doctor", "--model", "vllm/m@http://127.0.0.1:9/v1", cwd=tmp_path)
    assert done.code == 1
    assert "is the server running" in done.out
    assert "Traceback" not in done.err
    assert "Asked 0 questions" in done.out


@pytest.mark.kind("S2")
def test_without_models_it_looks_around_and_that_is_no_success(tmp_path: Path) -> None:
    done = track15("doctor", cwd=tmp_path)
    assert done.code == 2, done.err
    assert "vllm" in done.out
    assert "11434" in done.out


def test_brackets_in_an_address_are_no_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    async def examine(
        subject: Subject, suite: str, *, begun: Callable[[Checkup], None], **how: Any
    ) -> None:
        begun(Checkup(subject.address))
        how["on_step"]("a step")

    monkeypatch.setattr("harness.app.examining.examine", examine)
    checkups: list[Checkup] = []
    subject = Subject("openai/[/x]", Overrides(), EndpointSettings())
    _examine(checkups, subject, "mine", None, timeout=1.0, load=0)
    assert [one.address for one in checkups] == ["openai/[/x]"]


def test_an_unknown_name_says_what_there_is(tmp_path: Path) -> None:
    (tmp_path / "models.yaml").write_text(
        "schema: track15/models/1\nmodels:\n  mine: {address: vllm/m}\n"
    )
    track15("doctor", "--model", "mind", cwd=tmp_path).fails(2, "'mind'", "mine")
    track15("doctor", "quikstart", cwd=tmp_path).fails(2, "did you mean 'quickstart'?")
    track15("doctor", "--model", "scripted", cwd=tmp_path).fails(2, "asks no model")


def test_an_interrupt_shows_what_was_found_so_far(here: Path) -> None:
    reached, leave = Event(), Event()

    def hangs(body: Body, text: str) -> Answer | None:
        if len([one for one in server.bodies if "messages" in one]) >= 2:
            reached.set()
            leave.wait(60)
        return None

    with MockServer(Bargainer(hangs)) as server:
        running = subprocess.Popen(
            [*COMMAND, "doctor", "mine.yaml", "--model", f"openai/m@{server.base_url}"],
            cwd=here,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert reached.wait(60)
            running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=PATIENCE)
        finally:
            leave.set()
            running.kill()
    assert running.returncode == 130, err
    assert "ok  model" in out
    assert "Interrupted. Results so far:" in out
    assert "Traceback" not in err
