"""What is found of one arm: the suite's words for it, and what happened in it."""

from __future__ import annotations

from collections import Counter

from harness.analysis.arm_finding import arm_finding
from harness.analysis.proceedings import Proceedings
from harness.analysis.values import Values
from tests.support.findings import summary
from tests.support.run_folders import make_suite


def test_an_arm_is_told_in_the_words_of_the_suite() -> None:
    went = Proceedings(done=3, void=1, endings=Counter(walk_out=1, deal=2))
    values = Values(proceedings={"lean": went, "gone": Proceedings()})
    found = arm_finding("lean", make_suite(), values, {"settlement.skew": summary(0.2)})
    assert (found.title, found.track, found.dialogues) == ("the leaning arm", "1.5", 4)
    assert list(found.endings.items()) == [("deal", 2), ("walk_out", 1)], "the most frequent first"
    skew = found.summary("settlement.skew")
    assert skew is not None
    assert skew.mean == 0.2
    assert found.summary("later.skew") is None
    dropped = arm_finding("gone", make_suite(), values, {})
    assert (dropped.title, dropped.track, dropped.dialogues) == ("gone", "", 0)
