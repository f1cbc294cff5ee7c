"""How the talks went: curves on common scales, red lines counted, and what is missing left out."""

from __future__ import annotations

import numpy as np
import pytest

from harness.report.course_figures import concession_panels, red_lines_figure
from harness.report.material import Curve, Material
from harness.report.svg import MID, OFFICIAL, OTHER
from harness.report.wording import MISSING
from tests.support.drawing import Drawing, overlapping
from tests.support.findings import arm, findings

NAN = float("nan")
CROSSED = ("red_lines.crossed_o", "red_lines.crossed_u", "red_lines.crossed_absent")


def curve(*values: float, reservation: float = 0.3, reached: int | None = None) -> Curve:
    """What a seat proposed in one dialogue; NaN before it proposed anything."""
    means = np.array(values)
    n = (~np.isnan(means)).astype(float)
    last = len(values) if reached is None else reached
    return Curve(np.nan_to_num(means), n, last, reservation, dialogues=1)


def material(**curves: Curve) -> Material:
    """Curves by ``ARM_SEAT``."""
    made = Material()
    for name, one in curves.items():
        of, seat = name.rsplit("_", 1)
        made.curves[of, seat] = one
    return made


def panel(made: Material, *, turns: int = 4, name: str = "lean") -> Drawing:
    (found,) = (svg for title, svg in concession_panels(made, [name], turns) if title == name)
    return Drawing(found)


def drawn_as(drawing: Drawing, color: str) -> list[list[list[float]]]:
    """Values of the curves of a colour, as a reader reads them off; not the line of no deal."""
    lines = [line.points for line in drawing.painted(color) if len(line.points) > 1]
    read = [drawing.values(points).round(3).tolist() for points in lines]
    return [line for line in read if line[0][1] != line[-1][1] or line[0][0] >= 1]


def test_curves_stand_where_the_axes_say() -> None:
    made = material(lean_o=curve(0.9, 0.8, 0.7, 0.6), lean_u=curve(NAN, 0.5, 0.55, 0.55))
    drawing = panel(made)
    assert drawn_as(drawing, OFFICIAL) == [[[1, 0.9], [2, 0.8], [3, 0.7], [4, 0.6]]]
    assert drawn_as(drawing, OTHER) == [[[2, 0.5], [3, 0.55], [4, 0.55]]]
    assert [text for _, text in drawing.ticks["y"]] == ["0", ".25", ".5", ".75", "1"]
    assert not drawing.spilt()


def test_the_curves_are_told_apart_without_colour() -> None:
    drawing = panel(material(lean_o=curve(0.9, 0.8), lean_u=curve(0.5, 0.6)))
    solid, dashed = drawing.painted(OFFICIAL)[0], drawing.painted(OTHER)[0]
    assert (solid.dashed, dashed.dashed) == (False, True)
    names = {name: drawing.word(name) for name in ("official seat", "other seat")}
    assert (names["official seat"].color, names["other seat"].color) == (
        OFFICIAL.lower(),
        OTHER.lower(),
    )
    assert names["official seat"].y < names["other seat"].y, "the name of the higher one is higher"


@pytest.mark.parametrize(("o", "u"), [(0.2, 0.9), (0.5, 0.5), (0.52, 0.5), (1, 0)])
def test_names_stand_on_no_curve_and_not_on_each_other(o: float, u: float) -> None:
    drawing = panel(material(lean_o=curve(o, o), lean_u=curve(u, u)))
    assert list(overlapping(drawing.words)) == []
    assert not drawing.spilt()
    higher, lower = sorted(
        (drawing.word("official seat"), drawing.word("other seat")), key=lambda word: word.y
    )
    ends = [line.points[-1, 1] for line in drawing.lines if line.points[-1, 0] == higher.x]
    assert len(ends) == 2
    assert higher.box()[1, 1] <= min(ends)
    assert not lower.box()[0, 1] < max(ends) < lower.box()[1, 1]
    assert not lower.box()[0, 1] < min(ends) < lower.box()[1, 1]


def test_the_value_of_no_deal_is_drawn_for_each_seat() -> None:
    made = material(
        lean_o=curve(0.9, 0.8, reservation=0.25), lean_u=curve(0.5, 0.6, reservation=0.4)
    )
    drawing = panel(made)
    for color, r in ((OFFICIAL, 0.25), (OTHER, 0.4)):
        across = [
            line.points for line in drawing.painted(color) if line.style["stroke-width"] == "0.7"
        ]
        assert drawing.values(across[0])[:, 1] == pytest.approx([r, r], abs=1e-3)


def test_all_panels_have_the_same_scales() -> None:
    """A short talk must not look like a long one, nor a small concession like a large one."""
    made = material(plain_o=curve(0.9, 0.89, NAN, NAN, reached=2), lean_o=curve(1.0, 0.0, 0.0, 0.0))
    one, two = (Drawing(svg) for _, svg in concession_panels(made, ["plain", "lean"], 4))
    assert one.ticks == two.ticks
    assert len(one.ticks["x"]) == 4


def test_no_line_runs_across_rounds() -> None:
    """What is worth something changes between rounds."""
    drawing = panel(material(lean_o=curve(0.9, 0.8, 0.5, 0.4)), turns=2)
    assert drawn_as(drawing, OFFICIAL) == [[[1, 0.9], [2, 0.8]], [[3, 0.5], [4, 0.4]]]
    (border,) = (
        line.points for line in drawing.lines if np.ptp(line.points[:, 0]) == 0 and line.dashed
    )
    assert drawing.values(border)[:, 0] == pytest.approx([2.5, 2.5], abs=1e-3)
    assert drawing.values(np.array([[drawing.word("round 2").x, 0]]))[0, 0] > 2.5


@pytest.mark.parametrize(
    ("values", "turns", "alone"),
    [
        ((0.9, 0.8, 0.7), 1, [[1, 0.9], [2, 0.8], [3, 0.7]]),
        ((0.9, 0.8, 0.7), 2, [[3, 0.7]]),
        ((NAN, NAN, 0.7), 3, [[3, 0.7]]),
        ((0.9, 0.8), 2, []),
    ],
)
def test_a_turn_without_neighbours_is_a_dot(
    values: tuple[float, ...], turns: int, alone: list[list[float]]
) -> None:
    """A line through one point is nothing that anybody sees."""
    drawing = panel(material(lean_o=curve(*values)), turns=turns)
    dots = np.array([[mark.x, mark.y] for mark in drawing.marks]).reshape(-1, 2)
    assert drawing.values(dots).tolist() == [pytest.approx(dot, abs=1e-3) for dot in alone]
    assert {mark.style["fill"] for mark in drawing.marks} <= {OFFICIAL.lower()}


def test_turns_before_the_first_proposal_are_left_out() -> None:
    drawing = panel(material(lean_o=curve(NAN, 0.5, 0.4), lean_u=curve(NAN, NAN, NAN, reached=0)))
    assert drawn_as(drawing, OFFICIAL) == [[[2, 0.5], [3, 0.4]]]
    assert drawing.painted(OTHER) == []
    assert "other seat" not in " ".join((*drawing.said(), drawing.label))
    assert "from 0.50 to 0.40" in drawing.label


def test_an_arm_without_a_proposal_has_no_panel() -> None:
    silent = curve(NAN, NAN, reached=0)
    made = material(plain_o=silent, plain_u=silent, lean_o=curve(0.9, 0.8))
    assert [name for name, _ in concession_panels(made, ["plain", "lean", "absent"], 2)] == ["lean"]
    assert concession_panels(material(plain_o=silent), ["plain"], 2) == []
    assert concession_panels(Material(), ["plain"], 2) == []


def test_panels_stand_in_the_order_of_the_arms() -> None:
    made = material(plain_o=curve(0.9, 0.8), lean_o=curve(0.9, 0.8))
    assert [name for name, _ in concession_panels(made, ["lean", "plain"], 2)] == ["lean", "plain"]
    assert [name for name, _ in concession_panels(made, ["plain"], 2)] == ["plain"]


@pytest.mark.parametrize(("reached", "turns"), [(1, 1), (9, 4), (20, 1), (60, 3), (400, 200)])
def test_however_long_the_talks_nothing_runs_into_anything(reached: int, turns: int) -> None:
    drawing = panel(material(lean_o=curve(*np.linspace(1, 0, reached))), turns=turns)
    assert not drawing.spilt()
    assert list(overlapping(drawing.words)) == []
    assert 1 <= len(drawing.ticks["x"]) <= 8
    numbers = {text.removeprefix("round ") for text in drawing.said() if text.startswith("round")}
    assert numbers <= {str(number) for number in range(2, -(-reached // turns) + 1)}


def test_rounds_are_numbered_where_there_is_room() -> None:
    wide = panel(material(lean_o=curve(*np.linspace(1, 0, 16))), turns=8)
    narrow = panel(material(lean_o=curve(*np.linspace(1, 0, 8))), turns=1)
    assert "round 2" in wide.said()
    assert not [text for text in narrow.said() if text.startswith("round")]
    assert narrow.said().count("5") == 2, "of the turn and of the round"


def test_a_panel_in_words() -> None:
    made = material(
        **{"<b>_o": curve(0.9, 0.8), "<b>_u": curve(0.5, NAN, reservation=0.412, reached=1)}
    )
    drawing = panel(made, name="<b>")
    assert drawing.label == (
        "Mean own value proposed, <b>. official seat: from 0.90 to 0.80, no deal 0.30. "
        "other seat: from 0.50 to 0.50, no deal 0.41."
    )
    assert drawing.root.get("role") == "img"


def test_the_same_curves_give_the_same_bytes() -> None:
    made = material(lean_o=curve(0.9, 0.8), lean_u=curve(0.2, 0.3))
    assert concession_panels(made, ["lean"], 2) == concession_panels(made, ["lean"], 2)


# --- red lines -----------------------------------------------------------------------------------


def crossed(name: str, *means: float | None) -> object:
    return arm(name, dict(zip(CROSSED, means, strict=True)))


def lines(*arms: object) -> Drawing:
    svg = red_lines_figure(findings(arms=arms))
    assert svg is not None
    return Drawing(svg)


def bars(drawing: Drawing) -> list[tuple[str, float, float, float]]:
    """(colour, left, width, middle) of every bar."""
    found = []
    for line in drawing.lines:
        low, high = line.points.min(axis=0), line.points.max(axis=0)
        if line.clip is not None and line.style.get("fill", "none") != "none":
            found.append((line.style["fill"], low[0], high[0] - low[0], (low[1] + high[1]) / 2))
    return found


def test_bars_are_as_long_as_the_means_on_one_scale_for_all() -> None:
    drawing = lines(crossed("plain", 0.5, 1.0, 0.75), crossed("lean", 0.1, 2.0, 1.5))
    widths = [width for _, _, width, _ in bars(drawing)]
    means = [0.5, 0.1, 1.0, 2.0, 0.75, 1.5]
    assert len(widths) == 6
    assert np.array(widths) / widths[0] == pytest.approx(np.array(means) / 0.5, abs=1e-3)
    lefts = sorted({round(left, 3) for _, left, _, _ in bars(drawing)})
    assert len(lefts) == 3, "bars start at 0"
    assert drawing.spilt() == []


def test_rows_stand_beside_the_names_of_their_arms() -> None:
    drawing = lines(crossed("plain", 0.5, 0.5, 0.5), crossed("lean", 1.0, 1.0, 1.0))
    rows = {name: np.mean(drawing.word(name).box()[:, 1]) for name in ("plain", "lean")}
    assert rows["plain"] < rows["lean"], "in the suite's order"
    first, second = bars(drawing)[:2]
    assert (first[3], second[3]) == pytest.approx((rows["plain"], rows["lean"]), abs=1.5)


def test_none_is_not_the_same_as_unknown() -> None:
    drawing = lines(crossed("plain", 0.0, None, 1.0), arm("lean", {}))
    assert [width > 0 for _, _, width, _ in bars(drawing)] == [True], "neither has a bar"
    numbers = [text for text in drawing.said() if text in ("0.00", "1.00", MISSING)]
    assert numbers == ["0.00", MISSING, MISSING, MISSING, "1.00", MISSING]
    assert drawing.label == (
        "Red lines crossed a dialogue. "
        "plain: official seat's principal 0.00, other seat's principal —, "
        "parties not at the table 1.00; "
        "lean: official seat's principal —, other seat's principal —, parties not at the table —."
    )


def test_nothing_scored_is_no_figure() -> None:
    assert (
        red_lines_figure(findings(arms=[arm("plain", {}), crossed("lean", None, None, None)]))
        is None
    )
    assert red_lines_figure(findings()) is None


def test_nothing_crossed_is_drawn_without_bars() -> None:
    drawing = lines(crossed("plain", 0.0, 0.0, 0.0))
    assert bars(drawing) == []
    assert drawing.said().count("0.00") == 3


@pytest.mark.parametrize(
    ("name", "most"), [("m" * 60, 0.01), ("unofficial-with-prestige-and-hardball", 123.4)]
)
def test_long_names_and_large_numbers_stay_in_the_view(name: str, most: float) -> None:
    drawing = lines(crossed(name, most, most / 2, 0.0), crossed("lean", 0.0, most, most))
    assert drawing.spilt() == []
    assert list(overlapping(drawing.words)) == []
    assert name in drawing.label


def test_on_a_phone_the_groups_stand_below_one_another() -> None:
    arms = [crossed("m" * 60, 0.5, 1.0, 0.75), crossed("lean", 0.1, 2.0, 1.5)]
    svg = red_lines_figure(findings(arms=arms), narrow=True)
    assert svg is not None
    drawing = Drawing(svg)
    found = bars(drawing)
    assert [color for color, *_ in found] == [OFFICIAL] * 2 + [OTHER] * 2 + [MID] * 2
    assert [middle for *_, middle in found] == sorted(middle for *_, middle in found)
    assert len({round(left, 3) for _, left, _, _ in found}) == 1, "on one scale"
    widths = np.array([width for _, _, width, _ in found])
    assert widths / widths[0] == pytest.approx(
        np.array([0.5, 0.1, 1, 2, 0.75, 1.5]) / 0.5, abs=1e-3
    )
    assert drawing.said().count("lean") == 3
    assert drawing.spilt() == []
    assert list(overlapping(drawing.words)) == []


def test_the_same_counts_give_the_same_bytes() -> None:
    found = findings(arms=[crossed("plain", 0.5, 0.25, 0.0)])
    assert red_lines_figure(found) == red_lines_figure(found)
