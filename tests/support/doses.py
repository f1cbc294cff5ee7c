"""Dose and response made by hand."""

from __future__ import annotations

from typing import Any

from harness.analysis.dose import AGREEMENT, GIVEN, SKEW, DoseCurve, Point, Response

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
