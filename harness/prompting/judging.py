"""Renders ``prompts/judging/``: what a judge is told, and the record or text that it reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from harness.prompting.templates import Templates
from harness.records.judgement import CANNOT_TELL, Rubric

_VARIABLES: Final[Mapping[str, frozenset[str]]] = {
    "system": frozenset({"about", "items", "cannot_tell"}),
    "question": frozenset({"lines"}),
    "complaint": frozenset({"problem", "tries"}),
}


class JudgingPrompts(Templates):
    """The templates of judgements, as they ship."""

    def __init__(self) -> None:
        super().__init__("judging", _VARIABLES)

    def system(self, rubric: Rubric) -> str:
        """What is asked, and in which form to answer. The same for every record."""
        items = [
            {
                "id": item.id,
                "question": item.question,
                "answers": [
                    {"id": one.id, "text": one.text, "quoted": one.quoted} for one in item.answers
                ],
            }
            for item in rubric.items
        ]
        return self.render(
            "system", {"about": rubric.about, "items": items, "cannot_tell": CANNOT_TELL}
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
