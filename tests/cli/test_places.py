"""Where results go and where records lie: links, pipes, read-only folders, and what is latest."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.records.reader import RunFolder
from tests.cli.test_strangers import SUITE
from tests.support.command import PATIENCE, environment, said_bytes, started
from tests.support.inprocess import typed

RECORD = (
    *("run.json", "transcripts.jsonl", "plan.jsonl"),
    *("messages.jsonl", "timings.jsonl", "scores.jsonl"),
)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a suite and a played run of it, ``runs/one``. Never changed."""
    folder = tmp_path_factory.mktemp("played")
    (folder / "small.yaml").write_text(SUITE)
    assert typed("run", "small.yaml", "--log-dir", "runs", cwd=folder).code == 0
    next((folder / "runs").iterdir()).rename(folder / "runs" / "one")
    return folder


@pytest.fixture(scope="module")
def arms(played: Path) -> Any:
    """What is found of the run's arms."""
    return json.loads(typed("report", "runs/one", "--json", cwd=played).out)["arms"]


@pytest.fixture
def cwd(played: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    shutil.copytree(played, tmp_path / "at")
    return tmp_path / "at"


@pytest.fixture
def drawn(played: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is the one that was drawn first: where it goes is asked, and not what is on it."""
    page = (played / "runs" / "one" / "report.html").read_text(encoding="utf-8")
    monkeypatch.setattr("harness.report.page.render", lambda *_: page)


# --- --out ---------------------------------------------------------------------------------------


@pytest.mark.kind("F3")
@pytest.mark.parametrize("dangling", [True, False])
def test_out_goes_through_a_link_to_its_target(cwd: Path, dangling: bool) -> None:
    target = cwd / "elsewhere.html"
    if not dangling:
        target.write_text("old")
    (cwd / "link.html").symlink_to(target)
    assert typed("report", "runs/one", "--out", "link.html", cwd=cwd).code == 0
    assert (cwd / "link.html").is_symlink()
    assert target.read_text().startswith("<!")


@pytest.mark.kind("F3")
def test_out_goes_into_a_pipe_as_such(cwd: Path) -> None:
    os.mkfifo(cwd / "pipe")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append((cwd / "pipe").read_bytes()))
    reader.start()
    assert typed("report", "runs/one", "--out", "pipe", cwd=cwd).code == 0
    reader.join(60)
    assert read[0].startswith(b"<!")
    assert (cwd / "pipe").is_fifo()


@pytest.mark.kind("F3")
def test_out_goes_into_a_device_as_such(cwd: Path) -> None:
    (cwd / "nowhere").symlink_to("/dev/null")
    for place in ("/dev/null", "nowhere"):
        assert typed("report", "runs/one", "--out", place, cwd=cwd).code == 0
    assert Path("/dev/null").is_char_device()
    assert (cwd / "nowhere").is_symlink()


@pytest.mark.kind("F3")
@pytest.mark.parametrize("place", ["-", "/dev/stdout"])
@pytest.mark.parametrize("to_file", [True, False])
def test_out_can_be_stdout(cwd: Path, place: str, to_file: bool) -> None:
    before = set(os.listdir(cwd))  # noqa: PTH208
    line = ("report", "runs/one", "--out", place)
    if to_file:
        with (cwd / "page.html").open("w+b") as file:
            answer = said_bytes(*line, cwd=cwd, into=file)[1].decode()
        page = (cwd / "page.html").read_text()
    else:
        with started(*line, cwd=cwd) as process:
            page, answer = process.communicate(timeout=PATIENCE)
            assert process.wait() == 0
    assert page.startswith("<!")
    assert page.rstrip().endswith("</html>"), "nothing but the page"
    assert "instrument" in answer
    assert set(os.listdir(cwd)) - before <= {"page.html"}  # noqa: PTH208


@pytest.mark.kind("F3")
def test_out_takes_no_place_that_is_not_for_it(cwd: Path) -> None:
    before = {name: (cwd / "runs/one" / name).read_bytes() for name in RECORD}
    for name in RECORD:
        typed("report", "runs/one", "--out", f"runs/one/{name}", cwd=cwd).fails(2, name)
    (cwd / "innocent.html").symlink_to(cwd / "runs/one/transcripts.jsonl")
    typed("report", "runs/one", "--out", "innocent.html", cwd=cwd).fails(2, "transcripts.jsonl")
    (cwd / "dangling").symlink_to(cwd / "no" / "page.html")
    typed("report", "runs/one", "--out", "dangling", cwd=cwd).fails(2, "there is no folder")
    typed("report", "runs/one", "--out", "-", "--json", cwd=cwd).fails(2, "leave out --json")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(cwd / "s"))
        done = typed("report", "runs/one", "--out", "s", cwd=cwd)
        done.fails(1, "cannot be written")
    assert {name: (cwd / "runs/one" / name).read_bytes() for name in RECORD} == before


# --- links and special files in a run folder -----------------------------------------------------


@pytest.mark.kind("X2")
@pytest.mark.kind("F3")
@pytest.mark.parametrize(
    "name", [*RECORD, "report.html", ".lock", "calls.sqlite", "calls.sqlite-wal"]
)
def test_a_linked_file_in_a_run_folder_is_refused(cwd: Path, name: str) -> None:
    run, precious = cwd / "runs" / "one", cwd / "precious"
    if (run / name).exists():
        (run / name).rename(precious)
    else:
        precious.write_text("precious")
    before = precious.read_bytes()
    (run / name).symlink_to(precious)
    for command in ("show", "score", "report"):
        done = typed(command, "runs/one", cwd=cwd)
        done.fails(1, f"leads to {precious}", "--follow-links", name)
    assert precious.read_bytes() == before
    flags = () if name == "report.html" else ("--no-report",)
    assert typed("score", "runs/one", "--follow-links", *flags, cwd=cwd).code == 0
    assert (run / name).is_symlink()


@pytest.mark.kind("X2")
@pytest.mark.parametrize(
    "name", ["transcripts.jsonl", "plan.jsonl", "scores.jsonl", ".lock", "calls.sqlite"]
)
def test_a_run_is_not_played_through_a_link(cwd: Path, name: str) -> None:
    line = ("run", "small.yaml", "--no-report", "--log-dir", "new", "--limit", "1")
    assert typed(*line, cwd=cwd).code == 0
    run, precious = next((cwd / "new").iterdir()), cwd / "precious"
    (run / name).unlink(missing_ok=True)
    precious.write_text("")
    (run / name).symlink_to(precious)
    typed(*line, cwd=cwd).fails(1, f"leads to {precious}", "--follow-links")
    assert precious.read_bytes() == b""
    if name != "calls.sqlite":
        assert typed(*line, "--follow-links", cwd=cwd).code == 0
        assert (run / name).is_symlink()
        assert precious.read_bytes() != b""


@pytest.mark.kind("X2")
def test_nothing_is_written_through_a_planted_temporary_name(cwd: Path) -> None:
    run, precious = cwd / "runs" / "one", cwd / "precious"
    precious.write_text("precious")
    for name in ("scores.jsonl.part", "report.html.part", "run.json.part"):
        (run / name).symlink_to(precious)
    for command in ("score", "report", "show"):
        typed(command, "runs/one", cwd=cwd)
        typed(command, "runs/one", "--follow-links", cwd=cwd)
    assert precious.read_text() == "precious"
    made: list[str] = []
    true = os.open

    def watched(path: object, flags: int, *rest: int, **more: int) -> int:
        if flags & os.O_CREAT and ".part" in str(path):
            made.append(Path(str(path)).name)
            assert flags & os.O_EXCL
            assert flags & os.O_NOFOLLOW
        return true(path, flags, *rest, **more)  # type: ignore[arg-type]

    for name in ("scores.jsonl.part", "report.html.part", "run.json.part"):
        (run / name).unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "open", watched)
        assert typed("score", "runs/one", cwd=cwd).code == 0
        assert typed("score", "runs/one", cwd=cwd).code == 0
    assert len(made) == len(set(made)) == 4, "a name of its own each time"
    assert not list(run.glob(".track15-*"))


def pipe(path: Path) -> None:
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.mkdir()


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def bound_socket(path: Path) -> None:
    with contextlib.chdir(path.parent), socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)


SPECIAL = pytest.mark.parametrize("special", [pipe, folder, device, bound_socket])


@pytest.mark.kind("X10")
@pytest.mark.usefixtures("drawn")
@SPECIAL
@pytest.mark.parametrize("name", RECORD)
def test_what_is_no_regular_file_is_refused_at_once(
    cwd: Path, name: str, special: Callable[[Path], None]
) -> None:
    path = cwd / "runs" / "one" / name
    path.unlink()
    special(path)
    for command in ("show", "score", "report", "list"):
        flags = ["--follow-links"] if special is device else []
        flags += ["--no-report"] if command == "score" else []  # report writes the page
        line = [command, "runs/one"] if command != "list" else ["list", "runs"]
        done = typed(*line, "--log-dir", "runs", *flags, cwd=cwd)
        if command == "list":
            assert done.code == 0
            assert ("unusable" in done.out) == (name in RECORD[:3])
        elif name in RECORD[:3] or (name == "scores.jsonl" and command != "show"):
            done.fails(1, name)


@pytest.mark.kind("X10")
@SPECIAL
@pytest.mark.parametrize("what", ["suite", "scenario", "models", "listed"])
def test_a_users_file_that_is_none_is_refused_at_once(
    tmp_path: Path, what: str, special: Callable[[Path], None]
) -> None:
    (tmp_path / "evals" / "suites").mkdir(parents=True)
    (tmp_path / "small.yaml").write_text(SUITE.replace("[opening]", "[./odd.yaml]"))
    odd = "odd.yaml" if what != "listed" else "evals/suites/odd.yaml"
    special(tmp_path / odd)
    if what == "listed":
        assert typed("list", cwd=tmp_path).code == 0
        typed("plan", "nothing-of-that-name", cwd=tmp_path).fails(2, "unknown suite")
        return
    line = {
        "suite": ["plan", "odd.yaml"],
        "scenario": ["plan", "small.yaml"],
        "models": ["plan", "quickstart", "--models", "odd.yaml"],
    }[what]
    typed(*line, cwd=tmp_path).fails(2)


# --- read-only -----------------------------------------------------------------------------------


@pytest.mark.kind("F7")
@pytest.mark.usefixtures("drawn")
@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EPERM])
@pytest.mark.parametrize("command", ["score", "report"])
@pytest.mark.parametrize("scored", [True, False])
def test_a_read_only_run_still_answers(
    arms: Any, cwd: Path, monkeypatch: pytest.MonkeyPatch, number: int, command: str, scored: bool
) -> None:
    run = cwd / "runs" / "one"
    if not scored:
        (run / "scores.jsonl").unlink()
    before = {path.name: path.read_bytes() for path in run.iterdir()}
    true = os.open

    def refused(path: object, flags: int, *rest: int, **more: int) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR) and str(path).startswith(("runs/", str(run))):
            raise OSError(number, os.strerror(number), str(path))
        return true(path, flags, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refused)
    done = typed(command, "runs/one", "--json", cwd=cwd)
    assert done.code == 0
    assert json.loads(done.out)["arms"] == arms
    assert "the page is not written" in done.err
    assert ("the scores are not kept" in done.err) == (command == "score" or not scored)
    assert {path.name: path.read_bytes() for path in run.iterdir()} == before
    assert typed("report", "runs/one", "--out", "page.html", cwd=cwd).code == 0
    assert (cwd / "page.html").is_file()


@pytest.mark.kind("F9")
@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "make room"),
        (errno.EDQUOT, "your share of the disk"),
        (errno.EMFILE, "ulimit -n"),
        (errno.ENFILE, "too many files open"),
        (errno.ENAMETOOLONG, "shorter name"),
        (errno.EIO, "the disk is failing"),
    ],
)
def test_the_advice_fits_the_error(
    cwd: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    true = os.open

    def refused(path: object, flags: int, *rest: int, **more: int) -> int:
        if ".part" in str(path):
            raise OSError(number, os.strerror(number), str(path))
        return true(path, flags, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refused)
    done = typed("score", "runs/one", cwd=cwd)
    done.fails(1, words, os.strerror(number))
    assert ("make room" in done.err) == (number in (errno.ENOSPC, errno.EDQUOT))


@pytest.mark.kind("F9")
def test_a_file_too_many_to_be_read_is_no_full_disk(
    cwd: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = os.open

    def refused(path: object, flags: int, *rest: int, **more: int) -> int:
        if str(path).endswith("transcripts.jsonl"):
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE), str(path))
        return true(path, flags, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refused)
    typed("show", "runs/one", cwd=cwd).fails(1, "ulimit -n")


# --- two at once ---------------------------------------------------------------------------------

WRITERS = """
import sys
from pathlib import Path
from harness.records.reader import RunFolder
from harness.records.score import Score

folder = RunFolder(Path(sys.argv[1]))
for turn in range(60):
    folder.write_scores(
        Score(id=f"{n:016x}", evaluator=sys.argv[2], version=turn, values={"m": 1.0})
        for n in range(200)
    )
"""


@pytest.mark.kind("F3")
def test_two_that_score_at_once_each_leave_whole_files(cwd: Path) -> None:
    run = cwd / "runs" / "one"
    RunFolder(run).write_scores([])
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITERS, str(run), name], env=environment())
        for name in ("one", "two")
    ]
    looks = 0
    while any(writer.poll() is None for writer in writers):
        seen = [(score.evaluator, score.version) for score in RunFolder(run).scores()]
        assert len(set(seen)) <= 1, "one writer's, of one turn"
        assert len(seen) in (0, 200)
        looks += 1
    assert [writer.wait() for writer in writers] == [0, 0]
    assert looks
    assert not list(run.glob(".track15-*"))


def test_a_page_keeps_the_rights_of_the_one_before(cwd: Path) -> None:
    page = cwd / "runs" / "one" / "report.html"
    page.chmod(0o600)
    assert typed("report", "runs/one", cwd=cwd).code == 0
    assert page.stat().st_mode & 0o777 == 0o600


# --- latest --------------------------------------------------------------------------------------


NAMES = ("lata", "latb")


def latest(cwd: Path, *more: str) -> str:
    done = typed("show", "latest", "--json", *more, cwd=cwd)
    assert done.code == 0, done.err
    played = json.loads(done.out.splitlines()[0])["id"]
    (run,) = {
        path.parent
        for path in cwd.glob("*/*/transcripts.jsonl")
        if played in path.read_text()
        and path.parent.parent.name == (more[1] if more else "transcripts")
    }
    return run.name.partition("-")[0]


def suite(cwd: Path, name: str) -> str:
    text = SUITE.replace("id: small", f"id: {name}\nseed: {1 + NAMES.index(name)}")
    (cwd / f"{name}.yaml").write_text(text)  # with dialogues of its own
    return f"{name}.yaml"


@pytest.mark.kind("F4")
def test_latest_is_the_run_that_was_played_last(tmp_path: Path) -> None:
    a, b = suite(tmp_path, "lata"), suite(tmp_path, "latb")
    for path, name in ((a, "lata"), (b, "latb"), (a, "lata"), (b, "latb")):
        assert typed("run", path, "--no-report", cwd=tmp_path).code == 0
        assert latest(tmp_path) == name
    scored = next((tmp_path / "transcripts").glob("lata*"))
    assert typed("score", "--no-report", scored, cwd=tmp_path).code == 0
    assert latest(tmp_path) == "latb", "to score is not to play"
    copied = tmp_path / "copied"
    for run in sorted((tmp_path / "transcripts").iterdir(), reverse=True):
        shutil.copytree(run, copied / run.name, copy_function=shutil.copy)  # with new times
    assert latest(tmp_path, "--log-dir", "copied") == "latb"
    rows = json.loads(typed("list", "runs", "--json", cwd=tmp_path).out)
    assert [row["run"][:4] for row in rows[:2]] == ["latb", "lata"]


@pytest.mark.kind("F4")
def test_a_run_that_never_began_is_not_the_latest(tmp_path: Path) -> None:
    assert typed("run", suite(tmp_path, "lata"), "--no-report", cwd=tmp_path).code == 0
    nobody = "openai/m@http://127.0.0.1:9/v1"
    flags = ("--model", nobody, "--max-retries", "0", "--display", "none")
    assert typed("run", suite(tmp_path, "latb"), *flags, cwd=tmp_path).code == 1
    done = typed("show", cwd=tmp_path)
    assert done.code == 0
    assert "has no dialogue yet" in done.err
    assert latest(tmp_path) == "lata"


@pytest.mark.kind("F4")
def test_where_nothing_was_played_yet_that_is_said(tmp_path: Path) -> None:
    nobody = "openai/m@http://127.0.0.1:9/v1"
    flags = ("--model", nobody, "--max-retries", "0", "--display", "none")
    assert typed("run", suite(tmp_path, "latb"), *flags, cwd=tmp_path).code == 1
    typed("report", "latest", cwd=tmp_path).fails(1, "no dialogue yet", "track15 run latb.yaml")


def test_a_run_from_elsewhere_goes_by_its_record(cwd: Path) -> None:
    old, new = cwd / "runs" / "old", cwd / "runs" / "one"
    shutil.copytree(new, old)
    for name in (".lock", "timings.jsonl"):
        (old / name).unlink()
        (new / name).unlink()
    for run, year in ((old, 2001), (new, 2002)):
        document = json.loads((run / "run.json").read_text())
        document["created"] = f"{year}-01-01T00:00:00+00:00"
        (run / "run.json").write_text(json.dumps(document))
    rows = json.loads(typed("list", "runs", "--log-dir", "runs", "--json", cwd=cwd).out)
    assert [row["run"] for row in rows[:2]] == ["one", "old"]
    (old / ".lock").write_text("9999-01-01T00:00:00+00:00\n")
    rows = json.loads(typed("list", "runs", "--log-dir", "runs", "--json", cwd=cwd).out)
    assert [row["run"] for row in rows[:2]] == ["one", "old"], "nobody plays in the future"
