"""The pictures of where offers lay."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from harness.report.reading import Reading
from harness.viewer.trajectory import Track, course, dance
from tests.support.disputes import small
from tests.support.readings import read_one
from tests.support.run_folders import LEANING, LOPSIDED, MIDDLE, dialogue


def reading(tmp_path: Path, *entries: object, name: str = "a") -> Reading:
    place = tmp_path / name
    place.mkdir()
    scenario = small(tmp_path)
    return read_one(place, scenario, dialogue(scenario, "lean", list(entries)))  # type: ignore[arg-type]


@pytest.fixture
def talks(tmp_path: Path) -> Reading:
    """o asks for all, u offers the middle, o leans, u takes it: (.85, .42)."""
    return reading(tmp_path, ("o", LOPSIDED), ("u", MIDDLE), ("o", LEANING), ("u", "accept"))


def test_offers_lie_where_their_values_are(talks: Reading) -> None:
    picture = dance([Track(talks)])
    assert picture is not None
    frame = picture.frame
    places = [(mark.x, mark.y) for mark in picture.marks]
    for place, (u, o) in zip(places, [(0, 1), (0.6, 0.7), (0.42, 0.85), (0.42, 0.85)], strict=True):
        assert place == pytest.approx((frame.x(u), frame.y(o)), abs=0.06)
    assert [mark.kind for mark in picture.marks] == [
        "opening",
        "opening",
        "proposal",
        "acceptance",
    ]
    assert [path.seat for path in picture.paths] == ["o", "u"]


def test_every_mark_leads_to_its_turn_and_says_what_it_is(talks: Reading) -> None:
    picture = dance([Track(talks)])
    assert picture is not None
    links = [link for mark in picture.marks for link in mark.links]
    assert [link.href for link in links] == ["#turn-0", "#turn-1", "#turn-2", "#turn-3"]
    assert links[0].title == (
        "Turn 0: Boral proposes o-1, subject to approval; worth 1.00 to Boral (no deal 0.25), "
        "0.00 to Arden (no deal 0.30)"
    )
    assert "accepts" in links[3].title


def test_no_deal_is_a_line_for_each_side_and_a_place_for_both(talks: Reading) -> None:
    picture = dance([Track(talks)])
    assert picture is not None
    frame = picture.frame
    assert [(limit.seat, limit.title) for limit in picture.limits] == [
        ("o", "No deal is worth 0.25 to Boral"),
        ("u", "No deal is worth 0.30 to Arden"),
    ]
    assert picture.limits[0].d == f"M40 {frame.y(0.25):.1f} H330"
    assert picture.zone is not None
    x, y, width, height = picture.zone
    assert (x, y + height) == pytest.approx((frame.x(0.3), frame.y(0.25)))
    assert (x + width, y) == pytest.approx((frame.right, frame.top))


def test_the_move_that_falls_below_no_deal_is_marked(tmp_path: Path) -> None:
    found = reading(tmp_path, ("u", MIDDLE), ("o", LOPSIDED), ("u", LOPSIDED), ("u", LOPSIDED))
    picture = course([Track(found)])
    assert picture is not None
    own = [mark for mark in picture.marks if mark.seat == "u"]
    assert [(mark.below, mark.fell) for mark in own] == [
        (False, False),
        (True, True),
        (True, False),
    ]
    assert own[1].links[0].title.endswith("; Arden falls below no deal here")
    assert own[2].links[0].title.endswith("; below no deal for Arden")


def test_the_same_terms_again_share_a_mark_in_the_plane_alone(tmp_path: Path) -> None:
    found = reading(tmp_path, ("o", LEANING), ("u", MIDDLE), ("o", LEANING), ("o", LEANING))
    plane, turns = dance([Track(found)]), course([Track(found)])
    assert plane is not None
    assert turns is not None
    assert [link.text for link in plane.marks[0].links] == ["0", "2", "3"]
    assert [len(mark.links) for mark in turns.marks] == [1, 1, 1, 1]


def test_what_happened_moves_no_deal(tmp_path: Path) -> None:
    """The drought takes Arden's no deal from .3 to .2, and its .42 of these terms to .32."""
    found = reading(tmp_path, ("u", LEANING), ("o", LEANING), "next round", ("u", LEANING))
    plane, turns = dance([Track(found)]), course([Track(found)])
    assert plane is not None
    assert turns is not None
    lines = [(limit.seat, limit.former) for limit in plane.limits]
    assert lines == [("o", False), ("u", True), ("u", False)]
    own = next(limit for limit in turns.limits if limit.seat == "u")
    frame = turns.frame
    assert own.d == (
        f"M40 {frame.y(0.3):.1f} H{frame.right:.1f} V{frame.y(0.2):.1f} H{frame.right:g}"
    )


def test_two_dialogues_share_a_picture(tmp_path: Path, talks: Reading) -> None:
    other = reading(tmp_path, ("o", MIDDLE), ("u", "accept"), name="b")
    picture = dance([Track(talks, "A", "a-turn-"), Track(other, "B", "b-turn-")])
    assert picture is not None
    links = [link for mark in picture.marks for link in mark.links]
    assert [link.text for link in links] == ["A0", "A1", "A2", "A3", "B0", "B1"]
    assert links[4].href == "#b-turn-0"
    assert links[4].title.startswith("B, turn 0: Boral")
    assert {mark.track for mark in picture.marks} == {0, 1}
    assert len(picture.limits) == 2, "no deal is the same in both"


def test_an_acceptance_that_no_turn_holds_leads_to_the_end(talks: Reading) -> None:
    last = talks.trajectory[-1]
    found = replace(talks, trajectory=(*talks.trajectory[:-1], replace(last, turn=99)))
    picture = dance([Track(found)])
    assert picture is not None
    assert picture.marks[-1].links[0].href == "#turn-end"


def test_an_axis_begins_below_all_there_is(tmp_path: Path) -> None:
    found = reading(tmp_path, ("o", MIDDLE), ("u", MIDDLE))
    plane = dance([Track(found)])
    assert plane is not None
    assert plane.frame.low == 0.25, "no deal is .25 to Boral"
    assert [text for _, text in plane.ticks] == [".25", ".5", ".75", "1"]
    assert plane.rungs[0][0] == plane.frame.bottom


def test_nothing_is_drawn_where_no_terms_were_named(tmp_path: Path) -> None:
    found = reading(tmp_path, ("u", "walk_out"))
    assert dance([Track(found)]) is None
    assert course([Track(found)]) is None


def test_long_names_are_cut_beside_the_axes(talks: Reading) -> None:
    long = tuple(replace(who, name="Long " * 30) for who in talks.delegations)
    picture = dance([Track(replace(talks, delegations=long))])
    assert picture is not None
    assert len(picture.across) < 50
    assert re.fullmatch(r"worth to (Long )+Long…", picture.across)
