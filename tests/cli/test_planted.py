"""Files that somebody has planted: in a run folder, and where track15 is typed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness.files.regular import LARGEST
from harness.records.run import own_command
from tests.support.command import environment
from tests.support.inprocess import typed as track15


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cwd = tmp_path_factory.mktemp("played")
    done = track15("run", "quickstart", "--no-report", "--limit", "2", cwd=cwd)
    assert done.code == 0, done.err
    (folder,) = (cwd / "transcripts").iterdir()
    return folder


@pytest.fixture
def run(played: Path, tmp_path: Path) -> Path:
    """A finished run, in the folder where commands are typed."""
    folder = tmp_path / "transcripts" / played.name
    shutil.copytree(played, folder)
    return folder


def first_id(run: Path) -> str:
    return str(json.loads((run / "transcripts.jsonl").read_text().split("\n")[0])["id"])


@pytest.mark.kind("X8", "X10")
@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("run.json", "show"),
        ("run.json", "score"),
        ("transcripts.jsonl", "show"),
        ("transcripts.jsonl", "score"),
        ("plan.jsonl", "show"),
        ("plan.jsonl", "report"),
        ("scores.jsonl", "report"),
        ("messages.jsonl", "prompts"),
    ],
)
def test_a_file_full_of_holes_is_refused(run: Path, name: str, command: str) -> None:
    """It takes no room on a disk, and the memory of the machine when it is read."""
    dialogue = first_id(run)
    with (run / name).open("r+b") as file:
        file.truncate(LARGEST + (64 << 20))
    words = ["show", run, dialogue, "--prompts"] if command == "prompts" else [command, run]
    done = track15(*words, cwd=run.parent.parent)
    done.fails(1, name, f"{LARGEST:,} bytes", "fix:")


@pytest.mark.kind("X8", "X10")
@pytest.mark.parametrize("name", ["run.json", "transcripts.jsonl"])
def test_it_hides_no_other_run(run: Path, name: str) -> None:
    cwd = run.parent.parent
    other = run.with_name("another")
    other.mkdir()
    for file in run.iterdir():
        (other / file.name).write_bytes(file.read_bytes())
    with (other / name).open("r+b") as file:
        file.truncate(LARGEST + (64 << 20))
    done = track15("list", "runs", "--json", cwd=cwd)
    assert done.code == 0, done.err
    rows = {row["run"]: row["folder"] for row in json.loads(done.out)}
    assert rows["another"].startswith("unusable: ")
    assert not rows[run.name].startswith("unusable: ")


@pytest.mark.kind("X10")
@pytest.mark.parametrize(
    "name", ["transcripts.jsonl", "plan.jsonl", "messages.jsonl", "timings.jsonl"]
)
def test_a_run_with_holes_is_not_gone_on_with(run: Path, name: str) -> None:
    with (run / name).open("r+b") as file:
        file.truncate(LARGEST + (64 << 20))
    size = (run / name).stat().st_size
    done = track15("run", "quickstart", "--no-report", "--limit", "2", cwd=run.parent.parent)
    done.fails(1, name, f"{LARGEST:,} bytes", "fix:")
    assert (run / name).stat().st_size == size


@pytest.mark.kind("X2", "F3")
@pytest.mark.parametrize(
    "name", [".lock", "transcripts.jsonl", "plan.jsonl", "messages.jsonl", "timings.jsonl"]
)
def test_a_second_name_of_a_file_is_not_written_through(run: Path, name: str) -> None:
    cwd = run.parent.parent
    theirs = cwd / "mine.txt"
    theirs.write_bytes(b"do not touch")
    (run / name).unlink(missing_ok=True)
    os.link(theirs, run / name)
    done = track15("run", "quickstart", "--no-report", "--limit", "2", cwd=cwd)
    done.fails(1, name, "hard link", "--follow-links")
    assert theirs.read_bytes() == b"do not touch"


@pytest.mark.kind("X2")
def test_a_second_name_is_written_through_where_the_user_says_so(run: Path) -> None:
    cwd = run.parent.parent
    os.link(run / ".lock", cwd / "copy")
    done = track15("run", "quickstart", "--no-report", "--limit", "2", "--follow-links", cwd=cwd)
    assert done.code == 0, done.err


@pytest.mark.kind("X1")
@pytest.mark.parametrize(
    "recorded",
    [
        "track15 run x --delegation official=theirs:agent",
        "track15 run x --delegation=official=theirs:agent",
        "track15 fork r d --delegation official=theirs:agent",
        "track15 run x --evaluator theirs:X",
    ],
)
def test_no_command_that_loads_code_is_offered(recorded: str) -> None:
    assert own_command(recorded) == ""


PLANTED = ("json", "asyncio", "base64", "harness", "struct", "pydantic", "yaml", "models", "ssl")


@pytest.mark.kind("X1")
def test_nothing_is_imported_from_where_it_is_typed(tmp_path: Path) -> None:
    """As the installed ``track15`` starts: without the current folder on Python's path."""
    mark = tmp_path / "ran"
    for name in (*PLANTED, "sitecustomize", "usercustomize"):
        (tmp_path / f"{name}.py").write_text(f"open({str(mark)!r}, 'a').write({name!r})\n")
    metadata = tmp_path / "planted-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: planted\nVersion: 1.0\n")
    groups = ("evaluators", "delegations", "models")
    points = "\n".join(f"[track15.{group}]\nplanted = models:X" for group in groups)
    (metadata / "entry_points.txt").write_text(points)
    start = [sys.executable, "-P", "-c", "from harness.cli.main import main; main()"]
    for words in (
        ["run", "quickstart", "--no-report", "--limit", "2", "--workers", "2"],
        ["report"],
        ["list", "measures"],
    ):
        done = subprocess.run(
            [*start, *words],
            cwd=tmp_path,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert not mark.exists(), mark.read_text()
        assert done.returncode == 0, done.stderr
