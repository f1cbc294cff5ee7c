"""What happened in an arm is counted by what it is, not by the numbers in its words."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.analysis.values import Proceedings
from tests.support.disputes import small
from tests.support.transcripts import make_transcript


@pytest.mark.kind("S10")
def test_warnings_that_differ_in_numbers_are_one(tmp_path: Path) -> None:
    record, went = make_transcript(small(tmp_path), []), Proceedings()
    for seat, count in (("o", "4,907"), ("o", "5,425"), ("u", "4,970")):
        warning = f"the server of seat {seat} counted {count} tokens " + "and so on " * 30
        noted = record.body.model_copy(update={"warnings": (warning,)})
        went.add(record.model_copy(update={"body": noted}))
    (first, twice), (other, once) = went.warnings.most_common()
    assert (twice, once) == (2, 1)
    assert "seat o counted 4,907" in first
    assert "seat u counted 4,970" in other
