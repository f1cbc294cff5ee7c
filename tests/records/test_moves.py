"""The parts of a move: what came later is written only where it is given."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from harness.records.moves import Action, CapitalAnswer, Move
from harness.records.transcript import Outcome, Turn

PACKAGE = {"well": "half", "fence": "us"}
ANSWER = CapitalAnswer(package=PACKAGE, acceptable=True, value=0.5, reservation=0.25)


@pytest.mark.parametrize(
    ("part", "later"),
    [
        (
            Move(action=Action.PROPOSE, package=PACKAGE),
            {"or_package": PACKAGE, "side_terms": "By spring.", "agreed": {"well": "half"}},
        ),
        (Turn(index=0, round=1, step=1, seat="o", kind="statement"), {"explored": True}),
        (
            Outcome(kind="deal", package=PACKAGE, round=1),
            {"side_terms": "By spring.", "explored": ("o-1",), "ratification": {"o": ANSWER}},
        ),
    ],
)
def test_later_fields_are_left_out_until_they_are_given(part: Any, later: dict[str, Any]) -> None:
    kind = TypeAdapter(type(part))
    assert not later.keys() & kind.dump_python(part).keys()
    given = kind.validate_python({**kind.dump_python(part), **later})
    assert {name: getattr(given, name) for name in later} == later
    assert kind.validate_json(kind.dump_json(given)) == given
    assert later.keys() <= kind.dump_python(given).keys()
