"""Delegations of the user's own, through the real command line."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness.records.reader import RunFolder
from harness.records.transcript import Transcript
from tests.support.command import ROOT, Result, environment, track15
from tests.support.mock_server import USAGE, Answer, Body, MockServer, completion, error
from tests.support.player import plays

EXAMPLE = "docs/examples/langgraph_delegation.py"
RUN = ("run", "quickstart", "--scenario", "opening", "--epochs", "1", "--turns", "3", "--no-report")
SHORT = (*RUN, "--rounds", "1", "--limit", "2")
SECRET = "made-up-key-0123456789"
STYLE = "You never raise your voice"


def answers(body: Body) -> Answer:
    """A plan where no form is asked for, a legal move or debrief where one is."""
    if "response_format" not in body:
        return completion("Offer them the well.", usage=USAGE)
    return plays(body)


def play(cwd: Path, *arguments: str, **env: str) -> Result:
    return track15(*SHORT, *arguments, cwd=cwd, **env)


def folders(cwd: Path) -> list[RunFolder]:
    return [RunFolder(path.parent) for path in cwd.glob("transcripts/*/run.json")]


def transcripts(cwd: Path) -> list[Transcript]:
    (folder,) = folders(cwd)
    return list(folder.transcripts())


def written(cwd: Path) -> str:
    """Everything a run has left behind."""
    return "".join(path.read_text() for path in cwd.glob("transcripts/*/*.json*"))


@pytest.fixture
def cwd(tmp_path: Path) -> Path:
    folder = tmp_path / "docs" / "examples"
    folder.mkdir(parents=True)
    shutil.copy(ROOT / EXAMPLE, folder)
    return tmp_path


# --- the documented examples ---------------------------------------------------------------------


def test_the_langgraph_example_plays_a_seat(cwd: Path) -> None:
    with MockServer(answers) as server:
        done = play(
            cwd,
            f"--delegation=unofficial={EXAMPLE}:agent",
            f"--model=official=openai/m@{server.base_url}",
            AGENT_URL=server.base_url,
            AGENT_MODEL="the-agents-own",
            TRACK15_API_KEY=SECRET,
        )
        asked = [body for body in server.bodies if body.get("model") == "the-agents-own"]
    assert done.code == 0, done.err
    played = transcripts(cwd)
    assert [t.status for t in played] == ["done", "done"]
    own_calls = 0
    for transcript in played:
        official, unofficial = transcript.spec.seat("o"), transcript.spec.seat("u")
        assert (official.kind, unofficial.kind) == ("model", "runnable")
        assert unofficial.model == "langgraph_delegation.py:agent"
        assert re.fullmatch("[0-9a-f]{64}", unofficial.source or "")
        assert transcript.spec.templates
        calls = [call for call in transcript.calls if call.seat == "u"]
        assert {call.model for call in calls} == {"langgraph_delegation.py:agent"}
        # Both steps of the agent are counted: its plan and its answer.
        assert {(call.usage.prompt, call.usage.completion) for call in calls} == {(22, 14)}
        assert transcript.body.debriefs["u"].problem is None
        own_calls += len(calls)
    assert len(asked) == 2 * own_calls
    plans = [body for body in asked if "response_format" not in body]
    assert len(plans) == own_calls
    for body in asked:
        roles = [message["role"] for message in body["messages"]]
        assert roles[0] == "system"
        assert "system" not in roles[1:]
        assert STYLE in body["messages"][0]["content"]
    spoken = [body for body in asked if "response_format" in body]
    assert all("Offer them the well." in body["messages"][-1]["content"] for body in spoken)
    names = {body["response_format"]["json_schema"]["name"] for body in spoken}
    assert names == {"move", "debrief"}
    # What it thinks of for itself reaches nobody else, and no folder or key the record.
    left = written(cwd)
    assert "Offer them the well." not in left
    assert SECRET not in left + done.err + done.out
    assert str(cwd) not in left


def test_it_is_told_what_a_model_is_told_and_no_more(cwd: Path) -> None:
    """The same briefing as a model in that seat, word for word."""

    def briefings(*player: str, **env: str) -> set[str]:
        with MockServer(answers) as server:
            urls = dict.fromkeys(env, server.base_url)
            flags = [flag.replace("URL", server.base_url) for flag in player]
            place = cwd / str(len(player[0]))
            shutil.copytree(cwd / "docs", place / "docs")
            assert play(place, *flags, **urls).code == 0
        texts = RunFolder(next(place.glob("transcripts/*/run.json")).parent).messages()
        return {content for role, content in texts.values() if role == "system"}

    model = briefings("--model=unofficial=openai/m@URL")
    assert briefings(f"--delegation=unofficial={EXAMPLE}:agent", AGENT_URL="") == model


def test_the_class_of_the_guide_plays_both_seats(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "delegations.md").read_text(encoding="utf-8")
    (source,) = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    assert source == (ROOT / "docs" / "examples" / "patient.py").read_text(encoding="utf-8")
    (tmp_path / "patient.py").write_text(source)
    done = play(
        tmp_path, "--delegation=unofficial=patient:Patient", "--delegation=official=patient:Patient"
    )
    assert done.code == 0, done.err
    for transcript in transcripts(tmp_path):
        assert transcript.status == "done"
        assert [seat.kind for seat in transcript.spec.seats] == ["custom", "custom"]
        assert transcript.body.turns[0].words in ("Our terms.", "Agreed.")
        assert transcript.body.debriefs["o"].words == "We moved together."
    again = play(
        tmp_path, "--delegation=unofficial=patient:Patient", "--delegation=official=patient:Patient"
    )
    assert again.code == 0
    assert len(transcripts(tmp_path)) == 2


def test_plan_counts_its_answers_and_says_what_it_cannot_know(cwd: Path) -> None:
    arguments = ("plan", "quickstart", "--limit", "2")
    target = f"--delegation=unofficial={EXAMPLE}:agent"
    with MockServer(answers) as server:
        env = {"AGENT_URL": server.base_url}
        shown = track15(*arguments, target, cwd=cwd, **env)
        counted = track15(*arguments, target, "--json", cwd=cwd, **env)
        assert not server.requests
    assert shown.code == 0
    assert (
        "Calls that langgraph_delegation.py:agent makes to its own models are not included"
        in " ".join(shown.out.split())
    )
    document = json.loads(counted.out)
    assert document["calls"] > 0
    assert document["brought"] == ["langgraph_delegation.py:agent"]
    (cwd / "mine.py").write_text(WAITS)
    custom = track15(*arguments, "--delegation=official=mine.py:Waits", cwd=cwd)
    assert "Calls that mine.py:Waits makes to its own models cannot be planned" in " ".join(
        custom.out.split()
    )


# --- failures ------------------------------------------------------------------------------------

WAITS = """
from harness.delegations.base import Answer
from harness.records.transcript import Action, Debrief, Move


class Waits:
    async def move(self, view, complaint):
        return Answer(move=Move(action=Action.PASS, words="We wait."))

    async def caucus(self, view, member, complaint):
        return Answer(words="Wait.")

    async def debrief(self, view, complaint):
        return Answer(debrief=Debrief(gave_more="equal", margin=0, words="Even."))

    def messages(self):
        return {}


class Breaks(Waits):
    async def move(self, view, complaint):
        raise LookupError(f"could not find {view.brief}")
"""
BROKEN = """
import os

from langchain_core.runnables import RunnableLambda


def breaks(messages):
    raise ValueError(os.environ["MY_KEY"] + messages[0].content)


agent = RunnableLambda(breaks)
silent = RunnableLambda(lambda messages: None)
babbling = RunnableLambda(lambda messages: "We accept o-1, gladly.")
echo = RunnableLambda(lambda messages: messages)
"""


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("mine.py:Breaks", "raised LookupError at mine.py:22"),
        ("broken.py:agent", "the agent failed: ValueError at broken.py:8"),
    ],
)
def test_a_mistake_in_it_fails_dialogues_and_stops_the_run(
    tmp_path: Path, target: str, said: str
) -> None:
    (tmp_path / "mine.py").write_text(WAITS)
    (tmp_path / "broken.py").write_text(BROKEN)
    done = track15(*RUN, f"--delegation=unofficial={target}", cwd=tmp_path, MY_KEY=SECRET)
    done.fails(1, said, "To resume, type:")
    (folder,) = folders(tmp_path)
    played = list(folder.transcripts())
    assert {t.status for t in played} == {"failed"}
    for transcript in played:
        assert transcript.body.outcome.kind == "void"
        assert not [turn for turn in transcript.body.turns if turn.seat == "u"]
    for text in (done.err, written(tmp_path)):
        assert SECRET not in text
    details = [t.void.detail for t in played if t.void is not None]
    assert all("reservation" not in detail.lower() for detail in details)
    assert all(str(tmp_path) not in detail for detail in details)


@pytest.mark.kind("G10")
@pytest.mark.parametrize(
    ("name", "said"), [("silent", "it gave None"), ("echo", "gave back the messages")]
)
def test_what_it_gives_that_is_no_answer_fails_dialogues(
    tmp_path: Path, name: str, said: str
) -> None:
    (tmp_path / "broken.py").write_text(BROKEN)
    done = play(tmp_path, f"--delegation=unofficial=broken.py:{name}")
    assert "Traceback" not in done.err
    assert done.code == 1
    for transcript in transcripts(tmp_path):
        assert transcript.status == "failed"
        assert transcript.void is not None
        assert said in transcript.void.detail


def test_words_without_a_form_make_dialogues_void(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text(BROKEN)
    done = play(tmp_path, "--delegation=unofficial=broken.py:babbling")
    assert "Traceback" not in done.err
    for transcript in transcripts(tmp_path):
        assert transcript.status == "void"
        assert transcript.void is not None
        assert transcript.void.kind == "reply"
        assert not [turn for turn in transcript.body.turns if turn.seat == "u"]
        assert len(transcript.calls) == 4  # asked again as often as any model


def test_a_server_behind_it_that_refuses_the_key(cwd: Path) -> None:
    def refuses(body: dict[str, Any]) -> Answer:
        return error(401, f"Incorrect API key provided: {SECRET}")

    with MockServer(refuses) as server:
        done = play(
            cwd,
            f"--delegation=unofficial={EXAMPLE}:agent",
            AGENT_URL=server.base_url,
            TRACK15_API_KEY=SECRET,
        )
    assert done.code == 1
    assert "Traceback" not in done.err
    assert SECRET not in done.err + written(cwd)
    details = [t.void.detail for t in transcripts(cwd) if t.void is not None]
    assert details
    assert all("the server answered 401" in detail for detail in details)


def test_a_changed_file_is_played_anew(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(WAITS)
    assert play(tmp_path, "--delegation=unofficial=mine.py:Waits").code == 0
    path.write_text(WAITS.replace("We wait.", "We wait and see."))
    assert play(tmp_path, "--delegation=unofficial=mine.py:Waits").code == 0
    ids = [{t.id for t in folder.transcripts()} for folder in folders(tmp_path)]
    assert len(ids) == 2
    assert not ids[0] & ids[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("--delegation=unofficial=nowhere.py:agent",),
            ("no such file", "check the path", "module:object"),
        ),
        (("--delegation=unofficial=mine.py:Wait",), ("has no 'Wait'", "did you mean 'Waits'?")),
        (("--delegation=mine.py:Waits",), ("--delegation", "official or unofficial")),
        (
            ("--delegation=official=mine.py:Waits", "--model=official=scripted"),
            ("a model and a delegation", "--model official=..."),
        ),
    ],
)
def test_a_wrong_flag_is_one_message(
    tmp_path: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    (tmp_path / "mine.py").write_text(WAITS)
    play(tmp_path, *arguments).fails(2, *words)
    assert not (tmp_path / "transcripts").exists()


def test_the_flag_alone_loads_nothing() -> None:
    code = "import harness.cli.run, sys; sys.exit(any(m.startswith('lang') for m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], env=environment(), check=False)
    assert done.returncode == 0
