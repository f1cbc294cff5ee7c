"""The neutral form: what it takes, and that nothing is lost on the way out and in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from harness.exchange.importing.negotiation import FORMAT, MOST_WORDS, Negotiation, plain
from tests.support.negotiations import CAR, WORDS, changed


@pytest.mark.parametrize("told", [CAR, WORDS], ids=["car", "words"])
def test_out_and_in_again_it_is_the_same(told: dict[str, Any]) -> None:
    found = Negotiation.model_validate(told)
    out = plain(found)
    assert out["format"] == FORMAT
    again = Negotiation.model_validate(json.loads(json.dumps(out)))
    assert again.model_copy(update={"format": None}) == found


def test_a_number_stands_for_its_digits() -> None:
    found = Negotiation.model_validate(CAR)
    assert found.issues is not None
    assert found.issues["price"] == ("100", "110", "120")
    assert found.turns[0].offer == {"price": "100", "tyres": "yes"}
    half = Negotiation.model_validate(changed(CAR, issues={"price": [1.5, 2.0]}))
    assert half.issues == {"price": ("1.5", "2")}
    large = Negotiation.model_validate(changed(CAR, issues={"price": [10**12 + 1, 1e13, 1e300]}))
    assert large.issues == {"price": ("1000000000001", "10000000000000", "1e+300")}


def test_a_number_of_a_thousand_digits_is_no_label() -> None:
    with pytest.raises(ValidationError, match="at most 200"):
        Negotiation.model_validate(changed(CAR, issues={"price": [1, 10**1000]}))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"colour": "red"}, "colour"),
        ({"outcome": None}, "outcome"),
        ({"outcome": {"kind": "won"}}, "outcome"),
        ({"parties": {"one": {}}}, "parties"),
        ({"turns": [{"who": "buyer", "text": "x" * (MOST_WORDS + 1)}]}, "text"),
        ({"turns": [{"who": "buyer", "offer": {"price": True}}]}, "offer"),
        ({"arm": "No Slug"}, "arm"),
    ],
)
def test_what_it_does_not_take(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Negotiation.model_validate(changed(CAR, **change))
