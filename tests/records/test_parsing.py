"""What stands in the files of a run folder: read as it was written, or refused with its line."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from harness.disputes.scenario import Scenario
from harness.errors import RecordError
from harness.records.folder import RUN
from harness.records.parsing import (
    HEAD,
    damaged,
    index_of,
    number_of,
    parse,
    parse_stage,
    read_at,
    read_info,
)
from harness.records.run import FORMER_SCHEMA, RunInfo
from harness.records.transcript import SCHEMA_VERSION, StageRecord, Transcript, VoidReason
from tests.support.disputes import small
from tests.support.question_record import Answered, QuestionRecord, QuestionSpec
from tests.support.run_folders import LEANING, MIDDLE, deal, dialogue, make_suite

Document = dict[str, Any]
Change = Callable[[Document], object]
WHERE = Path("run/transcripts.jsonl")
REFUSED = VoidReason(kind="endpoint", seat="o", detail="refused")
AGAIN = "delete the line and type the command that made the run: it plays the missing stages"


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return small(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def info(scenario: Scenario) -> RunInfo:
    return RunInfo(
        version="0",
        created="2020-01-01T00:00:00+00:00",
        command="track15 run hand-made",
        plan="0" * 16,
        dialogues=2,
        suite=make_suite(),
        scenarios={scenario.id: scenario},
    )


@pytest.fixture(scope="module")
def transcript(scenario: Scenario) -> Transcript:
    return deal(scenario, "plain", MIDDLE)


@pytest.fixture(scope="module")
def question() -> QuestionRecord:
    spec = QuestionSpec(seed=1, asked_of="o", model="m", templates={})
    return QuestionRecord(id=spec.id, status="done", spec=spec, body=Answered(gave_more="u"))


def line_of(record: StageRecord) -> bytes:
    return record.model_dump_json(by_alias=True).encode()


def changed(line: bytes, change: Change) -> bytes:
    document = json.loads(line)
    change(document)
    return json.dumps(document, separators=(",", ":")).encode()


def refused(ask: Callable[[], object]) -> RecordError:
    with pytest.raises(RecordError) as caught:
        ask()
    return caught.value


# --- lines of dialogues --------------------------------------------------------------------------


def test_a_line_is_read_as_it_was_written(transcript: Transcript, info: RunInfo) -> None:
    line = line_of(transcript)
    assert line_of(parse(line, "here")) == line
    assert parse(line, "here", info) == parse(line, "here")


DAMAGED: dict[str, Change] = {
    "a version in words": lambda d: d.update(schema_version="two"),
    "a version that never was": lambda d: d.update(schema_version=0),
    "without a body": lambda d: d.pop("body"),
    "a status that is none": lambda d: d.update(status="over"),
}


@pytest.mark.parametrize("change", DAMAGED.values(), ids=DAMAGED)
def test_a_line_that_is_none_is_refused(transcript: Transcript, change: Change) -> None:
    error = refused(lambda: parse(changed(line_of(transcript), change), "file:3"))
    assert (error.what, error.where, error.fix) == ("damaged line", "file:3", AGAIN)


@pytest.mark.parametrize(
    "line", [b"", b"{", b"[]", b"null", b'"x"', b"7", b"\xff\xfe", b"[" * 100_000]
)
def test_what_is_no_object_is_a_damaged_line_too(line: bytes) -> None:
    assert refused(lambda: parse(line, "file:3")).what == "damaged line"


@pytest.mark.parametrize("more", [{}, {"body": 1}, {"spec": None}])
def test_the_version_decides_and_not_whether_it_fits(
    transcript: Transcript, more: Document
) -> None:
    """What a newer version means by the same fields is not known here."""
    newer = {"schema_version": SCHEMA_VERSION + 1, **more}
    error = refused(lambda: parse(changed(line_of(transcript), lambda d: d.update(newer)), "f:1"))
    assert error.what == "written by a newer version (schema 3; this one reads 2)"
    assert (error.where, error.fix) == ("f:1", "upgrade track15")


def test_a_line_whose_head_says_something_else_is_refused(transcript: Transcript) -> None:
    """What is indexed by its head and what is read of it would be two dialogues."""
    line = line_of(transcript)
    doubled = line.replace(b'"status":"done"', b'"status":"void"', 1)[:-1] + b',"status":"done"}'
    error = refused(lambda: parse(doubled, "f:1"))
    assert error.what == "damaged line: it states its id twice"


def test_a_line_is_held_against_its_run_where_one_is_given(
    transcript: Transcript, info: RunInfo
) -> None:
    line = changed(line_of(transcript), lambda d: d["body"]["outcome"].update(round=9))
    assert parse(line, "f:1").body.outcome.round == 9
    assert refused(lambda: parse(line, "f:1", info)).what == (
        "damaged line: the outcome is in round 9"
    )


# --- index ---------------------------------------------------------------------------------------


def file_of(*lines: bytes, torn: bytes = b"") -> io.BytesIO:
    return io.BytesIO(b"".join(line + b"\n" for line in lines) + torn)


def test_an_index_says_where_each_dialogue_stands(scenario: Scenario) -> None:
    one, two = deal(scenario, "plain", MIDDLE), deal(scenario, "lean", LEANING)
    void = dialogue(scenario, "lean", [], epoch=2, void=REFUSED)
    lines = [line_of(record) for record in (one, void, two)]
    found = index_of(file_of(*lines, torn=lines[0][:40]), WHERE)
    starts = [0, len(lines[0]) + 1, len(lines[0]) + len(lines[1]) + 2]
    assert found == {
        one.id: (starts[0], "done"),
        void.id: (starts[1], void.status),
        two.id: (starts[2], "done"),
    }
    assert index_of(file_of(), WHERE) == {}


def test_the_last_line_of_a_dialogue_counts(transcript: Transcript) -> None:
    failed = transcript.model_copy(update={"status": "failed"})
    first, last = line_of(failed), line_of(transcript)
    assert index_of(file_of(first, last), WHERE) == {transcript.id: (len(first) + 1, "done")}
    assert index_of(file_of(last, first), WHERE) == {transcript.id: (len(last) + 1, "failed")}


def test_an_index_reads_no_further_than_the_head(transcript: Transcript) -> None:
    head = HEAD.match(line_of(transcript))
    assert head is not None
    cut = head.group() + b" and then rubbish"
    assert index_of(file_of(cut), WHERE) == {transcript.id: (0, "done")}


def test_a_line_with_another_head_is_read_whole(scenario: Scenario) -> None:
    record = dialogue(scenario, "lean", [], void=REFUSED)
    turned = changed(line_of(record), lambda d: d.update(id=d.pop("id")))
    assert HEAD.match(turned) is None
    assert index_of(file_of(turned), WHERE) == {record.id: (0, "failed")}


def test_a_damaged_line_of_an_index_is_named_by_its_number(transcript: Transcript) -> None:
    error = refused(lambda: index_of(file_of(line_of(transcript), b"{}"), WHERE))
    assert (error.what, error.where) == ("damaged line", f"{WHERE}:2")


def test_a_line_is_read_from_where_it_starts(scenario: Scenario, info: RunInfo) -> None:
    one, two = deal(scenario, "plain", MIDDLE), deal(scenario, "lean", LEANING)
    file = file_of(line_of(one), line_of(two))
    for wanted in (two, one):
        start = index_of(file, WHERE)[wanted.id][0]
        assert read_at(file, WHERE, start, info).id == wanted.id


def test_a_damaged_line_is_named_by_its_number_wherever_it_is_read(
    transcript: Transcript, info: RunInfo
) -> None:
    line = line_of(transcript)
    elsewhere = changed(line, lambda d: d["spec"].update(scenario="nowhere"))
    file = file_of(line, b"{}", elsewhere)
    second, third = len(line) + 1, len(line) + 4
    for start, number, what in ((second, 2, "damaged line"), (third, 3, "its id is not that of")):
        error = refused(lambda at=start: read_at(file, WHERE, at, info))  # type: ignore[misc]
        assert what in error.what
        assert error.where == f"{WHERE}:{number}"


def test_lines_are_numbered_from_1_by_where_they_start() -> None:
    lines = [b"x" * length for length in (0, 5, (1 << 20) - 1, 1 << 20, 3)]
    file, start = file_of(*lines), 0
    for number, line in enumerate(lines, start=1):
        assert number_of(file, start) == number
        start += len(line) + 1
    assert number_of(file_of(b"a"), 1 << 40) == 2, "past the end is behind the last line"


# --- other kinds ---------------------------------------------------------------------------------


def test_a_line_of_another_kind_is_read_as_it_was_written(question: QuestionRecord) -> None:
    assert parse_stage(line_of(question), "f:1", "question", QuestionRecord) == question


def test_a_kind_that_nobody_knows_is_read_as_plain_values(question: QuestionRecord) -> None:
    line = changed(line_of(question), lambda d: d.update(kind="dream", body={"any": [1]}))
    record = parse_stage(line, "f:1", "dream", StageRecord)
    assert (record.kind, record.body, record.spec["kind"]) == ("dream", {"any": [1]}, "question")


NO_QUESTION: dict[str, tuple[Change, str]] = {
    "no record": (lambda d: d.pop("body"), "damaged line"),
    "a body of another form": (lambda d: d.update(body=[1]), "damaged line"),
    "newer": (lambda d: d.update(schema_version=3), "written by a newer version (schema 3"),
    "another id": (
        lambda d: d.update(id="0" * 16),
        "damaged line: its id is not that of its spec, which is ",
    ),
    "another status": (
        lambda d: d.update(status="void"),
        "damaged line: its status is not void",
    ),
    "void and done": (
        lambda d: d.update(void=asdict(REFUSED)),
        "damaged line: its status is not done",
    ),
    "a call too many": (
        lambda d: d.update(
            calls=[
                {"index": 1, "seat": "o", "purpose": "p", "model": "m", "prompt": [], "reply": ""}
            ]
        ),
        "damaged line: its calls are not numbered from 0",
    ),
}


@pytest.mark.parametrize(("change", "what"), NO_QUESTION.values(), ids=NO_QUESTION)
def test_a_stage_that_cannot_be_is_refused(
    question: QuestionRecord, change: Change, what: str
) -> None:
    line = changed(line_of(question), change)
    error = refused(lambda: parse_stage(line, "f:7", "question", QuestionRecord))
    assert error.what.startswith(what)
    assert error.where == "f:7"


def test_a_stage_in_the_file_of_another_kind_is_refused(question: QuestionRecord) -> None:
    error = refused(lambda: parse_stage(line_of(question), "f:1", "dream", StageRecord))
    assert error.what == "damaged line: it is of another kind, 'question'"


# --- run.json ------------------------------------------------------------------------------------


def written(folder: Path, info: RunInfo, change: Change = lambda _: None) -> Path:
    document = json.loads(info.model_dump_json(by_alias=True))
    change(document)
    (folder / RUN).write_text(json.dumps(document, indent=1))
    return folder


def test_what_a_run_is_is_read_as_it_was_written(tmp_path: Path, info: RunInfo) -> None:
    assert read_info(written(tmp_path, info)) == info
    former = read_info(written(tmp_path, info, lambda d: d.update(schema=FORMER_SCHEMA)))
    assert former.is_former


def test_a_folder_without_it_is_no_run(tmp_path: Path) -> None:
    error = refused(lambda: read_info(tmp_path))
    assert error.what == "not a run folder: it has no run.json"
    assert error.where == str(tmp_path)
    assert "track15 list runs" in (error.fix or "")


@pytest.mark.parametrize("fits", [True, False])
def test_a_newer_run_is_told_from_a_damaged_one(tmp_path: Path, info: RunInfo, fits: bool) -> None:
    def newer(document: Document) -> None:
        document["schema"] = "track15/run/3"
        if not fits:
            del document["suite"]

    error = refused(lambda: read_info(written(tmp_path, info, newer)))
    assert error.what == "written by a newer version (track15/run/3; this one reads track15/run/2)"
    assert (error.where, error.fix) == (str(tmp_path / RUN), "upgrade track15")


NO_RUN: dict[str, tuple[Change, str]] = {
    "without a suite": (lambda d: d.pop("suite"), "written by another version: suite: "),
    "a number in words": (lambda d: d.update(dialogues="many"), "another version: dialogues: "),
    "fewer than none": (lambda d: d.update(dialogues=-1), "damaged: -1 dialogues were planned"),
    "a scenario of another name": (
        lambda d: d["scenarios"].update(other=d["scenarios"].pop("small")),
        "damaged: the scenario 'other' calls itself 'small'",
    ),
}


@pytest.mark.parametrize(("change", "what"), NO_RUN.values(), ids=NO_RUN)
def test_what_is_wrong_with_it_is_said_with_the_command_that_mends_it(
    tmp_path: Path, info: RunInfo, change: Change, what: str
) -> None:
    error = refused(lambda: read_info(written(tmp_path, info, change)))
    assert what in error.what
    assert error.where == str(tmp_path / RUN)
    assert (error.fix or "").startswith("move it away and type: track15 run hand-made\n")


@pytest.mark.parametrize("command", ["rm -rf /", "track15 run x --evaluator a.py:B", "\\u001b[2J"])
def test_a_command_that_may_not_be_offered_is_not(
    tmp_path: Path, info: RunInfo, command: str
) -> None:
    def strange(document: Document) -> None:
        document.update(command=command, dialogues=-1)

    error = refused(lambda: read_info(written(tmp_path, info, strange)))
    assert (error.fix or "").startswith("move it away and type: the command that made the run\n")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"command": 7'])
def test_what_is_no_json_is_damaged(tmp_path: Path, text: str) -> None:
    (tmp_path / RUN).write_text(text)
    error = refused(lambda: read_info(tmp_path))
    assert error.what.startswith("damaged: ")
    assert error.what[len("damaged: ")].islower()
    assert "the command that made the run" in (error.fix or "")


def test_a_folder_or_a_pipe_in_its_place_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "a" / RUN).mkdir(parents=True)
    assert refused(lambda: read_info(tmp_path / "a")).what == "damaged: it is a folder"
    (tmp_path / "b").mkdir()
    os.mkfifo(tmp_path / "b" / RUN)
    error = refused(lambda: read_info(tmp_path / "b"))
    assert "a pipe" in error.what
    assert error.where == str(tmp_path / "b" / RUN)


def test_an_error_without_a_reason_is_whole_all_the_same() -> None:
    assert str(damaged("f:1")) == f"f:1: damaged line\n  fix: {AGAIN}"
    assert damaged("f:1", "it is upside down").what == "damaged line: it is upside down"
