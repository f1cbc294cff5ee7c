"""A finished stage as it goes to disk: one line each, and what the driver has to know of it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from harness.disputes.scenario import Scenario
from harness.records.finished import Finished, Played, record_hash
from harness.records.transcript import Timing, Transcript, VoidReason
from tests.support.disputes import small
from tests.support.transcripts import Entry, make_transcript

DEAL: list[Entry] = [("o", {"well": "mine", "fence": "us"}), ("u", "accept")]


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def finished(record: Transcript, **messages: tuple[str, str]) -> Finished:
    timing = Timing(id=record.id, started="2026-01-01T00:00:00", seconds=1.5)
    return Finished.of(Played(record, timing, messages))


def test_lines_are_what_was_played(scenario: Scenario) -> None:
    record = make_transcript(scenario, DEAL)
    found = finished(record, h=("system", "Speak.\nWell."))
    assert Transcript.model_validate_json(found.record) == record
    assert json.loads(found.timing)["seconds"] == 1.5
    assert json.loads(found.messages["h"]) == {
        "hash": "h",
        "role": "system",
        "content": "Speak.\nWell.",
    }
    for line in (found.record, found.timing, *found.messages.values()):
        assert b"\n" not in line


def test_what_the_driver_knows(scenario: Scenario) -> None:
    found = finished(make_transcript(scenario, DEAL))
    assert (found.kind, found.status, found.calls) == ("talks", "done", 0)
    assert (found.deal, found.void, found.detail) == (True, None, "")
    assert not finished(make_transcript(scenario, [("o", "walk_out")])).deal


@pytest.mark.parametrize(
    ("kind", "status", "broken_off"),
    [("reply", "void", False), ("endpoint", "failed", False), ("budget", "failed", True)],
)
def test_why_there_is_no_result(
    scenario: Scenario, kind: str, status: str, broken_off: bool
) -> None:
    why = VoidReason(kind=kind, seat="u", detail="no luck")  # type: ignore[arg-type]
    found = finished(make_transcript(scenario, [], void=why))
    assert (found.status, found.void, found.detail) == (status, kind, "no luck")
    assert (found.broken_off, found.deal) == (broken_off, False)


def test_a_record_is_known_by_its_line() -> None:
    line = b'{"id":"a"}'
    assert record_hash(line) == hashlib.sha256(line).hexdigest()[:16]
    assert record_hash(line) != record_hash(line + b" ")
