"""From a source's points onto the scale of a scenario, and back, without a loss."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.exchange.importing.base import BadNegotiationError
from harness.exchange.importing.worth import scaled

ISSUES = {"a": ("x", "y", "z"), "b": ("p", "q")}
NUMBER = st.integers(-1000, 1000).map(float)
POINTS = st.fixed_dictionaries(
    {
        issue: st.fixed_dictionaries(dict.fromkeys(options, NUMBER))
        for issue, options in ISSUES.items()
    }
)


@given(points=POINTS, share=st.floats(0, 1))
def test_every_package_comes_back_in_points(
    points: dict[str, dict[str, float]], share: float
) -> None:
    low = sum(min(own.values()) for own in points.values())
    high = sum(max(own.values()) for own in points.values())
    if low == high:
        with pytest.raises(BadNegotiationError, match="worth the same"):
            scaled(points, ISSUES, low, "points")
        return
    no_deal = low + share * (high - low)
    found = scaled(points, ISSUES, no_deal, "points")
    assert sum(found.weights.values()) == pytest.approx(1)
    assert all(min(v.values()) == 0 and max(v.values()) == 1 for v in found.values.values())
    scale = found.points
    for package in itertools.product(*ISSUES.values()):
        terms = dict(zip(ISSUES, package, strict=True))
        u = sum(found.weights[i] * found.values[i][o] for i, o in terms.items())
        back = scale.zero + u * (scale.one - scale.zero)
        assert back == pytest.approx(sum(points[i][o] for i, o in terms.items()), abs=1e-6)
    back = scale.zero + found.reservation * (scale.one - scale.zero)
    assert back == pytest.approx(no_deal, abs=1e-6)


def test_an_issue_that_does_not_matter_has_no_weight() -> None:
    found = scaled({"a": {"x": 3, "y": 3, "z": 3}, "b": {"p": 0, "q": 1}}, ISSUES, 3, "points")
    assert found.weights == {"a": 0, "b": 1}
    assert found.reservation == 0


@pytest.mark.parametrize(
    ("points", "reservation", "words"),
    [
        ({"a": {"x": 0, "y": 1, "z": 2}}, 0, "issue 'b' are missing"),
        ({"a": {"x": 0, "y": 1}, "b": {"p": 0, "q": 1}}, 0, "'a': 'z' are missing"),
        ({"a": {"x": 0, "y": 1, "z": 2, "w": 1}, "b": {"p": 0, "q": 1}}, 0, "no option"),
        ({"a": dict.fromkeys("xyz", 0), "b": {"p": 0, "q": 1}, "c": {}}, 0, "'c', which is no"),
        ({"a": dict.fromkeys("xyz", 0), "b": {"p": 0, "q": 1}}, -1, "no deal is worth -1"),
        ({"a": dict.fromkeys("xyz", 0), "b": {"p": 0, "q": 1}}, 2, "no deal is worth 2"),
    ],
)
def test_points_that_say_too_little_are_refused(
    points: dict[str, dict[str, float]], reservation: float, words: str
) -> None:
    with pytest.raises(BadNegotiationError, match=words):
        scaled(points, ISSUES, reservation, "points")
