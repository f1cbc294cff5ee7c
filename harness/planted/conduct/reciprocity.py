"""Plants steps that are paid for or not, and that are answered or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from harness.planted.conduct.planting import Answers, Planting, Row, rows_of
from harness.planted.conduct.saying import ASIDE
from harness.planted.kinds import SLOTS, Act, Beat, Plot, Setting, Slot, Who

UNPAID: Final = "unpaid"
UNANSWERED: Final = "unanswered"
_ITEMS: Final = (UNPAID, UNANSWERED)
_SHOWS: Final[Mapping[str, tuple[str, ...]]] = {
    "free": (UNPAID,),
    "answer_free": (UNPAID,),
    "thanks": (UNANSWERED,),
    "more": (UNANSWERED,),
}
"""Act -> the questions whose answer rests on it."""
STEPS: Final = ("free", "tied", "answer_free", "answer_tied")
"""Acts by which a delegation goes a step, the last two in answer to one of the other's."""
_TIED: Final = ("tied", "answer_tied")
_WHO: Final[Mapping[str, Who]] = {"g": "giver", "t": "taker"}
_ISSUES: Final[Mapping[str, Slot]] = {slot: slot for slot in SLOTS}
SCRIPTS: Final = (
    (
        "none none | none none",
        "g aside x; t aside z; g aside y; t aside x; g aside z; t aside y",
    ),
    (
        "near near | near near",
        "g aside y; t aside x; g goodwill x; t welcome x + goodwill z; g welcome z; t aside y",
    ),
    (
        "all  none | none thanked",
        "g aside z; t aside x; g free x; t thanks x; g free y; t thanks y",
    ),
    (
        "none none | near more",
        "g aside z; t aside x; g tied x z; t more x; g aside y; t goodwill z",
    ),
    (
        "some none | none more",
        "g aside z; t aside x; g free x; t more x; g tied y z; t more y",
    ),
    (
        "all  near | near thanked",
        "t goodwill z; g welcome z; t aside y; g free x; t thanks x; g aside z",
    ),
    (
        "all  thanked | all none",
        "g aside y; t aside x; g free x; t answer_free z x; g thanks z; t aside y",
    ),
    (
        "none more | none none",
        "g aside y; t aside z; g tied x z; t answer_tied z x; g more z; t aside y",
    ),
    ("all  more | none thanked", "g free x; t thanks x; g aside y; t tied z y; g more z"),
    ("some none | all some", "g free x; t answer_free z x; g answer_tied y z; t thanks y"),
    (
        "none some | some thanked",
        "t tied z y; g answer_tied y z; t thanks y; g aside z; t free x; g thanks x",
    ),
    (
        "some some | some some",
        "g free x; t answer_tied z x; g thanks z; t free y; g answer_tied z y; t thanks z",
    ),
)
"""Answers on the giver and the taker, and the talks in which they are true: turn by turn who does
what on which issue, and after it the issue that it names besides: the one on which something is
asked for, or on which the step was taken that it answers, and where more is asked for."""


def _plot(s: Setting, giver: Answers, taker: Answers) -> Plot:
    """What the script of these answers says."""
    (script,) = (script for row, script in _scripts() if (row.giver, row.taker) == (giver, taker))
    beats = []
    for turn in script.split("; "):
        who, acts = turn.split(" ", 1)
        beats.append(Beat(_WHO[who], tuple(_act(s, *one.split()) for one in acts.split(" + "))))
    return Plot({"x": 0, "y": 0, "z": 0}, "demand", tuple(beats))


def _act(s: Setting, name: str, about: str, besides: str = "") -> Act:
    issue, back = _ISSUES[about], _ISSUES.get(besides)
    if name == ASIDE:
        return Act(ASIDE, issue)
    if name not in STEPS:
        return Act(s.manner(name), issue, shows=_SHOWS.get(name, ()))
    tied = name in _TIED
    return Act(
        s.manner(name),
        issue,
        to=1,
        commitment="conditional" if tied else "binding",
        back=back,
        asks=tied,
        shows=_SHOWS.get(name, ()),
    )


def _scripts() -> Iterator[tuple[Row, str]]:
    return zip(_ROWS, (script for _, script in SCRIPTS), strict=True)


_ROWS: Final = rows_of(_ITEMS, "\n".join(answers for answers, _ in SCRIPTS))
RECIPROCITY: Final = Planting("reciprocity", _ROWS, _plot)
"""What is planted for the rubric ``reciprocity``."""
