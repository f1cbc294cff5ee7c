"""How far people agree with one another and with the judge, on the turns that both have read."""

from __future__ import annotations

import pytest

from harness.analysis.label_agreement import LabelAgreement, Reading, agreements
from harness.plans.prose_ledger import ACTS

GIVES = frozenset({("concedes", "well")})
OTHER = frozenset({("concedes", "fence")})
NOTHING = frozenset[tuple[str, str | None]]()


def read(who: str, acts: list[frozenset[tuple[str, str | None]]], **more: bool) -> list[Reading]:
    """Turns of eight dialogues, the first of each drawn with a chance of one half, others .1."""
    return [
        Reading(who, f"d{n % 8}", n // 8, 0.5 if n < 8 else 0.1, one, **more)
        for n, one in enumerate(acts)
    ]


def of(found: tuple[LabelAgreement, ...], act: str = "concedes") -> LabelAgreement:
    (one,) = [one for one in found if one.act == act]
    return one


def test_two_by_two_by_hand() -> None:
    ann = [GIVES] * 8 + [NOTHING] * 8
    ben = [GIVES] * 6 + [NOTHING] * 2 + [GIVES] + [NOTHING] * 7
    found = agreements([*read("ann", ann), *read("ben", ben)])
    assert [one.act for one in found] == list(ACTS)
    one = of(found)
    assert (one.first, one.second, one.judge, one.turns) == ("ann", "ben", False, 16)
    assert (one.both, one.only_first, one.only_second) == (6, 2, 1)
    agreed, chance = 13 / 16, (8 * 7 + 8 * 9) / 16**2
    assert one.kappa == pytest.approx((agreed - chance) / (1 - chance))
    assert one.kappa_interval is None, "eight dialogues are too few"
    assert one.found == pytest.approx(6 / 8)
    assert one.right == pytest.approx((6 / 0.5) / (6 / 0.5 + 1 / 0.1)), "weighted back"
    assert of(found, "threat").kappa is None, "nobody marks one: that is no agreement"
    assert of(found, "threat").found is None


def test_twelve_dialogues_give_an_interval() -> None:
    def of_each(acts: list[frozenset[tuple[str, str | None]]], who: str) -> list[Reading]:
        return [Reading(who, f"d{n}", 0, 0.5, one) for n, one in enumerate(acts)]

    ann = of_each([GIVES, NOTHING] * 6, "ann")
    one = of(agreements([*ann, *of_each([*[GIVES, NOTHING] * 5, GIVES, GIVES], "ben")]))
    assert one.kappa is not None
    assert one.kappa_interval is not None
    assert one.kappa_interval[0] <= one.kappa <= one.kappa_interval[1]


def test_a_mark_on_another_issue_is_not_the_same_mark() -> None:
    found = of(agreements([*read("ann", [GIVES] * 8), *read("ben", [OTHER] * 8)]))
    assert (found.both, found.found) == (8, 0)


def test_people_are_held_against_judges_and_judges_not_against_one_another() -> None:
    acts = [GIVES, NOTHING] * 4
    found = agreements(
        [
            *read("x", acts, judge=True),
            *read("y", acts, judge=True),
            *read("ben", acts),
            *read("x", acts),
        ]
    )
    pairs = {(one.first, one.second, one.judge) for one in found}
    assert pairs == {
        ("ben", "x", False),
        ("ben", "x", True),
        ("ben", "y", True),
        ("x", "x", True),
        ("x", "y", True),
    }
    assert of(tuple(one for one in found if one.first == "ben" and one.second == "y")).kappa == 1


def test_without_a_common_turn_there_is_nothing_to_compare() -> None:
    assert agreements(read("ann", [GIVES])) == ()
    late = [Reading("ben", "d9", 0, 0.5, GIVES)]
    assert agreements([*read("ann", [GIVES]), *late]) == ()


def test_few_dialogues_give_no_interval() -> None:
    few = of(agreements([*read("ann", [GIVES, NOTHING]), *read("ben", [GIVES, NOTHING])]))
    assert few.kappa == 1
    assert few.kappa_interval is None
