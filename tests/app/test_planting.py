"""Planted transcripts in a run folder."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from harness.app.planting import plant
from harness.errors import RecordError
from harness.planted.planted import Planted
from harness.planted.sets import digest_of, planted


@pytest.fixture(scope="module")
def told() -> list[Planted]:
    return list(planted("dev", ("as_written", "order"), repeats=2, limit=3))


def test_every_transcript_stands_where_it_was_told(tmp_path: Path, told: list[Planted]) -> None:
    run = plant(tmp_path / "run", told, digest_of(told), "track15 calibrate x")
    found = list(run.transcripts())
    assert [one.id for one in found] == [one.record.id for one in told]
    arms = Counter(run.place(one.record.id).arm for one in told)
    assert arms == {"as_written": 6, "order": 3}
    assert any(name.endswith("-turned") for name in run.info.scenarios)
    assert len(list(run.episodes())) == 9


def test_the_same_is_written_once_and_a_part_is_gone_on_with(
    tmp_path: Path, told: list[Planted]
) -> None:
    digest = digest_of(told)
    folder = tmp_path / "run"
    plant(folder, told, digest, "")
    whole = (folder / "transcripts.jsonl").read_bytes()
    plant(folder, told, digest, "")
    assert (folder / "transcripts.jsonl").read_bytes() == whole
    half = b"".join(whole.splitlines(keepends=True)[:4])
    (folder / "transcripts.jsonl").write_bytes(half)
    plant(folder, told, digest, "")
    assert (folder / "transcripts.jsonl").read_bytes() == whole


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, told: list[Planted]) -> None:
    folder = tmp_path / "run"
    plant(folder, told[:2], digest_of(told[:2]), "")
    kept = (folder / "transcripts.jsonl").read_bytes()
    with pytest.raises(RecordError):
        plant(folder, told, digest_of(told), "")
    assert (folder / "transcripts.jsonl").read_bytes() == kept
