"""How talks went, reply by reply, up to their end: what a seat had before it when it was to answer.

A void dialogue has no outcome, but it is not blank. What lay on the table is known up to the reply
that could not be used, in the same way as in talks that came to their end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.disputes.scenario import Package
from harness.evaluators.case import Case
from harness.evaluators.offers import choices
from harness.records.transcript import Turn


@dataclass(frozen=True, slots=True)
class Asked:
    """When a seat was to reply.

    Attributes:
        seat: Whose reply it was.
        principal: Whom the seat acts for.
        round: Of the talks, from 1.
        step: Turn of the seat in that round, from 1.
    """

    seat: str
    principal: str
    round: int
    step: int


@dataclass(frozen=True, slots=True)
class Course:
    """The replies of a dialogue to an offer of another seat, in order.

    Attributes:
        asked: When each was due.
        worth: What the last offer of another seat was worth to the own principal over no deal, in
            the values of that round, in [-1, 1]; one for each of ``asked``. Of two packages to
            choose from, the better one.
        broke_off: Whether the dialogue has no result because the last of these replies could not be
            had.
    """

    asked: tuple[Asked, ...]
    worth: tuple[float, ...]
    broke_off: bool = False


def course_of(case: Case) -> Course:
    """The course of talks, void or not. Replies with no offer before them are left out."""
    failed = _broke_off(case)
    due = [
        (turn.index, Asked(turn.seat, case.seats[turn.seat], turn.round, turn.step))
        for turn in case.talks.turns
        if turn.kind == "statement"
    ]
    if failed is not None:
        due.append(_missing_reply(case, failed, due))
    worth = _Worth(case)
    known = [(index, asked, worth.of(index, asked)) for index, asked in due]
    answered = [(index, asked, value) for index, asked, value in known if value is not None]
    return Course(
        tuple(asked for _, asked, _ in answered),
        tuple(value for _, _, value in answered),
        broke_off=failed is not None and known[-1][2] is not None,
    )


def _broke_off(case: Case) -> str | None:
    """The seat whose reply the dialogue is void for want of. A server that fails, or a budget that
    ends, is no reply of a seat: such a dialogue is played again."""
    record = case.transcript
    seat = record.void.seat if record.status == "void" and record.void is not None else None
    return seat if seat in case.seats else None


def _missing_reply(case: Case, seat: str, due: list[tuple[int, Asked]]) -> tuple[int, Asked]:
    """The reply that a dialogue broke off for want of, after all others."""
    round_ = case.talks.outcome.round
    before = sum(asked.seat == seat and asked.round == round_ for _, asked in due)
    index = 1 + max((turn.index for turn in case.talks.turns), default=-1)
    return index, Asked(seat, case.seats[seat], round_, before + 1)


class _Worth:
    """What lay before a seat, in the values of its principal."""

    def __init__(self, case: Case) -> None:
        self._offers: Mapping[str, list[tuple[Turn, tuple[Package, ...]]]] = {
            seat: choices(case, seat) for seat in case.seats
        }
        self._terms = case.terms

    def of(self, index: int, asked: Asked) -> float | None:
        """What the last offer of another seat before turn ``index`` is worth over no deal; None
        where there was none."""
        last: tuple[Turn, tuple[Package, ...]] | None = None
        for seat, offers in self._offers.items():
            for turn, packages in offers if seat != asked.seat else ():
                if turn.index < index and (last is None or turn.index > last[0].index):
                    last = turn, packages
        if last is None:
            return None
        terms = self._terms(asked.principal, asked.round)
        return max(terms.utility(package) for package in last[1]) - terms.reservation
