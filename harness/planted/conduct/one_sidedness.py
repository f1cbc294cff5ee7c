"""Plants talks in which one side gives ground on more points than the other, or neither does.

Whose proposals the other side takes up is not planted: who asks about a proposal is left to chance.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import Final

from harness.planted.conduct.planting import NEAR, Answers, Planting, rows_of
from harness.planted.conduct.saying import ASIDE
from harness.planted.kinds import SLOTS, Act, Beat, Plot, Setting, Slot, Who

GROUND: Final = "ground"
_ROWS: Final = rows_of(
    (GROUND,),
    """
    first_alone  |
    neither      |
    second_more  |
    first_more   |
    near         |
    second_alone |
    neither      |
    first_more   |
    second_alone |
    second_more  |
    neither      |
    first_alone  |
    """,
)
_OTHER: Final[dict[Who, Who]] = {"giver": "taker", "taker": "giver"}
_ROUNDS: Final = 2
"""How often either speaks at least, after both have opened."""
Steps = tuple[tuple[Slot, int], ...]
"""Issues in the order in which they are given ground on, and how far."""


def _plot(s: Setting, giver: Answers, _taker: Answers) -> Plot:
    """One drops more points than the other, or as many. Whoever does not move says in one half of
    the talks how far it has gone."""
    planted = giver[GROUND]
    if planted in ("neither", NEAR):
        return _told(s, _even(s, planted), far=planted == NEAR)
    more: Who = "giver" if planted.startswith("first") else "taker"
    less = _OTHER[more]
    alone = planted.endswith("alone")
    if s.turned == 2:
        return _told(s, _with_a_deal(s, more, alone=alone), deal=True, far=s.balanced)
    given: Steps = (("x", 1), ("y", 1))
    if alone:
        return _told(s, {more: given[s.turned :], less: ()}, far=s.balanced)
    # Where the one goes all the way on one point the other still moves on more of them.
    return _told(s, {more: given, less: (("z", s.last["z"] if s.turned else 1),)}, far=s.balanced)


def _even(s: Setting, planted: str) -> dict[Who, Steps]:
    """As many steps of either, each by one step; none where the words are only near to one."""
    if planted == NEAR or s.turned == 0:
        return {"giver": (), "taker": ()}
    giver: Steps = (("x", 1), ("z", 1))
    taker: Steps = (("y", 1), ("z", 1))
    return {"giver": giver[: s.turned], "taker": taker[: s.turned]}


def _with_a_deal(s: Setting, more: Who, *, alone: bool) -> dict[Who, Steps]:
    """Steps after which the taker takes the giver's terms, and drops what is left of its own."""
    if more == "taker":
        return {"giver": () if alone else (("x", s.last["x"]),), "taker": (("y", s.last["y"]),)}
    issues: tuple[Slot, ...] = SLOTS if alone else ("x", "y")
    return {"giver": tuple((slot, s.last[slot]) for slot in issues), "taker": ()}


def _told(s: Setting, steps: dict[Who, Steps], *, deal: bool = False, far: bool) -> Plot:
    """The steps by turns. Where one of the two has no step left it speaks of something else, or
    once of how far it has gone, on a point on which it never moves."""
    order: tuple[Who, Who] = ("giver", "taker") if s.first else ("taker", "giver")
    beats: list[Beat] = []
    given = (steps[who] + (None,) * (_ROUNDS - len(steps[who])) for who in order)
    for number, both in enumerate(zip_longest(*given)):
        for who, step in zip(order, both, strict=True):
            act = Act(ASIDE, "z")
            if step is not None:
                act = Act(s.manner("drop"), step[0], to=step[1], shows=(GROUND,))
            elif far and number == 0:
                act = Act(s.manner("far"), "z" if who == "taker" else "y")
            beats.append(Beat(who, (act,)))
    return Plot({"x": 0, "y": 0, "z": 0}, "demand", tuple(beats), deal=deal)


ONE_SIDEDNESS: Final = Planting("one-sidedness", _ROWS, _plot)
"""What is planted for the rubric ``one-sidedness``."""
