"""The envelope of a stage: its status, and the replies in it that could not be used."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import TypeAdapter
from pydantic_core import to_json

from harness.disputes.scenario import Scenario
from harness.records.transcript import (
    NOT_FINISHED,
    Debrief,
    InputRead,
    Repair,
    StageRecord,
    Transcript,
    Usage,
    VoidReason,
    changed,
    status_of,
)
from tests.support.disputes import small
from tests.support.transcripts import make_transcript

FIRST, SECOND, LAST = (Repair(error=f"error {n}", call=n) for n in range(3))


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


@pytest.fixture
def repaired(scenario: Scenario) -> Transcript:
    """Repaired in its first turn, in a debrief, and in the turn that was never made."""
    return make_transcript(
        scenario,
        [("o", "pass"), ("u", "pass")],
        repairs=[FIRST],
        debriefs={"u": Debrief(problem="no answer", repairs=(SECOND,))},
        void=VoidReason(kind="reply", seat="u", detail="no JSON", repairs=(LAST,)),
    )


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("reply", "void"),
        ("prompt", "void"),
        ("limit", "void"),
        ("endpoint", "failed"),
        ("delegation", "failed"),
        ("budget", "failed"),
        ("input", "void"),
    ],
)
def test_what_is_played_again_is_failed(kind: str, status: str) -> None:
    why = VoidReason(kind=kind, seat=None, detail="")  # type: ignore[arg-type]
    assert status_of(why) == status
    assert (kind in NOT_FINISHED) == (status == "failed")


def test_what_has_a_result_is_done() -> None:
    assert status_of(None) == "done"


def test_unusable_replies_are_found_wherever_they_stand(repaired: Transcript) -> None:
    assert list(repaired.repairs()) == [FIRST, SECOND, LAST]
    assert list(repaired.unusable_calls()) == [0, 1, 2]


def test_unusable_replies_count_by_seat(repaired: Transcript) -> None:
    assert (repaired.repairs_of("o"), repaired.repairs_of("u")) == (1, 2)


def test_a_repair_of_nobodys_call_is_no_call(scenario: Scenario) -> None:
    record = make_transcript(scenario, [("o", "pass")], repairs=[Repair(error="no reply")])
    assert len(list(record.repairs())) == 1
    assert list(record.unusable_calls()) == []


def test_a_field_that_is_not_there_is_not_changed() -> None:
    with pytest.raises(TypeError, match=r"Usage has no \['promt'\]"):
        changed(Usage(prompt=3), promt=5)


def test_a_changed_part_is_a_copy_with_all_else_as_it_was() -> None:
    usage = Usage(prompt=3, completion=4, reasoning=2)
    other = changed(usage, prompt=5)
    assert other == Usage(prompt=5, completion=4, reasoning=2)
    assert usage.prompt == 3
    assert to_json(other) == to_json(Usage(prompt=5, completion=4, reasoning=2))


def test_what_is_not_there_is_left_out(scenario: Scenario) -> None:
    text = make_transcript(scenario, [("o", "pass")]).model_dump_json(by_alias=True)
    assert not any(f'"{name}"' in text for name in ("inputs", "warnings", "reasoning"))
    assert (
        TypeAdapter(Usage).dump_json(Usage(reasoning=0)).decode()
        == '{"prompt":null,"completion":null,"reasoning":0}'
    )


def test_a_record_of_a_kind_that_is_not_known_is_read_as_values() -> None:
    line = (
        '{"id":"a","schema_version":2,"status":"done","kind":"dream","spec":{"x":1},'
        '"inputs":{"talks":{"id":"b","hash":"c"}},"void":null,"calls":[],"body":[1],"later":7}'
    )
    record = StageRecord.model_validate_json(line)
    assert (record.spec, record.body) == ({"x": 1}, [1])
    assert record.inputs == {"talks": InputRead(id="b", hash="c")}
    assert list(record.repairs()) == [], "nothing is known of its body"
