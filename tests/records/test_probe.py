"""What determines a probe, and its record."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from harness.records.probe import ProbeRecord, ProbeSpec
from tests.support.disputes import small
from tests.support.probes import of_seat, probed, talks


def test_a_record_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    replies = iter(["Hm.", '{"why": "Yes.", "decision": "sign"}'])
    record = probed(of_seat(talks(scenario, "1.5"), "u"), scenario, lambda *_: next(replies, "Hm."))
    assert ProbeRecord.model_validate_json(record.model_dump_json()) == record
    assert len(list(record.repairs())) == 11, "one before the answer, two for each of five others"


def test_its_id_is_the_same_whatever_drives_the_others(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    one = of_seat(talks(scenario, "1.5"), "u")
    other = talks(scenario, "1.5")
    driven = other.seat("o").model_copy(
        update={"profile": other.seat("o").profile.model_copy(update={"deal_reward": 0.9})}
    )
    same = of_seat(other.model_copy(update={"seats": (driven, other.seats[1])}), "u")
    assert same.id == one.id
    assert of_seat(talks(scenario, "1.5"), "u", deal_reward=0.9).id != one.id
    assert of_seat(talks(scenario, "2"), "u").id != one.id, "it reads who sits opposite"


def test_who_is_asked_has_a_chair(tmp_path: Path) -> None:
    spec = of_seat(talks(small(tmp_path), "1"), "u")
    chairs = tuple(one for one in spec.chairs if one.seat != "u") * 2
    with pytest.raises(ValidationError, match="no chair"):
        ProbeSpec.model_validate({**spec.model_dump(), "chairs": chairs})
