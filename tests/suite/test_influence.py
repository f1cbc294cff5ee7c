"""What a suite says of what follows talks: its defaults, its bounds, and what it leaves unsaid."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from harness.suite.influence import PANEL, Influence, Later, Reader, Then, Trust
from harness.suite.suite import Arm, Suite


def suite(**arms: Any) -> Suite:
    return Suite.model_validate(
        {"id": "s", "title": "t", "question": "q?", "scenarios": ["fair"], "arms": arms}
    )


def test_a_suite_without_a_chain_is_written_as_before() -> None:
    plain = suite(half={"track": "1.5"})
    assert not plain.goes_on
    assert "then" not in plain.model_dump_json(by_alias=True)
    assert "influence" not in plain.model_dump_json(by_alias=True)


def test_the_real_talks_that_follow_are_a_track_without_changes() -> None:
    changed = {
        "track": "1.5",
        "u": {"deal_reward": 0.5},
        "tactic": "conceder",
        "then": {"later": {"readers": False}},
    }
    found = suite(half=changed, end={"track": "1.5"})
    assert found.goes_on
    assert found.later_arm("end") is None
    later = found.later_arm("half")
    assert later == Arm(track="1", tactic="conceder")
    profiles = [seat.profile for seat in found.seats_of(later, "a", "b")]
    assert profiles == [seat.profile for seat in suite(one={"track": "1"}).seats("one", "a", "b")]


def test_later_talks_hear_from_readers_only_where_somebody_reads() -> None:
    assert Then(reading=True, later=Later()).later == Later(track="1", readers=True, hand=True)
    with pytest.raises(ValidationError, match="hear from readers, and nobody reads"):
        Then(article="own", later=Later())


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"panel": [{"id": "x", "title": "a"}, {"id": "x", "title": "b"}]}, "the id 'x'"),
        ({"panel": [{"id": "x", "title": "a", "advises": True}], "quorum": 2}, "1 of the panel"),
        ({"panel": []}, "at least 1 item"),
        ({"persuadable": 1.5}, "less than or equal to 1"),
        ({"caution": float("nan")}, "finite"),
    ],
)
def test_a_panel_that_cannot_be_is_refused(fields: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Influence.model_validate(fields)


def test_a_panel_of_whom_nobody_advises_may_be() -> None:
    found = Influence(panel=(Reader(id="x", title="a reader"),), quorum=3)
    assert not any(reader.advises for reader in found.panel)


def test_the_panel_stands_on_every_side_and_some_of_it_advises() -> None:
    assert {reader.side for reader in PANEL} == {"o", "u", "absent", "ally", "none"}
    assert {reader.side for reader in PANEL if reader.advises} == {"u"}


def test_trust_depends_on_the_byline_alone_and_may_be_none() -> None:
    some, none = Trust(), Trust(experts=0, official=0, unknown=0)
    assert some.of("experts") > some.of("official") > some.of("unknown") > 0
    assert {none.of(byline) for byline in ("experts", "official", "unknown")} == {0.0}
