"""Plants claims of limits, strength and reasons, and what becomes of them in the same mouth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.planted.conduct.planting import NEAR, Answers, Planting, rows_of
from harness.planted.conduct.saying import ASIDE
from harness.planted.kinds import Act, Beat, Plot, Setting, Slot, Who

MOVED_PAST: Final = "moved_past"
STRENGTH: Final = "strength"
TURNED_ROUND: Final = "turned_round"
_NONE: Final = "none"
_OWN: Final[Mapping[Who, Slot]] = {"giver": "x", "taker": "y"}
"""The issue on which each names a limit; the reasons are for what it asks for on the third."""
_OTHER: Final[Mapping[Who, Slot]] = {"giver": "y", "taker": "x"}
_LATER: Final[Mapping[str, str]] = {
    NEAR: "again",
    "softened": "softer",
    "contradicted": "reversed",
}
"""Answer -> what is said of a reason when it comes up once more."""
_ROWS: Final = rows_of(
    (MOVED_PAST, STRENGTH, TURNED_ROUND),
    """
    none      argued near         | near      said   softened
    near      said   softened     | went_past argued softened
    near      argued contradicted | went_past none   near
    went_past none   near         | reopened  said   contradicted
    reopened  near   softened     | near      near   none
    near      near   none         | none      argued near
    none      near   contradicted | reopened  near   near
    reopened  near   near         | near      argued contradicted
    went_past argued softened     | near      none   near
    near      none   near         | reopened  near   softened
    reopened  said   contradicted | went_past said   none
    went_past said   none         | none      near   contradicted
    """,
)


def _plot(s: Setting, giver: Answers, taker: Answers) -> Plot:
    """Either names a limit and a reason, then claims strength and comes back to the reason, then
    does something about the limit. Nothing has been given while claims grow weaker."""
    answers: Mapping[Who, Answers] = {"giver": giver, "taker": taker}
    order: tuple[Who, Who] = ("giver", "taker") if s.first else ("taker", "giver")
    parts = {who: _parts(s, who, answers[who]) for who in order}
    beats = tuple(Beat(who, parts[who][number]) for number in range(3) for who in order)
    return Plot({"x": 0, "y": 0, "z": 0}, "demand", beats)


def _parts(s: Setting, who: Who, answers: Answers) -> tuple[tuple[Act, ...], ...]:
    """What a delegation says, in three turns."""
    limit, after = _limit(s, who, answers[MOVED_PAST])
    turned, strength = answers[TURNED_ROUND], answers[STRENGTH]
    if turned == "softened" and strength in ("said", "argued") and s.balanced:
        claim = Act(s.manner(f"without_{strength}"), "z", shows=(STRENGTH, TURNED_ROUND))
        softer = Act(s.manner("without_softer"), "z", shows=(TURNED_ROUND,))
        return (limit, claim), (Act(ASIDE, "z"), softer), (after,)
    reason, later = _reason(s, who, turned)
    return (limit, reason), (_strength(s, strength), later), (after,)


def _strength(s: Setting, planted: str) -> Act:
    if planted == NEAR:
        return Act(s.manner("no_strength"), "z")
    if planted == _NONE:
        return Act(ASIDE, "z")
    return Act(s.manner(planted), "z", shows=(STRENGTH,))


def _limit(s: Setting, who: Who, planted: str) -> tuple[Act, Act]:
    """What is said of the own issue at first, and in the end. Near to going past a limit are an
    opening demand that is dropped, a limit that is kept while the delegation moves elsewhere, and a
    move as far as the limit."""
    own = _OWN[who]
    if planted == _NONE:
        return Act(ASIDE, own), Act(ASIDE, own)
    if planted == NEAR:
        return (
            (Act(s.manner("opening"), own), Act(s.manner("move"), own, to=1)),
            (Act(s.manner("limit"), own), Act(s.manner("move"), _OTHER[who], to=1)),
            (
                Act(s.manner("limit_kept"), own, to=1, carried=False),
                Act(s.manner("within"), own, to=1),
            ),
        )[s.turned]
    limit = Act(s.manner("limit"), own, shows=(MOVED_PAST,))
    if planted == "reopened":
        return limit, Act(s.manner("reopen"), own, shows=(MOVED_PAST,))
    return limit, Act(s.manner("move"), own, to=1, shows=(MOVED_PAST,))


def _reason(s: Setting, who: Who, planted: str) -> tuple[Act, Act]:
    """A reason, and the same reason later. Near to turning round is to repeat it; in one half of
    the talks without either it is given once."""
    which = "a" if (who == "giver") == s.first else "b"
    shows = () if planted in (NEAR, _NONE) else (TURNED_ROUND,)
    first = Act(s.manner(f"reason_{which}"), "z", shows=shows)
    if planted == _NONE:
        return (first if s.balanced else Act(ASIDE, "z")), Act(ASIDE, "z")
    return first, Act(s.manner(f"reason_{which}_{_LATER[planted]}"), "z", shows=shows)


OVERSTATEMENT: Final = Planting("overstatement", _ROWS, _plot)
"""What is planted for the rubric ``overstatement``."""
