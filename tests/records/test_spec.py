"""What determines a stage, and so its id: what is in it, what is not, and how it is hashed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from harness.disputes.scenario import Twin
from harness.incentives.profiles import Role
from harness.records.spec import DialogueSpec, Fork, RecordedSpec, StageSpec, TalksSpec
from harness.suite.parts import ModelSettings, Protocol
from tests.support.disputes import small
from tests.support.transcripts import make_spec


@pytest.fixture
def spec(tmp_path: Path) -> TalksSpec:
    return make_spec(small(tmp_path))


def test_the_hash_of_a_spec_does_not_change(spec: TalksSpec) -> None:
    """If this fails, runs of users are played again from their start: a new field has to be left
    out of the JSON where it does not apply."""
    assert spec.scenario_hash == "77abab249412d3e4", "the dispute is the same"
    assert spec.model_copy(update={"version": 1}).id == "54c023d13ea7c5cb"
    assert spec.id == "f97d06fb8c67bd9b", "by the rules of today"


def test_an_id_is_the_hash_of_the_json(spec: TalksSpec) -> None:
    document = json.loads(spec.model_dump_json(by_alias=True))
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
    assert spec.id == hashlib.sha256(text).hexdigest()[:16]
    assert TalksSpec.model_validate(document).id == spec.id


@pytest.mark.parametrize("name", ["suite", "arm", "epoch", "pair", "schema"])
def test_what_only_names_a_path_is_not_in_it(spec: TalksSpec, name: str) -> None:
    assert name not in spec.model_dump(by_alias=True)
    with pytest.raises(ValidationError, match="Extra inputs"):
        TalksSpec.model_validate({**spec.model_dump(), name: 1})


def test_everything_that_is_in_it_changes_the_id(spec: TalksSpec) -> None:
    seats = spec.seats
    tougher = seats[0].model_copy(
        update={"profile": seats[0].profile.model_copy(update={"stance": "tough"})}
    )
    thinking = seats[0].model_copy(update={"settings": ModelSettings(effort="low")})
    changes: list[dict[str, Any]] = [
        {},
        {"version": 1},
        {"opener": "u"},
        {"scenario": "other"},
        {"scenario_hash": "0" * 16},
        {"twin": Twin.SEATS},
        {"seed": 2},
        {"protocol": Protocol(rounds=4)},
        {"protocol": Protocol(rounds=3, time_limit=2.0)},
        {"seats": (tougher, seats[1])},
        {"seats": seats[::-1]},
        {"seats": (seats[0].model_copy(update={"role": Role.OFFICIAL}), seats[1])},
        {"seats": (thinking, seats[1])},
        {"templates": {"turn": "0" * 16}},
        {"inputs": {"brief": "0" * 16}},
        {"inputs": {"brief": "1" * 16}},
        {"fork": Fork(of="0" * 16, turn=1)},
    ]
    assert len({spec.model_copy(update=change).id for change in changes}) == len(changes)


def test_what_does_not_apply_is_left_out(spec: TalksSpec) -> None:
    document = spec.model_dump(by_alias=True)
    assert not {"inputs", "fork"} & document.keys()
    assert "inputs" in spec.model_copy(update={"inputs": {"brief": "0" * 16}}).model_dump()


@pytest.mark.parametrize("kind", ["", "Talks", "../x", "a b", "x" * 40])
def test_a_kind_is_a_plain_word(kind: str) -> None:
    with pytest.raises(ValidationError):
        StageSpec(kind=kind)


@pytest.mark.parametrize("stage", ["", "0" * 15, "G" * 16, "../../etc/passwd"])
def test_an_input_is_the_id_of_a_stage(spec: TalksSpec, stage: str) -> None:
    with pytest.raises(ValidationError):
        TalksSpec.model_validate({**spec.model_dump(), "inputs": {"brief": stage}})


def test_a_transcript_tells_the_two_kinds_of_dialogue_apart(spec: TalksSpec) -> None:
    either: TypeAdapter[TalksSpec | RecordedSpec] = TypeAdapter(DialogueSpec)
    assert either.validate_json(spec.model_dump_json()) == spec
    seats = [
        {"seat": seat.seat, "principal": seat.principal, "role": "official"} for seat in spec.seats
    ]
    known = {"kind": "recorded", "scenario": "small", "scenario_hash": "0" * 16, "seats": seats}
    assert isinstance(either.validate_python(known), RecordedSpec)
    for wrong in ({**known, "kind": "talks"}, {**known, "kind": "other"}, {**known, "seed": 1}):
        with pytest.raises(ValidationError):
            either.validate_python(wrong)
