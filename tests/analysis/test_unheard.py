"""Readers without an answer are in no mean, and whose mean it is must not differ in silence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest

from harness.analysis.contrast import evaluate
from harness.analysis.effect import Effect
from harness.analysis.observations import Observation
from harness.analysis.unheard import with_unheard
from harness.analysis.values import Values
from harness.suite.contrasts import Contrast

SHIFT = Contrast(name="moved", measure="readers.shift", treatment="own", control="minutes")
BIASES = (0.3, 0.0, 0.0)
"""Of three readers whom no article moves: the first answers otherwise when it is asked again."""


class Measured:
    """Values, arm by arm, of eight disputes."""

    def __init__(self, values: dict[str, dict[str, float | None]]) -> None:
        self.values = values

    def observations(self, measure: str, arm: str | None = None, **_: Any) -> Iterator[Observation]:
        for name, value in self.values.get(measure, {}).items():
            if arm in (None, name):
                for number in range(8):
                    noise = 0.0 if value is None or measure != SHIFT.measure else number * 1e-3
                    told = None if value is None else value + noise * (name == "own")
                    yield Observation(f"s{number}", "1", name, told, played=True)


def told(contrast: Contrast, values: dict[str, dict[str, float | None]]) -> Effect:
    measured = cast("Values", Measured(values))
    return with_unheard(evaluate(contrast, measured.observations(contrast.measure)), measured)


def test_readers_whom_nothing_moves_make_an_effect_by_refusing_in_one_arm_and_it_is_said() -> None:
    """Nobody is moved, and the one who refuses after minutes would have answered as after the
    article."""
    shift = {"own": sum(BIASES) / 3, "minutes": sum(BIASES[1:]) / 2}
    lost = {"own": 0.0, "minutes": 1.0}
    heard = {"own": 3.0, "minutes": 2.0}
    values: dict[str, dict[str, float | None]] = {
        "readers.shift": dict(shift),
        "readers.missing": dict(lost),
        "readers.heard": dict(heard),
    }
    found = told(SHIFT, values)
    assert found.shown
    assert found.unheard == {"own": 0.0, "minutes": pytest.approx(1 / 3)}
    assert (
        "readers without a usable answer are in no mean (own 0.0%, minutes 33.3%), so the two arms "
        "may be of different readers" in found.sentence
    )


def test_where_all_have_answered_nothing_is_said() -> None:
    values: dict[str, dict[str, float | None]] = {
        "readers.shift": {"own": 0.1, "minutes": 0.0},
        "readers.missing": {"own": 0.0, "minutes": 0.0},
        "readers.heard": {"own": 3.0, "minutes": 3.0},
    }
    found = told(SHIFT, values)
    assert not found.unheard
    assert "usable answer" not in found.sentence
    assert "unheard" not in found.model_dump()
    talks = SHIFT.model_copy(update={"measure": "settlement.skew"})
    assert not told(talks, {**values, "settlement.skew": {"own": 0.1, "minutes": 0.0}}).unheard


def test_an_arm_that_hears_nobody_lacks_no_reader_and_a_share_is_taken_as_it_is() -> None:
    later = SHIFT.model_copy(update={"measure": "later.gain_u"})
    values: dict[str, dict[str, float | None]] = {
        "later.gain_u": {"own": 0.1, "minutes": 0.0},
        "later.unheard": {"own": 1.0, "minutes": None},
        "later.heard": {"own": 1.0, "minutes": None},
    }
    found = told(later, values)
    assert found.unheard == {"own": 0.5}
    assert "are in no mean (own 50.0%)" in found.sentence
    assert "different readers" not in found.sentence
    news = SHIFT.model_copy(update={"measure": "misread.error"})
    shares: dict[str, float | None] = {"own": 0.25, "minutes": 0.25}
    same = told(news, {"misread.error": {"own": 0.2, "minutes": 0.1}, "misread.unanswered": shares})
    assert same.unheard == shares
    assert "different readers" not in same.sentence
    asked = told(news.model_copy(update={"measure": "misread.unanswered"}), {})
    assert not asked.unheard
