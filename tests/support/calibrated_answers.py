"""A judge of questions, calibrated in memory."""

from __future__ import annotations

import random

from harness.analysis.answer_reads import AnswerRead
from tests.support.answer_reads import asked, read

SWAPPED = {"a": "Bela", "b": "Anna"}


def readings(seed: int = 0, **fields: object) -> list[AnswerRead]:
    """Of forty transcripts by a judge that errs in one answer of five, and has no verdict on a
    tenth of the gravest threats."""
    truth, chance = random.Random(1), random.Random(seed)
    found = []
    for number in range(40):
        questions = []
        for item, steps in (("threat", 4), ("hurry", 3)):
            for seat in "ou":
                true = truth.choice([0] * (steps - 1) + list(range(1, steps)))
                given: int | None = true if chance.random() < 0.8 else chance.randrange(steps)
                if true == 3 and chance.random() < 0.1:
                    given = None
                questions.append(asked(item, seat, true, given))
        manner = {"manner": ("plain", "devious")[number % 2]}
        known = {"marks": manner, "opener": "ab"[number % 2], "record": f"record-{number}"}
        found.append(read(f"talk-{number}", *questions, **{**known, **fields}))
    return found


def everything() -> list[AnswerRead]:
    """As written, read twice, with names exchanged, and in the reverse order."""
    return [
        *readings(),
        *readings(1, repeat=2),
        *readings(2, told="label", labels=SWAPPED),
        *readings(3, told="order"),
    ]
