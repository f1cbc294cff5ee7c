"""A run in which two models take turns, judged by a judge of known errors, through the command
line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from harness.records.folder import RUN
from tests.support.disputes import SMALL
from tests.support.inprocess import typed
from tests.support.labels import WordsJudge
from tests.support.mock_server import Answer, MockServer, completion
from tests.support.planted_judge import PlantedJudge
from tests.support.player import plays

SUITE: Final = """
schema: track15/suite/1
id: tiny
title: Tiny
question: Who gives way in words?
scenarios: [one.yaml, two.yaml, three.yaml]
protocol: {rounds: 1, turns: 3, debrief: false}
arms:
  one: {track: "1"}
  half: {track: "1.5"}
contrasts:
  primary: {name: half, treatment: half, control: one, measure: words.conceded_u}
"""
CONCEDED: Final = "words.conceded_u"
GIVES_WAY: Final = "We give way."
_SCENARIOS: Final = ("one", "two", "three")
_SETTLES: Final = b"Let us settle this."


class Everybody:
    """Models that play, and a judge of them: what is asked says who answers.

    ``bee`` gives way in words in every turn, in dispute three only in its first, and ``ant`` in
    none. Judges take these words for concessions. Of planted transcripts ``x`` reads some otherwise
    than they are, and ``y`` none.
    """

    def __init__(self) -> None:
        self.planted = {"x": PlantedJudge("noisy"), "y": PlantedJudge("perfect")}
        self.words = WordsJudge(lambda _, said: said == GIVES_WAY)

    @staticmethod
    def gives_way(body: dict[str, Any]) -> bool:
        """Whether ``bee`` does in this turn."""
        asked = [one["content"] for one in body["messages"] if one["role"] == "user"]
        return len(asked) == 1 or not any(
            "Dispute three" in one["content"] for one in body["messages"]
        )

    def __call__(self, body: dict[str, Any]) -> str | Answer:
        if "messages" not in body:
            return completion("ok")
        form = body.get("response_format", {}).get("json_schema", {})
        if "found" in form.get("schema", {}).get("properties", {}):
            try:
                return self.planted[body["model"]](body)
            except LookupError:
                return self.words(body)
        answer = plays(body)
        if body["model"] == "bee" and self.gives_way(body):
            answer = replace(answer, body=answer.body.replace(_SETTLES, GIVES_WAY.encode()))
        return answer


def played(cwd: Path, *more: str) -> Path:
    """A run of the suite in a folder; ``more`` says who plays."""
    for name in _SCENARIOS:
        text = SMALL.replace("id: small", f"id: {name}", 1)
        (cwd / f"{name}.yaml").write_text(text.replace("A small dispute", f"Dispute {name}"))
    (cwd / "suite.yaml").write_text(SUITE)
    before = set((cwd / "transcripts").glob(f"*/{RUN}"))
    done = typed("run", "suite.yaml", "--no-report", "--display", "none", *more, cwd=cwd)
    assert done.code in (0, 100), done.err
    (file,) = set((cwd / "transcripts").glob(f"*/{RUN}")) - before
    return file.parent


def calibrated(cwd: Path, server: MockServer, judge: str = "x", *more: str) -> Path:
    """A calibration of a judge, in a file."""
    record = cwd / f"{judge}.json"
    words = ("--split", "dev", "--limit", "16", "--display", "none", "--record", str(record))
    done = typed("calibrate", address(server, judge), *words, *more, cwd=cwd)
    assert done.code == 0, done.err
    return record


def judged(
    cwd: Path, run: Path, server: MockServer, judge: str = "x", calibration: Path | None = None
) -> None:
    """Has a judge read the words of a run."""
    known = () if calibration is None else ("--calibration", str(calibration))
    words = ("--rubric", "prose-ledger", "--no-report", "--display", "none")
    done = typed("score", str(run), "--judge", address(server, judge), *words, *known, cwd=cwd)
    assert done.code in (0, 100), done.err


def address(server: MockServer, *names: str) -> str:
    """Models behind the server, joined by commas."""
    return ",".join(f"openai/{name}@{server.base_url}" for name in names)
