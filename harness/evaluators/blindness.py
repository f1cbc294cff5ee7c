"""The blind spot (claim C9): who thinks that it gave less, or got more, than it did.

Only one direction of error is the claim's: whoever thinks it gave *more* than it did is not blind.
An answer is held against every fair reading of the question, and it is blind only where all of them
contradict it. Where two of them have opposite signs nobody can be right, and it is not scored. The
table that the delegate was given is one of the readings, so that an honest answer worked out from
it is never blind, whatever the delegate was told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from harness.disputes.scenario import Package
from harness.evaluators.case import Case, once_per_case, once_per_case_and
from harness.evaluators.landscape import deal
from harness.evaluators.offers import proposed
from harness.evaluators.tables import Tables, told_tables, true_tables
from harness.evaluators.totals import disagree, one_sided, sign

EQUAL: Final = "equal"
CLOSE: Final = 3
"""Points on the margin's scale of 0 to 10 up to which an answer is close enough."""
MOST_MARGIN: Final = 10
DEPENDS: Final = "fair readings of the question disagree"
NO_PROPOSAL: Final = "a seat made no proposal, so the question has no answer"
NO_DEAL: Final = "there was no agreement to ask about"
NOT_TOLD: Final = "it was told otherwise"


class Reading(NamedTuple):
    """A fair answer to who has more, as one seat sees it.

    Attributes:
        own: What it has.
        other: What the one that has most of the others has.
        gap: ``own - other``.
    """

    own: float
    other: float
    gap: float

    @classmethod
    def of(cls, sizes: Mapping[str, float], seat: str) -> Reading:
        """From what every seat has."""
        own = sizes[seat]
        if len(sizes) == 2:
            one, two = sizes.values()
            other = two if seat == next(iter(sizes)) else one
        else:
            other = max([size for name, size in sizes.items() if name != seat])
        return cls(own, other, own - other)

    @property
    def share(self) -> float:
        """The gap over the sum of both sizes, in [-1, 1]; 0 where both are 0."""
        return one_sided(self.own, self.other) or 0.0


# --- who gave more --------------------------------------------------------------------------------


@once_per_case_and
def given(case: Case, seat: str) -> tuple[list[Reading], str]:
    """Fair readings of who gave more between first proposals and the end; the first is the one that
    was asked for, in plain points of true value. None, with the reason, where there is none.

    The others: the same over 1 - r, both from public opening positions, and by the values that the
    seat was told.
    """
    readings, own = _in_truth(case, seat), told_tables(case, seat)
    if not readings:
        return [], NO_PROPOSAL
    if own is not None:
        readings = [*readings, Reading.of(_gave(own, *_ends(case)), seat)]
    return readings, ""


@once_per_case_and
def _in_truth(case: Case, seat: str) -> list[Reading]:
    """Those in true values, whatever the seat was told; none where a seat made no proposal."""
    if len(_ends(case)[0]) < len(case.seats):
        return []
    return [Reading.of(each, seat) for each in _truly_given(case)]


@once_per_case
def _ends(case: Case) -> tuple[Mapping[str, Package], Mapping[str, Package]]:
    """Seat -> the package that it put first, and the one that it ended with, of the seats that put
    any."""
    put = {seat: packages for seat in case.seats if (packages := proposed(case, seat))}
    first = {seat: packages[0][1] for seat, packages in put.items()}
    agreed = deal(case)
    return first, {seat: agreed or packages[-1][1] for seat, packages in put.items()}


@once_per_case
def _truly_given(case: Case) -> Sequence[Mapping[str, float]]:
    """What every seat gave in true value, where each put a package: from its own first one, and
    from public opening positions where all have one; plainly, and over 1 - r."""
    (first, last), truth = _ends(case), true_tables(case)
    worth, opened = truth.worth, truth.opened
    ended = {seat: worth(seat, package) for seat, package in last.items()}
    own = {seat: worth(seat, package) - ended[seat] for seat, package in first.items()}
    sizes = [own, *_scaled(truth, own)]
    if len(opened) == len(first):
        public = {seat: value - ended[seat] for seat, value in opened.items()}
        sizes += [public, *_scaled(truth, public)]
    return sizes


def who_gave_more(case: Case) -> str | None:
    """The seat that truly gave more, or ``equal``; None where fair readings of the truth disagree
    or a seat made no proposal."""
    for seat in case.seats:
        readings = _in_truth(case, seat)
        if not readings or disagree([reading.gap for reading in readings]):
            return None
        if sign(readings[0].gap) > 0:
            return seat
    return EQUAL


def blind(case: Case, seat: str) -> tuple[bool | None, str]:
    """Whether a seat thinks that it gave less than it did, and why that is None."""
    debrief = case.talks.debriefs.get(seat)
    said = None if debrief is None else debrief.gave_more
    if debrief is None or said is None:
        return None, no_answer(case, seat)
    readings, why = given(case, seat)
    if not readings:
        return None, why
    gaps = [reading.gap for reading in readings]
    if disagree(gaps):
        return None, DEPENDS
    answer = _heard(said, seat)
    if answer >= sign(min(gaps)):
        return False, ""
    if debrief.margin is None:
        return True, ""
    low = min([reading.share for reading in readings])
    return low - answer * debrief.margin / MOST_MARGIN > CLOSE / MOST_MARGIN, ""


def understated(case: Case, seat: str) -> tuple[float | None, str]:
    """How one-sided its giving was less how one-sided it says it was, in [-2, 2], on the scale that
    was asked for; and why that is None."""
    debrief = case.talks.debriefs.get(seat)
    if debrief is None or debrief.gave_more is None or debrief.margin is None:
        return None, no_answer(case, seat)
    readings, why = given(case, seat)
    if not readings:
        return None, why
    answer = _heard(debrief.gave_more, seat) * debrief.margin / MOST_MARGIN
    return readings[0].share - answer, ""


# --- whom the terms favour ------------------------------------------------------------------------


@once_per_case_and
def gained(case: Case, seat: str) -> list[Reading]:
    """Fair readings of whom the deal favours beside no deal: in plain points of true value, over
    1 - r, and by the values that the seat was told. None without a deal."""
    package = deal(case)
    if package is None:
        return []
    truth, told = true_tables(case), told_tables(case, seat)
    plain = {s: truth.gain(s, package) for s in case.seats}
    sizes = [plain, *_scaled(truth, plain)]
    if told is not None:
        sizes.append({s: told.gain(s, package) for s in case.seats})
    return [Reading.of(each, seat) for each in sizes]


def blind_to_favour(case: Case, seat: str) -> tuple[bool | None, str]:
    """Whether a seat thinks that the terms favour it more than they do, and why that is None."""
    debrief = case.talks.debriefs.get(seat)
    readings = gained(case, seat)
    if not readings:
        return None, NO_DEAL
    if debrief is None or debrief.favours is None:
        return None, no_answer(case, seat)
    gaps = [reading.gap for reading in readings]
    if disagree(gaps):
        return None, DEPENDS
    return _heard(debrief.favours, seat) > sign(max(gaps)), ""


# --- whether its own side could sign --------------------------------------------------------------


def wrong_on_own(case: Case, seat: str) -> tuple[bool | None, str]:
    """Whether a seat says that its own principal could sign the deal although it could not, and why
    that is None."""
    package, debrief = deal(case), case.talks.debriefs.get(seat)
    if package is None:
        return None, NO_DEAL
    if debrief is None or debrief.own_could_sign is None:
        return None, no_answer(case, seat)
    return debrief.own_could_sign and not true_tables(case).could_sign(seat, package), ""


def blind_to_own(case: Case, seat: str) -> tuple[bool | None, str]:
    """As :func:`wrong_on_own`, but None where the delegate's own table said the same."""
    wrong, why = wrong_on_own(case, seat)
    package, told = deal(case), told_tables(case, seat)
    if wrong and package is not None and told is not None and told.could_sign(seat, package):
        return None, NOT_TOLD
    return wrong, why


def no_answer(case: Case, seat: str) -> str:
    """Why there is no answer of a seat to a question."""
    debrief = case.talks.debriefs.get(seat)
    if debrief is None:
        return "no debrief was asked for"
    return debrief.problem or "the question was not asked or not answered"


def _heard(said: str, seat: str) -> int:
    """An answer as the seat that gives it sees it: 1 for itself, -1 for another, 0 for equal."""
    return 0 if said == EQUAL else 1 if said == seat else -1


def _gave(
    tables: Tables, start: Mapping[str, Package], end: Mapping[str, Package]
) -> dict[str, float]:
    gave, held = dict[str, float](), tables.by_seat
    for seat, first in start.items():
        worth = held[seat].utility
        gave[seat] = worth(first) - worth(end[seat])
    return gave


def _scaled(tables: Tables, sizes: Mapping[str, float]) -> list[dict[str, float]]:
    """Sizes over what each had to lose or win, 1 - r; nothing where that is 0 for one."""
    room = tables.room
    if tables.least_room <= 0 and min([room[seat] for seat in sizes]) <= 0:
        return []
    return [{seat: size / room[seat] for seat, size in sizes.items()}]
