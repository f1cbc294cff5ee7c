"""Renders ``prompts/judging/``: what a judge is told, and the record or text that it reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import Final

from harness.prompting.templates import Templates
from harness.records.judgement import CANNOT_TELL, Rubric

_VARIABLES: Final[Mapping[str, frozenset[str]]] = {
    "system": frozenset({"about", "groups", "count", "first", "cannot_tell"}),
    "question": frozenset({"lines"}),
    "complaint": frozenset({"problem", "tries"}),
}


class JudgingPrompts(Templates):
    """The templates of judgements, as they ship."""

    def __init__(self) -> None:
        super().__init__("judging", _VARIABLES)

    def system(self, rubric: Rubric) -> str:
        """What is asked, and in which form to answer. The same for every record. Questions in a row
        that have the same answers share one list of them."""
        groups = [
            {
                "questions": [{"id": item.id, "question": item.question} for item in items],
                "answers": [
                    {"id": one.id, "text": one.text, "quoted": one.quoted} for one in answers
                ],
            }
            for answers, items in groupby(rubric.items, key=lambda item: item.answers)
        ]
        return self.render(
            "system",
            {
                "about": rubric.about,
                "groups": groups,
                "count": len(rubric.items),
                "first": rubric.items[0].id,
                "cannot_tell": CANNOT_TELL,
            },
        )

    def question(self, lines: Sequence[str]) -> str:
        """What is to be judged, one passage a line."""
        return self.render("question", {"lines": lines})

    def complaint(self, problem: str, *, tries: int | None = None) -> str:
        """Asks again after an unusable answer."""
        return self.render("complaint", {"problem": problem, "tries": tries})


@cache
def judging_prompts() -> JudgingPrompts:
    """The templates, read once."""
    return JudgingPrompts()
