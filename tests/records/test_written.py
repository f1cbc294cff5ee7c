"""What a run in play holds already, and whether what a stage has read is what stands there now."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from harness.errors import RecordError
from harness.files.regular import open_regular
from harness.records.finished import record_hash
from harness.records.folder import TRANSCRIPTS
from harness.records.written import WrittenRecords

Reading = Callable[..., WrittenRecords]
TALKS, QUESTION = "a" * 16, "b" * 16


def line(stage: str, body: str, **read: bytes) -> bytes:
    """A record as far as it is looked at: its head, what it has read, and something said."""
    inputs = ",".join(
        f'"{name}":{{"id":"{TALKS}","hash":"{record_hash(what)}"}}' for name, what in read.items()
    )
    inputs = f',"inputs":{{{inputs}}}' if inputs else ""
    kind = "question" if stage == QUESTION else "talks"
    head = f'{{"id":"{stage}","schema_version":2,"status":"done","kind":"{kind}"'
    return f'{head}{inputs},"body":"{body}"}}'.encode()


@pytest.fixture
def run(tmp_path: Path) -> Path:
    said = line(TALKS, "first")
    (tmp_path / TRANSCRIPTS).write_bytes(said + b"\n" + line("c" * 16, "other") + b"\n")
    (tmp_path / "question.jsonl").write_bytes(line(QUESTION, "asked", talks=said) + b"\n")
    return tmp_path


@pytest.fixture
def reading() -> Iterator[Reading]:
    """Makes one of a folder, and closes it in the end."""
    with contextlib.ExitStack() as opened:

        def made(run: Path, of: type[WrittenRecords] = WrittenRecords) -> WrittenRecords:
            kept = of(run)
            opened.callback(kept.close)
            return kept

        yield made


def test_a_record_is_given_as_it_stands_in_its_file(run: Path, reading: Reading) -> None:
    kept = reading(run)
    assert kept.line("c" * 16) == line("c" * 16, "other")
    assert kept.line(QUESTION).startswith(b'{"id":"' + QUESTION.encode())


def test_the_last_line_of_a_stage_counts(run: Path, reading: Reading) -> None:
    with (run / TRANSCRIPTS).open("ab") as file:
        file.write(line(TALKS, "second") + b"\n")
    assert reading(run).line(TALKS) == line(TALKS, "second")


def test_what_is_written_meanwhile_is_found(run: Path, reading: Reading) -> None:
    kept = reading(run)
    assert kept.line(TALKS) == line(TALKS, "first")
    new = line("d" * 16, "new")
    offset = (run / TRANSCRIPTS).stat().st_size
    with (run / TRANSCRIPTS).open("ab") as file:
        file.write(new + b"\n")
    with pytest.raises(RecordError, match=r"no stage d{16}"):
        kept.line("d" * 16)
    kept.add("d" * 16, TRANSCRIPTS, offset, new)
    assert kept.line("d" * 16) == new


def test_a_stage_is_stale_once_what_it_has_read_is_another(run: Path, reading: Reading) -> None:
    kept = reading(run)
    assert not kept.is_stale(QUESTION, {"talks": TALKS})
    (run / TRANSCRIPTS).write_bytes(line(TALKS, "said otherwise") + b"\n")
    assert reading(run).is_stale(QUESTION, {"talks": TALKS})


def test_a_stage_is_stale_where_it_has_read_more_or_less(run: Path, reading: Reading) -> None:
    kept = reading(run)
    assert kept.is_stale(QUESTION, {}), "what it read has no result any more"
    assert kept.is_stale(QUESTION, {"talks": TALKS, "more": "c" * 16})
    assert kept.is_stale("c" * 16, {"talks": TALKS}), "it has read nothing"


def test_what_several_stages_read_is_read_once(
    run: Path, monkeypatch: pytest.MonkeyPatch, reading: Reading
) -> None:
    read: list[str] = []

    class Watched(WrittenRecords):
        def line(self, stage: str) -> bytes:
            read.append(stage)
            return super().line(stage)

    monkeypatch.setattr("harness.records.written.RECENT", 1)
    kept = reading(run, Watched)
    for _ in range(3):
        assert not kept.is_stale(QUESTION, {"talks": TALKS})
    assert read == [TALKS]
    assert kept.is_stale(QUESTION, {"talks": "c" * 16}), "few are remembered, and none for another"
    assert not kept.is_stale(QUESTION, {"talks": TALKS})
    assert read == [TALKS, "c" * 16, TALKS]


def test_what_was_played_again_meanwhile_is_not_taken_for_what_was_read(
    run: Path, reading: Reading
) -> None:
    kept = reading(run)
    assert not kept.is_stale(QUESTION, {"talks": TALKS})
    new, offset = line(TALKS, "second"), (run / TRANSCRIPTS).stat().st_size
    with (run / TRANSCRIPTS).open("ab") as file:
        file.write(new + b"\n")
    kept.add(TALKS, TRANSCRIPTS, offset, new)
    assert kept.is_stale(QUESTION, {"talks": TALKS})


def test_a_stage_that_was_played_again_has_read_anew(run: Path, reading: Reading) -> None:
    kept = reading(run)
    other = line("c" * 16, "other")
    kept.add(QUESTION, "question.jsonl", 0, line(QUESTION, "again", talks=other))
    assert kept.is_stale(QUESTION, {"talks": TALKS})
    assert not kept.is_stale(QUESTION, {"talks": "c" * 16})


@pytest.mark.parametrize("inputs", ['"talks":{"id":"x"}', '"talks":7', '"talks":{'])
def test_a_damaged_line_is_named(run: Path, inputs: str) -> None:
    torn = f'{{"id":"{QUESTION}","schema_version":2,"status":"done","inputs":{{{inputs}}}}}\n'
    with (run / "question.jsonl").open("a") as file:
        file.write(torn)
    with pytest.raises(RecordError, match=r"question\.jsonl:2"):
        WrittenRecords(run)


def test_a_file_is_opened_once_and_closed_in_the_end(
    run: Path, monkeypatch: pytest.MonkeyPatch, reading: Reading
) -> None:
    opened: list[BinaryIO] = []

    def noted(path: Path) -> BinaryIO:
        opened.append(open_regular(path))
        return opened[-1]

    monkeypatch.setattr("harness.records.written.open_regular", noted)
    kept = reading(run)
    for _ in range(3):
        assert kept.line(TALKS) == line(TALKS, "first")
        assert kept.line("c" * 16) == line("c" * 16, "other")
    assert len(opened) == 1
    kept.close()
    assert opened[0].closed
    assert kept.line(TALKS) == line(TALKS, "first"), "it is opened anew"
    kept.close()
    assert [file.closed for file in opened] == [True, True]


def test_a_file_that_is_gone_is_named(run: Path, reading: Reading) -> None:
    kept = reading(run)
    assert kept.line(TALKS)
    kept.close()
    (run / TRANSCRIPTS).unlink()
    with pytest.raises(RecordError, match="cannot be read") as error:
        kept.line(TALKS)
    assert error.value.where == str(run / TRANSCRIPTS)
