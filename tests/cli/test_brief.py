"""How a model is told is a switch of the arm, from the suite's file to the messages of the run."""

from __future__ import annotations

from pathlib import Path

from harness.records.reader import RunFolder
from tests.support.command import track15
from tests.support.disputes import write
from tests.support.mock_server import MockServer
from tests.support.player import plays

SUITE = """\
schema: track15/suite/1
id: told
title: Told
question: Does it matter how a model is told?
scenarios: [small.yaml]
protocol: {rounds: 1, turns: 2, debrief: false}
brief: words
arms:
  in-words: {track: "1.5"}
  in-points: {track: "1.5", brief: principal}
  in-thresholds: {track: "1.5", brief: own}
"""
STYLES = {"in-words": "words", "in-points": "principal", "in-thresholds": "own"}


def test_each_arm_is_told_in_its_own_style(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "told.yaml").write_text(SUITE)
    with MockServer(plays) as server:
        model = ("--model", f"openai/x@{server.base_url}", "--log-dir", "log")
        done = track15("run", "told.yaml", "--no-report", *model, cwd=tmp_path)
    assert done.code == 0, done.err
    (path,) = (tmp_path / "log").glob("told-*")
    run = RunFolder(path)
    texts, first = run.messages(), {}
    for transcript in run.transcripts():
        (call, *_) = [call for call in transcript.calls if call.seat == "u"]
        first[run.place(transcript.id).arm] = [texts[key][1] for key in call.prompt]
        seat = transcript.spec.seat("u")
        assert seat.brief == STYLES[run.place(transcript.id).arm]
        assert seat.authority == "private"
    assert first.keys() == STYLES.keys()
    briefings = {messages[0] for messages in first.values()}
    assert len(briefings) == 1, "the standing briefing has no number in it"
    leaving = {arm: messages[1].split("Ending without")[1] for arm, messages in first.items()}
    assert "points" not in first["in-words"][1]
    assert "points to Arden.\n" in leaving["in-points"]
    assert "points to Arden; to you, counting what " in leaving["in-thresholds"]


def test_an_unknown_style_is_one_error_with_its_line(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "told.yaml").write_text(SUITE.replace("brief: own", "brief: numbers"))
    track15("plan", "told.yaml", cwd=tmp_path).fails(2, "told.yaml:11", "brief", "words")
