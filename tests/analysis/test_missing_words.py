"""What missing values may have done, in words."""

from __future__ import annotations

from typing import Any

from harness.analysis.missing import ArmMissing, MissingValues
from harness.analysis.missing_course import SeatBroke
from harness.analysis.missing_words import broke_words, missing_words, tipping_words


def arm(missing: int, mean: float | None = 0.1) -> ArmMissing:
    return ArmMissing(
        dialogues=20, missing=missing, unplayed=missing, null=0, mean=mean, scenarios=()
    )


def lacking(**changes: Any) -> MissingValues:
    known: dict[str, Any] = {
        "arms": {"t": arm(10), "c": arm(1)},
        "difference": 0.45,
        "p_difference": 0.004,
        "tipping": 0.1,
        "tipping_sd": 0.5,
        "tipping_means": {"t": 0.2, "c": 0.0},
        "tipping_possible": True,
    }
    return MissingValues(**{**known, **changes})


def test_silent_where_nothing_is_missing_or_nothing_is_asked() -> None:
    assert missing_words(lacking(arms={"t": arm(0), "c": arm(0)}), True) == []
    assert missing_words(lacking(arms_differ=True), None) == []
    assert missing_words(lacking(), False) == [], "chance, and no effect that it could have made"
    assert missing_words(lacking(tipping_sd=2.5), True) == []


def test_uneven_arms_and_the_tipping_point() -> None:
    called = {"t": "Track 1.5", "c": "Track 1"}.__getitem__
    uneven, tips = missing_words(lacking(arms_differ=True), True, called)
    assert uneven == (
        "values are missing unevenly across arms (Track 1.5 50%, Track 1 5%; p = 0.004), so the"
        " rest may be a selection"
    )
    assert tips == (
        "if, of the missing values, those of Track 1.5 averaged 0.200 (now 0.100) and those of"
        " Track 1 averaged 0.000 (now 0.100), 0.50 SD away, the interval would include zero"
    )
    assert missing_words(lacking(), True) == [tipping_words(lacking(), True)]
    assert tipping_words(lacking(), False).endswith("the interval would exclude zero")


BROKE = SeatBroke(arm="t", seat="u", replies=19, difference=0.179, sd=1.058, p=0.0005)


def test_voids_that_follow_the_offers_and_how_far_off_they_could_put_it() -> None:
    called = {"t": "Track 1.5", "c": "Track 1"}.__getitem__
    found = lacking(broke_differently=(BROKE,), possible_bias=0.016)
    broke, size, tips = missing_words(found, False, called)
    assert broke == (
        "voids follow how the talks went: seat u of Track 1.5 broke off 19 at offers worth 0.179"
        " more to its side than others at the same turn (1.06 SD; p < 0.001), so the rest may"
        " be a selection"
    )
    assert size == (
        "if the measured values of these voids differ as much, the estimate is off by about 0.016"
    )
    assert tips == tipping_words(found, False, called)
    less = SeatBroke(arm="c", seat="o", replies=3, difference=-0.2, sd=-0.7, p=0.01)
    assert "at offers worth 0.200 less to its side" in broke_words(less)
    assert "(0.70 SD; p = 0.010)" in broke_words(less)


def test_that_it_may_be_a_selection_is_said_once() -> None:
    found = lacking(arms_differ=True, broke_differently=(BROKE,), possible_bias=None)
    said = missing_words(found, None if not found.total else False)
    assert [("selection" in clause) for clause in said] == [False, True, False]


def test_what_cannot_tip_it() -> None:
    assert tipping_words(lacking(tipping=None), True) == (
        "no mean of the missing values is known for which the interval would include zero"
    )
    assert tipping_words(lacking(tipping_possible=False), True) == (
        "no possible values of the missing ones are such that the interval would include zero"
    )
    assert "SD away" not in tipping_words(lacking(tipping_sd=None), True)
