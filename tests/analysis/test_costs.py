"""What the calls of a seat took, or why that is not known."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.analysis.costs import costs_of
from harness.records.transcript import Transcript
from tests.support.exported import secret_run

TIMES = {0: (1.0, None), 1: (2.0, 5), 2: (0.5, None)}


@pytest.fixture
def talks(tmp_path: Path) -> Transcript:
    """Three calls by a model in seat u, of 30 tokens and 3; a script opposite."""
    return next(secret_run(tmp_path).transcripts())


def test_calls_are_added_up(talks: Transcript) -> None:
    found = costs_of(talks, "u", TIMES, lambda call, cached: 1.0 if cached is None else 0.5)
    assert found == {"tokens": 33.0, "usd": 2.5, "seconds": 3.5}


def test_a_script_asks_no_model(talks: Transcript) -> None:
    found = costs_of(talks, "o", TIMES, lambda call, cached: 1.0)
    assert set(found.values()) == {"a script asks no model"}


def test_what_one_call_lacks_the_sum_lacks(talks: Transcript) -> None:
    found = costs_of(talks, "u", {0: (1.0, None)}, lambda call, cached: None)
    assert found == {
        "tokens": 33.0,
        "usd": "the price of the model is not known",
        "seconds": "the time of a call was not kept",
    }
    bare = talks.model_copy(update={"calls": ()})
    assert costs_of(bare, "u", {}, lambda call, cached: None)["usd"] == 0.0, "never asked"
