"""A run folder written by an earlier version stays readable, and measures what it measured.

The folder is the shipped example; ``transcripts/README.md`` has the command that made it. If this
test fails after a change to the record, old runs of users became unreadable: raise
``SCHEMA_VERSION`` and read both.
"""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from harness.catalogue import data_root
from harness.evaluators.base import evaluate, registry
from harness.records.store import RunFolder
from harness.records.transcript import Score

GOLDEN = sorted((data_root("transcripts") / "examples").glob("*/run.json"))


@pytest.mark.parametrize("info", GOLDEN, ids=lambda path: path.parent.name)
def test_the_golden_run_is_readable_and_scores_the_same(info: Path) -> None:
    folder = RunFolder(info.parent)
    transcripts = list(folder.transcripts())
    assert len(transcripts) == folder.info.dialogues == 12
    assert all(t.schema_version == 1 for t in transcripts)
    assert all(t.spec.id == t.id for t in transcripts), "the hash of a spec must not change"
    kept = {(score.id, score.evaluator): score for score in folder.scores()}
    fresh = [
        score
        for t in transcripts
        for score in evaluate(t, folder.info.scenario(t.spec.scenario, t.spec.twin), registry())
    ]
    assert len(fresh) == len(kept)
    for score in fresh:
        _same(kept[score.id, score.evaluator], score)


def test_there_is_a_golden_run() -> None:
    assert GOLDEN


def _same(old: Score, new: Score) -> None:
    assert old.values.keys() <= new.values.keys(), "a measure disappeared"
    for name, before in old.values.items():
        after = new.values[name]
        if isinstance(before, float) and isinstance(after, float):
            assert math.isclose(before, after, abs_tol=1e-9), (old.evaluator, name)
        else:
            assert before == after, (old.evaluator, name)
