"""Judgements outside any run: found by what was asked, and never written into another's file."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import RecordError
from harness.judging.held import fits
from harness.records.judged_texts import JudgedTexts
from harness.records.judgement import JudgementRecord
from tests.support.judging import judged, of_text, verdicts


@pytest.fixture(scope="module")
def record() -> JudgementRecord:
    answer = verdicts(asks_for_water=("yes", ["give us the water"]), threatens=("no", []))
    found, _ = judged(of_text("Please give us the water."), lambda _: answer)
    return found


def test_what_was_kept_is_found_by_its_id(tmp_path: Path, record: JudgementRecord) -> None:
    path = tmp_path / "kept" / "audits.jsonl"
    JudgedTexts(path).keep(record)
    assert JudgedTexts(path).find(record.id, fits) == record
    assert JudgedTexts(path).find("0" * 16, fits) is None
    assert path.read_bytes().count(b"\n") == 1


def test_the_last_of_an_id_counts_and_a_torn_line_does_not(
    tmp_path: Path, record: JudgementRecord
) -> None:
    path = tmp_path / "audits.jsonl"
    kept = JudgedTexts(path)
    kept.keep(record.model_copy(update={"calls": ()}))
    kept.keep(record)
    with path.open("ab") as file:
        file.write(b'{"id":"0123')
    assert JudgedTexts(path).find(record.id, fits) == record
    assert path.read_bytes().count(b"\n") == 2
    assert path.read_bytes().endswith(b"\n")


@pytest.mark.parametrize(
    "text",
    [
        "# A plan\n",
        "no line end",
        '{"id":"0","kind":"talks"}\n',
        "\n",
        '{"id":"my notes","text":"not a line of ours, and without its end"}',
    ],
)
def test_a_file_that_holds_something_else_stays_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.md"
    path.write_text(text)
    with pytest.raises(RecordError, match="no file of judgements") as caught:
        JudgedTexts(path)
    assert "--record" in (caught.value.fix or "")
    assert path.read_text() == text


def test_the_folder_of_a_run_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(RecordError, match="folder of a run"):
        JudgedTexts(tmp_path / "judgement.jsonl")
    assert not (tmp_path / "judgement.jsonl").exists()


def test_a_damaged_line_is_an_error_that_names_it(tmp_path: Path, record: JudgementRecord) -> None:
    path = tmp_path / "audits.jsonl"
    JudgedTexts(path).keep(record)
    path.write_bytes(path.read_bytes().replace(b"give us", b"give me", 1).replace(b"Please", b"P"))
    with pytest.raises(RecordError, match="damaged line") as caught:
        JudgedTexts(path).find(record.id, fits)
    assert str(caught.value.where).endswith("audits.jsonl:1")


def test_a_line_torn_anywhere_is_cut_off(tmp_path: Path, record: JudgementRecord) -> None:
    path, line = tmp_path / "audits.jsonl", record.model_dump_json(by_alias=True).encode()
    for length in (1, 7, 12, 23, 30, 42, 60):
        path.write_bytes(line[:length])
        JudgedTexts(path)
        assert path.read_bytes() == b""


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        (b'"text":"give us the water"', b'"text":"give us the moon!"'),
        (b'"answer":"yes"', b'"answer":"zzz"'),
        (b'"item":"asks_for_water"', b'"item":"asks_for_whiskey"'),
    ],
)
def test_what_is_not_of_what_was_asked_and_read_is_no_judgement(
    tmp_path: Path, record: JudgementRecord, said: bytes, instead: bytes
) -> None:
    path = tmp_path / "audits.jsonl"
    JudgedTexts(path).keep(record)
    text = path.read_bytes()
    assert text.count(said) == 1
    path.write_bytes(text.replace(said, instead))
    with pytest.raises(RecordError, match="not of what was asked"):
        JudgedTexts(path).find(record.id, fits)


def test_what_cannot_be_written_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "folder", tmp_path / "file" / "audits.jsonl"):
        with pytest.raises(RecordError):
            JudgedTexts(path)
