"""Where the stages of a run stand, whatever their kind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.errors import RecordError
from harness.records.reader import RunFolder, index_file
from harness.records.stage_index import StageIndex


def test_every_stage_of_a_plan_is_found_whatever_its_kind(chain_run: Path) -> None:
    folder = RunFolder(chain_run)
    names: set[str] = set()
    for episode in folder.episodes():
        assert folder.stage_index.has(tuple(episode.stages.values()))
        assert folder.stage_index.became(tuple(episode.stages.values())) == "done"
        for name, stage in episode.stages.items():
            path, line = folder.stage_index.line(stage)
            assert json.loads(line)["id"] == stage
            names.add(f"{name} in {path.name}")
    assert {"talks in transcripts.jsonl", "article in publication.jsonl"} <= names
    assert {"before in readership.jsonl", "later in later.jsonl"} <= names


def test_a_stage_that_comes_later_is_found_then(tmp_path: Path) -> None:
    index = StageIndex(tmp_path, index_file)
    assert not index.has(["0" * 16])
    with pytest.raises(RecordError, match="stage 0000000000000000 is not there"):
        index.line("0" * 16)
    head = f'{{"id":"{"0" * 16}","schema_version":2,"status":"void","kind":"news","more":1}}\n'
    (tmp_path / "news.jsonl").write_text(head)
    path, line = index.line("0" * 16)
    assert (path.name, line) == ("news.jsonl", head.strip().encode())
    assert index.became(["0" * 16]) == "void"
    assert index.became(["0" * 16, "1" * 16]) == "failed", "one of them was not played"
