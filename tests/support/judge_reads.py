"""Readings by a judge, by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.analysis.event_matching import Event
from harness.analysis.judge_reads import Read

ITEMS = ("concedes.x", "concedes.y", "final.x", "final.y", "takes_back.x", "threat")


def read(
    transcript: str = "one",
    *,
    truth: Sequence[Event] = (),
    listed: Sequence[Event] | None = (),
    **fields: Any,
) -> Read:
    """A reading of a transcript of six turns by the parties ``a`` and ``b``, who go by the names
    Anna and Bela; ``a`` is named first and speaks first."""
    known: dict[str, Any] = {
        "scenario": "small",
        "marks": {"kind": "salami", "manner": "plain"},
        "told": "as_written",
        "repeat": 1,
        "turns": 6,
        "parties": ("a", "b"),
        "labels": {"a": "Anna", "b": "Bela"},
        "opener": "a",
        "items": ITEMS,
    }
    listed = None if listed is None else tuple(listed)
    return Read(transcript=transcript, truth=tuple(truth), listed=listed, **{**known, **fields})
