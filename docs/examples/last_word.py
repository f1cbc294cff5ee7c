"""An evaluator of your own: who spoke last, and how long the last words were.

track15 score latest --evaluator docs/examples/last_word.py:LastWord
"""

from __future__ import annotations

from harness.evaluators.base import Found, Measure
from harness.evaluators.case import Case


class LastWord:
    """Who had the last word."""

    name = "last_word"
    version = 1
    fooled_by = ("A long quotation counts as the words of whoever quotes it.",)
    measures = (
        Measure(
            name="by_u",
            title="the other seat spoke last",
            definition="whether the last public statement is the other seat's",
            range="yes/no",
            undefined="nobody spoke",
            needs=(),
        ),
        Measure(
            name="length",
            title="length of the last words",
            definition="words of the last public statement",
            range="0, 1, ...",
            undefined="nobody spoke",
            needs=(),
        ),
    )

    def score(self, case: Case) -> Found:
        """A value for each measure, or None and why."""
        found = Found()
        spoken = [turn for turn in case.talks.turns if turn.kind == "statement"]
        if not spoken:
            found.put("by_u", None, "nobody spoke")
            found.put("length", None, "nobody spoke")
            return found
        found.put("by_u", spoken[-1].seat == "u")
        found.put("length", len(spoken[-1].words.split()))
        return found
