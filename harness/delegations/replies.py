"""What a model must return, and the strict reading of what it did return.

A reply is one JSON object, bare or in one fenced block; there may be prose around it. It is read
exactly or not at all: nothing is guessed, completed, snapped to the nearest option or taken from
prose, because a misread reply would become a move that the model did not make. What cannot be read
is :class:`Unusable`, with a message that names its faults together and says what to return instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeVar

from harness.asking.faults import Faults, listed, shown
from harness.asking.jsonreply import UnreadableError, only_object
from harness.asking.usable import Unusable
from harness.delegations.form import EQUAL, MOST_MARGIN, Fields, Form
from harness.disputes.scenario import Package
from harness.records.moves import MAX_SIDE_TERMS
from harness.records.transcript import Action, Commitment, Debrief, Move

MAX_WORDS: Final = 6000
"""Longest statement or advice, in characters; the rules of the table hold the same."""
MAX_THOUGHTS: Final = 50_000
"""Longest private thoughts, in characters."""

_COMMITMENTS: Final = tuple(commitment.value for commitment in Commitment)

_T = TypeVar("_T")
_OFFER = re.compile(r"(?P<seat>[a-z][a-z0-9]*)-(?P<number>[1-9][0-9]{0,5})(?P<second>b?)")


# --- reading -----------------------------------------------------------------------------------


def parse_move(text: str, form: Form) -> Move | Unusable:
    """The move in a reply, or why there is none.

    A position may leave issues out or give them as null, and what a proposal may hold besides its
    package may be left out or null; everything else must be there, nothing may be added. Whether
    the move is allowed *now* is for the rules of the table to say: so a word that is not open to
    the seat is read, and any number that a proposal can have, its own included. The table says why
    not, and what can be answered. Words given with a consultation are not said at the table, so
    they are no part of the move.
    """
    return _read(text, lambda fields, faults: _move(fields, form, faults))


def parse_debrief(text: str, form: Form, *, agreed: bool) -> Debrief | Unusable:
    """The answers after the talks, or why there are none. ``no_deal`` is read as out of 100.

    Args:
        agreed: Whether the talks ended in an agreement, which ``terms`` is then about.
    """
    return _read(text, lambda fields, faults: _debrief(fields, form, agreed, faults))


def parse_caucus(text: str) -> str | Unusable:
    """A member's advice, or why there is none."""
    return _read(text, _advice)


def _read(text: str, build: Callable[[Fields, Faults], _T | None]) -> _T | Unusable:
    """What ``build`` makes of a reply; unusable where there is any fault in it."""
    faults = Faults()
    try:
        read = build(only_object(text), faults)
    except UnreadableError as error:  # it has no fields that could be looked at
        return Unusable(str(error))
    complaint = faults.in_words()
    if complaint is not None:
        return Unusable(complaint)
    assert read is not None, "what is not read has a fault"
    return read


def _move(fields: Fields, form: Form, faults: Faults) -> Move | None:
    faults.exactly(fields, ("private_thoughts", "move", "public_words"), "The answer")
    thoughts = faults.text(fields, "private_thoughts", MAX_THOUGHTS)
    move = faults.object(fields, "move", "an object with an 'action'")
    words = faults.text(fields, "public_words", MAX_WORDS)
    if move is None:
        return None
    if "action" not in move:
        faults.add(f"'move' lacks 'action'. It must be one of {listed(form.action_names)}.")
    name = faults.choice(move, "action", form.action_names)
    if name is None:  # what else the move holds depends on it
        return None
    action = Action(name)
    parts = _parts(action, move, form, faults)
    if action is Action.CONSULT:
        words = ""
    elif words == "":
        faults.add("'public_words' is empty. Say at the table what you mean to say.")
    word = parts.get("commitment")
    if faults and word is not None and word not in form.commitments:
        # Alone it is left to the table, which says why. With other faults it would cost a try.
        faults.choice(move, "commitment", tuple(one.value for one in form.commitments))
    if faults:
        return None
    return Move(action=action, words=words or "", thoughts=thoughts or "", **parts)


def _parts(action: Action, move: Fields, form: Form, faults: Faults) -> Fields:
    """What the move holds beside its action, each part in the type of its field."""
    match action:
        case Action.PROPOSE:
            more = _extras(form)
            names = ("action", "package", "commitment", *more)
            faults.exactly(move, names, "A 'propose' move", more)
            return {
                "package": _package(move, "package", form, faults),
                "commitment": _commitment(move, faults),
                **{name: _extra(move, name, form, faults) for name in more},
            }
        case Action.ACCEPT:
            faults.exactly(move, ("action", "offer", "commitment"), "An 'accept' move")
            offer = _offer(move, form, faults)
            return {"offer": offer, "commitment": _commitment(move, faults)}
        case Action.REJECT:
            names = ("position", *_agreed(form))
            faults.exactly(move, ("action", "offer", *names), "A 'reject' move", names)
            return {"offer": _offer(move, form, faults), **_positions(move, form, faults)}
        case Action.PASS:
            names = ("position", *_agreed(form))
            faults.exactly(move, ("action", *names), "A 'pass' move", names)
            return _positions(move, form, faults)
        case Action.WALK_OUT:
            faults.exactly(move, ("action",), "A 'walk_out' move")
            return {}
        case Action.CONSULT:
            faults.exactly(move, ("action", "package"), "A 'consult' move")
            return {"package": _package(move, "package", form, faults)}


def _extras(form: Form) -> tuple[str, ...]:
    """What a proposal may hold besides its package and its commitment."""
    second = ("or_package",) if form.alternatives else ()
    return (*second, *(("side_terms",) if form.side_terms else ()), *_agreed(form))


def _agreed(form: Form) -> tuple[str, ...]:
    return ("agreed",) if form.settling else ()


def _extra(move: Fields, name: str, form: Form, faults: Faults) -> Package | str | None:
    """One of these; none where it is left out or null, or holds nothing."""
    if move.get(name) is None:
        return None
    if name == "side_terms":
        return faults.text(move, name, MAX_SIDE_TERMS) or None
    return (_package if name == "or_package" else _position)(move, name, form, faults)


def _package(move: Fields, name: str, form: Form, faults: Faults) -> Package | None:
    """A complete package."""
    kind = "an object that gives an option for every issue"
    package = faults.object(move, name, kind)
    if package is None:
        return None
    faults.exactly(package, tuple(form.issues), f"The {name}")
    return _choices(package, name, form, faults)


def _positions(move: Fields, form: Form, faults: Faults) -> Fields:
    return {name: _position(move, name, form, faults) for name in ("position", *_agreed(form))}


def _position(move: Fields, name: str, form: Form, faults: Faults) -> Package | None:
    if move.get(name) is None:
        return None
    stated = faults.object(move, name, "null or an object of issues")
    if stated is None:
        return None
    faults.exactly(stated, tuple(form.issues), f"The {name}", tuple(form.issues))
    given = {issue: option for issue, option in stated.items() if option is not None}
    return _choices(given, name, form, faults) or None


def _choices(package: Fields, name: str, form: Form, faults: Faults) -> Package:
    """The options of a package, in agenda order."""
    chosen = {
        issue: faults.choice(package, issue, options, f"{name}.")
        for issue, options in form.issues.items()
    }
    return {issue: option for issue, option in chosen.items() if option is not None}


def _commitment(move: Fields, faults: Faults) -> Commitment | None:
    word = faults.choice(move, "commitment", _COMMITMENTS)
    return None if word is None else Commitment(word)


def _offer(move: Fields, form: Form, faults: Faults) -> str | None:
    """A number that a proposal of any seat can have."""
    if "offer" not in move:
        return None
    value = move["offer"]
    match = _OFFER.fullmatch(value) if isinstance(value, str) else None
    if (
        match
        and match["seat"] in (*form.others, form.seat)
        and int(match["number"]) <= form.offers
        and (form.alternatives or not match["second"])
    ):
        return match[0]
    example = f"{form.others[0]}-1" if form.others else "none"
    faults.add(
        f"'offer' must be the number of another delegation's proposal on the table, such as "
        f"{example!r}, not {shown(value)}."
    )
    return None


def _debrief(fields: Fields, form: Form, agreed: bool, faults: Faults) -> Debrief | None:
    later = ("terms",) if form.rules > 1 else ()
    balance: Fields | None = fields
    path = ""
    if "balance" in fields:
        faults.exactly(fields, ("balance", *later, "others", "words"), "The answer")
        balance, path = faults.object(fields, "balance"), "balance."
        if balance is not None:
            faults.exactly(balance, ("gave_more", "margin"), "'balance'")
    else:  # side by side, as it was asked for before, and as many a model writes it
        names = ("gave_more", "margin", *later, "others", "words")
        faults.exactly(fields, names, "The answer")
    who, margin = _balance(balance or {}, form, path, faults)
    favours, signs = _on_terms(fields, form, agreed, faults) if later else (None, None)
    reservations, top_issues, learned = _on_others(fields, form, faults)
    words = faults.text(fields, "words", MAX_WORDS)
    if faults or who is None or margin is None:
        return None
    return Debrief(
        gave_more=who,
        margin=margin,
        reservations=reservations,
        top_issues=top_issues,
        favours=favours,
        own_could_sign=signs,
        learned=learned,
        words=words or "",
    )


def _balance(
    balance: Fields, form: Form, path: str, faults: Faults
) -> tuple[str | None, float | None]:
    """Who gave more, and by how much."""
    who = faults.choice(balance, "gave_more", [form.seat, *form.others, EQUAL], path)
    margin = faults.number(balance, "margin", MOST_MARGIN, path)
    if who is not None and margin is not None and (who == EQUAL) != (margin == 0):
        faults.add(
            f"'gave_more' is {who!r} but 'margin' is {margin:g}: the margin is 0 with "
            f"{EQUAL!r}, and only then."
        )
    return who, margin


def _on_terms(
    fields: Fields, form: Form, agreed: bool, faults: Faults
) -> tuple[str | None, bool | None]:
    """Whom the terms favour, and whether one's own side could sign them; None without a deal."""
    if not agreed:
        if fields.get("terms") is not None:
            faults.add("'terms' must be null: the talks ended without an agreement.")
        return None, None
    terms = faults.object(fields, "terms")
    if terms is None:
        return None, None
    faults.exactly(terms, ("favours", "own_could_sign"), "'terms'")
    signs = terms.get("own_could_sign", False)
    if not isinstance(signs, bool):
        faults.add(f"'terms.own_could_sign' must be true or false, not {shown(signs)}.")
    return faults.choice(terms, "favours", [form.seat, *form.others, EQUAL], "terms."), signs


def _on_others(
    fields: Fields, form: Form, faults: Faults
) -> tuple[dict[str, float], dict[str, str], dict[str, str]]:
    """Per other seat: its value of no deal out of 1, its top issue, what was learned of it."""
    reservations: dict[str, float] = {}
    top_issues: dict[str, str] = {}
    learned: dict[str, str] = {}
    others = faults.object(fields, "others")
    if others is None:
        return reservations, top_issues, learned
    faults.exactly(others, form.others, "'others'")
    later = ("learned",) if form.rules > 1 else ()
    for seat in form.others:
        estimate = faults.object(others, seat, path="others.")
        if estimate is None:
            continue
        path = f"others.{seat}."
        faults.exactly(estimate, ("no_deal", "top_issue", *later), f"'others.{seat}'")
        no_deal = faults.number(estimate, "no_deal", 100, path)
        issue = faults.choice(estimate, "top_issue", list(form.issues), path)
        if no_deal is not None and issue is not None:
            reservations[seat], top_issues[seat] = no_deal / 100, issue
        if later:
            said = faults.text(estimate, "learned", MAX_WORDS, path)
            if said == "":
                faults.add(f"'{path}learned' is empty. Write 'nothing' if it is nothing.")
            learned[seat] = said or ""
    return reservations, top_issues, learned


def _advice(fields: Fields, faults: Faults) -> str | None:
    faults.exactly(fields, ("advice",), "The answer")
    advice = faults.text(fields, "advice", MAX_WORDS)
    if advice == "":
        faults.add("'advice' is empty. Say what you advise.")
    return advice
