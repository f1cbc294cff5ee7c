"""Which differences of a comparison are one question, and what p they have among all questions.

Where two models each meet themselves, they differ by the same in one seat as in the other, in every
measure of the whole dialogue: with the opposite sign in skew, with the same one in deals. To test
that twice would ask twice as much of the data as is asked.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from harness.analysis.comparison_measures import Column
from harness.analysis.contrast import answered
from harness.analysis.effect import Effect
from harness.analysis.holm import holm


def question_of(name: str, column: Column, seat: str, dialogues: bytes) -> Hashable:
    """What a test asks of the data; the same of two tests that ask the same.

    Args:
        name: Of the part of a comparison, and of what else tells tests apart.
        column: The measure.
        seat: Whose it is.
        dialogues: Of :func:`unordered`.
    """
    return name, column.name, "" if column.of_dialogue else seat, dialogues


def unordered(dialogues: Sequence[tuple[int, ...]]) -> bytes:
    """What tells sets of pairs of dialogues apart, and is the same in whichever order they come.

    Args:
        dialogues: Numbers of those that are compared, pair by pair, or one by one.
    """
    if not dialogues:
        return b""
    numbers = np.sort(np.array(dialogues, dtype=np.int64), axis=1)
    return np.unique(numbers, axis=0).tobytes()


def together(known: Sequence[tuple[Effect, Hashable]]) -> list[Effect]:
    """Effects with their p corrected (Holm), in the order given.

    Args:
        known: Each with its question; those of one question are one test, and have the same p.
    """
    asked: dict[Hashable, float | None] = {}
    for effect, question in known:
        asked.setdefault(question, effect.p_signflip if effect.p_t is None else effect.p_t)
    corrected = dict(zip(asked, holm(list(asked.values())), strict=True))
    return [answered(effect, holm_p=corrected[question]) for effect, question in known]
