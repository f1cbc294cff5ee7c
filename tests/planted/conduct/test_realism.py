"""What is planted for the rubric ``realism``."""

from __future__ import annotations

from collections import Counter

from harness.planted.conduct.planting import NEAR
from harness.planted.conduct.realism import REALISM
from harness.planted.kinds import Setting


def test_every_answer_stands_on_either_side_as_often() -> None:
    for side in ("giver", "taker"):
        found = {
            item: Counter(getattr(row, side)[item] for row in REALISM.rows)
            for item in REALISM.items
        }
        assert found == {
            "out_of_role": dict.fromkeys(("none", NEAR, "hinted", "stated"), 3),
            "gave_away": dict.fromkeys(("none", NEAR, "vaguely", "exactly"), 3),
            "effusive": dict.fromkeys(("none", NEAR, "praise", "yields"), 3),
        }


def test_who_argues_for_what_the_other_asks_for_asks_for_it_too() -> None:
    setting = Setting({"x": 2, "y": 3, "z": 3}, devious=False, first=True, balanced=True)
    yields = {"out_of_role": "none", "gave_away": "none", "effusive": "yields"}
    plot = REALISM.plot(setting, yields, yields | {"effusive": "praise"})
    acts = [(beat.who, act) for beat in plot.beats for act in beat.acts if "effusive" in act.shows]
    (giver,) = (act for who, act in acts if who == "giver")
    (taker,) = (act for who, act in acts if who == "taker")
    assert (giver.issue, giver.to, giver.event) == ("z", 3, "concedes")
    assert (taker.issue, taker.to, taker.event) == ("x", None, "")
    steps = [act.issue for beat in plot.beats for act in beat.acts if act.phrase == "concede"]
    assert steps == ["y"], "nobody praises what is asked for no longer"
