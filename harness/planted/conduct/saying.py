"""Acts by which a delegation says something that a question is about, and plots of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.planted.conduct.planting import NEAR, Answers
from harness.planted.kinds import SLOTS, Act, Beat, Plot, Setting, Slot, Who

ASIDE: Final = "aside"
"""Phrases that stand where nothing is planted, so that turns are as long without it."""


def saying(
    setting: Setting, item: str, planted: str, issue: Slot = "z", nothing: str = "none"
) -> Act:
    """What is said for an answer to be true.

    Args:
        setting: Gives the manner.
        item: The question.
        planted: The answer, or near.
        issue: What it is said of.
        nothing: The answer for what is not there.
    """
    if planted == nothing:
        return Act(ASIDE, issue)
    shows = () if planted == NEAR else (item,)
    return Act(setting.manner(f"{item}_{planted}"), issue, shows=shows)


def in_words(
    setting: Setting,
    giver: Answers,
    taker: Answers,
    about: Mapping[str, tuple[Slot, Slot]] | None = None,
    step: Slot = "x",
) -> Plot:
    """A plot in which either delegation says one thing for each question, a question a turn, while
    the giver goes a step and the taker, in one half, takes what it is offered.

    Args:
        setting: Of the talks.
        giver: What is planted of the giver.
        taker: Of the taker.
        about: Question -> of what the giver and the taker speak; None for another issue for each.
        step: On which issue the giver goes a step.
    """
    if about is None:
        about = {item: (slot, slot) for item, slot in zip(giver, SLOTS, strict=False)}
    items, at = list(giver), setting.turned % len(giver)
    speakers: list[tuple[int, Who, Answers]] = [(0, "giver", giver), (1, "taker", taker)]
    beats = [
        Beat(who, (saying(setting, item, answers[item], about[item][side]),))
        for item in items[at:] + items[:at]
        for side, who, answers in (speakers if setting.first else speakers[::-1])
    ]
    later = next(n for n in range(len(beats) // 2, len(beats)) if beats[n].who == "giver")
    beats[later] = Beat("giver", (Act("concede", step, "concedes", 1), *beats[later].acts))
    return Plot(dict.fromkeys(SLOTS, 0), "demand", tuple(beats), deal=setting.balanced)
