"""What determines later real talks, and their record."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from harness.records.later import LaterRecord, LaterSpec
from harness.records.spec import TalksSpec
from harness.records.transcript import Transcript
from tests.support.later import later, meeting, panels, planned, played


def test_the_spec_holds_what_is_read_and_no_more() -> None:
    ids = {
        later().id,
        later(panels(), persuadable=0.5).id,
        later(panels(), persuadable=0.6).id,
        later({"meeting": meeting()}, caution=0.5).id,
        later({"meeting": meeting()}, caution=0.6).id,
    }
    assert len(ids) == 5
    text = later().model_dump_json()
    assert set(json.loads(text)) == {
        "kind", "version", "scenario", "scenario_hash", "twin", "seed", "talks",
    }  # fmt: skip
    assert LaterSpec.model_validate_json(text) == later()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seed": 4}, "not those of the talks"),
        ({"scenario": "other"}, "not those of the talks"),
        ({"twin": "seats"}, "not those of the talks"),
        ({"advising": ("official",)}, "go together"),
        ({"quorum": 1}, "go together"),
        ({"persuadable": 1.5}, "persuadable"),
        ({"caution": -0.1}, "caution"),
    ],
)
def test_a_spec_that_contradicts_itself_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        LaterSpec.model_validate({**later().model_dump(), **change})


def test_seated_talks_are_those_talks_by_the_id_of_the_stage() -> None:
    spec = later()
    seated = spec.seated()
    assert isinstance(seated, TalksSpec)
    assert seated.id == spec.id != spec.talks.id
    assert seated.model_dump_json() == spec.talks.model_dump_json()
    assert (seated.seat("u"), seated.seed) == (spec.talks.seat("u"), spec.seed)


def test_the_transcript_of_a_record_is_one_that_reads_back() -> None:
    record = played(later(talks=planned(debrief=True)))
    transcript = record.transcript
    back = Transcript.model_validate_json(transcript.model_dump_json())
    assert (back.id, back.spec, back.status) == (record.id, record.spec.talks, "done")
    assert back.body.turns == record.body.turns
    assert back.body.debriefs == record.body.debriefs != {}
    assert LaterRecord.model_validate_json(record.model_dump_json()) == record


def test_a_record_says_what_was_heard_only_where_anything_was() -> None:
    assert "heard" not in played(later()).model_dump_json()
    assert '"hand"' not in played(later()).model_dump_json()
    inputs = {**panels(), "meeting": meeting()}
    record = played(later(inputs, persuadable=0.5, caution=0.5), inputs)
    body = record.model_dump(mode="json")["body"]
    assert (body["heard"], body["unheard"]) == (2, [])
    assert sum(body["hand"]["weights"].values()) == pytest.approx(1)
