"""No command writes into the run that ships as an example, whatever it is asked to do with it."""

from __future__ import annotations

import errno
import os
import shutil
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from benchmarks.example import COMMAND
from harness.cli.main import COMMANDS, cli
from harness.files.shipped import examples
from harness.records.folder import CALIBRATION, LABELS, RUN, SCORES
from harness.records.labels import read_labels
from harness.records.reader import RunFolder
from tests.support.inprocess import typed
from tests.support.labels import label
from tests.support.mock_server import MockServer
from tests.support.run_judges import RunJudge
from tests.support.viewer import served

(SHIPPED,) = (path.parent for path in examples().glob(f"*/{RUN}"))
DIALOGUE = next(RunFolder(SHIPPED).transcripts()).id
READING = {
    ("show", "latest"): 0,
    ("show", "latest", "--worst", "1"): 0,
    ("label", "latest", "--report"): 2,  # nobody has labelled it
    ("report", "latest", "--out", "page.html"): 0,
    ("compare", "latest", "other"): 0,
    ("export", "latest", "--to", "csv", "--out", "figures"): 0,
    ("fork", "latest", DIALOGUE, "--turn", "3", "--set", "o.tactic=conceder"): 0,
    (*COMMAND.split(), "--replay", "latest", "--no-report"): 0,
    ("plan", "quickstart", "--from", "latest"): 0,
    ("play", "--replay", "latest"): 2,  # no person sat in it
}
"""What leaves no copy of the run, with its exit code: what it writes goes elsewhere."""
COPYING = (
    ("score", "latest"),
    ("score", str(SHIPPED), "--evaluator", "settlement", "--no-report"),
    ("report", "latest", "--evaluator", "settlement"),
    ("report", SHIPPED.name),
)


def files() -> dict[str, bytes]:
    """All that lies where the examples are, by path."""
    return {str(path): path.read_bytes() for path in examples().rglob("*") if path.is_file()}


@pytest.fixture(autouse=True)
def _stays_as_it_is() -> Iterator[None]:
    before = files()
    yield
    assert files() == before


def takes_a_run() -> set[str]:
    """The commands that can be given a run."""
    found = set()
    with click.Context(cli, info_name="track15") as top:
        for name in COMMANDS:
            command = cli.get_command(top, name)
            assert command is not None
            context = click.Context(command, parent=top, info_name=name)
            if any("RUN" in one.make_metavar(context).upper() for one in command.params):
                found.add(name)
    return found


def test_every_command_that_takes_a_run_is_tried_here() -> None:
    tried = {line[0] for line in (*READING, *COPYING)} | {"view"}
    assert tried == takes_a_run() - {"list"}


@pytest.mark.parametrize("line", READING, ids=" ".join)
def test_what_only_reads_it_leaves_no_copy(line: tuple[str, ...], tmp_path: Path) -> None:
    if "other" in line:
        shutil.copytree(SHIPPED, tmp_path / "other")
    done = typed(*line, cwd=tmp_path)
    assert done.code == READING[line], done.err
    assert "copy" not in done.err
    assert not (tmp_path / "transcripts" / SHIPPED.name).exists()


@pytest.mark.parametrize("line", COPYING, ids=" ".join)
def test_what_writes_into_it_does_so_in_a_copy_of_the_users_own(
    line: tuple[str, ...], tmp_path: Path
) -> None:
    done = typed(*line, cwd=tmp_path)
    assert done.code == 0, done.err
    copy = Path("transcripts") / SHIPPED.name
    assert f"Yours is a copy of it: {copy}\n" in done.err
    assert f"Transcripts: {copy}\n" in done.err
    assert (tmp_path / copy / SCORES).is_file()
    again = typed(*line[:1], "latest", *line[2:], cwd=tmp_path)
    assert again.code == 0, again.err
    assert "ships" not in again.err, "it is a run of the user's by then"


def test_labels_go_into_the_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = label(tmp_path, ["n", "q"], monkeypatch, "--who", "Ann", run="latest")
    assert done.code == 0, done.err
    assert len(read_labels(tmp_path / "transcripts" / SHIPPED.name)) == 1
    assert not (SHIPPED / LABELS).exists()


@pytest.mark.parametrize(
    "line",
    [
        ("label", "latest", "--who", "Ann", "--rubric", "prose-ledgr"),
        ("score", "latest", "--judge", "openai/x@http://127.0.0.1:9/v1", "--rubric", "firmnes"),
        ("score", "latest", "--rubric", "firmness"),
    ],
    ids=" ".join,
)
def test_what_is_refused_leaves_no_copy(line: tuple[str, ...], tmp_path: Path) -> None:
    typed(*line, cwd=tmp_path).fails(2)
    assert list(tmp_path.iterdir()) == []


def test_judgements_go_into_the_copy(tmp_path: Path) -> None:
    with MockServer(RunJudge()) as server:
        line = ("score", "latest", "--judge", f"openai/x@{server.base_url}", "--display", "none")
        done = typed(*line, "--no-report", cwd=tmp_path)
    assert done.code == 0, done.err
    assert (tmp_path / "transcripts" / SHIPPED.name / "judgement.jsonl").is_file()
    assert not list(SHIPPED.glob(CALIBRATION.format("*")))


def test_the_viewer_keeps_its_index_elsewhere() -> None:
    with served(examples()) as address:
        where = f"{address}/runs/{SHIPPED.name}"
        with urllib.request.urlopen(where) as answer:  # noqa: S310 - loopback
            page = answer.read().decode()
    assert "The run's folder is not written into, so its index is kept only until" in page
    assert not list(SHIPPED.glob(".viewer*"))


@pytest.mark.parametrize("command", ["score", "report"])
def test_where_nothing_can_be_written_it_still_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    def refused(path: Path, *_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    monkeypatch.setattr("harness.files.writing.Path.mkdir", refused)
    done = typed(command, "latest", cwd=tmp_path)
    assert done.code == 0, done.err
    assert "the page is not written" in done.err
    assert ("the scores are not kept" in done.err) == (command == "score")
    monkeypatch.setattr("sys.stdin", None)
    typed("label", "latest", "--who", "Ann", cwd=tmp_path).fails(
        1, "Read-only file system", "--log-dir"
    )


def test_a_run_is_not_played_among_them(tmp_path: Path) -> None:
    typed("run", "quickstart", "--log-dir", examples(), cwd=tmp_path).fails(
        1, "an example that ships", "track15 run quickstart"
    )
