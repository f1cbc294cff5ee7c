"""The package space: settlements where they are worth what the axes say, one mark an arm."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.disputes.scenario import Scenario, Twin
from harness.report.material import Chairs, Settlement, Space
from harness.report.package_figure import MAX_POINTS, Panel, package_panel, swatch, zone
from harness.report.svg import MARKERS, OFFICIAL, OTHER, TONES
from tests.support.disputes import small
from tests.support.drawing import Drawing, Mark, overlapping

CHAIRS = Chairs("small", exchanged=False)
DEAL = Settlement(0.7, 0.6, agreed=True, round=1)
LOPSIDED = Settlement(0.98, 0.04, agreed=True, round=1)
APART = Settlement(0.25, 0.3, agreed=False, round=1)
Found = Mapping[str, Mapping[Settlement, list[str]]]


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return small(tmp_path_factory.mktemp("small"))


def panel(
    scenario: Scenario,
    found: Found,
    *,
    arms: tuple[str, ...] = ("plain", "lean"),
    links: Mapping[str, tuple[str, str]] | None = None,
    chairs: Chairs = CHAIRS,
) -> Panel:
    space = Space({"o": scenario.seats.o, "u": scenario.seats.u}, Twin.NONE)
    space.settlements = {arm: dict(settlements) for arm, settlements in found.items()}
    return package_panel(chairs, space, scenario, arms, links or {}, 0)


def drawn(scenario: Scenario, found: Found, **more: object) -> Drawing:
    return Drawing(panel(scenario, found, **more).plot)  # type: ignore[arg-type]


def of_arm(drawing: Drawing, index: int) -> list[Mark]:
    """Marks of the arm drawn ``index``-th: of its shape, in its grey, filled or as an outline."""
    (shape,) = (mark.shape for mark in Drawing(swatch(index, "any")).marks)
    return [
        mark
        for mark in drawing.marks
        if mark.shape == shape
        and TONES[index % len(TONES)] in (mark.style.get("fill"), mark.style.get("stroke"))
    ]


def values_of(drawing: Drawing, marks: list[Mark]) -> list[list[float]]:
    at = np.array([[mark.x, mark.y] for mark in marks])
    return [[float(x), float(y)] for x, y in drawing.values(at).round(2)]


def test_settlements_stand_where_the_axes_say(scenario: Scenario) -> None:
    drawing = drawn(scenario, {"plain": {DEAL: ["a"], APART: ["b"]}, "lean": {LOPSIDED: ["c"]}})
    assert values_of(drawing, of_arm(drawing, 0)) == [[0.7, 0.6], [0.25, 0.3]]
    assert values_of(drawing, of_arm(drawing, 1)) == [[0.98, 0.04]]
    assert "value to Boral (official)" in drawing.said(), "along the x axis"
    assert drawing.word("value to Arden (other)").turned, "along the y axis"
    assert not drawing.spilt()


def test_both_sides_are_drawn_to_one_scale(scenario: Scenario) -> None:
    drawing = drawn(scenario, {"plain": {DEAL: ["a"]}})
    (x, _), (x1, _) = drawing.ticks["x"][0], drawing.ticks["x"][-1]
    (y, _), (y1, _) = drawing.ticks["y"][0], drawing.ticks["y"][-1]
    assert x1 - x == pytest.approx(y - y1)
    assert [text for _, text in drawing.ticks["x"]] == ["0", ".25", ".5", ".75", "1"]


def test_no_deal_is_no_deal_to_the_eye(scenario: Scenario) -> None:
    """A walk-out may stand right where a poor deal would."""
    twin = Settlement(APART.u_o, APART.u_u, agreed=True, round=1)
    drawing = drawn(scenario, {"plain": {APART: ["a"], twin: ["b"]}})
    deal, apart = of_arm(drawing, 0)
    assert (deal.hollow, apart.hollow) == (False, True)
    assert deal.shape == apart.shape


def test_no_deal_is_captioned_with_the_skew_it_enters_at(scenario: Scenario) -> None:
    """It is not 0: (.25, .3) projects at .345 of the frontier, the fair point lies at .549."""
    said = panel(scenario, {"plain": {DEAL: ["a"], APART: ["b"]}}).title
    assert said == "A small dispute (no deal enters at skew −0.20)"
    assert panel(scenario, {"plain": {DEAL: ["a"]}}).title == "A small dispute"


def test_arms_are_told_apart_by_shape_and_never_by_the_colour_of_a_seat(scenario: Scenario) -> None:
    arms = tuple(f"arm-{number}" for number in range(len(MARKERS)))
    drawing = drawn(scenario, {arm: {DEAL: [arm]} for arm in arms}, arms=arms)
    marks = [of_arm(drawing, index)[0] for index in range(len(arms))]
    assert len({mark.shape for mark in marks}) == len(arms)
    assert {mark.style.get("fill") for mark in marks} == set(TONES)
    assert not {OFFICIAL, OTHER} & set(TONES)


def test_the_legend_shows_the_same_mark(scenario: Scenario) -> None:
    drawing = drawn(scenario, {"lean": {DEAL: ["a"]}})
    (mark,) = of_arm(drawing, 1)
    legend = Drawing(swatch(1, "lean"))
    (shown,) = legend.marks
    assert shown.style["fill"] == mark.style["fill"]
    assert shown.shape == mark.shape
    assert legend.label == "Mark of lean"
    assert not legend.spilt()


def test_arms_that_are_not_asked_for_are_left_out(scenario: Scenario) -> None:
    drawing = drawn(scenario, {"plain": {DEAL: ["a"]}, "lean": {LOPSIDED: ["b"]}}, arms=("lean",))
    assert values_of(drawing, of_arm(drawing, 0)) == [[0.98, 0.04]]
    assert "plain" not in drawing.label


def test_more_talks_make_a_larger_mark(scenario: Scenario) -> None:
    drawing = drawn(scenario, {"plain": {DEAL: ["a"] * 9, LOPSIDED: ["b"]}})
    often, once = of_arm(drawing, 0)
    assert values_of(drawing, [often]) == [[0.7, 0.6]]
    assert often.size > once.size


def test_of_many_settlements_the_most_frequent_are_drawn(scenario: Scenario) -> None:
    rare = {Settlement(round(i / 100, 2), 0.0, agreed=True, round=1): [f"r{i}"] for i in range(70)}
    often = Settlement(0.9, 0.9, agreed=True, round=1)
    made = panel(scenario, {"plain": {**rare, often: ["a", "b"]}})
    assert made.left_out == 71 - MAX_POINTS
    shown = values_of(Drawing(made.plot), of_arm(Drawing(made.plot), 0))
    assert shown[0] == [0.9, 0.9]
    assert len(shown) == MAX_POINTS
    assert "72 deals in 72 talks" in Drawing(made.plot).label, "in words all of them count"
    assert panel(scenario, {"plain": {DEAL: ["a"]}}).left_out == 0


def test_a_mark_leads_to_a_dialogue_that_ended_there(scenario: Scenario) -> None:
    links = {"b": ("#dialogue-2", "Read <b>"), "z": ("#dialogue-9", "elsewhere")}
    drawing = drawn(scenario, {"plain": {DEAL: ["a", "b"], LOPSIDED: ["c"]}}, links=links)
    leading, other = of_arm(drawing, 0)
    assert (leading.link, other.link) == ("#dialogue-2", None)
    widths = [float(mark.style.get("stroke-width", 1)) for mark in (leading, other)]
    assert widths[0] > widths[1], "and shows that it does"
    (link,) = drawing.root.iter("a")
    assert link.findtext("title") == "Read <b>"
    assert drawing.root.get("role") == "group"
    assert drawn(scenario, {"plain": {DEAL: ["a"]}}).root.get("role") == "img"


def test_what_each_side_has_without_a_deal_is_drawn(scenario: Scenario) -> None:
    drawing = drawn(scenario, {"plain": {DEAL: ["a"]}})
    dashed = [drawing.values(line.points) for line in drawing.lines if line.dashed]
    (upright,) = (line for line in dashed if np.ptp(line[:, 0]) < 1e-6)
    (level,) = (line for line in dashed if np.ptp(line[:, 1]) < 1e-6)
    assert upright[0, 0] == pytest.approx(0.25, abs=1e-3)
    assert level[0, 1] == pytest.approx(0.3, abs=1e-3)


def test_fair_points_are_named(scenario: Scenario) -> None:
    drawing = drawn(scenario, {})
    names = [text for text in drawing.said() if "KS" in text or "Nash" in text]
    assert names == ["KS, Nash"], "both are the one good package of this dispute"
    white = [mark for mark in drawing.marks if mark.style.get("fill") == "#ffffff"]
    assert {tuple(value) for value in values_of(drawing, white)} == {(0.7, 0.6)}
    assert "no package beats\nno deal for both" not in " ".join(drawing.said())


def test_fair_points_beside_one_another_share_one_name(scenario: Scenario) -> None:
    """Two packages are just as fair: one gives a little more to one side, one to the other."""
    all_in_one = {"weights": {"well": 1.0, "fence": 0.0}}
    ladders = {"a": (1.0, 0.52, 0.48), "b": (0.0, 0.48, 0.52)}
    level = dict(scenario.principals)
    for pid, ladder in ladders.items():
        well = dict(zip(("mine", "half", "yours"), ladder, strict=True))
        values = {**level[pid].values, "well": well}
        changed = {**all_in_one, "values": values, "reservation": 0.25}
        level[pid] = level[pid].model_copy(update=changed)
    drawing = drawn(scenario.model_copy(update={"principals": level, "realities": ()}), {})
    white = [mark for mark in drawing.marks if mark.style.get("fill") == "#ffffff"]
    assert {tuple(value) for value in values_of(drawing, white)} == {(0.48, 0.52), (0.52, 0.48)}
    assert [text for text in drawing.said() if "KS" in text or "Nash" in text] == ["KS, Nash"]


def test_where_nothing_beats_no_deal_the_panel_says_so(scenario: Scenario) -> None:
    demanding = {
        pid: scenario.principals[pid].model_copy(update={"reservation": 0.95}) for pid in "ab"
    }
    stuck = scenario.model_copy(update={"principals": {**scenario.principals, **demanding}})
    drawing = drawn(stuck, {"plain": {Settlement(0.95, 0.95, agreed=False, round=1): ["a"]}})
    assert {"no package beats", "no deal for both"} <= set(drawing.said())
    assert not drawing.spilt()


def test_the_realities_drawn_are_those_of_the_round_in_which_most_talks_ended(
    scenario: Scenario,
) -> None:
    late = Settlement(0.7, 0.6, agreed=True, round=3)
    made = panel(scenario, {"plain": {late: ["a", "b"], DEAL: ["c"]}})
    assert made.title == "A small dispute (realities of round 3)"
    drawing = Drawing(made.plot)
    (upright,) = (
        drawing.values(line.points)[0, 0]
        for line in drawing.lines
        if line.dashed and np.ptp(line.points[:, 0]) == 0
    )
    assert upright == pytest.approx(0.35, abs=1e-3), "no deal is worth more since the rain"


def test_exchanged_chairs_are_said(scenario: Scenario) -> None:
    made = panel(scenario, {"plain": {DEAL: ["a"]}}, chairs=Chairs("small", exchanged=True))
    assert made.title == "A small dispute (chairs exchanged)"
    assert panel(scenario, {"plain": {DEAL: ["a"]}}).title == "A small dispute"


def test_a_panel_in_words(scenario: Scenario) -> None:
    found = {
        "plain": {DEAL: ["a", "b", "c"], LOPSIDED: ["d"], APART: ["e"]},
        "lean": {APART: ["f"]},
    }
    assert drawn(scenario, found).label == (
        "Packages of A small dispute, by value to Boral (official seat) and Arden (other seat). "
        "plain: 4 deals in 5 talks, on average 0.77 and 0.46. lean: no deal in 1 talk."
    )


@pytest.mark.parametrize(
    "name", ["The Federated Republic of Upper and Lower Norland", "W" * 60, "中" * 40, "<b>$x$</b>"]
)
def test_names_stay_in_the_view_and_are_only_text(scenario: Scenario, name: str) -> None:
    called = {pid: scenario.principals[pid].model_copy(update={"name": name}) for pid in "ab"}
    renamed = scenario.model_copy(update={"principals": {**scenario.principals, **called}})
    drawing = drawn(renamed, {"plain": {DEAL: ["a"]}})
    assert not drawing.spilt()
    assert list(overlapping(drawing.words)) == []
    labels = [text for text in drawing.said() if text.startswith("value to ")]
    assert [text.rpartition(" ")[2] for text in labels] == ["(official)", "(other)"]
    assert f"value to {name} (official seat) and {name} (other seat)" in drawing.label
    assert not list(drawing.root.iter("b"))


def test_the_same_space_gives_the_same_bytes(scenario: Scenario, tmp_path: Path) -> None:
    found = {"plain": {DEAL: ["a"], LOPSIDED: ["b"]}}
    again = {"plain": {LOPSIDED: ["b"], DEAL: ["a"]}}
    assert panel(scenario, found) == panel(small(tmp_path), again), "in whatever order they ended"


def test_zone_of_a_straight_frontier() -> None:
    line = np.array([[0.0, 1.0], [1.0, 0.0]])
    outline = zone(line, np.array([0.3, 0.2]))
    assert outline[1] == pytest.approx([0.3, 0.7])
    assert outline[-2] == pytest.approx([0.8, 0.2])


def test_zone_beyond_the_frontier_is_empty() -> None:
    line = np.array([[0.0, 1.0], [1.0, 0.0]])
    assert zone(line, np.array([0.6, 0.6])).shape == (0, 2)


def test_zone_of_one_point() -> None:
    line = np.array([[0.6, 0.7]])
    assert zone(line, np.array([0.3, 0.2])).tolist() == [[0.3, 0.7], [0.6, 0.7], [0.6, 0.2]]
    assert zone(line, np.array([0.3, 0.8])).shape == (0, 2)


@pytest.mark.parametrize("line", [[[0.0, 0.5], [1.0, 0.5]], [[0.5, 1.0], [0.5, 0.0]]])
def test_zone_of_a_level_and_of_an_upright_frontier(line: list[list[float]]) -> None:
    assert len(zone(np.array(line), np.array([0.2, 0.2])))
    assert zone(np.array(line), np.array([0.6, 0.6])).shape == (0, 2)


def test_zone_may_reach_past_the_ends_of_the_frontier() -> None:
    line = np.array([[0.4, 0.9], [0.8, 0.6]])
    outline = zone(line, np.array([0.1, 0.2]))
    assert outline[0] == pytest.approx([0.1, 0.9])
    assert outline[-1] == pytest.approx([0.8, 0.2])


@given(st.floats(0, 1), st.floats(0, 1))
def test_zone_never_holds_what_a_side_would_refuse(r_o: float, r_u: float) -> None:
    line = np.array([[0.1, 1.0], [0.5, 0.8], [0.7, 0.4], [1.0, 0.05]])
    outline = zone(line, np.array([r_o, r_u]))
    assert (outline >= np.array([r_o, r_u]) - 1e-9).all()
