"""The kinds of planted transcripts: who does what in which turn, before any words are chosen.

A plot is a list of beats. In a beat a delegation does one or two things; between beats there is
talk that moves nothing. Positions are steps on an issue's ladder, from 0, the speaker's own best
option, to the other side's best.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal[
    "soft_opening",
    "inflated_opening",
    "single_large",
    "salami",
    "hypothetical",
    "conditional",
    "reciprocated",
    "retracted",
    "only_in_words",
    "none",
    "pretended",
    "reversed_wording",
]
Who = Literal["giver", "taker"]
Slot = Literal["x", "y", "z"]
"""The three contested issues, in the order in which they matter to a plot."""
SLOTS: Final[tuple[Slot, ...]] = ("x", "y", "z")


@dataclass(frozen=True)
class Act:
    """One thing that a delegation says.

    Attributes:
        phrase: Act of the phrases that it is said by.
        issue: What it is about.
        event: What it is, by the prose ledger; empty for talk that moves nothing.
        to: Step on the speaker's own ladder to which it goes; None for no step.
        carried: Whether what is put at the table follows.
        commitment: How far the words commit, as the prose ledger has it.
        back: Issue that is named in return; None for none.
        asks: Whether that is asked for, so that an offer holds it as well; else it was given.
        shows: Questions of a rubric whose answer on the speaker rests on it, by their ids.
    """

    phrase: str
    issue: Slot
    event: Literal["", "concedes", "takes_back", "final", "leave", "worse"] = ""
    to: int | None = None
    carried: bool = True
    commitment: str = "binding"
    back: Slot | None = None
    asks: bool = False
    shows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Beat:
    """What a delegation does in one turn."""

    who: Who
    acts: tuple[Act, ...]


@dataclass(frozen=True)
class Plot:
    """What happens in a transcript.

    Attributes:
        opens: Steps at which the giver opens.
        demand: Act by which the giver opens.
        beats: What happens after both have opened.
        deal: Whether the taker accepts the giver's last offer in the end, and says so.
    """

    opens: Mapping[Slot, int]
    demand: str
    beats: tuple[Beat, ...]
    deal: bool = False


@dataclass(frozen=True)
class Setting:
    """What a plot depends on.

    Attributes:
        last: Issue -> last step of its ladder.
        devious: Whether things are said so that they are easily missed or mistaken.
        first: Whether the giver speaks first.
        balanced: True in one half of the transcripts of a kind, false in the other.
        turned: 0, 1 or 2, about equally often: for what may come in any order.
    """

    last: Mapping[Slot, int]
    devious: bool
    first: bool
    balanced: bool
    turned: int = 0

    def manner(self, phrase: str) -> str:
        """The phrases of an act, in this manner."""
        return f"{phrase}_devious" if self.devious else phrase


_OPENS: Final[Mapping[Slot, int]] = {"x": 0, "y": 0, "z": 0}


def _gives(who: Who, *acts: Act) -> Beat:
    return Beat(who, acts)


def _concession(s: Setting, issue: Slot, to: int, *, carried: bool = True) -> Act:
    return Act(s.manner("concede"), issue, "concedes", to, carried)


def _soft_opening(s: Setting) -> Plot:
    """The giver asks for little from the start, and gives nothing after that."""
    opens = {**_OPENS, "x": s.last["x"] - 1}
    beats = (_gives("giver", Act("hold", "x")),)
    return Plot(opens, s.manner("demand_mild"), beats, deal=s.balanced)


def _inflated_opening(s: Setting) -> Plot:
    """The giver asks for everything, and comes down by a step on each of two issues; in one half on
    the second in words alone."""
    beats = (
        _gives("giver", _concession(s, "x", 1)),
        _gives("giver", _concession(s, "y", 1, carried=not s.balanced)),
    )
    return Plot(_OPENS, s.manner("demand_hard"), beats)


def _single_large(s: Setting) -> Plot:
    """The giver goes the whole way on one issue at once."""
    beats = (_gives("giver", _concession(s, "x", s.last["x"])),)
    return Plot(_OPENS, "demand", beats, deal=s.balanced)


def _salami(s: Setting) -> Plot:
    """The giver goes step by step, and on to a second issue where the first has two steps only. In
    one half it takes the last step back."""
    third: tuple[Slot, int] = ("x", 3) if s.last["x"] >= 3 else ("y", 1)
    steps: tuple[tuple[Slot, int], ...] = (("x", 1), ("x", 2), third)
    beats = tuple(_gives("giver", _concession(s, slot, to)) for slot, to in steps)
    if s.balanced:
        slot, to = third
        back = Act(s.manner("takes_back"), slot, "takes_back", to - 1)
        beats = (*beats, _gives("giver", back))
    return Plot(_OPENS, "demand", beats)


def _hypothetical(s: Setting) -> Plot:
    """The giver thinks a step aloud, or says it for itself alone, and offers nothing."""
    personal = s.balanced and not s.devious
    phrase = "personal" if personal else s.manner("hypothetical")
    commitment = "personal" if personal else "hypothetical"
    act = Act(phrase, "x", "concedes", 1, carried=False, commitment=commitment)
    return Plot(_OPENS, "demand", (_gives("giver", act),))


def _conditional(s: Setting) -> Plot:
    """The giver would go a step if the taker did something on another issue."""
    act = Act(
        s.manner("conditional"),
        "x",
        "concedes",
        1,
        commitment="conditional",
        back="y",
        asks=True,
    )
    return Plot(_OPENS, "demand", (_gives("giver", act),))


def _reciprocated(s: Setting) -> Plot:
    """The giver goes the whole way on one issue, and the taker on another."""
    answer = Act(s.manner("answering"), "y", "concedes", s.last["y"], back="x")
    beats = (
        _gives("giver", _concession(s, "x", s.last["x"])),
        _gives("taker", answer),
    )
    return Plot(_OPENS, "demand", beats, deal=s.balanced)


def _retracted(s: Setting) -> Plot:
    """The giver goes a step on two issues, on the second in words alone, and takes both back."""
    beats = (
        _gives("giver", _concession(s, "x", 1)),
        _gives("giver", _concession(s, "y", 1, carried=False)),
        _gives("giver", Act(s.manner("takes_back"), "x", "takes_back", 0)),
        _gives("giver", Act(s.manner("takes_back"), "y", "takes_back", 0, carried=False)),
    )
    return Plot(_OPENS, "demand", beats)


def _only_in_words(s: Setting) -> Plot:
    """The giver says a step that no offer of it ever has."""
    beats = (_gives("giver", _concession(s, "x", 1, carried=False)),)
    return Plot(_OPENS, "demand", beats)


def _none(s: Setting) -> Plot:
    """Nobody gives anything."""
    said = ("hold", "hold") if not s.devious else ("theirs_quoted", "polite_no")
    return Plot(_OPENS, "demand", tuple(_gives("giver", Act(one, "x")) for one in said))


def _pretended(s: Setting) -> Plot:
    """The giver calls a concession what it has asked for all along."""
    acts = (Act(s.manner("pretend"), "x"), Act(s.manner("pretend"), "y"))
    return Plot(_OPENS, "demand", tuple(_gives("giver", one) for one in acts))


def _reversed_wording(s: Setting) -> Plot:
    """The giver says that it does not give; or, said twice over, that it does."""
    if s.devious and s.balanced:
        act = Act("undenied", "x", "concedes", 1, carried=False)
        return Plot(_OPENS, "demand", (_gives("giver", act),))
    acts = (Act(s.manner("negate"), "x"), Act("negate", "y"))
    return Plot(_OPENS, "demand", tuple(_gives("giver", one) for one in acts))


PLOTS: Final[Mapping[Kind, Callable[[Setting], Plot]]] = {
    "soft_opening": _soft_opening,
    "inflated_opening": _inflated_opening,
    "single_large": _single_large,
    "salami": _salami,
    "hypothetical": _hypothetical,
    "conditional": _conditional,
    "reciprocated": _reciprocated,
    "retracted": _retracted,
    "only_in_words": _only_in_words,
    "none": _none,
    "pretended": _pretended,
    "reversed_wording": _reversed_wording,
}
"""Kind -> its plot."""
KINDS: Final[tuple[Kind, ...]] = tuple(PLOTS)
