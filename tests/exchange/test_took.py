"""What dialogues took, as the exported tables have it."""

from __future__ import annotations

import pytest

from harness.exchange.took import Took
from harness.records.reader import RunFolder
from harness.records.transcript import Call, Usage, changed


def price(call: Call, cached: int | None) -> float | None:
    return None if call.usage.completion is None else 0.25 * (call.usage.completion + 1)


def test_a_dialogue_has_its_time_and_each_seat_what_it_took(secret: RunFolder) -> None:
    first, void = secret.transcripts()
    found = Took(secret, price).of(first)
    assert (found["started"], found["seconds"]) == ("2020-01-01T00:00:00", 9.0)
    assert (found["calls_u"], found["prompt_tokens_u"], found["completion_tokens_u"]) == (3, 30, 3)
    assert found["seconds_u"] == pytest.approx(0.5 + 1.5 + 2.5)
    assert found["dollars_u"] == found["dollars"] == pytest.approx(1.5)
    scripted = {name: value for name, value in found.items() if name.endswith("_o")}
    assert len(scripted) == 5
    assert set(scripted.values()) == {None}, "a script asks no model"
    unasked = Took(secret, price).of(void)
    assert (unasked["started"], unasked["seconds"]) == (None, None), "not recorded"
    assert (unasked["calls_u"], unasked["dollars_u"], unasked["dollars"]) == (0, 0.0, 0.0)


def test_what_is_not_known_is_missing(secret: RunFolder) -> None:
    first = next(secret.transcripts())
    uncounted = changed(first.calls[0], usage=Usage(prompt=4))
    lacking = first.model_copy(update={"calls": (uncounted, *first.calls[1:])})
    found = Took(secret, price).of(lacking)
    assert found["prompt_tokens_u"] == 24
    assert found["completion_tokens_u"] is found["dollars_u"] is found["dollars"] is None
    assert found["calls_u"] == 3


def test_no_price_is_no_dollar(secret: RunFolder) -> None:
    found = Took(secret, lambda call, cached: None).of(next(secret.transcripts()))
    assert found["dollars"] is found["dollars_u"] is None
    assert found["seconds_u"] is not None


def test_scripts_alone_take_no_dollars(run: RunFolder) -> None:
    found = Took(run, price).of(next(run.transcripts()))
    assert found["dollars"] is found["calls_o"] is found["calls_u"] is None
    assert found["seconds"] == 0.0
