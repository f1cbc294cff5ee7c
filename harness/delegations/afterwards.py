"""What a scripted delegation says in private afterwards: honest answers, from what it was told.

It works every answer out from its own table of values and from what everybody knows of the others.
So it is the control of the blind spot (claim C9): whoever answers like this is not blind, however
little it was told.
"""

from __future__ import annotations

from collections.abc import Callable

from harness.bargaining.steps import EXACT, NOTICEABLE
from harness.delegations.form import EQUAL, MOST_MARGIN
from harness.disputes.scenario import Package
from harness.records.transcript import Action, Debrief
from harness.view import PublicPrincipal, View

SILENT = "one side made no proposal"


def settled(view: View) -> Package | None:
    """The package of the standing offer that every delegation has accepted, if there is one."""
    seats = {chair.seat for chair in view.chairs}
    return next((offer.package for offer in view.standing if offer.agreed(seats)), None)


def answers(view: View) -> Debrief:
    """The answers to all that is asked after the talks."""
    gave_more, margin = _balance(view)
    favours, signs = _on_terms(view)
    limits, issues = estimates(view)
    return Debrief(
        gave_more=gave_more,
        margin=margin,
        reservations=limits,
        top_issues=issues,
        favours=favours,
        own_could_sign=signs,
        learned={chair.seat: _learned(view, chair.seat) for chair in view.others()},
        problem=SILENT if gave_more is None else None,
    )


def former_answers(view: View, read: Callable[[Package], float]) -> Debrief:
    """The answers by rules of version 1: from the moves of the last round, and from ``read``, a
    noisy reading of what a package is worth to the others."""
    final, believed = settled(view), view.brief.belief.utility
    own = [m.package for m in view.own_moves() if m.package]
    theirs = [m.package for m in view.moves_of_others() if m.package]
    gave_more, margin = None, None
    if own and theirs:
        mine = believed(own[0]) - believed(final or own[-1])
        other = read(theirs[0]) - read(final or theirs[-1])
        gap = mine - other
        gave_more = EQUAL
        if abs(gap) > NOTICEABLE:
            gave_more = view.seat if gap > 0 else view.others()[0].seat
        margin = round(min(10.0, 10 * abs(gap)), 3)
    limits, issues = estimates(view)
    return Debrief(
        gave_more=gave_more,
        margin=margin,
        reservations=limits,
        top_issues=issues,
        problem=None if own and theirs else SILENT,
    )


def _balance(view: View) -> tuple[str | None, float | None]:
    """Who gave more between its first proposal and the end, and how much more, out of ten."""
    final, gave = settled(view), {}
    for chair in view.chairs:
        packages = _proposed(view, chair.seat)
        if not packages:
            return None, None
        gave[chair.seat] = _worth(view, chair.seat, packages[0]) - _worth(
            view, chair.seat, final or packages[-1]
        )
    most, less = _ahead(view, gave)
    if gave[most] - gave[less] <= NOTICEABLE:
        return EQUAL, 0.0
    size = abs(gave[most]) + abs(gave[less])
    return most, round(MOST_MARGIN * (gave[most] - gave[less]) / size, 3)


def _on_terms(view: View) -> tuple[str | None, bool | None]:
    """Whom the terms favour beside no deal, and whether its own principal could sign them."""
    final = settled(view)
    if final is None:
        return None, None
    gained = {}
    for chair in view.chairs:
        none = view.dispute.principals[chair.principal].believed_reservation
        if chair.seat == view.seat:
            none = view.brief.belief.reservation
        if none is not None:
            gained[chair.seat] = _worth(view, chair.seat, final) - none
    most, less = _ahead(view, gained)
    favours = most if gained[most] - gained[less] > NOTICEABLE else EQUAL
    crossed = any(final[line.issue] in line.options for line in view.brief.red_lines)
    return favours, gained[view.seat] >= -EXACT and not crossed


def _ahead(view: View, sizes: dict[str, float]) -> tuple[str, str]:
    """The seat with the most, and the one to compare it with: itself against the first of the
    others, or the first of the others against itself."""
    others = [seat for seat in sizes if seat != view.seat]
    first = max(others, key=lambda seat: sizes[seat], default=view.seat)
    pair = (view.seat, first)
    return pair if sizes[view.seat] > sizes[first] else pair[::-1]


def estimates(view: View) -> tuple[dict[str, float], dict[str, str]]:
    """What it takes the limits and the top issues of the others to be: what everybody believes,
    before the talks and after.

    Returns:
        Seat -> value of no deal, 0-1; seat -> issue.
    """
    limits, issues = {}, {}
    for chair in view.others():
        public = view.dispute.principals[chair.principal]
        if public.believed_reservation is not None:
            limits[chair.seat] = public.believed_reservation
            weights = public.believed_weights
            issues[chair.seat] = max(weights, key=lambda issue: weights[issue])
    return limits, issues


def _learned(view: View, seat: str) -> str:
    packages = _proposed(view, seat)
    if not packages:
        return "Nothing: it made no proposal."
    lowest = min(_worth(view, seat, package) for package in packages)
    return f"It put terms that look worth {lowest:.2f} to it, and never less."


def _proposed(view: View, seat: str) -> list[Package]:
    """What a seat has proposed at the table, from the first round on."""
    return [
        turn.move.package
        for turn in view.history
        if turn.seat == seat
        and turn.kind == "statement"
        and turn.move is not None
        and turn.move.action is Action.PROPOSE
        and turn.move.package is not None
    ]


def _worth(view: View, seat: str, package: Package) -> float:
    """What a package is worth to a seat: its own by its table, another's by what all believe."""
    if seat == view.seat:
        return view.brief.belief.utility(package)
    return _believed(view.dispute.principals[view.chair(seat).principal], package)


def _believed(public: PublicPrincipal, package: Package) -> float:
    return sum(
        weight * public.believed_values[issue][package[issue]]
        for issue, weight in public.believed_weights.items()
    )
