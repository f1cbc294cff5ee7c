"""``run.json``: written by the first session, and changed by a further one only in what it asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import RecordError
from harness.records.folder import RUN
from harness.records.info_writer import kept_or_new, write_info
from harness.records.parsing import read_info
from harness.records.run import RunInfo
from tests.support.disputes import write
from tests.support.runs import run_info, tiny_plan


@pytest.fixture
def info(tmp_path: Path) -> RunInfo:
    return run_info(tiny_plan(write(tmp_path)))


def test_the_first_session_declares_what_it_asks(tmp_path: Path, info: RunInfo) -> None:
    found = kept_or_new(tmp_path, info, grows=True)
    (declared,) = found.declarations
    assert (declared.finished, declared.dialogues) == (0, 8)
    assert read_info(tmp_path) == found


def test_a_further_session_keeps_when_it_began(tmp_path: Path, info: RunInfo) -> None:
    first = kept_or_new(tmp_path, info, grows=True)
    before = (tmp_path / RUN).read_bytes()
    later = info.model_copy(update={"created": "2027-01-01T00:00:00+00:00"})
    assert kept_or_new(tmp_path, later, grows=True) == first
    assert (tmp_path / RUN).read_bytes() == before


def test_a_folder_that_grows_keeps_the_longer_plan(tmp_path: Path, info: RunInfo) -> None:
    longer = info.model_copy(update={"dialogues": 80})
    write_info(tmp_path, longer)
    assert kept_or_new(tmp_path, info, grows=True).dialogues == 80
    assert kept_or_new(tmp_path, info, grows=False).dialogues == 8


def test_another_plan_is_refused(tmp_path: Path, info: RunInfo) -> None:
    kept_or_new(tmp_path, info, grows=True)
    other = info.model_copy(update={"root": "f" * 16, "plan": "e" * 16})
    with pytest.raises(RecordError, match="another plan"):
        kept_or_new(tmp_path, other, grows=True)
