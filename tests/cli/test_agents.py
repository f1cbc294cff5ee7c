"""Agents of the user's own, through the real command line: what they are and what they do."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from pathlib import Path

import pytest

from harness.records.reader import RunFolder
from harness.records.transcript import Transcript
from tests.support.command import COMMAND, PATIENCE, Result, environment, track15
from tests.support.mock_server import USAGE, MockServer, completion

RUN = ("run", "quickstart", "--scenario", "opening", "--turns", "1", "--rounds", "1", "--no-report")
AGENTS = '''
import asyncio
import json
import re
import os
import sys

MODEL = os.environ.get("AGENT_MODEL", "small")
KEY = os.getenv("AGENT_KEY")
NOTES = []
print("loading")
asyncio.run(asyncio.sleep(0))


def filled(schema, name=""):
    """A legal answer, read off its form."""
    if {"type": "null"} in schema.get("anyOf", ()):
        return None
    if "anyOf" in schema:
        return filled(schema["anyOf"][0])
    if "enum" in schema:
        return "equal" if "equal" in schema["enum"] else schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return {key: filled(value, key) for key, value in schema["properties"].items()}
    if kind in ("integer", "number"):
        return 0
    return "Let us settle this."


async def agent(messages, schema):
    print("answering")
    return json.dumps(filled(schema))


def keeps(messages, schema):
    NOTES.append([message["content"] for message in messages])
    return filled(schema)


def tells(messages, schema):
    NOTES.append(" ".join(message["content"] for message in messages))
    at = NOTES[0].find("Canary")
    answer = filled(schema)
    for name in ("public_words", "words"):
        if name in answer:
            answer[name] = NOTES[0][at - 20 : at + 40]
    return answer


class Remembers:
    def __init__(self, thread_id):
        self.mine = []

    async def __call__(self, messages, schema):
        self.mine.append(messages)
        return filled(schema)


def wrong(messages, schema):
    return {"decision": "yes"}


async def stubborn(messages):
    print("begun")
    sys.stdout.flush()
    while True:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            pass
'''


@pytest.fixture
def cwd(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(AGENTS)
    return tmp_path


def runs(cwd: Path) -> list[list[Transcript]]:
    folders = sorted(cwd.glob("transcripts/*/run.json"))
    return [list(RunFolder(path.parent).transcripts()) for path in folders]


def play(cwd: Path, *arguments: str, **env: str) -> Result:
    return track15(*RUN, "--limit", "2", *arguments, cwd=cwd, **env)


# --- what is printed, loaded, interrupted --------------------------------------------------------


@pytest.mark.kind("G8")
@pytest.mark.kind("G13")
@pytest.mark.parametrize("workers", [(), ("--workers=2",)], ids=["here", "workers"])
def test_a_function_sits_down_and_prints_to_stderr(cwd: Path, workers: tuple[str, ...]) -> None:
    """It runs a loop of its own while it is loaded, and prints: alike in both places."""
    target = "--delegation=unofficial=mine.py:agent"
    done = play(cwd, target, "--json", *workers)
    assert done.code == 0, done.err
    json.loads(done.out)
    assert "loading" in done.err
    assert "answering" in done.err
    (played,) = runs(cwd)
    assert [t.status for t in played] == ["done", "done"]


@pytest.mark.kind("G7")
def test_one_interrupt_ends_a_run_whatever_the_agent_does(cwd: Path) -> None:
    command = [*COMMAND, *RUN, "--delegation=unofficial=mine.py:stubborn", "--timeout=3600"]
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=environment(PYTHONUNBUFFERED="1"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        while "begun" not in (line := process.stderr.readline()):
            assert line, "it ended by itself"
        process.send_signal(signal.SIGINT)
        _, rest = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert process.returncode == 130, rest
    assert "To resume, type:" in rest
    assert "Traceback" not in rest


# --- what determines a dialogue ------------------------------------------------------------------


@pytest.mark.kind("G2")
def test_an_agent_with_another_model_is_another_delegation(cwd: Path) -> None:
    target = "--delegation=unofficial=mine.py:agent"
    key = "made-up-key-0123456789"
    play(cwd, target, AGENT_MODEL="small", AGENT_KEY=key)
    play(cwd, target, AGENT_MODEL="large", AGENT_KEY=key)
    play(cwd, target, AGENT_MODEL="large", AGENT_KEY=key[::-1])  # the key does not matter
    small, large = sorted(runs(cwd), key=lambda run: str(run[0].spec.seat("u").environ))[::-1]
    assert {t.spec.seat("u").environ == {"AGENT_MODEL": "small"} for t in small} == {True}
    assert {t.spec.seat("u").environ == {"AGENT_MODEL": "large"} for t in large} == {True}
    assert not {t.id for t in small} & {t.id for t in large}
    written = "".join(path.read_text() for path in cwd.glob("transcripts/*/*.json*"))
    assert key not in written


@pytest.mark.kind("G9")
def test_a_fixed_file_keeps_what_is_finished_where_it_states_a_version(cwd: Path) -> None:
    target = "--delegation=unofficial=mine.py:agent"
    path = cwd / "mine.py"
    broken = AGENTS.replace('print("answering")', "raise LookupError('typo')")
    path.write_text(broken)
    first = play(cwd, target)
    (played,) = runs(cwd)
    assert {t.status for t in played} == {"failed", "done"} or {t.status for t in played} == {
        "failed"
    }
    void = next(t.void for t in played if t.status == "failed")
    assert void is not None
    # The advice says what it costs, and how it would cost less.
    assert "its dialogues are all played again" in void.detail.replace("whose", "its")
    assert "TRACK15_VERSION" in void.detail
    assert first.code == 1
    path.write_text(f"TRACK15_VERSION = 1\n{broken}")
    play(cwd, target)
    path.write_text(f"TRACK15_VERSION = 1\n{AGENTS}")
    assert play(cwd, target).code == 0
    stated = [run for run in runs(cwd) if run[0].spec.seat("u").source == "version 1"]
    assert len(stated) == 1
    assert [t.status for t in stated[0]] == ["done", "done"]


# --- doctor --------------------------------------------------------------------------------------


def doctor(cwd: Path, target: str, **env: str) -> tuple[Result, dict[str, str], bool]:
    """The result, what was remarked by name, and whether it says that it can play."""
    done = track15("doctor", "--json", "--delegation", target, cwd=cwd, **env)
    if done.code == 2:
        return done, {}, False
    (document,) = json.loads(done.out)
    return done, {r["name"]: r["said"] for r in document["remarks"]}, document["usable"]


@pytest.mark.kind("G11")
def test_doctor_finds_what_an_agent_keeps_and_tells(cwd: Path) -> None:
    done, remarks, usable = doctor(cwd, "unofficial=mine.py:keeps")
    assert (done.code, usable) == (0, True), done.err
    assert "NOTES holds private words of both dialogues" in remarks["shared state"]
    done, remarks, usable = doctor(cwd, "mine.py:tells")
    assert (done.code, usable) == (1, False)
    assert "told what only dialogue 1 may know" in remarks["leak"]
    done, remarks, usable = doctor(cwd, "official=mine.py:Remembers")
    assert (done.code, usable) == (0, True), done.err
    assert "shared state" not in remarks
    assert "nothing of one dialogue" in remarks["memory"]


@pytest.mark.kind("G13")
def test_doctor_says_every_complaint_and_what_is_ignored(cwd: Path) -> None:
    done = track15("doctor", "--delegation", "mine.py:wrong", cwd=cwd)
    assert done.code == 1
    assert "It cannot play yet." in done.out
    assert done.out.count("dialogue 1, move (asked again") >= 3
    assert "sent 2 messages" in done.out
    verdict = [line for line in done.out.splitlines() if line.startswith("  X")]
    assert len(verdict) == 1, "the account of each question does not say it all again"
    assert "no usable answer in 4 attempts" in verdict[0]
    assert 'came {"decision": "yes"}' in done.out
    done, remarks, _ = doctor(cwd, "mine.py:agent", LANGSMITH_TRACING="true")
    assert done.code == 0, done.err
    assert remarks["settings"].endswith("--max-tokens, --temperature")
    assert "no model call was seen" in remarks["models"]
    assert "ignored" in remarks["tracing"]
    done, _, _ = doctor(cwd, "mine.py:nobody")
    done.fails(2, "it has no 'nobody'")


STYLED = """
import os
import time
from langchain_core.messages import SystemMessage
from langchain_core.runnables import RunnableLambda
from langchain_openai import ChatOpenAI
waits = iter((4, 4))
model = ChatOpenAI(model="m", base_url=os.environ["AGENT_URL"], api_key="x", max_retries=0)

async def styled(messages):
    time.sleep(next(waits, 0))
    return await model.ainvoke([SystemMessage("Be kind."), *messages])

agent = RunnableLambda(styled)
"""


@pytest.mark.kind("G6")
@pytest.mark.kind("G12")
def test_doctor_names_what_blocks_and_two_system_messages(tmp_path: Path) -> None:
    (tmp_path / "styled.py").write_text(STYLED)
    with MockServer(lambda _: completion("No form.", usage=USAGE)) as server:
        done, remarks, usable = doctor(
            tmp_path, "styled.py:agent", AGENT_URL=server.base_url, NO_PROXY="127.0.0.1"
        )
    assert (done.code, usable) == (1, False)
    assert "Traceback" not in done.err
    assert re.match(r"styled\.py:1[12] blocked it for", remarks["event loop"])
    assert remarks["system messages"].startswith("its model got 2 at once")
    assert remarks["models"].startswith("4 calls in 4 answers")
