"""What the records of each kind are read as: the same as those who play them say."""

from __future__ import annotations

from pathlib import Path

from harness import kinds
from harness.orchestrator.following import FOLLOW_UPS
from harness.records.kinds import RECORDS, record_class
from harness.records.reader import RunFolder
from harness.records.spec import RECORDED
from harness.records.transcript import StageRecord


def test_every_kind_that_ships_is_read_as_what_it_leaves() -> None:
    played = {name: kind.record for name, kind in kinds._KINDS.items() if name in RECORDS}
    assert played == {name: one for name, one in RECORDS.items() if name != RECORDED}
    assert set(FOLLOW_UPS) <= RECORDS.keys()
    assert record_class("somebody_elses") is StageRecord


def test_a_stage_is_read_with_the_hash_that_its_readers_have(chain_run: Path) -> None:
    folder = RunFolder(chain_run)
    (episode,) = [e for e in folder.episodes() if e.arm == "chain" and e.scenario == "supply"]
    read = {name: folder.stage(stage) for name, stage in episode.stages.items()}
    later, _ = read["later"]
    assert {one.id: one.hash for one in later.inputs.values()} == {
        stage: read[name][1]
        for name, stage in episode.stages.items()
        if name in ("before", "after", "talks")
    }
    plain, _ = folder.stage(episode.stages["later"], plain=True)
    assert type(plain) is StageRecord
