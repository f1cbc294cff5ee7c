"""What can be asked of a run folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from harness.errors import RecordError
from harness.records.finished import record_hash
from harness.records.folder import MESSAGES, PLAN, TIMINGS, TRANSCRIPTS
from harness.records.reader import RunFolder
from harness.records.transcript import StageRecord, Transcript
from tests.support.disputes import write
from tests.support.inprocess import typed
from tests.support.runs import play, tiny_plan


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    plan = tiny_plan(write(tmp_path), epochs=1)
    play(plan, tmp_path / "run")
    return RunFolder(tmp_path / "run")


def dream(stage: str, read: dict[str, bytes], **more: Any) -> bytes:
    """A stage of a kind that nobody knows, made from others."""
    inputs = {
        name: {"id": json.loads(line)["id"], "hash": record_hash(line)}
        for name, line in read.items()
    }
    record = {"id": stage * 16, "schema_version": 2, "status": "done", "kind": "dream"}
    rest: dict[str, Any] = {"spec": {}, "inputs": inputs, "void": None, "calls": [], "body": 7}
    return json.dumps({**record, **rest, **more}, separators=(",", ":")).encode()


def dreams(run: RunFolder, *lines: bytes) -> None:
    (run.path / "dream.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))


def test_dialogues_are_read_in_the_order_that_is_asked_for(run: RunFolder) -> None:
    ids = [t.id for t in run.transcripts()]
    assert [t.id for t in run.read(ids[::-1])] == ids[::-1]
    assert run.transcript(ids[0][:9]).id == ids[0]
    with pytest.raises(RecordError, match="no dialogue with an id"):
        run.transcript("zz")
    with pytest.raises(RecordError, match="4 dialogues with an id"):
        run.transcript("")
    with pytest.raises(RecordError, match="dialogue zz is not there"):
        list(run.read(["zz"]))


def test_an_index_that_is_known_holds_for_that_very_file(run: RunFolder) -> None:
    index, path = run.index(), run.path / TRANSCRIPTS
    ids, other = list(index), RunFolder(run.path)
    other.know({ids[0]: index[ids[1]]}, path.stat())
    assert next(other.read([ids[0]])).id == ids[1], "it is not worked out again"
    assert [t.id for t in other.transcripts()] == ids[1:], "what it lacks is no error"
    path.write_bytes(path.read_bytes() + b"torn")
    assert other.index() == index


def test_where_a_stage_stands(run: RunFolder) -> None:
    episodes = list(run.episodes())
    assert run.finished() == len(episodes) == 4
    for episode in episodes:
        place = run.place(episode.stages["talks"])
        assert (place.arm, place.twin, place.pair) == (episode.arm, episode.twin, episode.pair)
    with pytest.raises(RecordError, match="the plan does not have the dialogue"):
        run.place("f" * 16)


def test_where_a_few_stages_stand_is_found_without_all_others(run: RunFolder) -> None:
    places, (one, *others) = RunFolder(run.path).places(), run.index()
    lines = (run.path / PLAN).read_bytes().splitlines(keepends=True)
    broken = [line if one.encode() in line else b"{}\n" for line in lines]
    (run.path / PLAN).write_bytes(b"".join(broken))
    run.find_places({one})
    assert run.place(one) == places[one]
    with pytest.raises(RecordError, match="no episode of a plan"):
        run.place(others[0])
    (run.path / PLAN).write_bytes(b"".join(lines))
    assert {stage: run.place(stage) for stage in places} == places


def test_a_run_that_was_cut_short_has_less_than_it_planned(run: RunFolder) -> None:
    lines = (run.path / TRANSCRIPTS).read_bytes().splitlines(keepends=True)
    (run.path / TRANSCRIPTS).write_bytes(b"".join(lines[:3]))
    assert run.finished() == 3
    failed = lines[0].replace(b'"status":"done"', b'"status":"failed"', 1)
    (run.path / TRANSCRIPTS).write_bytes(b"".join([*lines, failed]))
    assert run.finished() == 3, "a failed one is played again"


def test_texts_are_found_by_hash(run: RunFolder) -> None:
    rows = [{"hash": key, "role": "user", "content": "x" * n} for n, key in enumerate("abc", 1)]
    text = "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows)
    (run.path / MESSAGES).write_text(text)
    assert run.messages() == {"a": ("user", "x"), "b": ("user", "xx"), "c": ("user", "xxx")}
    assert run.messages(["b"]) == {"b": ("user", "xx")}
    assert run.message_lengths(["c", "d"]) == {"c": 3}


@pytest.mark.parametrize(
    ("name", "ask"),
    [
        (PLAN, lambda run: list(run.episodes())),
        (TIMINGS, lambda run: list(run.timings())),
        (MESSAGES, lambda run: run.messages()),
        ("scores.jsonl", lambda run: list(run.scores())),
        (TRANSCRIPTS, lambda run: list(run.transcripts())),
    ],
)
def test_a_damaged_line_is_named(run: RunFolder, name: str, ask: Any) -> None:
    (run.path / name).write_text("{}\n")
    with pytest.raises(RecordError, match="damaged line") as error:
        ask(run)
    assert error.value.where == f"{run.path / name}:1"


# --- other kinds ---------------------------------------------------------------------------------


def test_stages_of_another_kind_are_read_once_each(run: RunFolder) -> None:
    dreams(run, dream("a", {}, body=1), dream("b", {}), dream("a", {}, body=2))
    found = list(run.records("dream", StageRecord))
    assert [(record.id[0], record.body) for record in found] == [("b", 7), ("a", 2)]
    assert list(run.records("vision", StageRecord)) == []


def test_what_a_stage_has_read_is_found_in_whatever_file(run: RunFolder) -> None:
    talks = (run.path / TRANSCRIPTS).read_bytes().splitlines()[0]
    first = dream("a", {})
    dreams(run, first, dream("b", {"talks": talks, "before": first}))
    _, record = run.records("dream", StageRecord)
    found = {name: (read, same) for name, read, same in run.inputs(record)}
    assert isinstance(found["talks"][0], Transcript)
    assert found["before"][0].body == 7
    assert [same for _, same in found.values()] == [True, True]


def test_what_was_read_and_is_another_now_is_told(run: RunFolder) -> None:
    dreams(run, dream("a", {}, body=2), dream("b", {"before": dream("a", {})}))
    _, record = run.records("dream", StageRecord)
    assert [(name, same) for name, _, same in run.inputs(record)] == [("before", False)]


def test_what_was_read_must_be_there(run: RunFolder) -> None:
    dreams(run, dream("b", {"before": dream("a", {})}))
    (record,) = run.records("dream", StageRecord)
    with pytest.raises(RecordError, match=r"stage a{16} is not there"):
        list(run.inputs(record))


def test_a_link_among_the_files_is_refused(run: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(dream("a", {}) + b"\n")
    (run.path / "dream.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RecordError, match="it is a link"):
        RunFolder(run.path)


@pytest.mark.parametrize(
    ("said", "instead", "what"),
    [
        ('"scenario":"small"', '"scenario":"nowhere"', "the plan names the scenario 'nowhere'"),
        ('"twin":"none"', '"twin":"both"', "the dialogue does not"),
    ],
)
def test_a_plan_that_contradicts_its_run_is_refused(
    tmp_path: Path, said: str, instead: str, what: str
) -> None:
    play(tiny_plan(write(tmp_path)), tmp_path / "run")
    path = tmp_path / "run" / PLAN
    path.write_text(path.read_text().replace(said, instead))
    for command in ("show", "score", "report"):
        typed(command, "run", cwd=tmp_path).fails(1, what, PLAN, "writes it again")


def test_a_dialogue_of_version_1_that_was_played_again_counts_once(tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(Path(__file__).parent / "golden" / "schema-1", run)
    before = RunFolder(run).finished()
    lines = (run / TRANSCRIPTS).read_text().splitlines()
    (run / TRANSCRIPTS).write_text("\n".join([*lines, lines[0]]) + "\n")
    assert RunFolder(run).finished() == before < len(lines)
