"""What is the same for every kind of stage."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.disputes.scenario import Scenario, Twin
from harness.records.transcript import Transcript, VoidReason
from harness.stages.base import Kind, Planning, no_chats, twins_of, unplayed
from harness.talks.stage import TalksKind
from tests.support.disputes import small
from tests.support.views import track


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def test_each_twin_is_made_once(scenario: Scenario) -> None:
    twin = twins_of({"small": scenario})
    assert twin("small", Twin.SEATS) is twin("small", Twin.SEATS)
    assert twin("small", Twin.SEATS) == scenario.twin(Twin.SEATS)
    assert twin("small", Twin.NONE).seats != twin("small", Twin.SEATS).seats


def test_a_stage_that_asks_nobody_has_nobody_to_ask() -> None:
    with pytest.raises(AssertionError, match="openai/m"):
        no_chats("openai/m")


@pytest.mark.parametrize(("why", "status"), [("endpoint", "failed"), ("input", "void")])
def test_a_stage_that_was_not_played_is_on_record_with_the_reason(
    scenario: Scenario, why: str, status: str
) -> None:
    spec = track(scenario, "1")
    reason = VoidReason(kind=why, seat=None, detail="no talks")  # type: ignore[arg-type]
    played = unplayed(TalksKind(), spec, reason)
    assert isinstance(played.record, Transcript)
    assert (played.record.id, played.timing.id) == (spec.id, spec.id)
    assert (played.record.status, played.record.void) == (status, reason)
    assert played.record.body.outcome.kind == "void"
    assert (played.record.calls, played.timing.calls, played.messages) == ((), (), {})
    text = played.record.model_dump_json(by_alias=True)
    assert Transcript.model_validate_json(text) == played.record


async def test_what_a_kind_does_not_say_of_itself(scenario: Scenario) -> None:
    """It follows nothing, asks for nothing that can be foreseen, and needs all that it reads;
    no briefing of the table stands before its questions."""
    kind, spec = Kind[object](), track(scenario, "1")  # type: ignore[type-var]
    planning = Planning("tiny", {})
    assert list(kind.next_stages("one", {}, planning)) == []
    assert kind.foreseen(spec) == {}
    assert kind.view(spec, lambda *_: scenario) is None
    assert kind.can_play(spec, ())
    assert not kind.can_play(spec, ("talks",))
    with pytest.raises(NotImplementedError):
        kind.empty_body(spec, VoidReason(kind="input", seat=None, detail=""))
