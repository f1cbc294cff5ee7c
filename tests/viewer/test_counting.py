"""How far a run is."""

from __future__ import annotations

from harness.viewer.counting import Counts, Reason, counts_of
from harness.viewer.index import Index


def test_dialogues_are_counted_by_arm_and_ending(index: Index) -> None:
    with index.reading() as db:
        found = counts_of(db)
    assert {arm.arm: arm.endings for arm in found.arms} == {
        "plain": {"deal": 2},
        "lean": {"deal": 2, "void": 1},
    }
    assert found.endings == {"deal": 4, "no_deal": 0, "walk_out": 0, "void": 1, "failed": 0}
    assert (found.dialogues, found.played) == (5, 5)
    assert found.kinds == (Reason("u", "reply", 1),)
    assert found.reasons == (Reason("u", "The reply was no JSON.", 1),)


def test_talks_that_arms_share_count_in_each(index: Index) -> None:
    with index.reading() as db:
        pass
    with index._sidecar.connected() as db:
        db.execute("BEGIN")
        db.execute(
            """UPDATE dialogues SET arms = '["plain", "lean"]', ending = 'failed' WHERE n = 1"""
        )
        found = counts_of(db)
        db.execute("ROLLBACK")
    assert found.of("failed") == 2
    assert found.dialogues == 5
    assert found.played == 4


def test_nothing_is_nothing() -> None:
    assert Counts().played == 0
    assert not any(Counts().endings.values())
