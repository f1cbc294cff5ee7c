"""Dose and response as a table and as curves."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import Any

import pytest
from rich.console import Console

from harness.analysis.dose import AGREEMENT, GIVEN, SKEW, DoseCurve, Point, Response
from harness.report.doses import NOTE, doses_figure, print_doses
from harness.report.wording import MISSING
from tests.support.drawing import Drawing
from tests.support.findings import findings

ARMS = ("none", "some", "much")


def response(measure: str, means: tuple[float | None, ...], **more: Any) -> Response:
    """An outcome at doses 0, .5, 1."""
    points = tuple(
        Point(
            dose=at / 2,
            arm=arm,
            mean=mean,
            interval=None if mean is None or measure == AGREEMENT else (mean - 0.02, mean + 0.02),
            n=4,
            missing=0,
        )
        for at, (arm, mean) in enumerate(zip(ARMS, means, strict=True))
    )
    known = {
        "change": 0.1,
        "interval": (0.05, 0.15),
        "p": 0.01,
        "n_scenarios": 4,
        "left_out": 0,
        "against": 0,
        "shown": True,
    }
    return Response.model_validate({"measure": measure, "points": points, **known, **more})


def curve(name: str = "Free [b]hardball[/b]", **more: Any) -> DoseCurve:
    none: dict[str, Any] = {"change": None, "interval": None, "p": None, "shown": None}
    return DoseCurve(
        name=name,
        seat="o",
        field="free_hardball",
        responses=(
            response(AGREEMENT, (1.0, 0.75, 0.5), change=-0.5, interval=(-0.7, -0.3), **more),
            response(SKEW, (0.0, 0.05, 0.1)),
            response(GIVEN, (0.0, 0.06, None), **none),
        ),
    )


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


def test_what_is_not_shown_has_no_star() -> None:
    assert "%*" not in printed(curve(shown=False))
    assert "%*" in printed(curve())


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
