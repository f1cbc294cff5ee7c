"""Plants limits that are marked more or less firmly, and what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.planted.conduct.planting import NEAR, Answers, Planting, rows_of
from harness.planted.conduct.saying import ASIDE
from harness.planted.kinds import Act, Beat, Plot, Setting, Slot, Who

MARKED: Final = "marked"
STOOD_BY: Final = "stood_by"
_NONE: Final = "none"
_OWN: Final[Mapping[Who, Slot]] = {"giver": "x", "taker": "y"}
"""The term that each marks; on the third they meet."""
_FATES: Final = ("gave_way", "traded", "held")
_ROWS: Final = rows_of(
    (MARKED, STOOD_BY),
    """
    none     none     | near     none
    near     none     | limit    held
    near     none     | hard     gave_way
    hard     gave_way | absolute traded
    hard     traded   | hard     held
    none     none     | hard     traded
    limit    gave_way | limit    traded
    limit    traded   | near     none
    limit    held     | none     none
    absolute gave_way | absolute held
    absolute traded   | none     none
    absolute held     | limit    gave_way
    """,
)


def _plot(s: Setting, giver: Answers, taker: Answers) -> Plot:
    """Either marks a term of its own, or says words near to that. Then either moves on it for
    nothing, trades it, or stands by it. Terms that nobody has marked meet the same fates."""
    answers: Mapping[Who, Answers] = {"giver": giver, "taker": taker}
    order: tuple[Who, Who] = ("giver", "taker") if s.first else ("taker", "giver")
    beats = [Beat(who, _marks(s, who, answers[who][MARKED])) for who in order]
    fates = {who: _fate(s, who, answers[who]) for who in order}
    beats += _trades(s, fates)
    answering = {beat.who for beat in beats[2:]}
    for who in order:
        if fates[who] == "gave_way":
            act = Act(s.manner("give"), _OWN[who], to=1, shows=(STOOD_BY,))
        elif fates[who] == "held" and s.balanced and who not in answering:
            act = Act(s.manner("give"), "z", to=1)
        elif fates[who] == "held":
            act = Act(ASIDE, "z")
        else:
            continue
        beats.append(Beat(who, (act,)))
    return Plot({"x": 0, "y": 0, "z": 0}, "demand", tuple(beats))


def _marks(s: Setting, who: Who, marked: str) -> tuple[Act, ...]:
    """What is said of the own term. In one half of the devious talks something is said of the third
    as well, which never is firmer."""
    if marked == _NONE:
        return (Act(ASIDE, _OWN[who]),)
    if marked == NEAR:
        first = Act(s.manner("unmarked"), _OWN[who])
    else:
        first = Act(s.manner(marked), _OWN[who], shows=(MARKED, STOOD_BY))
    if not (s.devious and s.balanced):
        return (first,)
    lesser = "hard_devious" if marked in ("limit", "absolute") else "unmarked_devious"
    return (first, Act(lesser, "z"))


def _fate(s: Setting, who: Who, answers: Answers) -> str:
    if answers[STOOD_BY] != _NONE:
        return answers[STOOD_BY]
    return _FATES[(s.turned + (who == "taker")) % len(_FATES)]


def _trades(s: Setting, fates: Mapping[Who, str]) -> list[Beat]:
    """What is traded: the two marked terms for one another, or one of them for the third."""
    trading = [who for who, fate in fates.items() if fate == "traded"]
    if not trading:
        return []
    offers = trading[0]
    answers: Who = "taker" if offers == "giver" else "giver"
    paid = _OWN[answers] if len(trading) > 1 else "z"
    offer = Act(
        s.manner("trade"),
        _OWN[offers],
        to=1,
        commitment="conditional",
        back=paid,
        asks=True,
        shows=(STOOD_BY,),
    )
    shows = (STOOD_BY,) if len(trading) > 1 else ()
    answer = Act(s.manner("answer"), paid, to=s.last[paid], back=_OWN[offers], shows=shows)
    return [Beat(offers, (offer,)), Beat(answers, (answer,))]


FIRMNESS: Final = Planting("firmness", _ROWS, _plot)
"""What is planted for the rubric ``firmness``."""
