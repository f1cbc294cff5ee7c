"""Answers after the talks, as a schema asks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def agreed_in(messages: Sequence[Mapping[str, str]]) -> bool:
    """Whether a prompt says that the talks ended in an agreement."""
    return any("They ended in an agreement on" in one["content"] for one in messages)


def debrief_of(schema: dict[str, Any], *, agreed: bool, words: str) -> dict[str, Any]:
    """Both gave the same, and the first issue mattered most to each of the others."""
    fields = schema["properties"]
    others = {}
    for seat, value in fields["others"]["properties"].items():
        asked = value["properties"]
        others[seat] = {"no_deal": 40, "top_issue": asked["top_issue"]["enum"][0]}
        if "learned" in asked:
            others[seat]["learned"] = "It would not say."
    answers: dict[str, Any] = {"balance": {"gave_more": "equal", "margin": 0}, "others": others}
    if "terms" in fields:
        answers["terms"] = {"favours": "equal", "own_could_sign": True} if agreed else None
    return {**answers, "words": words}
