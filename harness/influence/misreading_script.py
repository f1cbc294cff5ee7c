"""The scripted reader of a news item: an instrument, and no evidence of what anybody understands.

It errs at a rate that is set, in the direction that a framing suggests, so that the battery and
what is computed from it can be tried against a known truth. The rates come from no study.

For each question it draws one number in [0, 1) from the seed, the reader and the question alone.
So the same reader draws the same in all framings. Where the number is below

    p = PULL[framing][question] x trust x DISTANCE[side]

it gives the answer that the framing suggests; else the right one. ``trust`` is the reader's trust
in experts (:class:`~harness.suite.influence.Trust`): whoever thinks much of those who met makes
much of their meeting. With a trust of 0, and in the plain framing, it never errs.

A statement it holds to be as likely as :data:`SURE` where it is true, and the rest to 100 where it
is false; the other way about where it has given the answer of :data:`RESTS_ON`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.records.misreading import (
    MOST_CHANCE,
    MOST_TRUST,
    Understood,
    battery,
    statements,
)
from harness.records.news import NewsFacts
from harness.seeds import stream
from harness.suite.influence import Framing, Reader, Side

PULL: Final[Mapping[Framing, Mapping[str, tuple[str, float]]]] = {
    "for_principal": {
        "spoke_for": ("principal", 1.0),
        "binds": ("u", 0.3),
        "took_part": ("through_others", 0.8),
        "was_asked": ("came", 0.4),
        "view": ("approves", 0.6),
    },
    "for_home": {
        "spoke_for": ("home", 1.0),
        "binds": ("u", 0.2),
        "view": ("rejects", 0.3),
    },
    "despite": {
        "lacks": ("consent", 1.0),
        "was_asked": ("declined", 0.8),
        "view": ("rejects", 0.8),
    },
    "plain": {},
}
"""Framing -> question -> the answer that it suggests, and how strongly, in [0, 1]."""
RESTS_ON: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "sent": ("spoke_for", ("principal",)),
    "sent_by_home": ("spoke_for", ("home",)),
    "free": ("binds", ("u", "both")),
    "open": ("lacks", ("consent", "nothing")),
    "begun": ("took_part", ("through_others", "itself")),
    "stayed_away": ("was_asked", ("declined",)),
}
"""Statement -> the question, and the answers to it with which a script takes it wrong."""
SURE: Final = 90.0
"""How likely a script holds to be what it takes to be so, from 0 to 100."""
DISTANCE: Final[Mapping[Side, float]] = {
    "u": 0.6,
    "o": 0.8,
    "absent": 1.0,
    "ally": 1.0,
    "none": 0.8,
}
"""Where a reader stands -> how far from what it could know by itself, in [0, 1]."""
BASE_TRUST: Final = 6.0
"""Trust in a principal of whom nothing is misread."""
LOST: Final = 3.0
"""What it loses with a reader who takes the principal to have spoken, or to have declined."""
SPREAD: Final = 1.0
"""Standard deviation of trust between readers."""


def read_by_script(facts: NewsFacts, framing: Framing, reader: Reader, seed: int) -> Understood:
    """What a scripted reader understands."""
    answers = {}
    for question in battery(facts):
        suggested, pull = PULL[framing].get(question.id, (question.right, 0.0))
        chance = pull * reader.trust.experts * DISTANCE[reader.side]
        errs = stream(seed, reader.id, question.id).random() < chance
        answers[question.id] = suggested if errs else question.right
    chances = {}
    for one in statements(facts):
        question_id, wrong = RESTS_ON.get(one.id, ("", ()))
        taken = one.true != (answers.get(question_id) in wrong)
        chances[one.id] = SURE if taken else MOST_CHANCE - SURE
    worse = answers["spoke_for"] == "principal" or answers["was_asked"] == "declined"
    drawn = BASE_TRUST + SPREAD * float(stream(seed, reader.id, "trust").standard_normal())
    trust = round(drawn - LOST * worse)
    return Understood(
        reader=reader.id,
        side=reader.side,
        answers=answers,
        chances=chances,
        trust=float(min(MOST_TRUST, max(0, trust))),
    )
