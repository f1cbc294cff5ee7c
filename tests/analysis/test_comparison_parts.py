"""What a comparison holds, as JSON."""

from __future__ import annotations

import json

import pytest

from harness.analysis.comparison import compare
from harness.analysis.comparison_measures import COLUMNS, GAIN
from tests.support.meetings import empty, meet, two_models


def test_the_whole_is_json_with_null_for_what_is_missing() -> None:
    found = compare(
        two_models([(0.2 + i / 100, 0.1) for i in range(6)]), COLUMNS, (GAIN,), by="arm"
    )
    document = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert [entry["label"] for entry in document["entries"]] == [
        "scripted (linear)",
        "openai/alpha",
        "openai/beta",
    ]
    alpha = document["entries"][1]
    assert alpha["figures"]["regret"]["mean"] is None
    assert alpha["figures"]["regret"]["why_missing"] == {"it was not scored": 6}
    (difference,) = document["differences"]
    assert difference["estimate"] == pytest.approx(0.125)
    assert difference["p_signflip"] == 2 / 64
    assert [part["name"] for part in document["slices"]] == ["plain"]
    assert document["marked"] is False
    assert document["measures"]["gain"]["title"] == "gain of its principal"


def test_parts_are_found_by_seat_and_id() -> None:
    found = compare(two_models([(0.2, 0.1)] * 2), (GAIN,), (GAIN,))
    assert found.whole.entry("u2").label == "openai/beta"
    assert [one.one for one in found.whole.differences_of("u")] == ["u1"]
    assert list(found.whole.differences_of("o")) == []
    assert found.column("gain") is GAIN


def test_loose_marks_only_what_differs() -> None:
    same = two_models([(0.2, 0.1)])
    assert not compare(same, (GAIN,), (GAIN,), loose=True).marked
    meetings = empty("a", "b")
    meet(meetings, "alpha", 0.1, same={"seed": 1})
    meet(meetings, "beta", 0.1, run=1, same={"seed": 2})
    found = compare(meetings, (GAIN,), (GAIN,), loose=True)
    assert found.marked
    (mismatch,) = found.as_json()["mismatches"]
    assert (mismatch["part"], mismatch["pairs"]) == ("seed", 1)


def test_the_largest_skew_is_said_once_where_it_is_the_same() -> None:
    meetings = empty("a", "b")
    meet(meetings, "alpha", {"gain": 0.1, "skew_most": 0.125}, scenario="s1")
    meet(meetings, "beta", {"gain": 0.1, "skew_most": 0.125}, run=1, scenario="s1")
    whole = compare(meetings, COLUMNS, (GAIN,)).whole
    assert whole.bound("u") == (
        "Skew is of at most +0.12 to this side in the zone of agreement, on average."
    )
    assert whole.bound("o") == ""
    meet(meetings, "beta", {"gain": 0.1, "skew_most": 0.5}, run=1, scenario="s2")
    assert "+0.12 (alpha), +0.31 (beta)" in compare(meetings, COLUMNS, (GAIN,)).whole.bound("u")
    assert compare(meetings, (GAIN,), (GAIN,)).whole.bound("u") == ""
