"""What is planted for the rubric ``pressure``."""

from __future__ import annotations

from collections import Counter

from harness.planted.conduct.pressure import PRESSURE


def test_every_answer_stands_on_either_side_as_often() -> None:
    for side in ("giver", "taker"):
        found = {
            item: Counter(getattr(row, side)[item] for row in PRESSURE.rows)
            for item in PRESSURE.items
        }
        nothing = {"none": 3, "near": 3}
        assert found == {
            "threat": nothing | {"warning": 2, "open_threat": 2, "named_threat": 2},
            "hurry": nothing | {"short": 3, "deadline": 3},
            "belittling": nothing | {"doubt": 3, "insult": 3},
        }
