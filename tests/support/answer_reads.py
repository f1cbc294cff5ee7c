"""Readings of transcripts whose answers are known, by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.analysis.answer_reads import AnswerRead, Asked

SCALES: Mapping[str, tuple[str, ...]] = {
    "threat": ("none", "warning", "open_threat", "named_threat"),
    "hurry": ("none", "short", "deadline"),
    "ground": ("first_alone", "first_more", "neither", "second_more", "second_alone"),
}
DIRECTED = frozenset({"ground"})


def asked(item: str, seat: str, truth: int | None, given: int | None) -> Asked:
    """A question, by the places of its true and of its given answer on the scale."""
    scale = SCALES[item]
    return Asked(
        item=item,
        seat=seat,
        answers=scale,
        nothing=scale[len(scale) // 2] if item in DIRECTED else scale[0],
        directed=item in DIRECTED,
        truth=None if truth is None else scale[truth],
        given=None if given is None else scale[given],
    )


def read(transcript: str = "one", *questions: Asked, **fields: Any) -> AnswerRead:
    """A reading of a transcript of the parties ``a``, in the official seat, and ``b``. They go by
    the names Anna and Bela; ``a`` speaks first. ``asked=None`` is one without a usable reply."""
    known: dict[str, Any] = {
        "scenario": "small",
        "marks": {"manner": "plain"},
        "told": "as_written",
        "repeat": 1,
        "parties": ("a", "b"),
        "labels": {"a": "Anna", "b": "Bela"},
        "opener": "a",
        "asked": questions,
    }
    return AnswerRead(transcript=transcript, **{**known, **fields})
