"""Later talks beside their counterfactuals."""

from __future__ import annotations

from pathlib import Path

from harness.records.later import LaterRecord
from harness.records.placement import Placement
from harness.report.episode import Outcome
from harness.report.episode_later import differing, read_later
from harness.report.reading import Term
from tests.support.episodes import laid_out, stages


def test_the_talks_of_other_arms_stand_beside_their_own(chain_run: Path) -> None:
    later = laid_out(chain_run).later
    assert later is not None
    own, *others = later.outcomes
    assert own.own
    assert not any(one.own for one in others)
    assert {arm for one in later.outcomes for arm in one.arms} == {
        "chain",
        "no-article",
        "no-hand",
        "no-meeting",
        "unmoved",
    }
    assert own.reaches == "what the readers make of it, what the meeting gave away"
    no_meeting = next(one for one in others if "no-meeting" in one.arms)
    assert no_meeting.reaches == "nothing of the meeting"
    assert later.heard == "2 of the readers that advise were heard"
    assert later.learned


def test_what_no_readers_reach_hears_none(chain_run: Path) -> None:
    later = laid_out(chain_run, "no-meeting").later
    assert later is not None
    assert (later.heard, later.learned) == ("", ())


def test_later_talks_read_as_any_dialogue(chain_run: Path) -> None:
    found = stages(chain_run)
    record = found.records["later"]
    assert isinstance(record, LaterRecord)
    place = Placement(scenario="nuclear", twin="none", epoch=1, arms=("chain",))
    reading = read_later(record, found.scenario, place)
    assert reading.dialogue == record.id
    assert reading.ledger
    assert any(
        n.label == "skew to the official seat" and n.value is not None for n in reading.numbers
    )


def test_no_stake_is_worked_out_from_beliefs_that_have_moved(chain_run: Path) -> None:
    for arm, told in (("chain", False), ("no-meeting", True)):
        found = stages(chain_run, arm)
        record = found.records["later"]
        assert isinstance(record, LaterRecord)
        reading = read_later(record, found.scenario, Placement(arms=(arm,)))
        assert any(entry.held for one in reading.rounds for entry in one.entries) is told
        assert any(number.label == "predicted skew" for number in reading.numbers) is told


def outcome(stage: str, option: str, *, own: bool = False) -> Outcome:
    terms = (Term("Well", option, "o", changed=False, crosses=()),) if option else ()
    return Outcome(stage, (stage,), own, "", "", (), None, terms)


def test_only_deals_can_differ() -> None:
    assert differing([outcome("a", "half", own=True), outcome("b", "")]) == []
    assert differing([outcome("a", "half"), outcome("b", "half")]) == []
    (row,) = differing([outcome("a", "half", own=True), outcome("b", "mine"), outcome("c", "mine")])
    assert row.options == (("half", ("a",), True), ("mine", ("b", "c"), False))
