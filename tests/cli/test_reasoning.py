"""What a model thought before it replied: in the record, for whoever asks for it, and nowhere else.

A server gives it in every form in which servers do, with words that stand nowhere else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.records.reader import RunFolder
from tests.support.command import Result
from tests.support.inprocess import typed
from tests.support.mock_server import Answer, MockServer
from tests.support.player import plays

RUN_IT = ("run", "quickstart", "--scenario", "opening", "--turns", "3", "--rounds", "1")
CANARY = re.compile(rb"CANARY \d+ of")


def _field(message: dict[str, Any], thought: str) -> None:
    message["reasoning_content"] = thought  # vLLM, SGLang, DeepSeek, llama.cpp, LM Studio


def _short_field(message: dict[str, Any], thought: str) -> None:
    message["reasoning"] = thought  # Ollama, newer vLLM


def _details(message: dict[str, Any], thought: str) -> None:
    message["reasoning_details"] = [{"type": "reasoning.text", "text": thought}]  # OpenRouter


def _parts(message: dict[str, Any], thought: str) -> None:
    thinking = {"type": "thinking", "thinking": thought}  # Anthropic, Mistral
    message["content"] = [thinking, {"type": "text", "text": message["content"]}]


def _before(message: dict[str, Any], thought: str) -> None:
    message["content"] = f"<think>\n{thought}\n</think>\n\n{message['content']}"  # no parser


SHAPES = (_field, _short_field, _details, _parts, _before)


class Thinker:
    """A model that plays, and thinks first. ``silent`` answers with its reasoning alone."""

    def __init__(self, *, silent: bool = False) -> None:
        self.asked = 0
        self.silent = silent

    def __call__(self, body: dict[str, Any]) -> Answer:
        answer = plays(body)
        if "messages" not in body:
            return answer
        payload = json.loads(answer.body)
        message = payload["choices"][0]["message"]
        if self.silent:
            message |= {"content": "", "reasoning_content": message["content"]}
        else:
            SHAPES[self.asked % len(SHAPES)](message, f"CANARY {self.asked} of mine.")
        self.asked += 1
        return replace(answer, body=json.dumps(payload).encode())


def play(cwd: Path, server: MockServer, *more: str) -> Result:
    address = f"openai/x@{server.base_url}"
    done = typed(
        *(*RUN_IT, "--limit", "1", "--max-connections", "1", "--max-retries", "0"),
        *("--model", address, *more),
        cwd=cwd,
    )
    assert done.code == 0, done.err
    return done


def folder_of(cwd: Path) -> RunFolder:
    (path,) = (cwd / "transcripts").iterdir()
    return RunFolder(path)


@pytest.fixture(scope="module")
def thought(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, MockServer]]:
    """Where a model that thinks has played, and its server."""
    cwd = tmp_path_factory.mktemp("thought")
    with MockServer(Thinker()) as server:
        play(cwd, server, "--cache", "replies.db")
        yield cwd, server


def test_the_record_holds_it_whatever_the_server_calls_it(
    thought: tuple[Path, MockServer],
) -> None:
    (transcript,) = folder_of(thought[0]).transcripts()
    kept = [call.reasoning for call in transcript.calls]
    assert kept == [f"CANARY {number} of mine." for number in range(len(kept))]
    assert len(kept) > len(SHAPES), "every shape was met"
    assert all(call.reasoning_cut is None for call in transcript.calls)


def test_no_prompt_and_no_move_holds_it(thought: tuple[Path, MockServer]) -> None:
    cwd, server = thought
    asked = [request.body for request in server.requests if "messages" in request.body]
    assert len(asked) > len(SHAPES)
    assert not CANARY.search(json.dumps(asked).encode())
    folder = folder_of(cwd)
    (transcript,) = folder.transcripts()
    assert not CANARY.search(transcript.body.model_dump_json().encode())
    texts = folder.messages({key for call in transcript.calls for key in call.prompt})
    assert texts
    assert not CANARY.search(repr(texts).encode())


def test_it_is_shown_with_its_call_and_found_only_where_private_texts_are_searched(
    thought: tuple[Path, MockServer],
) -> None:
    cwd, _ = thought
    (transcript,) = folder_of(cwd).transcripts()
    calls = typed("show", "--calls", folder_of(cwd).path, transcript.id, cwd=cwd).out
    assert calls.count("reasoning: ") == len(transcript.calls)
    for call in transcript.calls:
        assert calls.count(f"CANARY {call.index} of mine.") == 1
    for more in ((), ("--public",)):
        assert "CANARY" not in typed("show", folder_of(cwd).path, transcript.id, *more, cwd=cwd).out
    found = typed("show", "--grep", "canary 3 of", cwd=cwd)
    assert "call 3, reasoning" in found.out
    public = typed("show", "--grep", "canary 3 of", "--public", cwd=cwd)
    assert transcript.id not in public.out


def test_what_is_replayed_holds_it_again(thought: tuple[Path, MockServer], tmp_path: Path) -> None:
    cwd, server = thought
    before = len(server.requests)
    asked = ("--model", f"openai/x@{server.base_url}", "--replay", str(folder_of(cwd).path))
    done = typed(*RUN_IT, "--limit", "1", *asked, "--log-dir", str(tmp_path / "new"), cwd=cwd)
    assert done.code == 0, done.err
    assert len(server.requests) == before
    (replayed,) = (tmp_path / "new").iterdir()
    name = "transcripts.jsonl"
    assert (replayed / name).read_bytes() == (folder_of(cwd).path / name).read_bytes()


def test_a_run_that_may_not_keep_it_writes_it_nowhere(
    thought: tuple[Path, MockServer], tmp_path: Path
) -> None:
    """Nor does it take any from a file of replies that another run has filled."""
    cwd, server = thought
    shared = str(cwd / "replies.db")
    for name, more in (("own", ("--cache", "mine.db")), ("shared", ("--cache", shared))):
        place = tmp_path / name
        place.mkdir()
        before = len(server.requests)
        play(place, server, "--no-reasoning", *more)
        assert any("messages" in r.body for r in server.requests[before:]) is (name == "own")
        files = [path for path in place.rglob("*") if path.is_file()]
        assert {"run.json", "transcripts.jsonl"} <= {path.name for path in files}
        assert not [path for path in files if CANARY.search(path.read_bytes())]
        (quiet,) = folder_of(place).transcripts()
        (full,) = folder_of(cwd).transcripts()
        assert quiet.id == full.id, "what is played is the same"
        assert quiet.body == full.body


def test_a_move_that_stands_in_the_reasoning_alone_is_none(tmp_path: Path) -> None:
    with MockServer(Thinker(silent=True)) as server:
        address = f"openai/x@{server.base_url}"
        done = typed(*RUN_IT, "--limit", "1", "--model", address, cwd=tmp_path)
    assert "void" in done.err + done.out
    (transcript,) = folder_of(tmp_path).transcripts()
    assert transcript.status == "void"
    assert transcript.body.turns == ()
    assert all("propose" in (call.reasoning or "") for call in transcript.calls)
    asked = [json.dumps(request.body.get("messages", ())) for request in server.requests]
    assert not [text for text in asked if "As instructed." in text], "not even to ask again"
