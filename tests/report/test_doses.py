"""Dose and response as a table and as curves."""

from __future__ import annotations

import io
from itertools import pairwise

import pytest
from rich.console import Console

from harness.analysis.dose import AGREEMENT, DoseCurve
from harness.report.doses import NOTE, doses_figure, note, print_doses
from harness.report.wording import MISSING
from tests.support.doses import curve, response
from tests.support.drawing import Drawing, overlapping
from tests.support.findings import findings


def printed(*curves: DoseCurve) -> str:
    file = io.StringIO()
    print_doses(findings(doses=curves), Console(file=file, width=100))
    return file.getvalue()


def test_the_table_has_a_row_a_dose_and_the_trend() -> None:
    lines = [line.split() for line in printed(curve()).splitlines()]
    assert ["Free", "[b]hardball[/b]", "(free_hardball", "of", "seat", "o)"] in lines
    assert ["0", "none", "100", "%", "0.00", "±0.02", "0.00", "±0.02"] in lines
    assert ["1", "much", "50", "%", "+0.10", "±0.02", MISSING] in lines
    assert ["trend", "−50", "±20", "%*", "+0.10", "±0.05*", MISSING] in lines
    assert NOTE.split(".", 1)[0] in " ".join(printed(curve()).split())


def test_what_a_trend_is_not_made_of_is_said() -> None:
    assert note(findings(doses=(curve(),))) == NOTE, "where nothing is missing nothing is said"
    (first, *others) = curve().responses
    missing = first.model_copy(update={"excluded": 3})
    lacking = curve().model_copy(update={"responses": (missing, *others), "lineup": "one"})
    said = note(findings(doses=(lacking, curve())))
    assert said.removeprefix(NOTE) == (
        " Free [b]hardball[/b], one: of 12 dialogues 3 from the trend of deals are excluded: "
        "no value, or no counterpart with a value at every other dose."
    )
    assert "3 from the trend of deals" in " ".join(printed(lacking).split())


def test_what_is_not_shown_has_no_star() -> None:
    assert "%*" not in printed(curve(shown=False))
    assert "%*" in printed(curve())


def test_of_several_line_ups_the_terminal_has_a_trend_each_and_the_page_all_points() -> None:
    both = [curve().model_copy(update={"lineup": f"unofficial {name}"}) for name in ("ant", "bee")]
    lines = [line.split() for line in printed(*both).splitlines()]
    trend = ["−50", "±20", "%*", "+0.10", "±0.05*", MISSING]
    assert lines.count(["unofficial", "ant", *trend]) == 1
    assert lines.count(["unofficial", "bee", *trend]) == 1
    assert not any(line[:1] == ["1"] for line in lines)
    svg = str(doses_figure(findings(doses=tuple(both))))
    assert "unofficial ant: at 0 agreement" in svg
    assert "unofficial bee: at 0 agreement" in svg


def test_without_a_dose_nothing_is_printed_or_drawn() -> None:
    assert printed() == ""
    assert doses_figure(findings(doses=())) is None
    nowhere = response(AGREEMENT, (None, None, None), change=None)
    empty = curve().model_copy(update={"responses": (nowhere, *curve().responses[1:])})
    assert doses_figure(findings(doses=(empty,))) is None


def test_the_curves_say_what_they_show() -> None:
    svg = doses_figure(findings(doses=(curve(), curve("Reward"))))
    assert svg is not None
    drawing = Drawing(svg)
    said = {word.text for word in drawing.words}
    assert {"agreement", "skew", "free_hardball", "given a deal"} <= said
    assert any(text.startswith("Free [b]hardball[/b]") for text in said)
    assert "at 1 agreement 50 %, skew +0.10 [+0.08, +0.12]" in str(svg)


@pytest.mark.parametrize("count", [1, 3])
def test_no_two_names_overlap(count: int) -> None:
    svg = doses_figure(findings(doses=tuple(curve(f"Dose {n}") for n in range(count))))
    assert svg is not None
    drawing = Drawing(svg)
    tops = [word.y for word in drawing.words if word.text.startswith("Dose ")]
    assert len(tops) == count
    assert all(later - earlier > 100 for earlier, later in pairwise(tops))


def test_on_a_phone_the_two_plots_stand_below_one_another() -> None:
    svg = doses_figure(findings(doses=(curve(), curve("Reward"))), narrow=True)
    assert svg is not None
    drawing = Drawing(svg)
    deals, skew = (
        [w for w in drawing.words if w.turned and w.text == name] for name in ("agreement", "skew")
    )
    assert [one.y < other.y for one, other in zip(deals, skew, strict=True)] == [True, True]
    assert skew[0].y < deals[1].y, "one dose after the other"
    assert drawing.spilt() == []
    assert list(overlapping(drawing.words)) == []
