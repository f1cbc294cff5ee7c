"""What values a measure can take, as its definition says."""

from __future__ import annotations

import pytest

from harness.analysis.scale import UNKNOWN, Scale, scale_of
from harness.evaluators.registry import builtin, measures


@pytest.mark.parametrize(
    ("text", "scale"),
    [
        ("yes/no", Scale(0, 1, yes_no=True)),
        ("-1..1, + to the official seat", Scale(-1, 1)),
        ("0..1, 1 = best for the official seat", Scale(0, 1)),
        ("-2..2", Scale(-2, 2)),
        ("0..0.5", Scale(0, 0.5)),
        ("0, 1, ...", Scale(0, None)),
        ("1, 2, ...", Scale(1, None)),
        ("0..sqrt(2)", Scale(0, None)),
        ("0..inf, above 1 minds the other side", Scale(0, None)),
        ("0..2x", Scale(0, None)),
        ("1..0", UNKNOWN),
        ("real, + the other seat gave more", UNKNOWN),
        ("(-inf, 1/(1-r)], + given away", UNKNOWN),
        ("reply, prompt", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_a_range_in_words(text: str, scale: Scale) -> None:
    assert scale_of(text) == scale


def test_the_shipped_headlines_are_bounded() -> None:
    known = measures(builtin())
    assert scale_of(known["settlement.skew"].range) == Scale(-1, 1)
    assert scale_of(known["acceptability.all_accept"].range).yes_no


def test_what_a_scale_holds() -> None:
    assert Scale(0, 1).width == 1
    assert Scale(0).width is None
    assert [Scale(0, 1).holds(value) for value in (-0.1, 0, 1, 1.1)] == [False, True, True, False]
    assert UNKNOWN.holds(1e9)
