"""What is kept beside the scores of a large run: used while it is true, and never otherwise."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from harness.app import digest, onepass
from harness.app.digest import Hashes, StaleError, kept
from harness.app.measuring import measure
from harness.app.onepass import OnePass
from harness.app.spreading import spread
from harness.errors import RecordError
from harness.evaluators.registry import builtin
from harness.records.folder import DIGEST, PLAN, RUN, SCORES, TRANSCRIPTS
from harness.records.reader import RunFolder
from harness.records.transcript import VoidReason
from tests.support.disputes import small
from tests.support.run_folders import LEANING, MIDDLE, deal, dialogue, make_run, make_suite

SPREAD = "harness.app.onepass.spread"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of two arms, one dialogue of it void, without scores."""
    scenario = small(tmp_path)
    lost = VoidReason(kind="reply", seat="u", detail="nothing usable")
    played = [
        deal(scenario, "plain", MIDDLE),
        dialogue(scenario, "lean", [("o", LEANING)], void=lost),
        deal(scenario, "lean", MIDDLE, epoch=2),
        deal(scenario, "plain", LEANING, epoch=2),
    ]
    path = tmp_path / "run"
    make_run(path, make_suite(), {"small": scenario}, played, [])
    return path


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any run is large, and is read by this process alone, three dialogues at a time."""
    monkeypatch.setattr(OnePass, "over", classmethod(lambda cls, folder: cls(folder, 1)))
    monkeypatch.setattr(SPREAD, lambda *a, **more: spread(*a, part=3, **more))


def found(run: Path, *, rescore: bool = True, page: bool = False) -> list[object]:
    """The bytes of the scores, the findings, and the bytes of the page where it is asked for."""
    measured = measure(RunFolder(run), rescore=rescore, page=page)
    pages = [] if measured.page is None else [measured.page.read_bytes()]
    return [(run / SCORES).read_bytes(), measured.findings.as_json(), *pages]


def unread(*_: object, **__: object) -> Iterator[Any]:
    raise AssertionError("the transcripts are read")


def test_a_report_of_it_alone_is_the_same(
    run: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = found(run, page=True)
    assert len(alone) == 3
    assert not (run / DIGEST).exists(), "a small run has none"
    request.getfixturevalue("large")
    assert found(run, page=True) == alone
    assert (run / DIGEST).is_file()
    monkeypatch.setattr(SPREAD, unread)
    for room in ("reader", "line_places"):
        monkeypatch.setattr(f"harness.records.{room}.index_of", unread)
    assert found(run, rescore=False, page=True) == alone


def other_version(path: Path) -> None:
    lines = (path / DIGEST).read_text().splitlines(keepends=True)
    head = json.loads(lines[0])
    head["version"] = "0.0.0"
    (path / DIGEST).write_text("".join([json.dumps(head) + "\n", *lines[1:]]))


def older(path: Path) -> None:
    """What was kept before it was joined to one."""
    lines = (path / DIGEST).read_text().splitlines(keepends=True)
    head = json.loads(lines[0])
    head["parts"] = head.pop("lines")
    head["schema_version"] = "track15/digest/2"
    (path / DIGEST).write_text("".join([json.dumps(head) + "\n", *lines[1:]]))


def cut_off(path: Path) -> None:
    lines = (path / DIGEST).read_bytes().splitlines(keepends=True)
    (path / DIGEST).write_bytes(b"".join(lines[:-1]))


def of_fewer_dialogues(path: Path) -> None:
    lines = (path / DIGEST).read_text().splitlines(keepends=True)
    part = json.loads(lines[1])
    part["ids"].pop()
    (path / DIGEST).write_text("".join([lines[0], json.dumps(part) + "\n", *lines[2:]]))


def of_no_length(path: Path) -> None:
    """It fits the schema, and nothing can be drawn by it."""
    lines = (path / DIGEST).read_text().splitlines(keepends=True)
    part = json.loads(lines[1])
    part["tables"][0][3][0][1] = -1
    head, rest = json.loads(lines[0]), "".join([json.dumps(part) + "\n", *lines[2:]])
    head["content"] = sha256(rest.encode()).hexdigest()
    (path / DIGEST).write_text(json.dumps(head) + "\n" + rest)


def of_another_number(path: Path) -> None:
    """All of it fits, but it is not what was written."""
    lines = (path / DIGEST).read_text().splitlines(keepends=True)
    at, column = next(
        (at, one) for at, one in enumerate(map(json.loads, lines[2:]), 2) if one["column"][0]
    )
    column["column"][0] = "AAAAAAAA8D8" + column["column"][0][11:]
    assert json.dumps(column) != json.dumps(json.loads(lines[at]))
    lines[at] = json.dumps(column) + "\n"
    (path / DIGEST).write_text("".join(lines))


def nonsense(path: Path) -> None:
    (path / DIGEST).write_bytes(b'{"talks": 3}\n')


def gone(path: Path) -> None:
    (path / DIGEST).unlink()


def empty(path: Path) -> None:
    (path / DIGEST).write_bytes(b"")


def a_folder(path: Path) -> None:
    gone(path)
    (path / DIGEST).mkdir()


def blank_after(name: str) -> Callable[[Path], None]:
    """A file of the run is another one by a byte that means nothing."""

    def change(path: Path) -> None:
        whole = (path / name).read_bytes()
        last = b"}\n" if whole.endswith(b"}\n") else b"}"
        (path / name).write_bytes(whole.removesuffix(last) + b" " + last)

    return change


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    "change",
    [
        other_version,
        older,
        cut_off,
        of_fewer_dialogues,
        of_no_length,
        of_another_number,
        nonsense,
        gone,
        empty,
        a_folder,
        *map(blank_after, (RUN, PLAN, TRANSCRIPTS, SCORES)),
    ],
)
def test_one_that_is_not_of_what_is_there_is_never_believed(
    run: Path, change: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, findings = found(run)
    change(run)
    if change is not of_no_length:
        with pytest.raises(StaleError):
            kept(RunFolder(run), lambda part: part)
    times = []

    def counted(*given: Any, **more: Any) -> Iterator[Any]:
        times.append(given)
        return spread(*given, **more)

    monkeypatch.setattr(SPREAD, counted)
    assert found(run, rescore=False)[1] == findings
    assert len(times) == 1, "the transcripts are read instead, once"


@pytest.mark.usefixtures("large")
def test_a_damaged_transcript_is_the_error_that_it_ever_was(run: Path) -> None:
    found(run)
    lines = (run / TRANSCRIPTS).read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace(b'"kind":"talks"', b'"kind":"walks"')
    (run / TRANSCRIPTS).write_bytes(b"".join(lines))
    with pytest.raises(RecordError, match=r"transcripts\.jsonl:3: damaged line"):
        found(run, rescore=False)


@pytest.mark.usefixtures("large")
def test_scores_that_others_gave_before_are_read_from_their_file(run: Path) -> None:
    found(run)
    (run / DIGEST).unlink()
    measure(RunFolder(run), evaluators=[builtin()[0].name], only=True)
    assert not (run / DIGEST).exists(), "it would hold a part of the scores alone"


@pytest.mark.usefixtures("large")
def test_where_it_cannot_be_kept_the_scores_are(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = found(run)
    (run / DIGEST).unlink()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("tempfile.TemporaryFile", full)
        assert found(run) == whole
    with monkeypatch.context() as patched:
        patched.setattr(onepass._Digest, "add", full)
        assert found(run) == whole
    with monkeypatch.context() as patched:
        patched.setattr(digest, "write_atomically", full)
        assert found(run) == whole
    assert not (run / DIGEST).exists()


def test_files_are_hashed_as_they_were_when_they_were_opened(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one\n")
    (tmp_path / "b").write_bytes(b"")
    hashes = Hashes(tmp_path, ("a", "b", "gone"))
    with (tmp_path / "a").open("ab") as file:
        file.write(b"two\n")
    (tmp_path / "b").unlink()
    found = hashes.found()
    assert found == {name: sha256(text).hexdigest() for name, text in (("a", b"one\n"), ("b", b""))}
    hashes.close()
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        Hashes(tmp_path, ("a", "folder"))
