"""Sets of planted transcripts, and the files that hold them."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from harness.planted.conduct.cells import conduct_cells
from harness.planted.conduct.registry import PLANTINGS
from harness.planted.phrases import SPLITS, Split, folder
from harness.planted.sets import (
    RUBRICS,
    digest_of,
    file_name,
    file_of,
    in_turn,
    line_of,
    planted,
    rows_in_turn,
)
from harness.records.transcript import Transcript


@pytest.mark.parametrize("rubric", RUBRICS)
def test_the_files_that_ship_are_what_the_code_makes(rubric: str) -> None:
    for split in SPLITS:
        shipped = (folder() / file_name(split, rubric)).read_bytes()
        made = file_of(split, rubric)
        assert shipped == made, "write them anew: python benchmarks/planted.py"


def test_a_line_has_the_record_and_the_truth() -> None:
    (one,) = planted("dev", limit=1)
    held = json.loads(line_of(one))
    assert Transcript.model_validate(held["record"]) == one.record
    assert len(held["truth"]) == len(one.truth)
    assert held["name"] == one.cell.name


@pytest.mark.parametrize(("split", "part"), [("test", 24), ("test", 48), ("dev", 24)])
def test_a_part_has_all_kinds_and_both_seats_about_equally_often(split: Split, part: int) -> None:
    found = in_turn(split)[:part]
    assert set(Counter(cell.kind for cell in found).values()) == {part // 12}
    for feature in ("giver", "devious"):
        counts = Counter(getattr(cell, feature) for cell in found)
        assert max(counts.values()) - min(counts.values()) <= part // 4


@pytest.mark.parametrize("rubric", PLANTINGS)
def test_a_part_for_a_rubric_file_has_all_rows_and_both_seats_equally_often(rubric: str) -> None:
    for split, part in (("test", 12), ("test", 24), ("dev", 12)):
        cells = conduct_cells(PLANTINGS[rubric], split)
        found = rows_in_turn(cells)[:part]
        assert set(Counter(cell.number for cell in found).values()) == {part // 12}
        assert Counter(cell.giver for cell in found) == dict.fromkeys("ou", part // 2)
        assert [one.cell for one in planted(split, limit=part, rubric=rubric)] == list(found)


def test_those_that_are_read_again_are_told_as_written() -> None:
    found = list(planted("dev", ("as_written", "label"), repeats=2, limit=3))
    assert Counter((one.perturbation, one.repeat) for one in found) == {
        ("as_written", 1): 3,
        ("as_written", 2): 3,
        ("label", 1): 3,
    }
    assert len({one.record.id for one in found}) == 9


def test_the_digest_is_of_everything_and_of_no_order() -> None:
    found = list(planted("dev", limit=4))
    assert digest_of(found) == digest_of(found[::-1])
    assert digest_of(found) != digest_of(found[:3])
    assert digest_of(found) != digest_of(list(planted("dev", ("label",), limit=4)))
