"""The rules of the table from a suite to the screen: what is played, kept and shown, and switched
off again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from harness.records.reader import RunFolder
from harness.records.transcript import Transcript
from tests.support.command import Result
from tests.support.disputes import write
from tests.support.inprocess import typed

PLAIN = {"commitments": "any", "leaving": "round"} | dict.fromkeys(
    ("sketches", "ratification", "side_terms", "alternatives"), False
)


def run(tmp_path: Path, **protocol: Any) -> Result:
    write(tmp_path)
    suite = {
        "schema": "track15/suite/1",
        "id": "tables",
        "title": "Tables",
        "question": "Who signs?",
        "scenarios": ["small.yaml"],
        "protocol": {"rounds": 1, "turns": 8, **protocol},
        "arms": {"officials": {"track": "1"}, "mixed": {"track": "1.5"}},
    }
    (tmp_path / "suite.yaml").write_text(yaml.safe_dump(suite))
    return typed("run", "suite.yaml", "--no-report", cwd=tmp_path)


def played(tmp_path: Path) -> dict[str, Transcript]:
    (path,) = (found.parent for found in tmp_path.glob("transcripts/*/run.json"))
    folder = RunFolder(path)
    return {folder.place(t.id).arm: t for t in folder.transcripts()}


def test_officials_go_to_their_capitals_and_private_persons_do_not(tmp_path: Path) -> None:
    assert run(tmp_path).code == 0
    found = played(tmp_path)
    officials, mixed = found["officials"], found["mixed"]
    assert officials.body.outcome.commitment == "ad_referendum"
    assert set(officials.body.outcome.ratification or {}) == {"o", "u"}
    assert (mixed.body.outcome.commitment, mixed.body.outcome.ratification) == ("personal", None)
    shown = typed("show", "latest", officials.id, cwd=tmp_path)
    assert shown.out.count("The leadership of ") == 2
    assert "The leadership of Boral " in shown.out
    public = typed("show", "latest", officials.id, "--public", cwd=tmp_path)
    assert public.code == 0
    assert "The leadership of" not in public.out


def test_the_plain_game_is_one_line_of_a_suite_away(tmp_path: Path) -> None:
    assert run(tmp_path, **PLAIN).code == 0
    for transcript in played(tmp_path).values():
        document = json.loads(transcript.model_dump_json())
        assert document["spec"]["protocol"].items() >= PLAIN.items()
        assert document["body"]["outcome"].keys().isdisjoint({"ratification", "explored"})


def test_a_switch_that_there_is_not_is_one_error(tmp_path: Path) -> None:
    run(tmp_path, leaving="home").fails(2, "suite.yaml:", "leaving", "talks")
    run(tmp_path, sketch=True).fails(2, "suite.yaml:", "sketch", "sketches")
