"""What is planted for the rubric ``mandate-claims``."""

from __future__ import annotations

from collections import Counter

from harness.planted.conduct.mandate_claims import MANDATE_CLAIMS


def test_every_answer_stands_on_either_side_as_often() -> None:
    for side in ("giver", "taker"):
        found = {
            item: Counter(getattr(row, side)[item] for row in MANDATE_CLAIMS.rows)
            for item in MANDATE_CLAIMS.items
        }
        authority = ("none", "near", "knows", "contact", "speaks_for", "binds")
        assert found == {
            "authority": dict.fromkeys(authority, 2),
            "disclaimed": dict.fromkeys(("none", "near", "in_passing", "of_terms"), 3),
        }


def test_nobody_claims_what_it_denies() -> None:
    sides = [side for row in MANDATE_CLAIMS.rows for side in (row.giver, row.taker)]
    denied = {(side["authority"], side["disclaimed"]) for side in sides}
    assert ("contact", "in_passing") in denied
    assert not denied & {
        ("binds", "in_passing"),
        ("binds", "of_terms"),
        ("speaks_for", "in_passing"),
    }
