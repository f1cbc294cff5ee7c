"""Runs whose words a judge has read, and people who label them at a terminal."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import pytest

from harness.disputes.scenario import Scenario
from harness.records.reader import RunFolder
from tests.support.command import Result
from tests.support.inprocess import typed
from tests.support.mock_server import USAGE, Answer, MockServer, completion

SCENARIOS: Final = ("opening", "mirror")
PLAY: Final = (
    *("run", "quickstart", "--no-report", "--epochs", "3", "--limit", "12"),
    *(word for name in SCENARIOS for word in ("--scenario", name)),
)
_PASSAGE: Final = re.compile(r"^> \[(\d+)\] ([^:(]+): (.*)$", re.MULTILINE)
Passage = tuple[int, str, str]
"""Number, speaker and words of what a judge reads."""


class WordsJudge:
    """Reads the prose ledger: lists a concession for each passage that ``concedes`` says gives.

    Args:
        concedes: Whether the words of a passage, the n-th of its talks, give way.
    """

    def __init__(self, concedes: Callable[[int, str], bool]) -> None:
        self.concedes = concedes
        self.scenarios: dict[str, Scenario] = {}

    def __call__(self, body: dict[str, Any]) -> Answer:
        if "messages" not in body:
            return completion("ok")
        asked = body["response_format"]["json_schema"]["schema"]["properties"]["found"]["items"]
        names = asked["properties"]["of"]["enum"]
        issue = next(one for one in names if one.startswith("concedes."))
        by = dict(re.findall(r"- `(\w+)`: (.+)", body["messages"][0]["content"]))
        speakers = {name.rstrip("."): one for one, name in by.items()}
        passages = _PASSAGE.findall(body["messages"][1]["content"])
        found = [
            {
                "at": int(at),
                "quote": " ".join(words.split()[:8]),
                "of": issue,
                "answer": "unnamed",
                "by": speakers[who],
                "was": "unsaid",
                "commitment": "binding",
                "condition": "",
                "in_return": "nothing",
                "authorised": "unsaid",
            }
            for number, (at, who, words) in enumerate(passages)
            if self.concedes(number, words)
        ]
        return completion(json.dumps({"found": found}), usage=USAGE)


def run_of(cwd: Path) -> RunFolder:
    """The only run of a folder."""
    (run,) = (cwd / "transcripts").iterdir()
    return RunFolder(run)


def judged_run(cwd: Path, server: MockServer) -> RunFolder:
    """A scripted run on two scenarios, whose words a judge has read."""
    played = typed(*PLAY, cwd=cwd)
    assert played.code in (0, 100), played.err
    judged = typed(
        *("score", "quickstart", "--judge", f"openai/x@{server.base_url}"),
        *("--rubric", "prose-ledger", "--no-report", "--display", "none"),
        cwd=cwd,
    )
    assert judged.code in (0, 100), judged.err
    return run_of(cwd)


def label(
    cwd: Path, keys: Iterable[str], monkeypatch: pytest.MonkeyPatch, *more: str, run: str = "quick"
) -> Result:
    """``track15 label`` with lines typed one after the other; after the last the input ends."""
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{key}\n" for key in keys)))
    return typed("label", run, *more, cwd=cwd)
