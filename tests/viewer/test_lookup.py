"""One dialogue through the index is what going through the files finds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.errors import RecordError
from harness.records.placement import Placement, placement_of
from harness.records.reader import RunFolder
from harness.records.score_places import ScoreLines
from harness.viewer.index import Index
from harness.viewer.listing import rows
from harness.viewer.lookup import UnknownDialogueError, look_up, siblings
from tests.support.viewer import small_run


def test_it_is_what_the_files_say(run: RunFolder, index: Index) -> None:
    scores = list(run.scores())
    for transcript in run.transcripts():
        found = look_up(run, index, transcript.id)
        assert found.transcript == transcript
        assert found.place == placement_of(run, transcript)
        assert found.scores == {s.evaluator: s for s in scores if s.id == transcript.id}
        assert found.scores


def test_scores_of_one_evaluator_in_several_lines_are_one(tmp_path: Path) -> None:
    run = small_run(tmp_path)
    path = run.path / "scores.jsonl"
    first, *further = path.read_bytes().splitlines(keepends=True)
    whole = json.loads(first)
    names = list(whole["values"])
    assert len(names) > 2
    parts = [
        json.dumps({**whole, "values": dict.fromkeys(some, 0.25)}, separators=(",", ":")).encode()
        for some in (names[:1], names[1:2], names[:1])
    ]
    changed = parts[2].replace(b"0.25", b"0.75")
    # Beside each other, after those of other dialogues, and one that is still being written.
    written = [parts[0], parts[1], b"".join(further)[:-1], changed, parts[0][:-9]]
    path.write_bytes(b"\n".join(written))
    made = Index(run)
    made.complete()
    found = look_up(run, made, whole["id"]).scores
    assert found[whole["evaluator"]].values == {names[0]: 0.75, names[1]: 0.25}
    assert found == ScoreLines(path).of(whole["id"])
    with made.reading() as db:
        row = rows(db, [1], [f"{whole['evaluator']}.{names[0]}"])[0]
    assert (row.id, row.scores[f"{whole['evaluator']}.{names[0]}"]) == (whole["id"], 0.75)


@pytest.mark.parametrize("dialogue", ["", "0" * 16, "../../etc/passwd", "' OR 1 --"])
def test_an_id_that_is_none_is_an_error(run: RunFolder, index: Index, dialogue: str) -> None:
    with pytest.raises(UnknownDialogueError):
        look_up(run, index, dialogue)


def test_files_that_changed_meanwhile_are_an_error(tmp_path: Path) -> None:
    run = small_run(tmp_path)
    made = Index(run)
    made.complete()
    first = next(iter(run.index()))
    scores = run.path / "scores.jsonl"
    scores.write_bytes(scores.read_bytes().replace(b'"evaluator":', b'"eval":'))
    with pytest.raises(RecordError, match="no score"):
        look_up(run, made, first)
    scores.unlink()
    with pytest.raises(RecordError, match="cannot be read"):
        look_up(run, made, first)
    path = run.path / "transcripts.jsonl"
    path.write_bytes(b"".join(reversed(path.read_bytes().splitlines(keepends=True))))
    with pytest.raises(UnknownDialogueError):
        look_up(run, made, first)
    path.unlink()
    with pytest.raises(RecordError, match="cannot be read"):
        look_up(run, made, first)


def test_siblings_are_those_of_the_same_scenario_twin_and_epoch(
    run: RunFolder, index: Index
) -> None:
    places = {one.id: placement_of(run, one) for one in run.transcripts()}
    for place in places.values():
        alike = (place.scenario, place.twin, place.epoch)
        wanted = {
            one: other.arms
            for one, other in places.items()
            if (other.scenario, other.twin, other.epoch) == alike
        }
        found = siblings(index, place)
        assert {one.dialogue: one.arms for one in found} == wanted
        assert {one.models for one in found} == {("scripted",)}
    assert siblings(index, Placement()) == []
