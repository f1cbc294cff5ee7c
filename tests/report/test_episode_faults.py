"""What does not go with the dispute is told as what it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import RecordError
from harness.records.later import LaterRecord
from harness.records.placement import Placement
from harness.report.episode_faults import readable
from harness.report.episode_later import read_later
from tests.support.episodes import stages


def test_an_option_that_there_is_none_of_is_no_traceback(chain_run: Path) -> None:
    found = stages(chain_run, "no-meeting")
    record = found.records["later"]
    assert isinstance(record, LaterRecord)
    package = dict.fromkeys(record.body.outcome.package or {}, "<b>nothing of the kind")
    outcome = replace(record.body.outcome, package=package)
    changed = record.model_copy(
        update={"body": record.body.model_copy(update={"outcome": outcome})}
    )
    with pytest.raises(RecordError, match="does not go with the dispute"):
        read_later(changed, found.scenario, Placement())


def test_a_fault_of_a_file_stays_what_it_is() -> None:
    with pytest.raises(RecordError, match="torn"), readable("x"):
        raise RecordError("torn")
