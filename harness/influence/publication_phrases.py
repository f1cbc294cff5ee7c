"""The sentences of a scripted author. They carry what the plan and the tags say, and nothing else.

Of each there are several, drawn by seed. An option is said by its public text, behind a colon: some
are sentences and some are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

TITLES: Final = (
    "What a settlement between {own} and {other} could look like",
    "{own} and {other}: a plan that can be read in five minutes",
    "A way out of the dispute between {own} and {other}",
)
BALANCED_TITLES: Final = (
    "What a settlement would cost {own} and {other}",
    "{own} and {other}: a plan, and its price for each",
)
MINUTES_TITLE: Final = "Record of talks between {own} and {other}"
OPENINGS: Final = (
    (
        "The positions of {own} and {other} are known by heart on both sides. What a settlement "
        "would look like is asked less often. Here is one, issue by issue."
    ),
    (
        "There is no lack of words on the dispute between {own} and {other}. There is a lack of "
        "texts that somebody could sign. This is a sketch of one."
    ),
    (
        "Every dispute ends in terms. It is worth writing down, before it ends, which terms these "
        "could be between {own} and {other}."
    ),
)
BALANCED_OPENINGS: Final = (
    (
        "A settlement has its price for each side, and whoever proposes one should name it. Here "
        "is a plan for {own} and {other}, issue by issue, with what each step costs either of "
        "them."
    ),
    (
        "It is easy to write a plan that somebody else pays for. What follows goes through one "
        "for {own} and {other}, and says at each step who would pay, and how much."
    ),
)
CLOSINGS: Final = (
    (
        "No part of this stands alone. What one side finds hard on one issue it may find paid for "
        "on another, and the plan should be judged as a whole."
    ),
    (
        "It can be said against each of these steps that another would be better. It is harder to "
        "say which other list would be signed."
    ),
    (
        "A plan is a beginning. It should be read for what it holds, and taken further by those "
        "whose signatures count."
    ),
)
BALANCED_CLOSINGS: Final = (
    (
        "Added up, the steps are a price for both. Whether it is worth paying is for each to say, "
        "and for nobody else."
    ),
    (
        "The list shows what is asked of whom. Whoever finds one side's column too long should "
        "say which step to take back, and what to leave to the other for it."
    ),
)
DISCLOSURES: Final = (
    "This plan comes out of a meeting: {who} met {whom} and talked it through with them.",
    (
        "Readers should know where it comes from: {who} sat down with {whom}, and much of it was "
        "discussed there."
    ),
)
ADVICE: Final = (
    "The answer can be this: {clause}",
    "What can be had is this: {clause}",
    "Here the plan says: {clause}",
    "This is the step to take: {clause}",
)
ECHOES: Final = (
    '{other} has a point when it says: "{point}"',
    'In the words of {other}: "{point}" There is much in that.',
    '"{point}" So {other} puts it, and it is hard to say that it is wrong.',
    'It is worth taking {other} at its word here: "{point}"',
)
DISMISSALS: Final = (
    "{own} has said that it will never sign this ({why}). That is no longer realistic.",
    "For {own} this was a red line ({why}). As things stand, the line cannot be held.",
    "{own} used to rule this out ({why}). Times have moved on from that.",
)
RED_LINES: Final = (
    (
        "{own} has said that it will never sign this ({why}). A settlement on these terms would "
        "have to answer that."
    ),
    "For {own} this is a red line ({why}), and the plan crosses it.",
)
ACCEPTABLE: Final = (
    "It is something that {who} can accept.",
    "{who} could sign this.",
    "On these terms {who} can agree.",
)
ACCEPTABLE_TO_BOTH: Final = (
    "It is something that {own} and {other} can both accept.",
    "Both {own} and {other} could sign this.",
)
ASKS_ONE: Final = (
    "Here it is {who} that has to move.",
    "The step falls to {who}.",
    "It asks {who} to give way.",
)
ASKS_BOTH: Final = ("Both sides have to move for it.", "It asks both to give way.")
ASKS_NOBODY: Final = ("Nobody has to move for it.", "On this the two ask for the same.")
SHARES: Final = (
    "The public positions lie {apart} apart here: {own} would take {mine} and {other} {theirs}.",
    (
        "Of the {apart} between what the two ask for in public, {own} would take {mine} and "
        "{other} {theirs}."
    ),
)
PRICES: Final = (
    "{who} would give up what it has asked for: {clause}",
    "The price for {who} is its public position: {clause}",
)
ALTERNATIVES: Final = (
    "Another answer would be: {clause}",
    "One could also say: {clause}",
    "It could also be settled so: {clause}",
)
BACKGROUND: Final = "What it is about, for those who come to it new: {summary}"
_NUMBERS: Final = ("none", "one", "two", "three", "four", "five", "six", "seven")


def pick(patterns: Sequence[str], rng: np.random.Generator) -> str:
    """One of some sentences."""
    return patterns[int(rng.integers(len(patterns)))]


def ended(clause: str) -> str:
    """The text of an option as the end of a sentence."""
    clause = clause.strip()
    return clause if clause.endswith((".", "!", "?")) else f"{clause}."


def number(count: int) -> str:
    """A small number in words."""
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def steps(count: int) -> str:
    """A number of steps in words."""
    return f"{number(count)} step" + ("" if count == 1 else "s")
