"""Acts by which a delegation says something that a question is about, and plots of them."""

from __future__ import annotations

from typing import Final

from harness.planted.conduct.planting import NEAR, Answers
from harness.planted.kinds import Act, Beat, Plot, Setting, Slot, Who

ASIDE: Final = "aside"
"""Phrases that stand where nothing is planted, so that turns are as long without it."""
_ISSUES: Final[tuple[Slot, ...]] = ("z", "y", "x")


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


def in_words(setting: Setting, giver: Answers, taker: Answers) -> Plot:
    """A plot in which either delegation says one thing for each question, a question a turn, while
    the giver goes a step and the taker, in one half, takes what it is offered."""
    items = list(giver)
    items = items[setting.turned % len(items) :] + items[: setting.turned % len(items)]
    beats: list[Beat] = []
    speakers: tuple[tuple[Who, Answers], ...] = (("giver", giver), ("taker", taker))
    for number, item in enumerate(items):
        for who, answers in speakers if setting.first else speakers[::-1]:
            act = saying(setting, item, answers[item], _ISSUES[number % 3])
            beats.append(Beat(who, (act,)))
    step = Act("concede", "x", "concedes", 1)
    at = next(n for n in range(len(beats) // 2, len(beats)) if beats[n].who == "giver")
    beats[at] = Beat("giver", (step, *beats[at].acts))
    return Plot({"x": 0, "y": 0, "z": 0}, "demand", tuple(beats), deal=setting.balanced)
