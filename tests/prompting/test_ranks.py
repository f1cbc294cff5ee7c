"""Words for values: an order that the table has too, and nothing that adds up."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.prompting.ranks import enough, leaving, moved, ranked

POINTS = st.lists(st.integers(min_value=0, max_value=30), min_size=2, max_size=6)
ORDER = ("best", "nearly as good", "good", "in between", "poor", "close to the worst", "worst")


def row(name: str, points: list[int], importance: int = 30) -> dict[str, Any]:
    options = [{"id": f"{name}{index}", "points": worth} for index, worth in enumerate(points)]
    found = {"id": name, "name": name.upper(), "cost": "mostly material"}
    return {**found, "importance": importance, "options": options}


@given(POINTS)
@example([30, 10])
@example([10, 10, 10])
@example([0, 29, 30])
def test_options_stand_as_their_points_do(points: list[int]) -> None:
    (found,) = ranked([row("a", points)])
    worth = {f"a{index}": value for index, value in enumerate(points)}
    shown = [[worth[name] for name in group["ids"]] for group in found["options"]]
    assert all(len(set(alike)) == 1 for alike in shown)
    firsts = [alike[0] for alike in shown]
    assert firsts == sorted(set(points), reverse=True)
    places = [group["place"] for group in found["options"]]
    if len(firsts) == 1:
        assert places == ["alike"]
    else:
        assert (places[0], places[-1]) == ("best", "worst")
        assert [ORDER.index(place) for place in places] == sorted(map(ORDER.index, places))


@given(st.lists(st.integers(min_value=1, max_value=9), min_size=1, max_size=6))
@example([5, 5, 9])
def test_issues_stand_by_importance(importance: list[int]) -> None:
    rows = [row(f"i{n}", [weight, 0], weight) for n, weight in enumerate(importance)]
    found = ranked(rows)
    weights = [importance[int(one["id"][1:])] for one in found]
    assert weights == sorted(importance, reverse=True)
    alike = [False, *(a == b for a, b in pairwise(weights))]
    assert [one["alike"] for one in found] == alike


def test_where_an_option_lies_on_its_issue_is_said() -> None:
    (found,) = ranked([row("a", [0, 5, 12, 18, 30])])
    assert [(group["ids"], group["place"]) for group in found["options"]] == [
        (["a4"], "best"),
        (["a3"], "good"),
        (["a2"], "in between"),
        (["a1"], "close to the worst"),
        (["a0"], "worst"),
    ]


@pytest.mark.parametrize(
    ("reservation", "word"),
    [(0.0, "grave"), (0.2, "bad"), (0.4, "tolerable"), (0.6, "tolerable"), (0.65, "good")],
)
def test_leaving_has_a_word(reservation: float, word: str) -> None:
    assert leaving(reservation) == word


@pytest.mark.parametrize(
    ("before", "now", "word"),
    [
        (0.5, 0.502, None),
        (0.52, 0.54, "a little better"),
        (0.54, 0.51, "a little worse"),
        (0.3, 0.4, "better"),
        (0.5, 0.2, "much worse"),
    ],
)
def test_a_change_of_leaving_has_a_direction_and_a_size(
    before: float, now: float, word: str | None
) -> None:
    assert moved(before, now) == word


ROWS = [row("a", [0, 50], 50), row("c", [20, 0], 20), row("b", [30, 0, 10], 30)]


@pytest.mark.parametrize(
    ("no_deal", "ids"), [(40, ["a"]), (50, ["a", "b"]), (79, ["a", "b"]), (80, []), (100, [])]
)
def test_what_makes_up_for_no_agreement_is_the_fewest_leading_issues(
    no_deal: float, ids: list[str]
) -> None:
    found = enough(ROWS, no_deal, {})
    assert found.pop("middle")
    assert found == {"enough": ids, "short": len(ids) > 1, "always": False, "last": "c"}


@given(st.lists(POINTS, min_size=1, max_size=6), st.integers(min_value=0, max_value=120))
@example([[0, 30], [0, 20]], 25)
@example([[0, 30], [0, 20]], 60)
@example([[10, 30]], 5)
@example([[0, 0], [0, 30]], 10)
def test_what_is_said_to_be_enough_is(points: list[list[int]], no_deal: int) -> None:
    rows = [row(f"i{n}", worth, max(worth)) for n, worth in enumerate(points)]
    found = enough(rows, no_deal, {})
    worth = {one["id"]: [option["points"] for option in one["options"]] for one in rows}

    def with_best_on(ids: list[str]) -> int:
        return sum(max(w) if name in ids else min(w) for name, w in worth.items())

    order = [one["id"] for one in ranked(rows)]
    assert found["last"] == order[-1]
    assert found["always"] is (with_best_on([]) > no_deal)
    if found["enough"]:
        assert found["enough"] == order[: len(found["enough"])]
        assert with_best_on(found["enough"]) > no_deal
        assert with_best_on(found["enough"][:-1]) <= no_deal
    elif not found["always"]:
        assert with_best_on(order[:-1]) <= no_deal


def test_what_would_never_be_signed_is_no_part_of_the_comparison() -> None:
    """A reader who was shown such a package took the red lines for soft."""
    rows = [row("a", [0, 20, 50], 50), row("b", [0, 10, 50], 50)]
    assert enough(rows, 55, {})["enough"] == []
    assert enough(rows, 55, {"b": ("b0",)})["enough"] == ["a"]
    assert enough(rows, 55, {"a": ("a0", "a1", "a2"), "b": ("b0",)})["enough"] == ["a"]
    assert enough(rows, 25, {"a": ("a0",), "b": ("b0",)})["always"] is True


@pytest.mark.parametrize(
    ("no_deal", "word"),
    [
        (30, "neither better nor worse"),
        (28, "a little better"),
        (45, "much worse"),
        (10, "much better"),
        (38, "worse"),
    ],
)
def test_the_middle_is_held_against_no_agreement(no_deal: int, word: str) -> None:
    rows = [row("a", [0, 20, 50], 50), row("b", [0, 10, 50], 50)]
    assert enough(rows, no_deal, {})["middle"] == word
    assert enough(rows, no_deal, {"a": ("a0", "a1")})["middle"] == moved(no_deal / 100, 0.6)
